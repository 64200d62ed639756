package regle

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"guichet/internal/euro"
	"guichet/internal/lecture"
)

// tirage draws a value for every fact of the test dictionary.
func tirage(t *rapid.T) map[string]Valeur {
	return map[string]Valeur{
		"demandeur":  Texte(rapid.SampledFrom([]string{"commune", "epci", "departement"}).Draw(t, "demandeur")),
		"population": Entier(rapid.SampledFrom([]int64{0, 1, 3499, 3500, 3501, 900000}).Draw(t, "population")),
		"classe":     Entier(rapid.Int64Range(1, 6).Draw(t, "classe")),
		"cout":       Euro(euro.Montant(rapid.Int64Range(1, 1e9).Draw(t, "cout"))),
		"exception":  Booleen(rapid.Bool().Draw(t, "exception")),
	}
}

// TestKnowledgeGrows checks that learning a fact never turns a yes into a no,
// and that what the answer becomes was announced as possible.
func TestKnowledgeGrows(t *testing.T) {
	d, p := programme(t)
	rapid.Check(t, func(t *rapid.T) {
		whole, part := NewFaits(d), NewFaits(d)
		for nom, v := range tirage(t) {
			whole.Set(nom, Donnee{Valeur: v})
			if rapid.Bool().Draw(t, "known "+nom) {
				part.Set(nom, Donnee{Valeur: v})
			}
		}
		before, after := p.Le(0).Eval(part), p.Le(0).Eval(whole)
		for i, c := range before.Constats {
			if (c.Verdict == Oui || c.Verdict == Non) && after.Constats[i].Verdict != c.Verdict {
				t.Fatalf("%s: %v becomes %v", c.ID, c.Verdict, after.Constats[i].Verdict)
			}
		}
		for i, issue := range before.Issues {
			final := after.Issues[i]
			switch {
			case issue.Etat == Connue && !issue.Valeur.Equal(final.Valeur):
				t.Fatalf("%s: %v becomes %v", issue.ID, issue.Valeur, final.Valeur)
			case issue.Etat == Ouverte && len(issue.Possibles) > 0 &&
				!slices.ContainsFunc(issue.Possibles, func(p Possible) bool { return p.Valeur.Equal(final.Valeur) }):
				t.Fatalf("%s: %v was not announced among %v", issue.ID, final.Valeur, issue.Possibles)
			}
		}
	})
}

// TestCells checks the derived cells against every population around the
// threshold.
func TestCells(t *testing.T) {
	d, p := programme(t)
	v := p.Le(0)
	f, _ := d.Fait("population")
	cells := v.candidats(f.index, v.p.decisions())
	if len(cells) == 0 {
		t.Fatal("no cell")
	}
	for n := int64(0); n < 7000; n++ {
		facts := faits(t, d, "demandeur", "commune", "classe", "4")
		facts.Set("population", Donnee{Valeur: Entier(n)})
		got := v.Eval(facts).Issues[0].Valeur
		best := cells[0]
		for _, c := range cells {
			if m, _ := c.ordinal(); m <= n {
				best = c
			}
		}
		facts.Set("population", Donnee{Valeur: best})
		if want := v.Eval(facts).Issues[0].Valeur; !got.Equal(want) {
			t.Fatalf("population %d gives %v, its cell %v", n, got, want)
		}
	}
}

func TestEt(t *testing.T) {
	for _, test := range []struct {
		in   []Verdict
		want Verdict
	}{
		{nil, Oui}, {[]Verdict{Oui, AApprecier}, AApprecier}, {[]Verdict{AApprecier, ACompleter}, ACompleter},
		{[]Verdict{ACompleter, Non}, Non}, {[]Verdict{Non, Erreur, Oui}, Erreur},
	} {
		if got := Et(test.in...); got != test.want {
			t.Errorf("Et(%v) = %v, want %v", test.in, got, test.want)
		}
	}
}

func TestBascules(t *testing.T) {
	d, p := programme(t)
	got := p.Le(0).Bascules(faits(t, d, "demandeur", "commune", "population", "1522"))
	if len(got) != 1 || got[0].Fait.Nom != "population" || got[0].Seuil.String() != "3500" || !got[0].Hausse {
		t.Errorf("Bascules = %+v, want the threshold of 3 500", got)
	}
}

// TestErrorIsNotNo checks that a rule that fails is an alert.
func TestErrorIsNotNo(t *testing.T) {
	d, _ := programme(t)
	var r Regles
	text := "conditions:\n  - {id: a, objet: o, nature: machine, texte: \"T.\", si: \"10 / population > 1\", cite: [x]}"
	if err := lecture.Load("f.yaml", []byte(text), &r); err != nil {
		t.Fatal(err)
	}
	p, err := Compile("f.yaml", d, &r)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Le(0).Eval(faits(t, d, "population", "0")).Constats[0]
	if c.Verdict != Erreur || c.Err == nil {
		t.Errorf("verdict = %v, %v; want erreur with its cause", c.Verdict, c.Err)
	}
}
