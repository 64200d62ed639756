package jour

import (
	"iter"
	"slices"
	"time"
)

// A Rigueur says what the end of a delay does: close the right to act, or
// only show that somebody is late.
type Rigueur string

// The strengths of a delay, as the data of a scheme write them.
const (
	Ferme     Rigueur = "ferme"
	Indicatif Rigueur = "indicatif"
)

// A Suspension is a time during which a delay stands still: from Du, up to but
// not including Au, the day it runs again. No Au means that it has not ended.
type Suspension struct {
	Du, Au Jour
}

// A Decompte is a delay followed day by day. Suspensions may come in any order
// and overlap: a day stands still once. A suspension that starts after the
// last day changes nothing: the delay is over.
type Decompte struct {
	Depuis      Jour // the day of the event, which does not count
	Delai       Delai
	Rigueur     Rigueur
	Suspensions []Suspension
}

// An Avancement is where a delay stands on one day.
type Avancement string

// The ways a delay stands.
const (
	AVenir   Avancement = "à venir" // before the event
	EnCours  Avancement = "en cours"
	Suspendu Avancement = "suspendu"
	EnRetard Avancement = "en retard" // an indicative delay is over
	Forclos  Avancement = "forclos"   // a firm delay is over: too late
)

// A Situation is a delay seen on one day. Reste counts the days that still
// count after that day, in the unit of the delay: working days for a delay in
// working days, calendar days otherwise. Retard counts the calendar days since
// the last day to act. One of them is always zero.
type Situation struct {
	Avancement Avancement
	Echeance   Jour // no day while a suspension has no end
	Reste      int
	Retard     int
}

// Echeance returns the last day to act: the day of the plain delay, pushed
// back by every day of suspension. While a suspension has no end nobody knows
// it, and Echeance returns no day.
func (d Decompte) Echeance() Jour {
	reste := d.duree()
	if reste == 0 {
		return d.Depuis
	}
	for j := range d.comptes() {
		if reste--; reste == 0 {
			return j
		}
	}
	return 0
}

// Le returns where the delay stands on j, given the suspensions known now.
func (d Decompte) Le(j Jour) Situation {
	s := Situation{Echeance: d.Echeance(), Avancement: EnCours}
	if s.Echeance != 0 && j > s.Echeance {
		s.Retard = int(j - s.Echeance)
		s.Avancement = EnRetard
		if d.Rigueur == Ferme {
			s.Avancement = Forclos
		}
		return s
	}
	s.Reste = d.duree()
	for k := range d.comptes() {
		if k > j {
			break
		}
		s.Reste--
	}
	if _, arrete := d.suspension(j); arrete {
		s.Avancement = Suspendu
	}
	if j < d.Depuis {
		s.Avancement = AVenir
	}
	return s
}

// duree is the number of days that must count before the delay is over.
func (d Decompte) duree() int {
	if d.Delai.Unite == Jours || d.Delai.Unite == JoursOuvres {
		return d.Delai.N
	}
	return int(d.Delai.Echeance(d.Depuis) - d.Depuis)
}

// comptes yields the days that count, in order. It ends only where the delay
// is suspended for an unknown time: the caller stops when it has enough.
func (d Decompte) comptes() iter.Seq[Jour] {
	return func(yield func(Jour) bool) {
		for j := d.Depuis + 1; ; j++ {
			s, arrete := d.suspension(j)
			switch {
			case arrete && s.Au == 0:
				return
			case arrete:
				j = s.Au - 1
			case d.Delai.Unite == JoursOuvres && !j.Ouvre():
			case !yield(j):
				return
			}
		}
	}
}

func (d Decompte) suspension(j Jour) (Suspension, bool) {
	i := slices.IndexFunc(d.Suspensions, func(s Suspension) bool {
		return s.Du <= j && (s.Au == 0 || j < s.Au)
	})
	if i < 0 {
		return Suspension{}, false
	}
	return d.Suspensions[i], true
}

// ATemps reports whether an act at the instant t is in time when j is the last
// day: up to the end of j in Paris, whatever the length of that day.
func (j Jour) ATemps(t time.Time) bool { return t.Before((j + 1).Debut()) }

// A Report says what a reminder does when its day is not a working day.
type Report string

// The ways to treat a reminder that falls on a week-end or a holiday.
const (
	SansReport Report = "sans report"
	JourOuvre  Report = "jour ouvré" // earlier before the last day, later after it
)

// Rappels returns the days to remind of echeance, in order, each once: one for
// each distance in ecarts (-7 is a week before, 1 the day after). A day before
// debut is left out, also when it is there only because of the report. No
// echeance, no reminder.
func Rappels(debut, echeance Jour, ecarts []int, report Report) []Jour {
	if echeance == 0 {
		return nil
	}
	var jours []Jour
	for _, ecart := range ecarts {
		j := echeance.AddJours(ecart)
		for report == JourOuvre && !j.Ouvre() {
			if ecart > 0 {
				j++
			} else {
				j--
			}
		}
		if j >= debut {
			jours = append(jours, j)
		}
	}
	slices.Sort(jours)
	return slices.Compact(jours)
}
