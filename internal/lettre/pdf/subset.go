package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf16"
)

// A face is a font as one document uses it. Each character has a number of
// its own, even where two share a drawing: that is how a no-break space stays
// one when the text is read back.
type face struct {
	font    *Font
	name    string // in the pages
	numbers map[rune]int
	runes   []rune // by number, from 1; number 0 is never used
}

func newFace(f *Font, name string) *face {
	return &face{font: f, name: name, numbers: make(map[rune]int), runes: []rune{0}}
}

// cid returns the number of r.
func (x *face) cid(r rune) int {
	n, ok := x.numbers[r]
	if !ok {
		n = len(x.runes)
		x.numbers[r] = n
		x.runes = append(x.runes, r)
	}
	return n
}

// write writes the font, cut down to the characters used.
func (x *face) write(f *file) ref {
	program, descriptor, descendant, unicode, font := f.reserve(), f.reserve(), f.reserve(), f.reserve(), f.reserve()
	ttf := x.subset()
	f.stream(program, fmt.Sprintf("/Length1 %d", len(ttf)), deflated, ttf)
	ft := x.font
	digest, name := sha256.Sum256(ttf), ""
	for _, b := range digest[:6] {
		name += string('A' + rune(b%26))
	}
	name += "+" + ft.name
	flags := 32 // a text font, not symbols
	if ft.slant != 0 {
		flags |= 64
	}
	f.put(descriptor, fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle %d /Ascent %d /Descent %d /CapHeight %d /StemV %d /FontFile2 %v >>",
		name, flags, ft.box[0], ft.box[1], ft.box[2], ft.box[3], ft.slant, ft.ascent, ft.descent, ft.capital, ft.stem, program))
	var widths bytes.Buffer
	for _, r := range x.runes[1:] {
		fmt.Fprintf(&widths, " %d", ft.Advance(r))
	}
	f.put(descendant, fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %v /CIDToGIDMap /Identity /DW 1000 /W [1 [%s ]] >>",
		name, descriptor, widths.String()))
	f.stream(unicode, "", deflated, x.toUnicode())
	f.put(font, fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%v] /ToUnicode %v >>", name, descendant, unicode))
	return font
}

// toUnicode tells which character each number is.
func (x *face) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // lines in a block, says the format
	for i := 1; i < len(x.runes); i += most {
		end := min(i+most, len(x.runes))
		fmt.Fprintf(&b, "%d beginbfchar\n", end-i)
		for n := i; n < end; n++ {
			fmt.Fprintf(&b, "<%04X> <", n)
			for _, u := range utf16.Encode(x.runes[n : n+1]) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// subset returns a font program whose glyph n draws character number n.
// Instructions for coarse screens are left out.
func (x *face) subset() []byte {
	f := x.font
	var glyf, loca, hmtx bytes.Buffer
	for n, r := range x.runes {
		var g uint16 // number 0 keeps the drawing of what is missing
		if n > 0 {
			g, _ = f.glyph(r)
		}
		loca.Write(order.AppendUint32(nil, uint32(glyf.Len())))
		outline := bare(f.outline(g))
		glyf.Write(outline)
		glyf.Write(make([]byte, -len(outline)&3))
		hmtx.Write(f.metric(r, g))
	}
	loca.Write(order.AppendUint32(nil, uint32(glyf.Len())))
	head, hhea, maxp := bytes.Clone(f.tables["head"]), bytes.Clone(f.tables["hhea"]), bytes.Clone(f.tables["maxp"])
	order.PutUint32(head[8:], 0)  // checksum, set below
	order.PutUint16(head[50:], 1) // long offsets
	order.PutUint16(hhea[34:], uint16(len(x.runes)))
	order.PutUint16(maxp[4:], uint16(len(x.runes)))
	return assemble([]table{{"glyf", glyf.Bytes()}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx.Bytes()}, {"loca", loca.Bytes()}, {"maxp", maxp}})
}

// metric returns the width and the left bearing of a character drawn by g. A
// space that the font lacks has the width that the page gives it.
func (f *Font) metric(r rune, g uint16) []byte {
	n := int(order.Uint16(f.tables["hhea"][34:]))
	row := bytes.Clone(f.tables["hmtx"][4*min(int(g), n-1):][:4])
	if width, ok := spaces[r]; ok && f.glyphs[r] == 0 {
		order.PutUint16(row, uint16(width*f.em/1000))
	}
	return row
}

// bare returns an outline without its instructions.
func bare(outline []byte) []byte {
	if len(outline) == 0 {
		return nil
	}
	at := 10 + 2*signed(outline) // after the ends of the contours
	n := int(order.Uint16(outline[at:]))
	return append(append(bytes.Clone(outline[:at]), 0, 0), outline[at+2+n:]...)
}

// A table is a part of a font program.
type table struct {
	tag  string
	data []byte
}

// assemble writes a font program from its tables, in alphabetical order.
func assemble(tables []table) []byte {
	n := len(tables)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := []byte{0, 1, 0, 0}
	for _, v := range []int{n, 16 * power, log, 16 * (n - power)} {
		out = order.AppendUint16(out, uint16(v))
	}
	var body []byte
	head := 0
	for _, t := range tables {
		at := 12 + 16*n + len(body)
		if t.tag == "head" {
			head = at
		}
		out = append(out, t.tag...)
		out = order.AppendUint32(out, sum(t.data))
		out = order.AppendUint32(out, uint32(at))
		out = order.AppendUint32(out, uint32(len(t.data)))
		body = append(append(body, t.data...), strings.Repeat("\x00", -len(t.data)&3)...)
	}
	out = append(out, body...)
	order.PutUint32(out[head+8:], 0xb1b0afba-sum(out))
	return out
}

// sum adds the data up, four bytes at a time.
func sum(data []byte) (total uint32) {
	for len(data) >= 4 {
		total += order.Uint32(data)
		data = data[4:]
	}
	if len(data) > 0 {
		var last [4]byte
		copy(last[:], data)
		total += order.Uint32(last[:])
	}
	return total
}
