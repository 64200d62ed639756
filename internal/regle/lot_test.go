package regle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// differences compares a batch with one evaluation a row, and lists what
// differs.
func differences(v *Version, c *Colonnes) (out []string) {
	l := v.Lot(c)
	for row := range c.Len() {
		b := v.Eval(c.Faits(row))
		for i, want := range b.Constats {
			got := l.Conditions[i]
			if got.Verdict(row) != want.Verdict || got.SansObjet.Contient(row) != want.SansObjet {
				out = append(out, fmt.Sprintf("%s, row %d: %v, alone %v", want.ID, row, got.Verdict(row), want.Verdict))
			}
			if n := partition(got, row); n != 1 {
				out = append(out, fmt.Sprintf("%s, row %d has %d verdicts", want.ID, row, n))
			}
			if diff := cmp.Diff(nomsDe(want.Manque), nomsDe(l.Constat(i, row).Manque)); diff != "" {
				out = append(out, diff)
			}
		}
		for i, want := range b.Issues {
			if diff := cmp.Diff(resume(want), resume(l.Resultats[i].Issue(row))); diff != "" {
				out = append(out, fmt.Sprintf("%s, row %d: %s", want.ID, row, diff))
			}
		}
	}
	return out
}

// partition counts the verdicts of one row.
func partition(c LotCondition, row int) (n int) {
	for v := Oui; v <= Erreur; v++ {
		n += truth(c.Verdicts[v].Contient(row))
	}
	return n
}

func nomsDe(ff []*Fait) (out []string) {
	for _, f := range ff {
		out = append(out, f.Nom)
	}
	return out
}

// resume is all that an Issue says.
func resume(i Issue) []string {
	out := []string{fmt.Sprint(i.Etat, i.Portee), i.Valeur.String(), i.Min.String(), i.Max.String(), fmt.Sprint(nomsDe(i.Manque))}
	if i.Branche != nil {
		out = append(out, fmt.Sprint(i.Branche.Ligne, i.Branche.Si))
	}
	for _, p := range i.Possibles {
		out = append(out, p.Valeur.String())
	}
	return out
}

// TestColumnsAgainstRows compares columns with rows on random rules and rows.
func TestColumnsAgainstRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEssai(t)
		c := NewColonnes(e.d, rapid.IntRange(1, 130).Draw(t, "rows"))
		fill(c, rapid.Uint64().Draw(t, "seed"))
		if diff := differences(e.v, c); len(diff) > 0 {
			t.Fatal(diff[0], e.conditions[0].text, e.conditions[1].text)
		}
	})
}

// fill puts in each cell, two times out of three, a value of its domain.
func fill(c *Colonnes, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for _, nom := range noms(domaines) {
		if r.IntN(5) == 0 {
			continue // a column that nobody knows
		}
		for row := range c.Len() {
			if r.IntN(3) > 0 {
				c.Set(nom, row, domaines[nom][r.IntN(len(domaines[nom]))])
			}
		}
	}
}

// TestColumnsOfCatalogue compares columns with rows on the product's own
// schemes, on days before and after their parameters change.
func TestColumnsOfCatalogue(t *testing.T) {
	d, pp := catalogue(t)
	for code, p := range pp {
		c := NewColonnes(d, 500)
		fillCatalogue(c, d)
		for _, v := range p.versions {
			if diff := differences(v, c); len(diff) > 0 {
				t.Errorf("%s: %d differences; %s", code, len(diff), diff[0])
			}
		}
	}
}

// fillCatalogue gives each row some values of every type.
func fillCatalogue(c *Colonnes, d *Dictionnaire) {
	r := rand.New(rand.NewPCG(7, 7))
	samples := map[Type][]string{
		TypeTexte: {"13055", "13001", "CDD"}, TypeEntier: {"1", "2", "3", "12", "18", "30", "75", "3499", "3500", "15000"},
		TypeBooleen: {"oui", "non"}, TypeEuro: {"0.99", "1", "10000", "50000", "150000.01"}, TypeDecimal: {"0", "0.5", "0.500001", "1", "50", "300"},
		TypeDate: {"1999-02-28", "2021-07-01", "2022-12-31"}, TypeListeTexte: {"13055", "13001;13055", "innovation"}, TypeListeEuro: {"0.5;1;2", "50000;50000;50000", "3;1"},
	}
	for _, f := range d.All() {
		choices := samples[f.Type]
		if len(f.Choix) > 0 {
			choices = f.values()
		}
		for row := range c.Len() {
			if v, err := f.Parse(choices[r.IntN(len(choices))]); err == nil && r.IntN(3) > 0 {
				c.Set(f.Nom, row, v)
			}
		}
	}
}

func TestEnsemble(t *testing.T) {
	e := tout(130)
	if e.Nombre() != 130 || !e.Contient(129) {
		t.Errorf("%d rows, want 130", e.Nombre())
	}
	e.clear(64)
	if rows := slices.Collect(e.All()); len(rows) != 129 || rows[64] != 65 || rows[128] != 129 {
		t.Errorf("rows = %v", rows)
	}
}

// france fills 35 000 rows as the communes of a country: a size, a density, a
// list, for a third of them a class.
func france(d *Dictionnaire) *Colonnes {
	c := NewColonnes(d, 35_000)
	r := rand.New(rand.NewPCG(1, 2))
	for row := range c.Len() {
		c.Set("demandeur", row, Texte("commune"))
		n := int64(r.ExpFloat64() * 1900)
		c.Set("population", row, Entier(n))
		c.Set("population_totale", row, Entier(n+n/50))
		c.Set("densite", row, Entier(1+r.Int64N(4)))
		c.Set("liste_vta_publiee", row, Booleen(row%100 == 0))
		if row%100 == 0 {
			c.Set("sur_liste_vta", row, Booleen(row%200 == 0))
		}
		if row%3 == 0 {
			c.Set("classe_fragilite", row, Entier(1+r.Int64N(6)))
		}
	}
	return c
}

func BenchmarkLot(b *testing.B) {
	d, pp := catalogue(b)
	c := france(d)
	for _, code := range noms(pp) {
		v := pp[code].Le(738_000)
		b.Run(code, func(b *testing.B) {
			for b.Loop() {
				v.Lot(c)
			}
		})
	}
	b.Run("rows-anct-sur-mesure", func(b *testing.B) {
		v := pp["anct-sur-mesure"].Le(738_000)
		rows := make([]*Faits, c.Len())
		for i := range rows {
			rows[i] = c.Faits(i)
		}
		for b.Loop() {
			for _, f := range rows {
				v.Eval(f)
			}
		}
	})
}

// BenchmarkMain compares columns with a loop written by hand for the same
// three rules.
func BenchmarkMain(b *testing.B) {
	d := dictionnaire(b)
	r := &Regles{Conditions: []*Condition{
		{ID: "petite", Objet: "o", Nature: "machine", Texte: "T.", Cite: []string{"a"}, Si: "demandeur == 'commune' && population < 3500"},
		{ID: "fragile", Objet: "o", Nature: "machine", Texte: "T.", Cite: []string{"a"}, Si: "population < 3500 || classe in [1, 2]"},
		{ID: "moyenne", Objet: "o", Nature: "machine", Texte: "T.", Cite: []string{"a"}, Si: "population >= 3500 && population < 15000"},
	}}
	p, err := Compile("d.yaml", d, r)
	if err != nil {
		b.Fatal(err)
	}
	c := NewColonnes(d, 35_000)
	g := rand.New(rand.NewPCG(1, 2))
	for row := range c.Len() {
		c.Set("demandeur", row, Texte([]string{"commune", "epci"}[g.IntN(2)]))
		c.Set("population", row, Entier(int64(g.ExpFloat64()*1900)))
		if g.IntN(3) == 0 {
			c.Set("classe", row, Entier(1+g.Int64N(6)))
		}
	}
	want := parMain(c)
	l := p.Le(0).Lot(c)
	for i, cond := range l.Conditions {
		for row := range c.Len() {
			if cond.Verdict(row) != want[i][row] {
				b.Fatalf("%s, row %d: %v, by hand %v", cond.ID, row, cond.Verdict(row), want[i][row])
			}
		}
	}
	b.Run("columns", func(b *testing.B) {
		for b.Loop() {
			p.Le(0).Lot(c)
		}
	})
	b.Run("by hand", func(b *testing.B) {
		for b.Loop() {
			parMain(c)
		}
	})
}

// parMain is what a programmer would write for the three rules.
func parMain(c *Colonnes) (out [3][]Verdict) {
	col := func(nom string) ([]int64, Ensemble, *colonne) {
		k := &c.cols[c.dict.parNom[nom].index]
		return k.ordinaux, k.connu, k
	}
	population, popKnown, _ := col("population")
	classe, classeKnown, _ := col("classe")
	sorte, sorteKnown, k := col("demandeur")
	commune := k.codes["commune"]
	for i := range out {
		out[i] = make([]Verdict, c.n)
	}
	for row := range c.n {
		small := tri(popKnown.Contient(row), population[row] < 3500)
		out[0][row] = verdictOf(et(tri(sorteKnown.Contient(row), sorte[row] == commune), small))
		out[1][row] = verdictOf(ou(small, tri(classeKnown.Contient(row), classe[row] <= 2)))
		out[2][row] = verdictOf(et(tri(popKnown.Contient(row), population[row] >= 3500), tri(popKnown.Contient(row), population[row] < 15000)))
	}
	return out
}

func tri(known, holds bool) int {
	if !known {
		return -1
	}
	return truth(holds)
}

func verdictOf(n int) Verdict {
	return [...]Verdict{ACompleter, Non, Oui}[n+1]
}
