package regle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// ecrit writes a table, a line a row.
func ecrit(table []Rangee) (out []string) {
	for _, r := range table {
		var parts []string
		for _, c := range r.Cases {
			text := c.Fait.Nom + ":"
			for _, v := range c.Parmi {
				text += " " + v.String()
			}
			for _, i := range c.Entre {
				text += fmt.Sprintf(" [%s..%s]", i.De, i.A)
			}
			parts = append(parts, text)
		}
		out = append(out, strings.Join(parts, ", ")+" → "+r.Branche.Vaut)
	}
	return out
}

func TestTable(t *testing.T) {
	_, p := programme(t)
	want := []string{
		"demandeur: departement → ",
		"demandeur: commune, population: [..3499] → 100",
		"classe: 1 2, demandeur: epci, population: [..3499] → 80",
		"classe: 1 2, demandeur: commune epci, population: [3500..] → 80",
		"classe: 3 4, demandeur: epci, population: [..3499] → 50",
		"classe: 3 4, demandeur: commune epci, population: [3500..] → 50",
		"classe: 5 6, demandeur: epci, population: [..3499] → 33",
		"classe: 5 6, demandeur: commune epci, population: [3500..] → 33",
	}
	if diff := cmp.Diff(want, ecrit(p.Le(0).Table("taux"))); diff != "" {
		t.Errorf("Table (-want +got):\n%s", diff)
	}
	for _, id := range []string{"montant", "inconnu"} {
		if got := p.Le(0).Table(id); got != nil {
			t.Errorf("Table(%q) = %v, want none", id, got)
		}
	}
}

// TestTableAgainstOracle looks up random rows in the derived tables: one line
// answers, and it is the right one.
func TestTableAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEssai(t)
		if e.branches == nil {
			return
		}
		table := e.v.Table("taux")
		for range 10 {
			l := drawLigne(t, false)
			want, _ := e.taux(l)
			var got []string
			for _, r := range table {
				if r.matches(l) {
					got = append(got, r.Branche.Vaut)
				}
			}
			if table != nil && (len(got) != 1 || got[0] != fmt.Sprint(want)) {
				t.Fatalf("%v on %v: %v, want %d", ecrit(table), l, got, want)
			}
		}
	})
}

// matches reports whether every case holds.
func (r Rangee) matches(l ligne) bool {
	for _, c := range r.Cases {
		v := l[c.Fait.Nom]
		found := slices.ContainsFunc(c.Parmi, v.Equal) || c.Sauf != nil && !slices.ContainsFunc(c.Sauf, v.Equal)
		for _, i := range c.Entre {
			found = found || (i.De.Zero() || compare(i.De, v) <= 0) && (i.A.Zero() || compare(v, i.A) <= 0)
		}
		if !found {
			return false
		}
	}
	return true
}
