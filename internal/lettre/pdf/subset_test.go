package pdf

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	gocmp "github.com/google/go-cmp/cmp"
)

func regular(t *testing.T) *Font {
	t.Helper()
	f, err := ParseFont("GoRegular", goregular.TTF, Style{Stem: 80})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSubset gives the subset to another reader of fonts: each character has
// the drawing and the width that it has in the whole font.
func TestSubset(t *testing.T) {
	for name, ttf := range map[string][]byte{"short offsets": goregular.TTF, "long offsets": goitalic.TTF} {
		t.Run(name, func(t *testing.T) { subset(t, ttf) })
	}
}

func subset(t *testing.T, ttf []byte) {
	f, err := ParseFont("X", ttf, Style{})
	if err != nil {
		t.Fatal(err)
	}
	x := newFace(f, "F0")
	text := "ÉéÀçœŸ€«A-z0 \u00a0ïñ½"
	for _, r := range text {
		x.cid(r)
	}
	whole, err := sfnt.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	part, err := sfnt.Parse(complete(t, f, x.subset()))
	if err != nil {
		t.Fatal(err)
	}
	var b sfnt.Buffer
	em := fixed.I(2048)
	for _, r := range text {
		i, err := whole.GlyphIndex(&b, r)
		if err != nil || i == 0 {
			t.Fatalf("%q: %v", r, err)
		}
		want, err := whole.LoadGlyph(&b, i, em, nil)
		if err != nil {
			t.Fatal(err)
		}
		want = slices.Clone(want)
		got, err := part.LoadGlyph(&b, sfnt.GlyphIndex(x.cid(r)), em, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, slices.Clone(got)); diff != "" {
			t.Errorf("%q is drawn otherwise (-font +subset):\n%s", r, diff)
		}
		wide, _ := whole.GlyphAdvance(&b, i, em, 0)
		narrow, _ := part.GlyphAdvance(&b, sfnt.GlyphIndex(x.cid(r)), em, 0)
		if wide != narrow {
			t.Errorf("%q: width %v, want %v", r, narrow, wide)
		}
	}
	if a, c := sum(ttf), uint32(0xb1b0afba); a != c {
		t.Errorf("the check sum of the whole font is %x, want %x", a, c)
	}
	if a, c := sum(x.subset()), uint32(0xb1b0afba); a != c {
		t.Errorf("the check sum of the subset is %x, want %x", a, c)
	}
}

// complete adds the tables that a font in a PDF does not need and that the
// other reader asks for.
func complete(t *testing.T, f *Font, program []byte) []byte {
	t.Helper()
	var tables []table
	for i := range int(order.Uint16(program[4:])) {
		e := program[12+16*i:]
		at, size := order.Uint32(e[8:]), order.Uint32(e[12:])
		tables = append(tables, table{string(e[:4]), program[at : at+size]})
	}
	for _, tag := range []string{"cmap", "name", "OS/2"} {
		tables = append(tables, table{tag, f.tables[tag]})
	}
	post := append([]byte{0, 3, 0, 0}, f.tables["post"][4:32]...) // no names
	tables = append(tables, table{"post", post})
	slices.SortFunc(tables, func(a, b table) int { return cmp.Compare(a.tag, b.tag) })
	return assemble(tables)
}

// TestGlyph: every character is drawn.
func TestGlyph(t *testing.T) {
	f := regular(t)
	box, _ := f.glyph('□')
	for _, test := range []struct {
		name  string
		r     rune
		glyph uint16
		width int
	}{
		{"a letter", 'A', f.glyphs['A'], 667},
		{"a narrow no-break space that the font lacks", '\u202f', f.glyphs[' '], 200},
		{"a hyphen that does not break", '\u2011', f.glyphs['-'], f.Advance('-')},
		{"a letter that the font lacks", '中', box, f.Advance('□')},
	} {
		if g, w := f.glyph(test.r); g != test.glyph || w != test.width {
			t.Errorf("%s: glyph %d wide %d, want %d wide %d", test.name, g, w, test.glyph, test.width)
		}
	}
}

func TestParseFontRefuses(t *testing.T) {
	for name, ttf := range map[string][]byte{"nothing": nil, "no table": {0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}} {
		if _, err := ParseFont("X", ttf, Style{}); err == nil {
			t.Errorf("%s is a font", name)
		}
	}
}

// TestNumbers: a length and a text as the format writes them.
func TestNumbers(t *testing.T) {
	for x, want := range map[float64]string{0: "0", -0.001: "0", 12: "12", 12.5: "12.5", 12.345: "12.35", -3.1: "-3.1", 100: "100"} {
		if got := number(x); got != want {
			t.Errorf("number(%v): got %s, want %s", x, got, want)
		}
	}
	if got := text("é😀"); got != "<FEFF00E9D83DDE00>" {
		t.Errorf("text: %s", got)
	}
	if got := literal(`https://x/(a)\é `); got != `https://x/\(a\)\\%C3%A9%20` {
		t.Errorf("literal: %s", got)
	}
}

type broken struct{}

var errBroken = errors.New("no room")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// TestWriteTo: a title with markup stays a title, and a failure is told.
func TestWriteTo(t *testing.T) {
	w := New(Info{Title: "<b> & \"x\"", Lang: "fr-FR", Date: time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)})
	w.Page().Text(w.Root().Child(Paragraph), Text{Font: regular(t), Size: 10, S: "a"})
	var b bytes.Buffer
	n, err := w.WriteTo(&b)
	if err != nil || n != int64(b.Len()) || !strings.Contains(b.String(), "&lt;b&gt; &amp; &#34;x&#34;") {
		t.Errorf("%d bytes of %d, error %v", n, b.Len(), err)
	}
	w = New(Info{})
	w.Page()
	if _, err := w.WriteTo(broken{}); !errors.Is(err, errBroken) {
		t.Errorf("error: %v", err)
	}
}
