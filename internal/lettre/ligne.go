package lettre

import (
	"strings"
	"unicode"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gobolditalic"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/goregular"

	"guichet/internal/lettre/pdf"
)

// fontes are the four faces, by graisse.
var fontes = [4]*pdf.Font{
	fonte("GoRegular", goregular.TTF, pdf.Style{Stem: 80}),
	fonte("GoBold", gobold.TTF, pdf.Style{Stem: 140}),
	fonte("GoItalic", goitalic.TTF, pdf.Style{Stem: 80, Slant: -12}),
	fonte("GoBoldItalic", gobolditalic.TTF, pdf.Style{Stem: 140, Slant: -12}),
}

func fonte(name string, ttf []byte, s pdf.Style) *pdf.Font {
	f, err := pdf.ParseFont(name, ttf, s)
	if err != nil {
		panic(err) // the fonts are in the program: cannot happen
	}
	return f
}

// A corps is the size of a type and the distance between its lines, in points.
type corps struct {
	taille, interligne float64
	gris               float64
}

// base is how far under the top of a line its letters stand.
func (c corps) base() float64 { return (c.interligne-c.taille)/2 + 0.82*c.taille }

// A signe is one character in its place.
type signe struct {
	r       rune
	graisse graisse
	lien    *lien
}

func (s signe) chasse(taille float64) float64 {
	return float64(fontes[s.graisse].Advance(s.r)) * taille / 1000
}

// A rang is one line of text: its signs, and its width without the space that
// ends it.
type rang struct {
	signes  []signe
	largeur float64
}

const (
	insecable = '\u00a0'
	fine      = '\u202f'
)

// signes spells a text out: runs of spaces become one, and the spaces that
// French typography keeps with their sign cannot end a line.
func signes(ss []segment, ajout graisse) []signe {
	var out []signe
	blanc := func() bool { return len(out) == 0 || out[len(out)-1].r == ' ' || out[len(out)-1].r == '\n' }
	for _, s := range ss {
		if s.fin {
			out = append(out, signe{r: '\n'})
			continue
		}
		for _, r := range s.s {
			if r == '\n' || r == '\t' {
				r = ' '
			}
			if r == ' ' && blanc() {
				continue
			}
			out = append(out, signe{r, s.graisse | ajout, s.lien})
		}
	}
	for i := 1; i+1 < len(out); i++ {
		if out[i].r == ' ' {
			switch {
			case strings.ContainsRune(":»%€", out[i+1].r) || out[i-1].r == '«':
				out[i].r = insecable
			case strings.ContainsRune(";!?", out[i+1].r):
				out[i].r = fine
			}
		}
	}
	return out
}

// coupe cuts a text into lines of that width. A word wider than a line is
// broken where it overflows. The signs of all the lines are those given.
func coupe(ss []signe, taille, largeur float64) []rang {
	var out []rang
	debut, possible := 0, -1 // possible: where the line may end
	total, avant := 0.0, 0.0 // width so far, and up to possible
	fin := func(i int, w float64) {
		out = append(out, rang{ss[debut:i], w})
		debut, possible = i, -1
	}
	for i := 0; i < len(ss); i++ {
		s := ss[i]
		if s.r == '\n' {
			fin(i+1, total)
			total = 0
			continue
		}
		w := s.chasse(taille)
		if s.r == ' ' {
			possible, avant = i+1, total
		} else if total+w > largeur && i > debut {
			if possible > 0 {
				i, total = possible, avant
			}
			fin(i, total)
			total = 0
			i--
			continue
		}
		total += w
		if s.r == '-' && i > 0 && unicode.IsLetter(ss[i-1].r) {
			possible, avant = i+1, total
		}
	}
	if debut < len(ss) {
		for e := len(ss); e > debut && ss[e-1].r == ' '; e-- {
			total -= ss[e-1].chasse(taille)
		}
		fin(len(ss), total)
	}
	return out
}

// etendue returns the width of the longest word of a text, and of the text on
// one line.
func etendue(ss []signe, taille float64) (mot, tout float64) {
	w := 0.0
	for _, s := range ss {
		if s.r == '\n' {
			w = 0
			continue
		}
		c := s.chasse(taille)
		tout += c
		if w += c; s.r == ' ' {
			w = 0
		}
		mot = max(mot, w)
	}
	return mot, tout
}

// simple spells out a text without markup.
func simple(s string, g graisse) []signe { return signes([]segment{{s: s}}, g) }

func (r rang) texte() string {
	out := make([]rune, len(r.signes))
	for i, s := range r.signes {
		out[i] = s.r
	}
	return string(out)
}
