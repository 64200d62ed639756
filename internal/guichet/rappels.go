package guichet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/francais"
	"guichet/internal/jour"
	"guichet/internal/store"
)

// lotRappels is how many dossiers are looked at between two looks at the base.
const lotRappels = 50

// echoit writes in the dossier by when somebody must act, and when to look at
// its reminders: at once when the day of one has come, which may have left
// already.
func (g *Guichet) echoit(d *dossier.Dossier, s *dispositif.Dispositif, events []dossier.Evenement) {
	today := g.Aujourdhui()
	ee := dossier.Echeances(s, d, events, today)
	next, _ := dossier.Attendue(ee, d.Tour)
	d.Echeance, d.RappelLe = next.Le, dossier.Prochain(ee, today)
	if len(dossier.Dus(dossier.Rappels(ee), today)) > 0 {
		d.RappelLe = today
	}
}

// Rappelle writes the mails of the reminders whose day has come, and returns
// how many reminders left. Each leaves once, whatever the number of nodes and
// of tries; of several that were missed, the last one alone.
func (g *Guichet) Rappelle(ctx context.Context) (sent int, err error) {
	var failed error
	for {
		var batch []store.DossierSuivi
		err := g.view(ctx, func(tx *store.Tx) (err error) {
			batch, err = tx.DossiersSuivis(store.FiltreDelais{Avant: g.Aujourdhui(), Limite: lotRappels})
			return err
		})
		if err != nil {
			return sent, err
		}
		moved := 0
		for _, d := range batch {
			n, kept := 0, false
			err := g.write(ctx, func(tx *store.Tx) (err error) {
				n, kept, err = g.rappelle(tx, d)
				return err
			})
			if err != nil { // the others are not to wait for this one
				failed = errors.Join(failed, fmt.Errorf("rappels du dossier %s: %w", d.ID, err))
				continue
			}
			sent += n
			if kept {
				moved++
			}
		}
		if moved == 0 || len(batch) < lotRappels { // those that others change now are for the next time
			return sent, failed
		}
	}
}

// rappelle sends what is due for one dossier and says when to look at it
// again. A dossier that somebody changed since it was read is left alone.
func (g *Guichet) rappelle(tx *store.Tx, d store.DossierSuivi) (sent int, kept bool, err error) {
	s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
	if err != nil { // this edition has no such scheme: it has no delay either
		d.Echeance, d.RappelLe = 0, 0
		kept, err = tx.SuitDossier(d.Dossier)
		return 0, kept, err
	}
	today := g.Aujourdhui()
	ee := dossier.Echeances(s, d.Dossier, d.Evenements, today)
	next, _ := dossier.Attendue(ee, d.Tour)
	d.Echeance, d.RappelLe = next.Le, dossier.Prochain(ee, today)
	if kept, err = tx.SuitDossier(d.Dossier); err != nil || !kept {
		return 0, kept, err
	}
	for _, r := range dossier.Dus(dossier.Rappels(ee), today) {
		first, err := tx.PoseRappel(d.ID, r, g.maintenant())
		if err != nil {
			return sent, kept, err
		}
		if !first {
			continue
		}
		sent++
		to, err := g.rappeles(tx, d.Dossier, r)
		if err != nil {
			return sent, kept, err
		}
		for _, c := range to {
			c.Dossier, c.Genre, c.Objet, c.Texte = d.ID, courriel.Rappel, objetRappel(d.Dossier, r, today), texteRappel(d.Dossier, s, r, today)
			if err := g.pose(tx, c); err != nil {
				return sent, kept, err
			}
		}
	}
	return sent, kept, nil
}

// rappeles are who a reminder is for: the members of the organisation when the
// applicant must act; otherwise who instructs, or the mailbox of the service.
func (g *Guichet) rappeles(tx *store.Tx, d *dossier.Dossier, r dossier.Rappel) ([]dossier.Courriel, error) {
	if dispositif.Porteur(r.Echeance.Pour) {
		return g.membres(tx, d)
	}
	if r.Echeance.Service != "" {
		return g.agents(tx, d, r.Echeance.Service)
	}
	if p, err := g.instructeur(tx, d); err != nil || p.Courriel != "" {
		return []dossier.Courriel{{Personne: p.ID, Adresse: p.Courriel}}, err
	}
	var out []dossier.Courriel
	for _, address := range g.boites(d) {
		out = append(out, dossier.Courriel{Adresse: address})
	}
	return out, nil
}

// agents are the persons of a service asked for an opinion who may give it.
func (g *Guichet) agents(tx *store.Tx, d *dossier.Dossier, service string) ([]dossier.Courriel, error) {
	held, err := tx.Agents(service)
	var out []dossier.Courriel
	for _, h := range held {
		a := compte.Acteur{Habilitations: []compte.Habilitation{h}, Niveau: compte.Fort, Le: g.Aujourdhui()}
		if _, err := g.politique.Peut(a, "avis.rendre", d.Objet()); err != nil || slices.ContainsFunc(out, func(c dossier.Courriel) bool { return c.Personne == h.Personne }) {
			continue
		}
		p, err := tx.Personne(h.Personne)
		if err != nil {
			return nil, err
		}
		out = append(out, dossier.Courriel{Personne: p.ID, Adresse: p.Courriel})
	}
	return out, err
}

// membres are the present members of the organisation, each once.
func (g *Guichet) membres(tx *store.Tx, d *dossier.Dossier) ([]dossier.Courriel, error) {
	held, err := tx.Membres(d.Organisation)
	var out []dossier.Courriel
	for _, h := range held {
		if !h.Vaut(g.Aujourdhui()) || slices.ContainsFunc(out, func(c dossier.Courriel) bool { return c.Personne == h.Personne }) {
			continue
		}
		p, err := tx.Personne(h.Personne)
		if err != nil {
			return nil, err
		}
		out = append(out, dossier.Courriel{Personne: p.ID, Adresse: p.Courriel})
	}
	return out, err
}

// instructeur is who took the dossier, as long as they may still read it;
// nobody otherwise.
func (g *Guichet) instructeur(tx *store.Tx, d *dossier.Dossier) (compte.Personne, error) {
	if d.Instructeur == "" {
		return compte.Personne{}, nil
	}
	a, err := g.acteurDe(tx, d.Instructeur)
	if err != nil {
		return compte.Personne{}, err
	}
	if _, err := g.politique.Peut(a, "dossier.lire", d.Objet()); err != nil {
		return compte.Personne{}, nil // their right ended: the service is told instead
	}
	return a.Personne, nil
}

// acteurDe is the person with the rights they have today, as somebody who only
// reads.
func (g *Guichet) acteurDe(tx *store.Tx, id compte.PersonneID) (a compte.Acteur, err error) {
	a.Le = g.Aujourdhui()
	if a.Personne, err = tx.Personne(id); err != nil {
		return a, err
	}
	a.Habilitations, err = tx.Habilitations(id)
	return a, err
}

func nomDe(d *dossier.Dossier) string { return cmp.Or(d.Numero, "en brouillon") }

func objetRappel(d *dossier.Dossier, r dossier.Rappel, le jour.Jour) string {
	if r.Echeance.Le < le {
		return fmt.Sprintf("Retard : %s, dossier %s", r.Echeance.Titre, nomDe(d))
	}
	return fmt.Sprintf("Rappel : %s avant la fin du %s, dossier %s", r.Echeance.Titre, r.Echeance.Le.Long(), nomDe(d))
}

// texteRappel tells what is awaited, from whom, by when, and what happens then.
func texteRappel(d *dossier.Dossier, s *dispositif.Dispositif, r dossier.Rappel, le jour.Jour) string {
	e := r.Echeance
	var b strings.Builder
	fmt.Fprintf(&b, "Dossier %s de %s, « %s ».\n\n", nomDe(d), d.Nom, s.Nom)
	fmt.Fprintf(&b, "À faire : %s.\nQui : %s.\n", e.Titre, RoleAttendu(e.Pour))
	switch {
	case e.Le < le:
		fmt.Fprintf(&b, "Dernier jour : le %s. Il est passé depuis %s.\n", e.Le.Long(), francais.Compte(int(le-e.Le), "jour", "jours"))
	case e.Le == le:
		b.WriteString("Dernier jour : aujourd’hui, jusqu’à minuit (heure de Paris).\n")
	default:
		fmt.Fprintf(&b, "Dernier jour : le %s, dans %s.\n", e.Le.Long(), francais.Compte(int(e.Le-le), "jour", "jours"))
	}
	if e.Effet != "" {
		fmt.Fprintf(&b, "\n%s\n", e.Effet)
	}
	b.WriteString("\nLe dossier se lit et se complète dans le guichet.\n")
	return b.String()
}

// RoleAttendu names, in French, whoever must act in a role of a scheme.
func RoleAttendu(role string) string {
	if role == dossier.Consulte {
		return "le service consulté"
	}
	for _, t := range tours {
		if t.role == role {
			return t.texte
		}
	}
	return "le service de l’État" // any of them
}

// A RappelPrevu is a reminder that will leave.
type RappelPrevu struct {
	dossier.Rappel
	Resume
	A string // who will be told, in French
}

// A VueRappels is the reminders to come, for one person.
type VueRappels struct {
	Contexte
	Acteur  compte.Acteur
	Jusque  jour.Jour
	Rappels []RappelPrevu
}

// maxRappels bounds the dossiers whose reminders are shown.
const maxRappels = 500

// joursPrevus is how far ahead reminders are shown, in days.
const joursPrevus = 30

// Rappels returns the reminders that will leave within thirty days about the
// dossiers that the person instructs or reads for the State.
func (g *Guichet) Rappels(ctx context.Context, a compte.Acteur) (*VueRappels, error) {
	today := g.Aujourdhui()
	v := &VueRappels{Contexte: g.Contexte(0), Acteur: a, Jusque: today.AddJours(joursPrevus)}
	err := g.view(ctx, func(tx *store.Tx) error {
		list, err := g.suivis(tx, a, store.FiltreDelais{Avant: v.Jusque, Limite: maxRappels})
		if err != nil {
			return err
		}
		for _, d := range list {
			s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
			if err != nil { // this edition has no such scheme: it has no delay either
				continue
			}
			planned := dossier.Rappels(dossier.Echeances(s, d.Dossier, d.Evenements, today))
			due := dossier.Dus(planned, today)
			later := slices.DeleteFunc(planned, func(r dossier.Rappel) bool { return r.Jour <= today || r.Jour > v.Jusque })
			for _, r := range append(due, later...) {
				if !d.Parti(r) {
					v.Rappels = append(v.Rappels, RappelPrevu{r, g.resume(d.Dossier), g.aQui(d.Dossier, r)})
				}
			}
		}
		slices.SortStableFunc(v.Rappels, func(x, y RappelPrevu) int { return cmp.Compare(x.Jour, y.Jour) })
		return nil
	})
	return v, err
}

// aQui says who will be told, as far as the dossier alone says it.
func (g *Guichet) aQui(d *dossier.Dossier, r dossier.Rappel) string {
	switch to := g.boites(d); {
	case dispositif.Porteur(r.Echeance.Pour):
		return "les membres de " + d.Nom
	case d.Instructeur != "":
		return "la personne qui instruit"
	case len(to) > 0:
		return strings.Join(to, ", ")
	}
	return "personne : le service n’a pas d’adresse sûre"
}

// suivis returns the filed dossiers that the person may read for the State:
// three queries for each of their roles, whatever the number of dossiers.
func (g *Guichet) suivis(tx *store.Tx, a compte.Acteur, f store.FiltreDelais) ([]store.DossierSuivi, error) {
	var out []store.DossierSuivi
	seen := make(map[dossier.ID]bool)
	f.Deposes = true
	for _, h := range a.Roles() {
		if h.Organisation != "" {
			continue
		}
		f.Departement, f.Service = h.Departement, ""
		if h.Role == "sciat" || h.Role == "service" {
			f.Service = h.Service
		}
		list, err := tx.DossiersSuivis(f)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if _, err := g.politique.Peut(a, "dossier.lire", d.Objet()); err == nil && !seen[d.ID] {
				seen[d.ID] = true
				out = append(out, d)
			}
		}
	}
	return out, nil
}
