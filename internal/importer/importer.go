// Package importer reads the files that add layers to the territories: density
// grids, official lists, fragility classes, outlines of priority neighbourhoods
// and of communes. docs/formats-import.md describes them.
//
// A reading is pure: it takes a reader and gives values, the differences with
// what is already loaded, and remarks; or every error with its line and column,
// and then nothing. The package knows nothing of files, databases or screens.
package importer

import (
	"io"
	"slices"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/jour"
	"guichet/internal/territoire"
)

// A Genre is a kind of file.
type Genre string

// The kinds of files.
const (
	Densite  Genre = "densite"
	Liste    Genre = "liste"
	Classes  Genre = "classes"
	Qpv      Genre = "qpv"
	Contours Genre = "contours"
)

// Genres returns every kind, in the order of the documentation.
func Genres() []Genre { return []Genre{Densite, Liste, Classes, Qpv, Contours} }

// ParseGenre reads the name of a kind. The error is a fault.Invalid.
func ParseGenre(s string) (Genre, error) {
	if g := Genre(s); slices.Contains(Genres(), g) {
		return g, nil
	}
	names := make([]string, len(Genres()))
	for i, g := range Genres() {
		names[i] = string(g)
	}
	return "", fault.New(fault.Invalid, "« %s » n’est pas un fichier que guichet sait importer : écrivez %s.", s, francais.Choix(names...))
}

// A Fichier is what to read.
type Fichier struct {
	Nom     string // for messages
	Contenu io.Reader
	Taille  int64                   // in bytes, 0 when unknown
	Progres func(fait, total int64) // may be nil; bytes read, of Taille
}

// An Entete says of a file what its lines do not. A line « # titre : … » at
// the top of the file fills what is empty here.
type Entete struct {
	Code, Titre  string // of the layer; a list needs its code
	Source       territoire.Source
	Millesime    int       // year of the geography or of the classes; by default that of Source.Date
	Du, Au       jour.Jour // a list: in force
	Departements []string  // a list: whom it speaks for; by default those of its codes
	Annonce      map[string]int
}

// An Import is a file read, and what it would change.
type Import struct {
	Genre      Genre
	Entete     Entete             // completed by the head of the file
	Couches    territoire.Couches // one layer, to give to Atlas.Avec
	Lignes     int                // rows or outlines kept
	Remarques  []Remarque         // what was tolerated or corrected
	Autres     int                // remarks above the ones kept
	Difference Difference
}

// Lire reads a file of the kind g against the Atlas: codes are checked in the
// year of the layer, differences computed with the layer it would replace. The
// error is a fault.Invalid or fault.TooLarge whose chain holds Erreurs; nothing
// is kept then.
func Lire(g Genre, f Fichier, e Entete, a *territoire.Atlas) (*Import, error) {
	l := &lecteur{atlas: a, entete: e, nom: f.Nom}
	read, known := map[Genre]func(io.Reader) territoire.Couches{
		Densite: l.densite, Liste: l.liste, Classes: l.classes, Qpv: l.qpv, Contours: l.contours,
	}[g]
	if !known {
		_, err := ParseGenre(string(g))
		return nil, err
	}
	couches := read(&compteur{r: f.Contenu, total: f.Taille, progres: f.Progres})
	if err := l.err(); err != nil {
		return nil, err
	}
	return &Import{
		Genre: g, Entete: l.entete, Couches: couches, Lignes: l.lignes, Remarques: l.remarques, Autres: l.autres,
		Difference: l.difference(couches),
	}, nil
}

// lecteur is the state of one reading.
type lecteur struct {
	journal
	nom      string
	entete   Entete
	atlas    *territoire.Atlas
	carte    *territoire.Carte // of the year of the layer
	lignes   int
	inconnus []string // codes that no year knows
}

// source checks what every layer must say of itself, once the head of the file
// is known, and chooses the Carte of its year.
func (l *lecteur) source(titre string) {
	e := &l.entete
	if e.Titre == "" {
		e.Titre = titre
	}
	if strings.TrimSpace(e.Source.Titre) == "" {
		l.erreur(0, 0, "la source manque : donnez son titre, ou écrivez « # source : … » en tête du fichier.")
	}
	if e.Source.Date == 0 {
		l.erreur(0, 0, "la date de la source manque : donnez-la, ou écrivez « # date : 2021-07-28 » en tête du fichier.")
		l.carte = l.atlas.Le(0)
		return
	}
	if e.Millesime == 0 {
		e.Millesime = e.Source.Date.An()
	}
	if e.Millesime < 1990 || e.Millesime > 2100 {
		l.erreur(0, 0, "« %d » n’est pas un millésime : écrivez une année, comme 2021.", e.Millesime)
		e.Millesime = e.Source.Date.An()
	}
	l.carte = l.atlas.Le(jour.Of(e.Millesime, 12, 31))
}
