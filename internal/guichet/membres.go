package guichet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/store"
)

// A Membre is somebody of an organisation, with each role there that did not
// end.
type Membre struct {
	Personne compte.Personne
	Roles    []RoleTenu
}

// A RoleTenu is a role as a page shows it.
type RoleTenu struct {
	Libelle string
	Etat    compte.EtatHabilitation
	Du      jour.Jour // zero when it is not known
}

// Suspendu reports whether a role of the member waits for somebody to confirm
// it.
func (m Membre) Suspendu() bool {
	return slices.ContainsFunc(m.Roles, func(r RoleTenu) bool { return r.Etat == compte.Suspendue })
}

// A VueOrganisation is the page of an organisation, for one person.
type VueOrganisation struct {
	Contexte
	Acteur       compte.Acteur
	Organisation compte.Organisation
	Membres      []Membre        // by name
	Invitations  []InvitationVue // none for who may not invite
	Roles        []compte.Role   // that an invitation may propose
	Libelles     map[compte.Role]string
	Peut         map[compte.Droit]bool
	Refus        string // why the person may not invite, when it is not their role
	Dernier      bool   // nobody else represents the organisation
}

// Membre reports whether the person belongs to the organisation.
func (v *VueOrganisation) Membre() bool {
	return slices.ContainsFunc(v.Membres, func(m Membre) bool { return m.Personne.ID == v.Acteur.Personne.ID })
}

// droitsOrganisation are the rights that the page has forms for.
var droitsOrganisation = []compte.Droit{"organisation.inviter", "organisation.retirer", "organisation.confirmer"}

// Organisation returns the page of an organisation. The error is a
// fault.NotFound for whoever may not read it, as for one that does not exist.
func (g *Guichet) Organisation(ctx context.Context, a compte.Acteur, number siren.Siren) (*VueOrganisation, error) {
	v := &VueOrganisation{Contexte: g.Contexte(0), Acteur: a, Roles: demandables, Libelles: make(map[compte.Role]string), Peut: make(map[compte.Droit]bool)}
	for _, r := range v.Roles {
		v.Libelles[r] = g.politique.Roles[r].Libelle
	}
	err := g.view(ctx, func(tx *store.Tx) (err error) {
		if v.Organisation, err = g.ouvreOrganisation(tx, a, number, "organisation.lire"); err != nil {
			return err
		}
		for _, d := range droitsOrganisation {
			_, err := g.politique.Peut(a, d, objetOrganisation(v.Organisation))
			v.Peut[d] = err == nil
			if f := fault.Of(err); f != nil && slices.Contains(f.Codes, "NIVEAU_FAIBLE") {
				v.Refus = f.Message
			}
		}
		people, err := tx.PersonnesDe(number)
		if err != nil {
			return err
		}
		grants, err := tx.Membres(number)
		if err != nil {
			return err
		}
		v.Membres = g.listeMembres(grants, people)
		standing := g.representants(grants)
		v.Dernier = len(standing) == 1 && standing[0] == a.Personne.ID
		if !v.Peut["organisation.inviter"] {
			return nil
		}
		v.Invitations, err = g.invitations(tx, number, people)
		return err
	})
	return v, err
}

// listeMembres are the holders of the grants that did not end, by name.
func (g *Guichet) listeMembres(grants []compte.Habilitation, people map[compte.PersonneID]compte.Personne) (out []Membre) {
	for _, h := range grants {
		if h.Etat == compte.Retiree || h.Au != 0 && h.Au < g.Aujourdhui() {
			continue
		}
		i := slices.IndexFunc(out, func(m Membre) bool { return m.Personne.ID == h.Personne })
		if i < 0 {
			i = len(out)
			out = append(out, Membre{Personne: people[h.Personne]})
		}
		out[i].Roles = append(out[i].Roles, RoleTenu{g.politique.Roles[h.Role].Libelle, h.Etat, h.Du})
	}
	slices.SortStableFunc(out, func(a, b Membre) int {
		return cmp.Or(cmp.Compare(a.Personne.Nom, b.Personne.Nom), cmp.Compare(a.Personne.Prenoms, b.Personne.Prenoms), cmp.Compare(a.Personne.ID, b.Personne.ID))
	})
	return out
}

// objetOrganisation is the organisation as rights see it.
func objetOrganisation(o compte.Organisation) compte.Objet {
	return compte.Objet{Organisation: o.Siren, Departement: o.Departement}
}

// ouvreOrganisation returns the organisation when the person has the right on
// it. Somebody who may not even read it gets a fault.NotFound; the others a
// fault.Forbidden.
func (g *Guichet) ouvreOrganisation(tx *store.Tx, a compte.Acteur, number siren.Siren, d compte.Droit) (o compte.Organisation, err error) {
	unknown := fault.New(fault.NotFound, "Cette organisation n’existe pas, ou vos droits ne permettent pas de la voir.")
	o, err = tx.Organisation(number)
	if errors.Is(err, fault.NotFound) {
		return o, unknown
	}
	if err != nil {
		return o, err
	}
	if _, err := g.politique.Peut(a, "organisation.lire", objetOrganisation(o)); err != nil {
		return o, unknown.Because(err)
	}
	_, err = g.politique.Peut(a, d, objetOrganisation(o))
	return o, err
}

// represente reports whether who holds the role signs for an organisation.
func (g *Guichet) represente(r compte.Role) bool {
	_, ok := g.politique.Droits["acte.porteur"][r]
	return ok
}

// representants are the persons who sign for an organisation today, of its
// grants.
func (g *Guichet) representants(grants []compte.Habilitation) []compte.PersonneID {
	return g.valables(slices.DeleteFunc(slices.Clone(grants), func(h compte.Habilitation) bool { return !g.represente(h.Role) }))
}

// RetireMembre ends every role of a person in an organisation, at once; who
// may only confirm ends those that wait for it. Done twice, it is done once.
// Of oneself, it is [Guichet.Quitte]. The error is a fault.NotFound or a
// fault.Forbidden.
func (g *Guichet) RetireMembre(ctx context.Context, a compte.Acteur, number siren.Siren, p compte.PersonneID) error {
	if p == a.Personne.ID {
		return g.Quitte(ctx, a, number)
	}
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		o, refusal := g.tient(tx, a, number, "organisation.retirer")
		if refusal != nil && !errors.Is(refusal, fault.Forbidden) {
			return refusal
		}
		held, err := tenues(tx, number, p)
		if refusal != nil { // perhaps they may end what waits to be confirmed
			var denied error
			if o, denied = g.ouvreOrganisation(tx, a, number, "organisation.confirmer"); denied != nil {
				return refusal
			}
			before := len(held)
			if held = suspendues(held); before > 0 && len(held) == 0 {
				return refusal
			}
		}
		if len(held) == 0 {
			return err
		}
		return g.finitRoles(tx, a, o, held)
	}, p)
}

// ConfirmeMembre gives back to a person the roles of an organisation that were
// suspended when their employer changed. Done twice, it is done once. The
// error is a fault.NotFound, or a fault.Forbidden, also for oneself.
func (g *Guichet) ConfirmeMembre(ctx context.Context, a compte.Acteur, number siren.Siren, p compte.PersonneID) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		o, err := g.tient(tx, a, number, "organisation.confirmer")
		if err != nil {
			return err
		}
		if p == a.Personne.ID {
			return fault.New(fault.Forbidden, "Personne ne confirme son propre rôle.")
		}
		held, err := tenues(tx, number, p)
		if len(held) == 0 {
			return err
		}
		waiting := suspendues(held)
		for _, h := range waiting {
			if err := g.change(tx, a.Personne.ID, "confirmer_membre", h, compte.Active); err != nil {
				return err
			}
		}
		if len(waiting) == 0 {
			return nil
		}
		text := a.Personne.NomComplet() + " a confirmé vos droits pour " + o.Nom + " : ils valent de nouveau.\n"
		return g.ecrit(tx, membre("Vos droits pour "+o.Nom+" sont confirmés", text), []compte.PersonneID{p})
	}, p)
}

// Quitte ends every role of the person in an organisation, whatever its state.
// Done twice, it is done once. The error is a fault.NotFound for who never
// belonged to it.
func (g *Guichet) Quitte(ctx context.Context, a compte.Acteur, number siren.Siren) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		if err := tx.TientOrganisation(number); err != nil {
			return err
		}
		held, err := tenues(tx, number, a.Personne.ID)
		if len(held) == 0 {
			return err
		}
		o, err := tx.Organisation(number)
		if err != nil {
			return err
		}
		return g.finitRoles(tx, a, o, held)
	})
}

// tient is ouvreOrganisation for a change of the members: two of them wait for
// one another.
func (g *Guichet) tient(tx *store.Tx, a compte.Acteur, number siren.Siren, d compte.Droit) (compte.Organisation, error) {
	if err := tx.TientOrganisation(number); err != nil {
		return compte.Organisation{}, err
	}
	return g.ouvreOrganisation(tx, a, number, d)
}

// tenues are the grants of a person in an organisation that did not end. With
// none of them, the error is nil when they all ended and a fault.NotFound when
// there never was any.
func tenues(tx *store.Tx, number siren.Siren, p compte.PersonneID) ([]compte.Habilitation, error) {
	all, err := tx.Habilitations(p)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(h compte.Habilitation) bool { return h.Organisation != number || number == "" })
	if len(all) == 0 {
		return nil, fault.New(fault.NotFound, "Cette personne n’est pas membre de cette organisation.")
	}
	return slices.DeleteFunc(all, func(h compte.Habilitation) bool { return h.Etat == compte.Retiree }), nil
}

// suspendues are those of the grants that wait to be confirmed.
func suspendues(held []compte.Habilitation) (out []compte.Habilitation) {
	for _, h := range held {
		if h.Etat == compte.Suspendue {
			out = append(out, h)
		}
	}
	return out
}

// change moves a grant to another state, in the register too. One that ends
// keeps its last day: who belonged stays apart for five years.
func (g *Guichet) change(tx *store.Tx, par compte.PersonneID, acte string, h compte.Habilitation, etat compte.EtatHabilitation) error {
	before := h.Etat
	h.Etat = etat
	if today := g.Aujourdhui(); etat == compte.Retiree && (h.Au == 0 || h.Au > today) {
		h.Au = today
	}
	if err := tx.PoseHabilitation(h); err != nil {
		return err
	}
	return g.inscrit(tx, par, acte, "habilitation/"+h.ID, string(before), string(etat))
}

// finitRoles ends the roles of one person in an organisation: they and those
// who represent it are told, and the invitations they made lead nowhere.
func (g *Guichet) finitRoles(tx *store.Tx, a compte.Acteur, o compte.Organisation, held []compte.Habilitation) error {
	p, err := tx.Personne(held[0].Personne)
	if err != nil {
		return err
	}
	acte, name, by := "retirer_membre", p.NomComplet(), a.Personne.NomComplet()
	theirs, others := by+" a mis fin à vos droits pour "+o.Nom+".", by+" a mis fin aux droits de "+name+" pour "+o.Nom+"."
	if p.ID == a.Personne.ID {
		acte, theirs, others = "quitter_organisation", "Vous avez quitté "+o.Nom+".", name+" a quitté "+o.Nom+"."
	}
	for _, h := range held {
		if err := g.change(tx, a.Personne.ID, acte, h, compte.Retiree); err != nil {
			return err
		}
	}
	if err := g.coupe(tx, p.ID, o.Siren); err != nil {
		return err
	}
	if err := g.ecrit(tx, membre("Vos droits pour "+o.Nom+" ont pris fin", theirs+" Vous ne voyez plus ses dossiers.\n"), []compte.PersonneID{p.ID}); err != nil {
		return err
	}
	grants, err := tx.Membres(o.Siren)
	if err != nil {
		return err
	}
	return g.ecrit(tx, membre(o.Nom+" : un membre de moins", others+"\n"+g.pageDe(o)), sauf(g.representants(grants), p.ID, a.Personne.ID))
}

// coupe stops what a person whose rights end or are suspended had under way:
// the invitations they made, and the mails about the dossiers that did not
// leave yet.
func (g *Guichet) coupe(tx *store.Tx, p compte.PersonneID, number siren.Siren) error {
	if err := g.annuleInvitations(tx, number, p); err != nil {
		return err
	}
	return tx.RetientCourriels(p, number)
}

// membre is a mail about the members of an organisation.
func membre(objet, texte string) dossier.Courriel {
	return dossier.Courriel{Genre: courriel.Membre, Objet: objet, Texte: texte}
}

// pageDe leads to the page of the organisation, in a mail.
func (g *Guichet) pageDe(o compte.Organisation) string {
	if g.adresse == "" {
		return ""
	}
	return fmt.Sprintf("\nSes membres : %s/organisations/%s\n", g.adresse, o.Siren)
}

// sauf is the list without those persons.
func sauf(list []compte.PersonneID, but ...compte.PersonneID) []compte.PersonneID {
	return slices.DeleteFunc(list, func(id compte.PersonneID) bool { return slices.Contains(but, id) })
}
