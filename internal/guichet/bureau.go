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
	Vues    []Vue

	Suspendus   []Mandat        // roles that the person may confirm
	Derogations []DerogationVue // in force where the person is an agent
}

// A Pile is the dossiers that wait for the same thing.
type Pile struct {
	Code         store.Pile
	Titre, Texte string
	Attendu      Attendu
	Nombre       int      // of dossiers; 0 when nothing is awaited
	Dossiers     []Resume // the first ones, of the piles that the desk opens with
}

// An Attendu is of whom a pile awaits something.
type Attendu uint8

// Of whom a pile awaits something.
const (
	DeNul Attendu = iota
	Dautres
	DeMoi // or of one's service
)

// debutPile is how many dossiers of a pile the desk itself shows.
const debutPile = 10

// pilesTexte are the piles in words.
var pilesTexte = map[store.Pile]Pile{
	store.APrendre: {Titre: "À prendre", Attendu: DeMoi, Texte: "C’est à vous d’agir, et personne ne s’en est encore chargé. Le plus ancien d’abord."},
	store.LesMiens: {Titre: "Les miens", Attendu: DeMoi, Texte: "Vous les avez pris en charge et c’est à vous d’agir."},
	store.EnRetard: {Titre: "En retard", Attendu: DeMoi, Texte: "L’échéance est passée et c’est à votre service d’agir."},
	store.Porteur:  {Titre: "On attend le porteur", Attendu: Dautres, Texte: "Le porteur doit compléter ou signer."},
	store.Avis:     {Titre: "On attend un avis", Attendu: Dautres, Texte: "Un avis a été demandé et n’est pas rendu."},
	store.Ailleurs: {Titre: "Chez d’autres", Attendu: Dautres, Texte: "Un collègue ou un autre service doit agir."},
	store.Decides:  {Titre: "Décidés", Texte: "Décidés ou clos : rien n’est attendu de vous."},
}

// Bureau returns the desk of the person: how many filed dossiers, of those
// that their roles let them read, wait for what.
func (g *Guichet) Bureau(ctx context.Context, a compte.Acteur) (*VueBureau, error) {
	v := &VueBureau{Contexte: g.Contexte(0), Acteur: a}
	f := g.filtre(a, g.porteesService(a))
	err := g.view(ctx, func(tx *store.Tx) (err error) {
		if v.Mandats, err = g.mandats(tx, a); err != nil {
			return err
		}
		if v.Suspendus, err = g.suspendus(tx, a); err != nil {
			return err
		}
		if v.Vues, err = tx.Vues(a.Personne.ID); err != nil {
			return err
		}
		if v.Derogations, err = g.enVigueur(tx, a); err != nil {
			return err
		}
		counts, err := tx.Compte(f)
		if err != nil {
			return err
		}
		for _, code := range store.Piles {
			p := pilesTexte[code]
			p.Code, p.Nombre = code, counts[code]
			if code == store.APrendre || code == store.LesMiens {
				first := f
				first.Pile, first.Limite = code, debutPile
				if p.Dossiers, _, err = g.lisibles(tx, a, first); err != nil {
					return err
				}
			}
			v.Piles = append(v.Piles, p)
		}
		return nil
	})
	return v, err
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
	case compte.Suspendue:
		text += " (suspendu : à confirmer)"
	case compte.Retiree:
		text += " (retiré)"
	}
	return text
}
