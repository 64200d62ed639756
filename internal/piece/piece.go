// Package piece says what an uploaded document is, from its content alone:
// its true type, its pages, its duration, its dimensions; and whether it
// keeps the rule of the place it is filed in.
//
// What is dangerous, disguised or unreadable is refused. The package is pure:
// it reads bytes and gives values. It does not bound the memory a hostile
// document can take: package sonde runs it in a process that may die.
package piece

import (
	"slices"
	"strings"
	"time"

	"guichet/internal/fault"
	"guichet/internal/francais"
)

// A Genre is a kind of document, as a form names it.
type Genre string

// The kinds of documents.
const (
	Pdf          Genre = "pdf"
	Image        Genre = "image"
	Video        Genre = "video"
	Texte        Genre = "texte" // word processing, plain text
	Tableur      Genre = "tableur"
	Presentation Genre = "presentation"
)

// Genres returns every kind, in the order a form lists them.
func Genres() []Genre { return []Genre{Pdf, Image, Video, Texte, Tableur, Presentation} }

// noms are the kinds in a sentence.
var noms = map[Genre]string{
	Pdf: "un PDF", Image: "une image", Video: "une vidéo", Texte: "un texte (.docx, .odt)",
	Tableur: "un tableur (.xlsx, .ods, .csv)", Presentation: "une présentation (.pptx, .odp)",
}

// A Mesure is what Mesurer found in a document. What a kind does not have is
// zero: a text has no duration, a word-processing document no pages.
type Mesure struct {
	Genre   Genre         `json:"genre"`
	Type    string        `json:"type"` // MIME type, from the content
	Octets  int64         `json:"octets"`
	Pages   int           `json:"pages,omitempty"`   // of a PDF; 1 for an image
	Duree   time.Duration `json:"duree,omitempty"`   // of a video, in nanoseconds
	Largeur int           `json:"largeur,omitempty"` // in pixels
	Hauteur int           `json:"hauteur,omitempty"`
	SHA256  string        `json:"sha256"` // lower-case hexadecimal
}

// A Regle is what a form admits in one place. A zero bound is no bound, no
// Genres are all of them.
type Regle struct {
	Genres    []Genre
	OctetsMax int64
	PagesMax  int
	DureeMax  time.Duration
}

// Verifie returns nil when m keeps the rule. Otherwise it returns a
// fault.Invalid that gives each measured value and its bound, with the codes
// PIECE_GENRE, PIECE_TAILLE, PIECE_PAGES, PIECE_DUREE. A duration counts in
// whole seconds: 3 min 0,9 s is three minutes.
func (r Regle) Verifie(m Mesure) error {
	if len(r.Genres) > 0 && !slices.Contains(r.Genres, m.Genre) {
		return refus("PIECE_GENRE", "Ce document est %s ; il faut ici %s.", noms[m.Genre], r.admis())
	}
	var phrases []string
	f := fault.New(fault.Invalid, "")
	ajoute := func(code, phrase string) { phrases = append(phrases, phrase); f.Code(code) }
	if r.OctetsMax > 0 && m.Octets > r.OctetsMax {
		ajoute("PIECE_TAILLE", phraseTaille(m.Octets, r.OctetsMax))
	}
	if phrase := r.phrasePages(m); phrase != "" {
		ajoute("PIECE_PAGES", phrase)
	}
	if r.DureeMax > 0 && m.Duree.Truncate(time.Second) > r.DureeMax {
		ajoute("PIECE_DUREE", "La vidéo dure "+duree(m.Duree)+" ; "+duree(r.DureeMax)+" au plus.")
	}
	if phrases == nil {
		return nil
	}
	f.Message = strings.Join(phrases, " ")
	return f
}

// admis lists the admitted kinds as a sentence does.
func (r Regle) admis() string {
	var all []string
	for _, g := range r.Genres {
		all = append(all, noms[g])
	}
	return francais.Choix(all...)
}

// phrasePages is what is wrong with the pages of m, or nothing. Only a PDF and
// an image have a number of pages that does not depend on who prints it.
func (r Regle) phrasePages(m Mesure) string {
	switch {
	case r.PagesMax == 0 || m.Genre == Video:
		return ""
	case m.Pages == 0:
		return "Les pages de ce document ne peuvent pas être comptées : enregistrez-le en PDF, puis envoyez le PDF."
	case m.Pages <= r.PagesMax:
		return ""
	case r.PagesMax == 1:
		return "Le document a " + francais.Compte(m.Pages, "page", "pages") + " ; une seule est admise."
	}
	return "Le document a " + francais.Compte(m.Pages, "page", "pages") + " ; " + francais.Entier(int64(r.PagesMax)) + " au plus sont admises."
}

func phraseTaille(n, most int64) string {
	a, b := poids(n), poids(most)
	if a == b {
		a, b = francais.Entier(n)+francais.Insecable+"octets", francais.Entier(most)+francais.Insecable+"octets"
	}
	return "Le fichier pèse " + a + " ; " + b + " au plus."
}

// poids writes a size as people read it: 12,4 Mo.
func poids(n int64) string {
	unit, by := "Ko", int64(1_000)
	if n >= 1_000_000 {
		unit, by = "Mo", 1_000_000
	}
	tenths := (n*10 + by/2) / by
	s := francais.Entier(tenths / 10)
	if d := tenths % 10; d != 0 {
		s += "," + francais.Entier(d)
	}
	return s + francais.Insecable + unit
}

// duree writes a duration as people say it: 3 min 12 s.
func duree(d time.Duration) string {
	total := int64(d / time.Second)
	var parts []string
	for _, u := range []struct {
		n    int64
		nom  string
		kept bool
	}{{total / 3600, "h", total >= 3600}, {total / 60 % 60, "min", total >= 60}, {total % 60, "s", total < 60 || total%60 > 0}} {
		if u.kept {
			parts = append(parts, francais.Entier(u.n)+francais.Insecable+u.nom)
		}
	}
	return strings.Join(parts, francais.Insecable)
}
