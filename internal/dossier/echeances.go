package dossier

import (
	"cmp"
	"slices"
	"strconv"

	"guichet/internal/dispositif"
	"guichet/internal/jour"
)

// A Situation is where a delay of a dossier stands on one day.
type Situation string

// The situations of a delay.
const (
	AVenir    Situation = "à venir"
	Proche    Situation = "proche" // within a week
	Due       Situation = "due"    // today is the last day
	Suspendue Situation = "suspendue"
	Tenue     Situation = "tenue"
	Depassee  Situation = "dépassée"
	SansObjet Situation = "sans objet" // the dossier ended another way
)

// proche is how many days before the last one a delay is close.
const proche = 7

// An Echeance is a delay of a dossier, seen on one day.
type Echeance struct {
	ID        string
	Titre     string
	Pour      string    // role that must act
	Service   string    // asked for an opinion, which the applicant does not see; "" for the delays of everybody
	Depuis    jour.Jour // day of the act that started it
	Duree     string    // "3 mois"; "" for a fixed day
	Le        jour.Jour // the last day; none while nobody knows it
	TenueLe   jour.Jour // none while it runs
	Suspendue int       // days during which it stood still
	Situation Situation
	Reste     int // days left after the day of the question, in the unit of the delay
	Retard    int // days since the last day, up to the act when it is made
	Rigueur   jour.Rigueur
	Effet     string
	Cite      []string

	rappels []int
	debut   jour.Jour // no reminder before
	ensuite jour.Jour // day when another delay takes its place
	report  jour.Report
}

// Ouverte reports whether the act is still awaited.
func (e Echeance) Ouverte() bool { return e.Situation != Tenue && e.Situation != SansObjet }

// Attend reports whether the delay is for that role, "" for none.
func (e Echeance) Attend(role string) bool {
	switch {
	case role == "" || !e.Ouverte():
		return false
	case e.Pour == dispositif.EtatAgit || dispositif.Porteur(e.Pour):
		return dispositif.Porteur(e.Pour) == dispositif.Porteur(role)
	}
	return e.Pour == role
}

// A Horloge is a delay that one dossier has and its scheme does not write: an
// answer asked for a day.
type Horloge struct {
	ID, Titre, Pour  string
	Service          string // asked for an opinion; "" for none
	Depuis, Echeance jour.Jour
	Tenue            jour.Jour // day of the answer; none while it is awaited
	Rappels          []int
}

// rappelsDemande are the days of the reminders of an answer asked for a day.
var rappelsDemande = []int{-7, 1}

// Horloges returns the delays that this dossier adds to those of its scheme:
// what it was asked to correct, the opinions asked for.
func (d *Dossier) Horloges() []Horloge {
	var out []Horloge
	for i, c := range d.Instruction.Corrections {
		h := Horloge{ID: "correction-" + strconv.Itoa(i), Titre: "Corriger : " + c.Libelle, Pour: "preparateur", Depuis: jour.DeTemps(c.Par.Le), Echeance: c.Pour, Rappels: rappelsDemande}
		if !c.Faite.IsZero() {
			h.Tenue = jour.DeTemps(c.Faite)
		}
		out = append(out, h)
	}
	for _, a := range d.Instruction.Avis {
		h := Horloge{ID: "avis-" + a.ID, Titre: "Rendre l’avis demandé", Pour: Consulte, Service: a.Service, Depuis: jour.DeTemps(a.Demande.Le), Echeance: a.Pour, Rappels: rappelsDemande}
		if a.Rendu != nil {
			h.Tenue = jour.DeTemps(a.Rendu.Le)
		}
		out = append(out, h)
	}
	return out
}

// Consulte is the role of a service asked for an opinion.
const Consulte = "consulte"

// Echeances returns the delays of d that run or ran, given its acts in order,
// as they stand on le: those of the scheme, those that d adds, and, for a
// draft, the filing windows to come. The earliest due comes first, the delays
// that are over last. An act that starts a delay already running changes
// nothing; one made after the delay was met starts it again.
func Echeances(s *dispositif.Dispositif, d *Dossier, evenements []Evenement, le jour.Jour) []Echeance {
	var out []Echeance
	for _, x := range s.Delais {
		for _, c := range courses(x, s, evenements) {
			out = append(out, c.le(x, le))
		}
	}
	for _, h := range d.Horloges() {
		out = append(out, h.le(le))
	}
	if d.Brouillon() {
		out = append(out, fenetres(s, le)...)
	}
	slices.SortStableFunc(out, func(a, b Echeance) int {
		return cmp.Or(rang(a)-rang(b), cmp.Compare(a.Le, b.Le), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// rang puts first what is awaited by a known day, then what is suspended.
func rang(e Echeance) int {
	switch {
	case !e.Ouverte():
		return 2
	case e.Le == 0:
		return 1
	}
	return 0
}

// A course is one run of a delay: from the act that starts it to what meets
// it.
type course struct {
	depuis, tenue jour.Jour
	finie         jour.Jour // the dossier ended without the act
	suspensions   []jour.Suspension
}

// courses reads the runs of a delay in the acts of a dossier.
func courses(x dispositif.Delai, s *dispositif.Dispositif, evenements []Evenement) []course {
	var out []course
	var c *course
	for _, ev := range evenements {
		day := jour.DeTemps(ev.Le)
		switch {
		case c == nil:
		case slices.Contains(x.Jusque, ev.Acte) || ev.De != ev.Vers && slices.Contains(x.Jusque, ev.Vers):
			c.reprend(day)
			c.tenue, c = day, nil
		case final(s, ev.Vers):
			c.reprend(day)
			c.finie, c = day, nil
		case !slices.Contains(x.SuspenduDans, ev.Vers):
			c.reprend(day)
		case !slices.Contains(x.SuspenduDans, ev.De):
			c.suspensions = append(c.suspensions, jour.Suspension{Du: day})
		}
		if c == nil && slices.Contains(x.Depuis, ev.Acte) && !final(s, ev.Vers) {
			out = append(out, course{depuis: day})
			c = &out[len(out)-1]
		}
	}
	return out
}

// reprend ends the suspension that is open, if there is one.
func (c *course) reprend(le jour.Jour) {
	if n := len(c.suspensions); n > 0 && c.suspensions[n-1].Au == 0 {
		c.suspensions[n-1].Au = le
	}
}

func final(s *dispositif.Dispositif, etat string) bool {
	return slices.ContainsFunc(s.Etats, func(e dispositif.Etat) bool { return e.Code == etat && e.Final })
}

// le is the run of the delay x, seen on a day.
func (c course) le(x dispositif.Delai, le jour.Jour) Echeance {
	n := jour.Decompte{Depuis: c.depuis, Delai: x.Duree(), Rigueur: x.Rigueur, Suspensions: c.suspensions}
	e := Echeance{ID: x.ID, Titre: x.Libelle, Pour: x.Pour, Depuis: c.depuis, Le: x.Date, TenueLe: c.tenue, Rigueur: x.Rigueur,
		Effet: x.Effet, Cite: x.Cite, rappels: x.Rappels, debut: c.depuis, report: jour.SansReport}
	if x.Date == 0 {
		e.Le, e.Duree = n.Echeance(), n.Delai.String()
	}
	if n.Delai.Unite == jour.JoursOuvres {
		e.report = jour.JourOuvre
	}
	until := cmp.Or(c.tenue, c.finie, le)
	for _, p := range c.suspensions { // a day counts in one suspension only: a state is left before it is entered again
		if e.Le != 0 && p.Du > e.Le {
			continue // too late to stop anything
		}
		e.Suspendue += max(0, int(min(cmp.Or(p.Au, until), until)-p.Du))
	}
	e.situe(until, c.finie != 0)
	if x.Date == 0 && e.Ouverte() {
		e.Reste = n.Le(le).Reste
		if n.Le(le).Avancement == jour.Suspendu {
			e.Situation = Suspendue
		}
	}
	return e
}

// le is the extra delay, seen on a day.
func (h Horloge) le(le jour.Jour) Echeance {
	e := Echeance{ID: h.ID, Titre: h.Titre, Pour: h.Pour, Service: h.Service, Depuis: h.Depuis, Le: h.Echeance, TenueLe: h.Tenue, Rigueur: jour.Indicatif,
		rappels: h.Rappels, debut: h.Depuis, report: jour.SansReport}
	e.situe(cmp.Or(h.Tenue, le), false)
	return e
}

// fenetres are the filing windows that are not over.
func fenetres(s *dispositif.Dispositif, le jour.Jour) []Echeance {
	var out []Echeance
	if s.Calendrier.Type != "vagues" {
		return nil
	}
	for i, v := range s.Calendrier.Vagues {
		if v.Ferme < le {
			continue
		}
		e := Echeance{ID: "fenetre-" + v.Ferme.String(), Titre: "Déposer le dossier", Pour: "porteur", Depuis: v.Ouvre, Le: v.Ferme, Rigueur: jour.Ferme,
			Effet: "Après ce jour, le guichet est fermé : le dossier reste en brouillon.", Cite: s.Calendrier.Vagues[i].Cite,
			rappels: s.Calendrier.Rappels, debut: v.Ouvre, ensuite: v.Ferme + 1, report: jour.SansReport}
		e.situe(le, false)
		out = append(out, e)
	}
	return out
}

// situe says where e stands on le: the day of the question, or the day it was
// over.
func (e *Echeance) situe(le jour.Jour, autrement bool) {
	if e.Le != 0 {
		e.Reste, e.Retard = max(0, int(e.Le-le)), max(0, int(le-e.Le))
	}
	switch {
	case autrement:
		e.Situation, e.Reste, e.Retard = SansObjet, 0, 0
	case e.TenueLe != 0:
		e.Situation, e.Reste = Tenue, 0
	case e.Le == 0:
		e.Situation = Suspendue
	case e.Retard > 0:
		e.Situation = Depassee
	case e.Reste == 0:
		e.Situation = Due
	case e.Reste <= proche && le >= e.Depuis:
		e.Situation = Proche
	default:
		e.Situation = AVenir
	}
}

// Attendue returns the delay that waits for the role with the earliest last
// day, and whether there is one.
func Attendue(ee []Echeance, role string) (Echeance, bool) {
	for _, e := range ee { // in the order of their last days
		if e.Le != 0 && e.Attend(role) {
			return e, true
		}
	}
	return Echeance{}, false
}

// A Rappel is a reminder planned for a day.
type Rappel struct {
	Jour     jour.Jour
	Echeance Echeance
}

// Rappels plans the reminders of the delays, in the order of their days. What
// is met, suspended or without a known last day is not reminded of.
func Rappels(ee []Echeance) []Rappel {
	var out []Rappel
	for _, e := range ee {
		if !e.Ouverte() || e.Situation == Suspendue {
			continue
		}
		for _, j := range jour.Rappels(e.debut, e.Le, e.rappels, e.report) {
			out = append(out, Rappel{j, e})
		}
	}
	slices.SortStableFunc(out, func(a, b Rappel) int { return cmp.Compare(a.Jour, b.Jour) })
	return out
}

// Dus returns the reminders to send on le, one for each delay: the last one
// whose day has come. Those before it were missed and are not sent any more.
func Dus(rr []Rappel, le jour.Jour) []Rappel {
	var out []Rappel
	for _, r := range rr {
		if r.Jour > le {
			continue
		}
		if i := slices.IndexFunc(out, func(o Rappel) bool { return o.Echeance.ID == r.Echeance.ID && o.Echeance.Depuis == r.Echeance.Depuis }); i >= 0 {
			out[i] = r
			continue
		}
		out = append(out, r)
	}
	return out
}

// Prochain returns the first day after le when a reminder is to be sent, or
// when a filing window has just closed and another one matters; no day for
// never.
func Prochain(ee []Echeance, le jour.Jour) jour.Jour {
	var first jour.Jour
	note := func(j jour.Jour) {
		if j > le && (first == 0 || j < first) {
			first = j
		}
	}
	for _, r := range Rappels(ee) {
		note(r.Jour)
	}
	for _, e := range ee {
		note(e.ensuite)
	}
	return first
}
