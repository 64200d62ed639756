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
	"guichet/internal/jour"
	"guichet/internal/store"
)

// A NouvelleDerogation is an exemption to make, as it was typed.
type NouvelleDerogation struct {
	Cle         string // of the form, used once
	Departement string
	Separation  string
	Motif       string
	Du, Au      string
}

// dureeDerogation is how long an exemption lasts at most, in years.
const dureeDerogation = 1

// litDerogation reads what was typed. The error is a fault.Invalid with a
// message at each field that is wrong.
func (g *Guichet) litDerogation(n NouvelleDerogation) (compte.Derogation, error) {
	f := fault.New(fault.Invalid, "Cette dérogation ne peut pas être accordée telle quelle.")
	d := compte.Derogation{Departement: n.Departement, Separation: n.Separation, Motif: strings.TrimSpace(n.Motif), Etat: compte.Active}
	if !slices.ContainsFunc(g.politique.Derogeables(), func(s compte.Separation) bool { return s.ID == d.Separation }) {
		f.Field("separation", "Choisissez une règle dont un département peut être dispensé.")
	}
	if d.Motif == "" {
		f.Field("motif", "Dites pourquoi : les agents du département le liront.")
	} else if err := tropLong(map[string]string{"motif": d.Motif}); err != nil {
		f.Merge(fault.Of(err))
	}
	for _, x := range []struct {
		field, text string
		into        *jour.Jour
	}{{"du", n.Du, &d.Du}, {"au", n.Au, &d.Au}} {
		var err error
		if *x.into, err = jour.Parse(x.text); err != nil {
			f.Field(x.field, fault.Of(err).Message)
		}
	}
	if len(f.Fields) == 0 {
		switch {
		case d.Du < g.Aujourdhui():
			f.Field("du", "Une dérogation ne remonte pas le temps : choisissez aujourd’hui ou un jour à venir.")
		case d.Au < d.Du:
			f.Field("au", "Le dernier jour vient avant le premier.")
		case d.Au > d.Du.AddAns(dureeDerogation):
			f.Field("au", "Une dérogation dure un an au plus.")
		}
	}
	if len(f.Fields) > 0 {
		return d, f
	}
	return d, nil
}

// AccordeDerogation exempts a département from a separation of duties, for a
// time and with a reason that its agents read. Sent twice by one form, it is
// made once. The error is a fault.Invalid with a message at each field, a
// fault.Forbidden for whoever may not and for who would profit from it.
func (g *Guichet) AccordeDerogation(ctx context.Context, a compte.Acteur, n NouvelleDerogation) error {
	if _, err := g.politique.Peut(a, "derogation.accorder", compte.Objet{Departement: n.Departement}); err != nil {
		return err
	}
	d, err := g.litDerogation(n)
	if err != nil {
		return err
	}
	d.ID = empreinte("derogation " + string(a.Personne.ID) + n.Cle)[:26]
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		who, err := g.profitent(tx, d)
		if err != nil {
			return err
		}
		if _, err := g.politique.Peut(a, "derogation.accorder", compte.Objet{Departement: d.Departement, Concernes: who}); err != nil {
			return err
		}
		have, err := tx.Derogations(d.Departement)
		if err != nil {
			return err
		}
		for _, x := range have {
			if x.ID == d.ID {
				return nil // the form was sent twice
			}
			if x.Separation == d.Separation && x.Etat == compte.Active && x.Du <= d.Au && d.Du <= x.Au {
				return fault.New(fault.Conflict, "Une dérogation à cette règle vaut déjà jusqu’au %s : retirez-la d’abord.", x.Au.Long())
			}
		}
		d.Par = a.Personne.ID
		if err := tx.PoseDerogation(d); err != nil {
			return err
		}
		return g.ditDerogation(tx, d, a.Personne, "accorder_derogation")
	})
}

// profitent are the persons whom the exemption lets do both things: those who
// have, in the département, a right that it forbids and the role of a service.
func (g *Guichet) profitent(tx *store.Tx, d compte.Derogation) (out []compte.PersonneID, err error) {
	grants, err := tx.HabilitationsAgents(d.Departement)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(g.politique.Separations, func(s compte.Separation) bool { return s.ID == d.Separation })
	for _, h := range grants {
		decides := slices.ContainsFunc(g.politique.Separations[i].Droits, func(r compte.Droit) bool {
			_, held := g.politique.Droits[r][h.Role]
			return held
		})
		if !decides || !g.enCours(h) || slices.Contains(out, h.Personne) {
			continue
		}
		held, err := tx.Habilitations(h.Personne)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(held, func(x compte.Habilitation) bool {
			return g.enCours(x) && g.politique.ParService(x.Role) && (x.Departement == "" || x.Departement == d.Departement)
		}) {
			out = append(out, h.Personne)
		}
	}
	return out, nil
}

// RetireDerogation ends an exemption at once. The error is a fault.NotFound
// for whoever may not, a fault.Conflict when it is already withdrawn.
func (g *Guichet) RetireDerogation(ctx context.Context, a compte.Acteur, id string) error {
	unknown := fault.New(fault.NotFound, "Cette dérogation n’existe pas, ou vos droits ne permettent pas de la voir.")
	find := func(tx *store.Tx, a compte.Acteur) (compte.Derogation, error) {
		d, err := tx.Derogation(id)
		if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
			return d, unknown
		} else if err != nil {
			return d, err
		}
		if _, err := g.politique.Peut(a, "derogation.retirer", compte.Objet{Departement: d.Departement}); err != nil {
			return d, unknown.Because(err)
		}
		return d, nil
	}
	var who []compte.PersonneID // whose acts under way end before, or are refused
	if err := g.view(ctx, func(tx *store.Tx) error {
		d, err := find(tx, a)
		if err != nil {
			return err
		}
		who, err = g.profitent(tx, d)
		return err
	}); err != nil {
		return err
	}
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		d, err := find(tx, a)
		if err != nil {
			return err
		}
		if d.Etat == compte.Retiree {
			return fault.New(fault.Conflict, "Cette dérogation est déjà retirée.")
		}
		d.Etat = compte.Retiree
		if err := tx.PoseDerogation(d); err != nil {
			return err
		}
		return g.ditDerogation(tx, d, a.Personne, "retirer_derogation")
	}, who...)
}

// ditDerogation writes an exemption, or its end, in the register, and tells
// every administrator of the département.
func (g *Guichet) ditDerogation(tx *store.Tx, d compte.Derogation, par compte.Personne, acte string) error {
	text := strings.Join([]string{string(d.Etat), d.Separation, d.Departement, d.Du.String(), d.Au.String()}, " ")
	if err := g.inscrit(tx, par.ID, acte, "derogation/"+d.ID, "", text); err != nil {
		return err
	}
	to, err := g.administrateurs(tx, compte.Objet{Departement: d.Departement})
	if err != nil {
		return err
	}
	what := "a accordé"
	if d.Etat == compte.Retiree {
		what = "a retiré"
	}
	return g.ecrit(tx, dossier.Courriel{Genre: courriel.Droits, Objet: "Dérogation " + d.Separation + ", département " + d.Departement,
		Texte: fmt.Sprintf("%s %s une dérogation à la règle %s, du %s au %s : « %s »\n\nMotif : %s\n", par.NomComplet(), what, d.Separation, d.Du.Long(), d.Au.Long(), g.regleDe(d), d.Motif)}, to)
}

// regleDe is the text of the rule that the exemption sets aside.
func (g *Guichet) regleDe(d compte.Derogation) string {
	for _, s := range g.politique.Separations {
		if s.ID == d.Separation {
			return s.Texte
		}
	}
	return d.Separation
}

// dispenses are the separations set aside in the département today.
func (g *Guichet) dispenses(tx *store.Tx, departement string) (out []string, err error) {
	all, err := tx.Derogations(departement)
	for _, d := range all {
		if d.Vaut(g.Aujourdhui()) {
			out = append(out, d.Separation)
		}
	}
	return out, err
}

// acteDe is what the register calls the act of an event.
func acteDe(ev dossier.Evenement) string {
	if ev.Derogation == "" {
		return ev.Acte
	}
	return ev.Acte + ", par dérogation " + ev.Derogation
}

// A DerogationVue is an exemption as a page shows it.
type DerogationVue struct {
	compte.Derogation
	Regle     string
	Accorde   string // by whom
	EnVigueur bool
	Retirable bool // by the reader
}

// derogationsVues are the exemptions of the départements, whatever their state.
func (g *Guichet) derogationsVues(tx *store.Tx, a compte.Acteur, places []string) (out []DerogationVue, err error) {
	for _, place := range places {
		list, err := tx.Derogations(place)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			x := DerogationVue{Derogation: d, Regle: g.regleDe(d), EnVigueur: d.Vaut(g.Aujourdhui())}
			if x.Accorde, err = nomDePersonne(tx, d.Par); err != nil {
				return nil, err
			}
			_, refused := g.politique.Peut(a, "derogation.retirer", compte.Objet{Departement: d.Departement})
			x.Retirable = refused == nil && d.Etat == compte.Active && d.Au >= g.Aujourdhui()
			out = append(out, x)
		}
	}
	return out, nil
}

// enVigueur are the exemptions that count today where the person is an agent.
func (g *Guichet) enVigueur(tx *store.Tx, a compte.Acteur) ([]DerogationVue, error) {
	var places []string
	for _, h := range a.Roles() {
		if h.Organisation == "" && h.Departement != "" && !slices.Contains(places, h.Departement) {
			places = append(places, h.Departement)
		}
	}
	all, err := g.derogationsVues(tx, a, places)
	return slices.DeleteFunc(all, func(x DerogationVue) bool { return !x.EnVigueur }), err
}
