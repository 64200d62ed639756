package guichet

import (
	"context"
	"crypto/rand"
	"slices"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/siren"
	"guichet/internal/store"
)

// roles that a person may ask for in an organisation.
var demandables = []compte.Role{"agent_coll", "elu", "structure"}

// DemandeMandat asks for a role in an organisation to which the person was
// proposed or belongs. It gives no right until the prefecture validates it.
// Asked twice, it is asked once. The error is a fault.Invalid.
func (g *Guichet) DemandeMandat(ctx context.Context, a compte.Acteur, o siren.Siren, role compte.Role) error {
	tied := func(h compte.Habilitation) bool {
		return h.Organisation == o && h.Etat != compte.Retiree && h.Etat != compte.Suspendue
	}
	if !slices.Contains(demandables, role) || !slices.ContainsFunc(a.Habilitations, tied) {
		return fault.New(fault.Invalid, "Ce rôle ne se demande que pour une organisation à laquelle votre fournisseur d’identité vous rattache.")
	}
	if slices.ContainsFunc(a.Habilitations, func(h compte.Habilitation) bool { return tied(h) && h.Role == role }) {
		return nil
	}
	h := compte.Habilitation{ID: rand.Text(), Personne: a.Personne.ID, Role: role, Organisation: o, Etat: compte.Demandee}
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		if err := tx.PoseHabilitation(h); err != nil {
			return err
		}
		return g.inscrit(tx, a.Personne.ID, "demander_mandat", "habilitation/"+h.ID, "", string(h.Etat))
	})
}

// A Mandat is a role that waits for the prefecture.
type Mandat struct {
	Habilitation compte.Habilitation
	Personne     compte.Personne
	Organisation compte.Organisation
	Role         string // in French
}

// mandats lists the roles that the person may validate.
func (g *Guichet) mandats(tx *store.Tx, a compte.Acteur) ([]Mandat, error) {
	var out []Mandat
	seen := make(map[string]bool)
	for _, mine := range a.Roles() {
		if mine.Departement == "" || seen[mine.Departement] {
			continue
		}
		seen[mine.Departement] = true
		asked, err := tx.MandatsDemandes(mine.Departement)
		if err != nil {
			return nil, err
		}
		for _, h := range asked {
			m, err := g.mandat(tx, h)
			if err != nil {
				return nil, err
			}
			if g.peutValider(a, m) == nil {
				out = append(out, m)
			}
		}
	}
	return out, nil
}

func (g *Guichet) mandat(tx *store.Tx, h compte.Habilitation) (m Mandat, err error) {
	m.Habilitation, m.Role = h, g.politique.Roles[h.Role].Libelle
	if m.Personne, err = tx.Personne(h.Personne); err != nil {
		return m, err
	}
	m.Organisation, err = tx.Organisation(h.Organisation)
	return m, err
}

// peutValider refuses who has not the right, and everybody for themselves.
func (g *Guichet) peutValider(a compte.Acteur, m Mandat) error {
	if m.Habilitation.Personne == a.Personne.ID {
		return fault.New(fault.Forbidden, "Personne ne valide son propre mandat.")
	}
	_, err := g.politique.Peut(a, "organisation.valider_mandat", compte.Objet{Organisation: m.Organisation.Siren, Departement: m.Organisation.Departement})
	return err
}

// TrancheMandat validates a role that was asked for, or refuses it: it counts
// from the next request on. The error is a fault.NotFound for whoever may not
// decide, a fault.Conflict when somebody already did.
func (g *Guichet) TrancheMandat(ctx context.Context, a compte.Acteur, id string, etat compte.EtatHabilitation) error {
	if etat != compte.Active && etat != compte.Retiree {
		return fault.New(fault.Invalid, "Choisissez de valider ou de refuser.")
	}
	unknown := fault.New(fault.NotFound, "Ce mandat n’existe pas, ou vos droits ne permettent pas de le voir.")
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		h, err := tx.Habilitation(id)
		if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
			return unknown
		} else if err != nil {
			return err
		}
		if h.Organisation == "" {
			return unknown
		}
		m, err := g.mandat(tx, h)
		if err != nil {
			return err
		}
		if err := g.peutValider(a, m); err != nil {
			return unknown.Because(err)
		}
		if h.Etat != compte.Demandee {
			return fault.New(fault.Conflict, "Ce mandat est déjà tranché.")
		}
		h.Etat, h.Du = etat, g.Aujourdhui()
		if etat == compte.Retiree {
			h.Au = h.Du // who was refused stays apart for five years, not for ever
		}
		if err := tx.PoseHabilitation(h); err != nil {
			return err
		}
		if err := g.annonceMandat(tx, m, etat); err != nil {
			return err
		}
		return g.inscrit(tx, a.Personne.ID, "trancher_mandat", "habilitation/"+h.ID, string(compte.Demandee), string(etat))
	})
}
