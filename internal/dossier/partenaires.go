package dossier

import (
	"regexp"
	"slices"
	"strings"

	"guichet/internal/dispositif"
)

// A Partenaire is a commune that applies with the applicant.
type Partenaire struct {
	Insee string
	Nom   string
}

// Ligne is how the answer to a question of communes writes it.
func (p Partenaire) Ligne() string { return p.Nom + " (" + p.Insee + ")" }

var ligneCommune = regexp.MustCompile(`^(.+) \(([0-9][0-9AB][0-9]{3})\)$`)

// LitPartenaires reads an answer, a commune a line: those that are named as
// [Partenaire.Ligne] writes them, each once, and the lines that name none yet.
func LitPartenaires(texte string) (named []Partenaire, others []string) {
	for line := range strings.Lines(texte) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		m := ligneCommune.FindStringSubmatch(line)
		if m == nil {
			others = append(others, line)
			continue
		}
		if p := (Partenaire{m[2], m[1]}); !slices.Contains(named, p) {
			named = append(named, p)
		}
	}
	return named, others
}

// Partenaires returns the communes that the dossier names, none when the
// scheme does not ask.
func (d *Dossier) Partenaires(s *dispositif.Dispositif) []Partenaire {
	c, asked := s.Communes()
	if !asked {
		return nil
	}
	named, _ := LitPartenaires(d.Reponses.Texte(c.ID))
	return named
}

// A PieceDue is one document that a dossier owes.
type PieceDue struct {
	Piece dispositif.Piece
	Pour  string // INSEE code of a partner, "" for the applicant
	Nom   string // of whose it is, "" when only the applicant owes one
}

// Dues returns the documents of a piece: one, or one for the applicant and one
// for each partner.
func (d *Dossier) Dues(s *dispositif.Dispositif, p dispositif.Piece) []PieceDue {
	partners := d.Partenaires(s)
	if p.Par == "" || len(partners) == 0 {
		return []PieceDue{{Piece: p}}
	}
	all := []PieceDue{{p, "", d.Nom}}
	for _, x := range partners {
		all = append(all, PieceDue{p, x.Insee, x.Nom})
	}
	return all
}

// Cle names what is owed, for a page.
func (x PieceDue) Cle() string {
	if x.Pour == "" {
		return x.Piece.ID
	}
	return x.Piece.ID + "-" + x.Pour
}

// Libelle is what the document is, and whose.
func (x PieceDue) Libelle() string {
	if x.Nom == "" {
		return x.Piece.Libelle
	}
	return x.Piece.Libelle + " : " + x.Nom
}

// Jointes returns the documents joined for what is owed.
func (d *Dossier) Jointes(x PieceDue) []Piece {
	return slices.DeleteFunc(d.PieceDe(x.Piece.ID), func(p Piece) bool { return p.Pour != x.Pour })
}
