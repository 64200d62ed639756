package guichet

import (
	"context"
	"slices"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/store"
)

// A VueCommencer is what is needed to begin a dossier of a scheme.
type VueCommencer struct {
	Contexte
	Dispositif    *dispositif.Dispositif
	Organisations []compte.Organisation // for which the person may begin one
}

// Commencer returns the form that begins a dossier. The error is a
// fault.NotFound.
func (g *Guichet) Commencer(ctx context.Context, a compte.Acteur, code string) (*VueCommencer, error) {
	s, err := g.catalogue.Dispositif(code)
	if err != nil {
		return nil, err
	}
	v := &VueCommencer{Contexte: g.Contexte(0), Dispositif: s}
	err = g.view(ctx, func(tx *store.Tx) error {
		for _, h := range a.Roles() {
			if _, err := g.politique.Peut(a, "brouillon.creer", compte.Objet{Organisation: h.Organisation, Dispositif: code}); err != nil || h.Organisation == "" {
				continue
			}
			o, err := tx.Organisation(h.Organisation)
			if err != nil {
				return err
			}
			if !slices.Contains(v.Organisations, o) {
				v.Organisations = append(v.Organisations, o)
			}
		}
		return nil
	})
	return v, err
}

// A VueBureau is the desk of an agent: each pile asks for something.
type VueBureau struct {
	Contexte
	Acteur  compte.Acteur
	Piles   []Pile
	Mandats []Mandat // that the person may validate
}

// A Pile is the dossiers that wait for the same thing.
type Pile struct {
	Code, Titre string
	Dossiers    []Resume
}

// maxBureau bounds what a desk shows.
const maxBureau = 500

// Bureau returns the desk of the person: the filed dossiers that their roles
// let them read, by what is awaited.
func (g *Guichet) Bureau(ctx context.Context, a compte.Acteur) (*VueBureau, error) {
	v := &VueBureau{Contexte: g.Contexte(0), Acteur: a}
	var mine []Resume
	err := g.view(ctx, func(tx *store.Tx) (err error) {
		if v.Mandats, err = g.mandats(tx, a); err != nil {
			return err
		}
		seen := make(map[string]bool)
		for _, h := range a.Roles() {
			if h.Organisation != "" {
				continue
			}
			f := store.FiltreDossiers{Departement: h.Departement, Deposes: true, Limite: maxBureau}
			if h.Role == "sciat" || h.Role == "service" {
				f.Service = h.Service
			}
			list, err := g.resumes(tx, f)
			if err != nil {
				return err
			}
			for _, d := range list {
				if _, err := g.politique.Peut(a, "dossier.lire", d.Objet()); err == nil && !seen[string(d.ID)] {
					seen[string(d.ID)] = true
					mine = append(mine, d)
				}
			}
		}
		return nil
	})
	v.Piles = piles(mine, a)
	return v, err
}

// piles sorts dossiers by what they wait for.
func piles(list []Resume, a compte.Acteur) []Pile {
	out := []Pile{{Code: "a-prendre", Titre: "À prendre"}, {Code: "les-miens", Titre: "Les miens"}, {Code: "porteur", Titre: "On attend le porteur"},
		{Code: "ailleurs", Titre: "On attend un autre service"}, {Code: "decides", Titre: "Décidés"}}
	for _, d := range list {
		i := 3
		switch {
		case d.Decision != nil:
			i = 4
		case d.Attente == "le porteur":
			i = 2
		case d.Instructeur == a.Personne.ID:
			i = 1
		case d.Instructeur == "":
			i = 0
		}
		out[i].Dossiers = append(out[i].Dossiers, d)
	}
	return out
}

// TientDossiers reports whether this instance keeps dossiers: it has a base.
func (g *Guichet) TientDossiers() bool { return g.store != nil }

// Politique returns the table of rights.
func (g *Guichet) Politique() *compte.Politique { return g.politique }

// Role says in French what a grant gives, and where.
func (g *Guichet) Role(h compte.Habilitation) string {
	text := g.politique.Roles[h.Role].Libelle
	switch {
	case h.Organisation != "":
		if o, ok := g.organisation(string(h.Organisation)); ok {
			text += ", " + o.Nom
		}
	case h.Departement != "":
		text += ", département " + h.Departement
	}
	switch h.Etat {
	case compte.Demandee:
		text += " (à valider par la préfecture)"
	case compte.Retiree:
		text += " (retiré)"
	}
	return text
}
