package pdf

import (
	"encoding/binary"
	"fmt"
)

// A Font is a TrueType font that can be measured and embedded. It is safe for
// use by several documents at once.
type Font struct {
	tables  map[string][]byte
	glyphs  map[rune]uint16
	name    string
	em      int
	box     [4]int // thousandths of the em, as every measure below
	ascent  int
	descent int
	capital int
	slant   int
	stem    int
}

// A Style is how heavy a font is and how it leans, for the description of it
// in the file.
type Style struct {
	Stem  int // thickness of the vertical strokes, thousandths of the em
	Slant int // degrees, negative to the right
}

var order = binary.BigEndian

// ParseFont reads a TrueType font whose glyphs are each drawn on their own,
// which those of the Go fonts are. The name is its PostScript name.
func ParseFont(name string, ttf []byte, s Style) (*Font, error) {
	f := &Font{name: name, tables: make(map[string][]byte), stem: s.Stem, slant: s.Slant}
	if len(ttf) < 12 {
		return nil, fmt.Errorf("pdf: font %s: too short", name)
	}
	for i := range int(order.Uint16(ttf[4:])) {
		e := ttf[12+16*i:]
		from, size := order.Uint32(e[8:]), order.Uint32(e[12:])
		f.tables[string(e[:4])] = ttf[from : from+size]
	}
	for _, t := range []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap", "OS/2"} {
		if f.tables[t] == nil {
			return nil, fmt.Errorf("pdf: font %s: no table %s", name, t)
		}
	}
	head, os2 := f.tables["head"], f.tables["OS/2"]
	f.em = int(order.Uint16(head[18:]))
	for i := range f.box {
		f.box[i] = f.mille(signed(head[36+2*i:]))
	}
	f.ascent, f.descent = f.mille(signed(f.tables["hhea"][4:])), f.mille(signed(f.tables["hhea"][6:]))
	f.capital = f.ascent * 3 / 4
	if order.Uint16(os2) >= 2 {
		f.capital = f.mille(signed(os2[88:]))
	}
	if err := f.characters(); err != nil {
		return nil, err
	}
	for r, g := range f.glyphs {
		if o := f.outline(g); len(o) > 0 && signed(o) < 0 {
			return nil, fmt.Errorf("pdf: font %s: %q is composed of other glyphs", name, r)
		}
	}
	return f, nil
}

func signed(b []byte) int { return int(int16(order.Uint16(b))) }

// mille turns units of the font into thousandths of the em, rounded.
func (f *Font) mille(units int) int {
	if units < 0 {
		return -f.mille(-units)
	}
	return (units*1000 + f.em/2) / f.em
}

// characters reads the glyph of each character of the basic plane (the
// Windows table of format 4).
func (f *Font) characters() error {
	t := f.tables["cmap"]
	for i := range int(order.Uint16(t[2:])) {
		e := t[4+8*i:]
		sub := t[order.Uint32(e[4:]):]
		if order.Uint16(e) == 3 && order.Uint16(e[2:]) == 1 && order.Uint16(sub) == 4 {
			f.glyphs = segments(sub)
			return nil
		}
	}
	return fmt.Errorf("pdf: font %s: no Unicode table", f.name)
}

func segments(t []byte) map[rune]uint16 {
	glyphs := make(map[rune]uint16)
	n := int(order.Uint16(t[6:])) // twice the number of segments
	for i := 0; i < n; i += 2 {
		last, first := int(order.Uint16(t[14+i:])), int(order.Uint16(t[16+n+i:]))
		delta, at := order.Uint16(t[16+2*n+i:]), 16+3*n+i
		offset := int(order.Uint16(t[at:]))
		for c := first; c <= last && c != 0xffff; c++ {
			g := uint16(c) + delta
			if offset != 0 {
				if g = order.Uint16(t[at+offset+2*(c-first):]); g != 0 {
					g += delta
				}
			}
			if g != 0 {
				glyphs[rune(c)] = g
			}
		}
	}
	return glyphs
}

// spaces are the widths of the spaces that a font may lack.
var spaces = map[rune]int{
	'\u202f': 200, '\u2009': 200, '\u200a': 100, '\u2008': 250, '\u2007': 560, '\u2006': 167,
	'\u2005': 250, '\u2004': 333, '\u2003': 1000, '\u2002': 500, '\u2001': 1000, '\u2000': 500, '\u205f': 222, '\u3000': 1000,
}

// alike are the characters drawn as another one when the font lacks them.
var alike = map[rune]rune{'\u00a0': ' ', '\u2010': '-', '\u2011': '-', '\u02bc': '’', '\u2032': '\'', '\u2033': '"', '\u2215': '/'}

// missing stands for a character that the font cannot draw.
const missing = '□'

// glyph returns the glyph that draws r and its width. Every character has
// one: a character that the font lacks is drawn as a box, never as nothing.
func (f *Font) glyph(r rune) (glyph uint16, width int) {
	if g, ok := f.glyphs[r]; ok {
		return g, f.advance(g)
	}
	if width, ok := spaces[r]; ok {
		return f.glyphs[' '], width
	}
	if a, ok := alike[r]; ok {
		return f.glyph(a)
	}
	return f.glyphs[missing], f.advance(f.glyphs[missing])
}

// Advance returns the width of r in thousandths of the size.
func (f *Font) Advance(r rune) int {
	_, width := f.glyph(r)
	return width
}

func (f *Font) advance(g uint16) int {
	i, n := int(g), int(order.Uint16(f.tables["hhea"][34:]))
	return f.mille(int(order.Uint16(f.tables["hmtx"][4*min(i, n-1):])))
}

// outline returns the drawing of a glyph, empty for a space.
func (f *Font) outline(g uint16) []byte {
	loca, glyf, i := f.tables["loca"], f.tables["glyf"], int(g)
	if order.Uint16(f.tables["head"][50:]) == 0 {
		return glyf[2*int(order.Uint16(loca[2*i:])) : 2*int(order.Uint16(loca[2*i+2:]))]
	}
	return glyf[order.Uint32(loca[4*i:]):order.Uint32(loca[4*i+4:])]
}
