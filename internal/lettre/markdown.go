package lettre

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"guichet/internal/lecture"
)

// A bloc is a paragraphe, a titre, a liste, a tableau or a filet.
type bloc any

type paragraphe struct{ texte []segment }

type titre struct {
	niveau int // from 1
	texte  []segment
}

type liste struct {
	ordre  ordre
	debut  int // number of the first item
	aeree  bool
	points [][]bloc
}

// An ordre is how the items of a list are marked.
type ordre int

const (
	puces ordre = iota
	numeros
)

type tableau struct {
	tete   []cellule
	lignes [][]cellule
	cotes  []cote
}

type cellule []segment

// A cote is the side on which a column is aligned.
type cote int

const (
	gauche cote = iota
	centre
	droite
)

// A filet is a line across the page.
type filet struct{}

// A segment is a part of a text that has one look.
type segment struct {
	s       string
	graisse graisse
	lien    *lien
	fin     bool // a forced end of line; s is empty
}

// A graisse is one of the four faces of the type.
type graisse int

const (
	romain   graisse = 0
	gras     graisse = 1
	italique graisse = 2
)

// A lien is one link, however many lines it spans.
type lien struct{ adresse string }

const (
	niveauxTitre = 4
	niveauxListe = 4
	colonnesMax  = 8
	marquesMax   = 4000 // unescaped signs of markup in one text
	retraitMax   = 40   // spaces at the head of a line
)

var moteur = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

// lecteur turns a text into blocks and gathers what it may not hold.
type lecteur struct {
	fichier string
	source  []byte
	pp      lecture.Problemes
	niveau  int // of the last heading
}

// lit reads the markdown of a letter. Each problem names its line.
func lit(fichier, texte string) ([]bloc, lecture.Problemes) {
	l := &lecteur{fichier: fichier, source: []byte(texte)}
	if l.excessif(); len(l.pp) > 0 {
		return nil, l.pp
	}
	doc := moteur.Parse(text.NewReader(l.source))
	return l.enfants(doc, 0), l.pp
}

var suite = regexp.MustCompile(`^[ \t]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]+){8,}[^-*_ \t\n]`) // eight marks in a row

// excessif refuses what no letter holds and what would take long to read.
func (l *lecteur) excessif() {
	marques := 0
	for i, ligne := range bytes.Split(l.source, []byte("\n")) {
		if len(ligne)-len(bytes.TrimLeft(ligne, " \t")) > retraitMax || suite.Match(ligne) {
			l.pp.Add(l.fichier, i+1, "", "des listes sont imbriquées trop profondément : quatre niveaux au plus.")
			return
		}
		for j, c := range ligne {
			if strings.IndexByte("*_[`<>", c) >= 0 && (j == 0 || ligne[j-1] != '\\') {
				marques++
			}
		}
		if marques > marquesMax {
			l.pp.Add(l.fichier, i+1, "", "le texte contient trop de signes de mise en forme (*, _, [, <).")
			return
		}
	}
}

func (l *lecteur) refuse(n ast.Node, format string, args ...any) {
	const assez = 20
	if len(l.pp) < assez {
		l.pp.Add(l.fichier, l.ligne(n), "", format, args...)
	}
}

// ligne returns the line where a node begins.
func (l *lecteur) ligne(n ast.Node) int {
	debut := -1
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok {
			debut = t.Segment.Start
		} else if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			debut = n.Lines().At(0).Start
		}
		if debut >= 0 {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	for p := n; debut < 0 && p != nil; p = p.Parent() {
		if p.Type() == ast.TypeBlock && p.Lines() != nil && p.Lines().Len() > 0 {
			debut = p.Lines().At(0).Start
		}
	}
	if debut < 0 {
		return 0
	}
	return 1 + bytes.Count(l.source[:debut], []byte("\n"))
}

func (l *lecteur) enfants(parent ast.Node, profondeur int) []bloc {
	var out []bloc
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if b := l.bloc(n, profondeur); b != nil {
			out = append(out, b)
		}
	}
	return out
}

// bloc reads one block. The depth counts the lists around it.
func (l *lecteur) bloc(n ast.Node, profondeur int) bloc {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		return paragraphe{l.texte(n)}
	case *ast.List:
		return l.liste(n, profondeur)
	case *ast.LinkReferenceDefinition:
		l.refuse(n, "une définition de lien ne se verrait pas : écrivez [texte](adresse) là où se trouve le lien.")
		return nil
	}
	if profondeur > 0 {
		l.refuse(n, "une liste ne contient que des paragraphes et des listes.")
		return nil
	}
	switch n := n.(type) {
	case *ast.Heading:
		return l.titre(n)
	case *extast.Table:
		return l.tableau(n)
	case *ast.ThematicBreak:
		return filet{}
	case *ast.Blockquote:
		l.refuse(n, "une citation (>) n’est pas acceptée : écrivez un paragraphe.")
	case *ast.CodeBlock:
		l.refuse(n, "quatre espaces en tête de ligne ne sont pas acceptés : retirez-les.")
	case *ast.FencedCodeBlock:
		l.refuse(n, "un bloc de code n’est pas accepté : écrivez un paragraphe.")
	default:
		l.refuse(n, "le HTML n’est pas accepté : écrivez \\< pour un signe inférieur.")
	}
	return nil
}

func (l *lecteur) titre(n *ast.Heading) bloc {
	t := titre{n.Level, l.texte(n)}
	switch {
	case n.Level > niveauxTitre:
		l.refuse(n, "un titre a quatre niveaux au plus.")
	case n.Level > l.niveau+1:
		l.refuse(n, "ce titre saute un niveau : écrivez %s.", strings.Repeat("#", l.niveau+1))
	case vide(t.texte):
		l.refuse(n, "ce titre est vide.")
	}
	l.niveau = n.Level
	return t
}

func (l *lecteur) liste(n *ast.List, profondeur int) bloc {
	if profondeur == niveauxListe {
		l.refuse(n, "des listes sont imbriquées trop profondément : quatre niveaux au plus.")
		return nil
	}
	out := liste{debut: max(n.Start, 0), aeree: !n.IsTight}
	if n.IsOrdered() {
		out.ordre = numeros
	}
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		out.points = append(out.points, l.enfants(item, profondeur+1))
	}
	return out
}

func (l *lecteur) tableau(n *extast.Table) bloc {
	var t tableau
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []cellule
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, l.texte(c))
		}
		if _, ok := row.(*extast.TableHeader); ok {
			t.tete = cells
		} else {
			t.lignes = append(t.lignes, cells)
		}
	}
	for _, a := range n.Alignments {
		t.cotes = append(t.cotes, map[extast.Alignment]cote{extast.AlignRight: droite, extast.AlignCenter: centre}[a])
	}
	if len(t.tete) > colonnesMax {
		l.refuse(n, "un tableau a huit colonnes au plus.")
	}
	for _, c := range t.tete {
		if vide(c) {
			l.refuse(n, "chaque colonne d’un tableau porte un titre : il en manque un.")
			break
		}
	}
	return t
}

// texte reads what is inside a block.
func (l *lecteur) texte(n ast.Node) []segment {
	var out []segment
	l.dans(n, segment{}, &out)
	return out
}

// dans adds the segments of the children of n, that look like s.
func (l *lecteur) dans(n ast.Node, s segment, out *[]segment) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			l.mots(c, s, out)
		case *ast.Emphasis:
			inner := s
			inner.graisse |= italique
			if c.Level == 2 {
				inner.graisse = s.graisse | gras
			}
			l.dans(c, inner, out)
		case *ast.Link:
			inner := s
			inner.lien = l.lien(c, clair(c.Destination))
			l.dans(c, inner, out)
		case *ast.AutoLink:
			adresse := string(c.URL(l.source))
			if c.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(adresse, "mailto:") {
				adresse = "mailto:" + adresse
			}
			inner := s
			inner.s, inner.lien = string(c.Label(l.source)), l.lien(c, adresse)
			*out = append(*out, inner)
		case *ast.Image:
			l.refuse(c, "une image n’est pas acceptée.")
		case *ast.CodeSpan:
			l.refuse(c, "le code (`) n’est pas accepté : écrivez le mot seul, ou \\` pour l’accent.")
		default:
			l.refuse(c, "le HTML n’est pas accepté : écrivez \\< pour un signe inférieur.")
		}
	}
}

func (l *lecteur) mots(t *ast.Text, s segment, out *[]segment) {
	s.s = clair(t.Segment.Value(l.source))
	if t.SoftLineBreak() {
		s.s += " "
	}
	*out = append(*out, s)
	if t.HardLineBreak() {
		*out = append(*out, segment{fin: true})
	}
}

// schemes that a link may open.
var schemes = map[string]bool{"https": true, "http": true, "mailto": true, "tel": true}

func (l *lecteur) lien(n ast.Node, adresse string) *lien {
	u, err := url.Parse(adresse)
	if err != nil || !schemes[strings.ToLower(u.Scheme)] {
		l.refuse(n, "l’adresse d’un lien commence par https://, http://, mailto: ou tel:.")
		return nil
	}
	return &lien{adresse}
}

// clair returns the text that a piece of markdown stands for: the escapes and
// the named characters are replaced.
func clair(source []byte) string {
	if bytes.IndexByte(source, '\\') < 0 && bytes.IndexByte(source, '&') < 0 {
		return string(source)
	}
	var b strings.Builder
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case c == '\\' && i+1 < len(source) && ponctuation(source[i+1]):
			i++
			b.WriteByte(source[i])
		case c == '&':
			const longest = 33 // of a named character
			end := bytes.IndexByte(source[i:min(i+longest, len(source))], ';')
			if end < 0 {
				b.WriteByte(c)
				continue
			}
			b.WriteString(propre(html.UnescapeString(string(source[i : i+end+1]))))
			i += end
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// ponctuation reports whether c may be escaped.
func ponctuation(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

func vide(ss []segment) bool {
	for _, s := range ss {
		if strings.TrimSpace(s.s) != "" {
			return false
		}
	}
	return true
}
