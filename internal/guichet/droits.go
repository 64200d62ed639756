package guichet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// objetDroit is a grant as rights see it: for whom it is, and who asked for
// it, may not grant it.
func objetDroit(h compte.Habilitation) compte.Objet {
	o := compte.Objet{Departement: h.Departement, Dispositif: h.Dispositif, Concernes: []compte.PersonneID{h.Personne}}
	if h.Par != "" {
		o.Concernes = append(o.Concernes, h.Par)
	}
	return o
}

// AccordeDroit gives a person a role in the département of who grants, or asks
// another administrator to confirm it when the role needs two. Sent twice by
// one form, it is granted once. The error is a fault.Invalid with a message at
// each field, a fault.Forbidden for whoever may not, and for oneself.
func (g *Guichet) AccordeDroit(ctx context.Context, a compte.Acteur, n NouveauDroit) error {
	h, err := g.litDroit(n)
	if err != nil {
		return err
	}
	var p compte.Personne
	if err := g.view(ctx, func(tx *store.Tx) error {
		if _, err := g.politique.Peut(a, "droits.accorder", objetDroit(h)); err != nil {
			return err
		}
		p, err = g.designe(tx, n.Personne)
		return err
	}); err != nil {
		return err
	}
	h.ID, h.Personne, h.Etat = strings.ToLower(empreinte("droit " + string(a.Personne.ID) + n.Cle)[:26]), p.ID, compte.Active
	if g.politique.Roles[h.Role].Confirmee {
		h.Etat = compte.Demandee
	}
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		if _, err := g.politique.Peut(a, "droits.accorder", objetDroit(h)); err != nil {
			return err
		}
		h.Par = a.Personne.ID
		return g.poseDroit(tx, h, a.Personne)
	}, p.ID)
}

// poseDroit keeps a new grant, writes it in the register and tells of it. The
// error is a fault.Conflict when the person holds the same one.
func (g *Guichet) poseDroit(tx *store.Tx, h compte.Habilitation, par compte.Personne) error {
	held, err := tx.Habilitations(h.Personne)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(held, func(x compte.Habilitation) bool { return x.ID == h.ID }) {
		return nil // the form was sent twice
	}
	if i := slices.IndexFunc(held, func(x compte.Habilitation) bool { return memeDroit(x, h) && g.enCours(x) }); i >= 0 {
		m := "Cette personne a déjà ce droit, ou il attend d’être confirmé : retirez-le d’abord pour en changer les dates ou le plafond."
		return fault.New(fault.Conflict, "%s", m).Field("role", m)
	}
	if err := tx.PoseHabilitation(h); err != nil {
		return err
	}
	acte, dit := "accorder_droit", "a accordé"
	if h.Etat == compte.Demandee {
		acte, dit = "demander_droit", "demande"
	}
	if err := g.inscrit(tx, h.Par, acte, "habilitation/"+h.ID, "", trace(h)); err != nil {
		return err
	}
	return g.ditDroit(tx, h, par, dit)
}

// memeDroit reports whether both grants give the same thing.
func memeDroit(x, y compte.Habilitation) bool {
	return x.Personne == y.Personne && x.Role == y.Role && x.Organisation == y.Organisation && x.Departement == y.Departement && x.Service == y.Service && x.Dispositif == y.Dispositif
}

// enCours reports whether the grant gives rights, will, or waits to.
func (g *Guichet) enCours(h compte.Habilitation) bool {
	return h.Etat != compte.Retiree && (h.Au == 0 || h.Au >= g.Aujourdhui())
}

// trace is what the register says of a grant.
func trace(h compte.Habilitation) string {
	return strings.Join([]string{string(h.Etat), string(h.Role), h.Departement, h.Service, h.Dispositif, h.Du.String(), h.Au.String(), h.Plafond.Decimal()}, " ")
}

// TrancheDroit confirms a grant that waits for a second administrator, or
// takes one away: it counts at once, and the person signs in again. The error
// is a fault.NotFound for whoever may not see it, a fault.Forbidden for who
// asked for it or would hold it, a fault.Conflict when it is already done.
func (g *Guichet) TrancheDroit(ctx context.Context, a compte.Acteur, id string, etat compte.EtatHabilitation) error {
	if etat != compte.Active && etat != compte.Retiree {
		return fault.New(fault.Invalid, "Choisissez de confirmer ou de retirer.")
	}
	var about compte.PersonneID
	if err := g.view(ctx, func(tx *store.Tx) error {
		h, err := g.droitVu(tx, a, id)
		about = h.Personne
		return err
	}); err != nil {
		return err
	}
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		h, err := g.droitVu(tx, a, id)
		if err != nil {
			return err
		}
		right := compte.Droit("droits.retirer")
		if etat == compte.Active {
			right = "droits.accorder"
		}
		if _, err := g.politique.Peut(a, right, objetDroit(h)); err != nil {
			return err
		}
		return g.changeDroit(tx, h, etat, a.Personne)
	}, about)
}

// droitVu returns the grant of an agent that the person may see. Any other is
// unknown.
func (g *Guichet) droitVu(tx *store.Tx, a compte.Acteur, id string) (compte.Habilitation, error) {
	unknown := fault.New(fault.NotFound, "Ce droit n’existe pas, ou vos droits ne permettent pas de le voir.")
	h, err := tx.Habilitation(id)
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		return h, unknown
	} else if err != nil {
		return h, err
	}
	if _, err := g.politique.Peut(a, "droits.lire", objetDroit(h)); err != nil || h.Organisation != "" {
		return compte.Habilitation{}, unknown.Because(err)
	}
	return h, nil
}

// changeDroit confirms or takes away a grant, in the transaction of who does.
func (g *Guichet) changeDroit(tx *store.Tx, h compte.Habilitation, etat compte.EtatHabilitation, par compte.Personne) error {
	before := h
	acte, dit := "confirmer_droit", "a confirmé"
	switch {
	case h.Etat == compte.Retiree:
		return fault.New(fault.Conflict, "Ce droit est déjà retiré.")
	case etat == compte.Active && h.Etat != compte.Demandee:
		return fault.New(fault.Conflict, "Ce droit est déjà confirmé.")
	case etat == compte.Active:
		h.ConfirmePar = par.ID
	case h.Etat == compte.Demandee:
		acte, dit = "refuser_droit", "a refusé"
	default:
		acte, dit = "retirer_droit", "a retiré"
	}
	h.Etat = etat
	if err := tx.PoseHabilitation(h); err != nil {
		return err
	}
	if acte == "retirer_droit" {
		if err := tx.FinitSessions(h.Personne); err != nil {
			return err
		}
	}
	if err := g.inscrit(tx, par.ID, acte, "habilitation/"+h.ID, trace(before), trace(h)); err != nil {
		return err
	}
	return g.ditDroit(tx, h, par, dit)
}

// administrateurs are the persons who may grant o today.
func (g *Guichet) administrateurs(tx *store.Tx, o compte.Objet) ([]compte.PersonneID, error) {
	grants, err := tx.HabilitationsAgents(o.Departement)
	grants = slices.DeleteFunc(grants, func(h compte.Habilitation) bool {
		a := compte.Acteur{Personne: compte.Personne{ID: h.Personne}, Habilitations: []compte.Habilitation{h}, Niveau: compte.Fort, Le: g.Aujourdhui()}
		_, err := g.politique.Peut(a, "droits.accorder", o)
		return err != nil
	})
	return g.valables(grants), err
}

// ditDroit tells the person and every administrator of the département what
// was done to a grant, and by whom.
func (g *Guichet) ditDroit(tx *store.Tx, h compte.Habilitation, par compte.Personne, dit string) error {
	p, err := tx.Personne(h.Personne)
	if err != nil {
		return err
	}
	to, err := g.administrateurs(tx, compte.Objet{Departement: h.Departement, Dispositif: h.Dispositif})
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s à %s (%s) ce droit :\n\n%s.\n", nomActeur(par), dit, p.NomComplet(), p.Courriel, g.ditPortee(h))
	if dit == "a retiré" || dit == "a refusé" {
		b.Reset()
		fmt.Fprintf(&b, "%s %s le droit de %s (%s) :\n\n%s.\n", nomActeur(par), dit, p.NomComplet(), p.Courriel, g.ditPortee(h))
	}
	if h.Etat == compte.Demandee {
		fmt.Fprintf(&b, "\nIl ne vaut rien tant qu’un autre administrateur ne l’a pas confirmé : %s/bureau/droits\n", g.adresse)
	}
	b.WriteString("\nSi ce changement vous étonne, dites-le à un administrateur du département.\n")
	if !slices.Contains(to, p.ID) {
		to = append(to, p.ID)
	}
	return g.ecrit(tx, dossier.Courriel{Genre: courriel.Droits, Objet: "Droits : " + g.politique.Roles[h.Role].Libelle + ", " + p.NomComplet(), Texte: b.String()}, to)
}

// nomActeur is who did something, the machine included.
func nomActeur(p compte.Personne) string {
	if p.ID == compte.Exploitant {
		return "L’exploitant du service"
	}
	return p.NomComplet()
}

// ditPortee says a grant in words: role, where, for whom, when, how much.
func (g *Guichet) ditPortee(h compte.Habilitation) string {
	parts := []string{g.politique.Roles[h.Role].Libelle}
	if h.Departement != "" {
		parts = append(parts, "département "+h.Departement)
	} else {
		parts = append(parts, "tout le pays")
	}
	if s := g.catalogue.Pour(h.Departement).Services[h.Service]; s != nil {
		parts = append(parts, "service « "+s.Nom+" »")
	}
	if s, err := g.catalogue.Dispositif(h.Dispositif); h.Dispositif != "" && err == nil {
		parts = append(parts, "dispositif « "+s.Nom+" »")
	}
	if h.Du != 0 {
		parts = append(parts, "à partir du "+h.Du.Long())
	}
	if h.Au != 0 {
		parts = append(parts, "jusqu’au "+h.Au.Long())
	}
	if h.Plafond != 0 {
		parts = append(parts, "plafond "+h.Plafond.String())
	}
	return strings.Join(parts, ", ")
}
