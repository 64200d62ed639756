package jour

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/francais"
)

// A Unite is what a delay counts.
type Unite string

// The units of a delay.
const (
	Jours        Unite = "jours"
	JoursOuvres  Unite = "jours ouvrés"
	UniteMois    Unite = "mois"
	UniteAnnees  Unite = "ans"
	maxDelaiJour       = 100 * 366
)

// A Delai is a number of days, months or years counted from an event. The day
// of the event does not count; the last day does.
type Delai struct {
	N     int
	Unite Unite
}

// ParseDelai reads "15 jours", "1 mois", "2 ans", "5 jours ouvrés". The error
// is a fault.Invalid.
func ParseDelai(s string) (Delai, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(s), " ")
	n, err := strconv.Atoi(number)
	u, known := map[string]Unite{
		"jour": Jours, "jours": Jours, "mois": UniteMois, "an": UniteAnnees, "ans": UniteAnnees,
		"jour ouvré": JoursOuvres, "jours ouvrés": JoursOuvres,
	}[strings.TrimSpace(unit)]
	if err != nil || !known || n < 0 || n > maxDelaiJour {
		return Delai{}, fault.New(fault.Invalid, "« %s » n’est pas un délai : écrivez par exemple « 15 jours », « 3 mois », « 2 ans » ou « 5 jours ouvrés ».", s)
	}
	return Delai{n, u}, nil
}

// Echeance returns the last day to act when the delay runs from depuis.
func (d Delai) Echeance(depuis Jour) Jour {
	switch d.Unite {
	case UniteMois:
		return depuis.AddMois(d.N)
	case UniteAnnees:
		return depuis.AddAns(d.N)
	case JoursOuvres:
		j := depuis
		for left := d.N; left > 0; {
			if j++; j.Ouvre() {
				left--
			}
		}
		return j
	}
	return depuis.AddJours(d.N)
}

// String writes the delay for a French reader: "3 mois", "1 jour".
func (d Delai) String() string {
	unit := string(d.Unite)
	if d.N == 1 && d.Unite != UniteMois {
		unit = strings.ReplaceAll(unit, "s ", " ")
		unit = strings.TrimSuffix(unit, "s")
	}
	return strconv.Itoa(d.N) + francais.Insecable + unit
}

// A Fenetre is a period, both days included. A zero bound is no bound.
type Fenetre struct {
	Ouvre, Ferme Jour
}

// Contient reports whether j is in the window.
func (f Fenetre) Contient(j Jour) bool {
	return (f.Ouvre == 0 || f.Ouvre <= j) && (f.Ferme == 0 || j <= f.Ferme)
}

// A Vague is a numbered filing window.
type Vague struct {
	N int
	Fenetre
}

// Vagues are the filing windows of one scheme, in order.
type Vagues []Vague

// At returns the wave that is open on j.
func (vv Vagues) At(j Jour) (Vague, bool) {
	for _, v := range vv {
		if v.Contient(j) {
			return v, true
		}
	}
	return Vague{}, false
}

// Prochaine returns the first wave that opens after j.
func (vv Vagues) Prochaine(j Jour) (Vague, bool) {
	for _, v := range vv {
		if v.Ouvre > j {
			return v, true
		}
	}
	return Vague{}, false
}

// Check reports the first fault in the order of the waves: a number that does
// not grow, a window that ends before it starts, two windows that overlap.
func (vv Vagues) Check() error {
	if !slices.IsSortedFunc(vv, func(a, b Vague) int { return cmp.Compare(a.N, b.N) }) {
		return fault.New(fault.Invalid, "Les vagues ne sont pas dans l’ordre de leurs numéros.")
	}
	for i, v := range vv {
		switch {
		case v.Ferme != 0 && v.Ferme < v.Ouvre:
			return fault.New(fault.Invalid, "La vague %d ferme avant d’ouvrir.", v.N)
		case i > 0 && vv[i-1].N == v.N:
			return fault.New(fault.Invalid, "Deux vagues portent le numéro %d.", v.N)
		case i > 0 && (vv[i-1].Ferme == 0 || v.Ouvre <= vv[i-1].Ferme):
			return fault.New(fault.Invalid, "La vague %d ouvre avant la fin de la vague %d.", v.N, vv[i-1].N)
		}
	}
	return nil
}
