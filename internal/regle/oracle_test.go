package regle

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"guichet/internal/euro"
)

// verdict is what a condition with a guard must answer.
func (e *essai) verdict(i int, l ligne) (verdict Verdict, sansObjet bool) {
	garde, si := e.gardes[i].eval(l), e.conditions[i].eval(l)
	switch {
	case garde == 0:
		return Oui, true
	case si == 1:
		return Oui, false
	case garde == 1 && si == 0:
		return Non, false
	case garde == -2 || si == -2:
		return Erreur, false
	}
	return ACompleter, false
}

// taux is the value of the first true branch; ok is false when it is hidden.
func (e *essai) taux(l ligne) (n int64, ok bool) {
	for i, b := range e.branches {
		switch b.eval(l) {
		case 1:
			return e.vaut[i], true
		case -1:
			return 0, false
		}
	}
	return 99, true
}

// TestConditionsAgainstOracle compares the verdicts of random rules with plain
// Go, on rows of which anything may be missing.
func TestConditionsAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEssai(t)
		for range 10 {
			l := drawLigne(t, true)
			for i, c := range e.v.Eval(e.faits(l)).Constats {
				want, sansObjet := e.verdict(i, l)
				got := c.Verdict
				if got == AApprecier && len(c.Manque) == 0 {
					got = ACompleter // only the service's judgement is missing
				}
				if got != want || c.SansObjet != sansObjet {
					t.Fatalf("si %q quand %q on %v: %v, want %v", c.Si, c.Quand, l, c.Verdict, want)
				}
			}
		}
	})
}

// TestMissingIsNeverNo checks a no and a yes against every completion of what
// is missing.
func TestMissingIsNeverNo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEssai(t)
		l := drawLigne(t, true)
		for i, c := range e.v.Eval(e.faits(l)).Constats {
			if c.Verdict != Non && c.Verdict != Oui {
				continue
			}
			used := utilises(c.Si, c.Quand)
			completions(l, used, func(full ligne) {
				if got, _ := e.verdict(i, full); got != c.Verdict {
					t.Fatalf("si %q quand %q: %v, but %v when %v", c.Si, c.Quand, c.Verdict, got, full)
				}
			})
		}
	})
}

// TestMissingFactsMatter checks that the facts asked for are missing, used,
// and enough: knowing all of them, and what they reveal, decides.
func TestMissingFactsMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEssai(t)
		l, full := drawLigne(t, true), drawLigne(t, false)
		for i := range e.conditions {
			for range len(domaines) + 1 {
				c := e.v.Eval(e.faits(l)).Constats[i]
				if c.Verdict == Oui || c.Verdict == Non || c.Verdict == Erreur {
					break
				}
				if c.Verdict == AApprecier {
					l["admis"] = full["admis"]
					continue
				}
				if len(c.Manque) == 0 {
					t.Fatalf("si %q on %v: %v, and nothing is asked", c.Si, l, c.Verdict)
				}
				for _, f := range c.Manque {
					if _, known := l[f.Nom]; known {
						t.Fatalf("si %q on %v asks %s, which is known", c.Si, l, f.Nom)
					}
					l[f.Nom] = full[f.Nom]
				}
			}
			if got := e.v.Eval(e.faits(l)).Constats[i].Verdict; got == ACompleter || got == AApprecier {
				t.Fatalf("si %q on %v: %v after every question", e.conditions[i].text, l, got)
			}
		}
	})
}

// TestOtherFactsDoNotMatter checks that nothing is left out of the facts asked
// for: learning all the others decides nothing.
func TestOtherFactsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEssai(t)
		l, full := drawLigne(t, true), drawLigne(t, false)
		for i, c := range e.v.Eval(e.faits(l)).Constats {
			if c.Verdict != ACompleter {
				continue
			}
			more := maps.Clone(full)
			delete(more, "admis")
			maps.Copy(more, l)
			for _, f := range c.Manque {
				delete(more, f.Nom)
			}
			if got := e.v.Eval(e.faits(more)).Constats[i].Verdict; got != ACompleter {
				t.Fatalf("si %q quand %q on %v asks %v; without them, %v", c.Si, c.Quand, l, nomsDe(c.Manque), got)
			}
		}
	})
}

// TestCellsAgainstCompletions compares the possible results with the results
// of every completion: no more, no fewer.
func TestCellsAgainstCompletions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEssai(t)
		if e.branches == nil {
			return
		}
		l := drawLigne(t, true)
		issue := e.v.Eval(e.faits(l)).Issues[0]
		var texts []string
		for _, b := range e.branches {
			texts = append(texts, b.text)
		}
		var want []int64
		completions(l, utilises(texts...), func(full ligne) {
			n, ok := e.taux(full)
			if !ok {
				t.Fatalf("no rate on %v", full)
			}
			if !slices.Contains(want, n) {
				want = append(want, n)
			}
		})
		var got []int64
		for _, p := range issue.Possibles {
			n, _ := p.Valeur.Entier()
			got = append(got, n)
		}
		if n, ok := issue.Valeur.Entier(); ok {
			got = []int64{n}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) && issue.Possibles != nil || issue.Etat == Connue && len(want) != 1 {
			t.Fatalf("%v on %v: possible %v, want %v", texts, l, got, want)
		}
		if lo, ok := issue.Min.Entier(); ok && lo != want[0] {
			t.Fatalf("minimum %d, want %d", lo, want[0])
		}
	})
}

// TestAmountIsExact compares the amount of random rules with whole cents.
func TestAmountIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEssai(t)
		if e.branches == nil {
			return
		}
		l := drawLigne(t, false)
		cout := rapid.Int64Range(0, int64(euro.Max)).Draw(t, "cost")
		l["cout"] = Euro(euro.Montant(cout))
		taux, _ := e.taux(l)
		got, ok := e.v.Eval(e.faits(l)).Issues[1].Valeur.Montant()
		want := cout/100*taux + cout%100*taux/100
		if !ok || int64(got) != want {
			t.Fatalf("%d %% of %d cents = %d, want %d", taux, cout, got, want)
		}
	})
}

// TestEtIsAnOrder checks that joining verdicts depends neither on their order
// nor on how they are grouped.
func TestEtIsAnOrder(t *testing.T) {
	draw := rapid.SampledFrom([]Verdict{Oui, AApprecier, ACompleter, Non, Erreur})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := draw.Draw(t, "a"), draw.Draw(t, "b"), draw.Draw(t, "c")
		if Et(a, b) != Et(b, a) || Et(Et(a, b), c) != Et(a, Et(b, c)) || Et(a, b, c) != Et(Et(a, b), c) || Et(a, a) != a || Et(Oui, a) != a {
			t.Fatalf("Et is not an order on %v %v %v", a, b, c)
		}
	})
}
