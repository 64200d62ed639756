package courriel

import (
	"slices"
	"strings"
	"time"

	"guichet/internal/compte"
	"guichet/internal/jour"
)

// heure is when digests leave, in Paris, on working days.
const heure = 8

// An Attente is a piece of news that waits for a digest.
type Attente struct {
	Courriel string // its identifier
	Personne compte.PersonneID
	Le       time.Time // when it was written
}

// A Plan is one digest: to whom, what it tells, oldest first, and the instant
// from which it may leave.
type Plan struct {
	Personne  compte.PersonneID
	Courriels []string
	Le        time.Time
}

// Du reports whether the digest may leave now.
func (p Plan) Du(now time.Time) bool { return !p.Le.After(now) }

// Recapitulatifs plans one digest for each person that news waits for, in the
// order of persons; never an empty one. derniers are the days of the last
// digests: a person gets one a day at most.
func Recapitulatifs(now time.Time, news []Attente, derniers map[compte.PersonneID]jour.Jour) []Plan {
	sorted := slices.Clone(news)
	slices.SortFunc(sorted, func(a, b Attente) int {
		if c := strings.Compare(string(a.Personne), string(b.Personne)); c != 0 {
			return c
		}
		if c := a.Le.Compare(b.Le); c != 0 {
			return c
		}
		return strings.Compare(a.Courriel, b.Courriel)
	})
	var plans []Plan
	for _, n := range sorted {
		if len(plans) == 0 || plans[len(plans)-1].Personne != n.Personne {
			plans = append(plans, Plan{Personne: n.Personne, Le: Prochain(now, derniers[n.Personne])})
		}
		last := &plans[len(plans)-1]
		last.Courriels = append(last.Courriels, n.Courriel)
	}
	return plans
}

// Prochain returns the instant from which the next digest may leave: eight
// o'clock in Paris on the first working day, today included, after the day of
// the last one. An instant that is past means now.
func Prochain(now time.Time, dernier jour.Jour) time.Time {
	j := max(jour.DeTemps(now), dernier+1)
	for !j.Ouvre() {
		j = j.AddJours(1)
	}
	start := j.Debut()
	return time.Date(start.Year(), start.Month(), start.Day(), heure, 0, 0, 0, start.Location())
}
