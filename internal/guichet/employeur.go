package guichet

import (
	"slices"

	"guichet/internal/compte"
	"guichet/internal/siren"
	"guichet/internal/store"
)

// suitEmployeur keeps the employer that the provider names, and proposes that
// the person belongs to it. When it is another organisation than before, what
// the person held there waits for somebody to confirm it. A provider that
// names none takes nothing away.
func (g *Guichet) suitEmployeur(tx *store.Tx, p compte.PersonneID, claim string) error {
	now, err := siren.ParseSiret(claim)
	if err != nil {
		return nil
	}
	before, err := tx.Employeur(p)
	if err != nil {
		return err
	}
	if before != "" && before.Siren() != now.Siren() {
		if err := g.suspend(tx, p, before.Siren()); err != nil {
			return err
		}
	}
	if before != now {
		if err := tx.PoseEmployeur(p, now); err != nil {
			return err
		}
	}
	return g.proposeMembre(tx, p, claim)
}

// suspend takes the rights of a person in the organisation that employs them
// no more, until somebody confirms or ends them, and tells them and those who
// represent it. The new employer is nobody's affair there.
func (g *Guichet) suspend(tx *store.Tx, id compte.PersonneID, number siren.Siren) error {
	if err := tx.TientOrganisation(number); err != nil {
		return err
	}
	all, err := tx.Habilitations(id)
	if err != nil {
		return err
	}
	held := slices.DeleteFunc(all, func(h compte.Habilitation) bool { return h.Organisation != number || h.Etat != compte.Active })
	if len(held) == 0 {
		return nil
	}
	for _, h := range held {
		if err := g.change(tx, "", "suspendre_membre", h, compte.Suspendue); err != nil {
			return err
		}
	}
	if err := g.coupe(tx, id, number); err != nil {
		return err
	}
	o, err := tx.Organisation(number)
	if err != nil {
		return err
	}
	p, err := tx.Personne(id)
	if err != nil {
		return err
	}
	theirs := "À votre connexion, votre fournisseur d’identité a nommé un autre employeur. Vos droits pour " + o.Nom +
		" sont suspendus : un représentant de l’organisation ou la préfecture peut les confirmer. Vos autres droits ne changent pas.\n"
	if err := g.ecrit(tx, membre("Vos droits pour "+o.Nom+" sont suspendus", theirs), []compte.PersonneID{id}); err != nil {
		return err
	}
	grants, err := tx.Membres(number)
	if err != nil {
		return err
	}
	text := "D’après son fournisseur d’identité, " + p.NomComplet() + " a changé d’employeur. Ses droits pour " + o.Nom +
		" sont suspendus : confirmez-les si cette personne agit toujours pour vous, retirez-la sinon.\n" + g.pageDe(o)
	return g.ecrit(tx, membre(o.Nom+" : les droits d’un membre sont suspendus", text), sauf(g.representants(grants), id))
}

// suspendus lists the suspended roles that the person may confirm for a
// service of the State.
func (g *Guichet) suspendus(tx *store.Tx, a compte.Acteur) ([]Mandat, error) {
	var out []Mandat
	var seen []string
	for _, mine := range a.Roles() {
		if mine.Departement == "" || slices.Contains(seen, mine.Departement) {
			continue
		}
		seen = append(seen, mine.Departement)
		waiting, err := tx.Suspendues(mine.Departement)
		if err != nil {
			return nil, err
		}
		for _, h := range waiting {
			m, err := g.mandat(tx, h)
			if err != nil {
				return nil, err
			}
			if _, err := g.politique.Peut(a, "organisation.confirmer", objetOrganisation(m.Organisation)); err == nil && h.Personne != a.Personne.ID {
				out = append(out, m)
			}
		}
	}
	return out, nil
}
