package regle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guichet/internal/lecture"
)

// seeds adds every file of testdata and of the product's own data.
func seeds(f *testing.F, patterns ...string) {
	for _, pattern := range patterns {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
}

// FuzzLoadDictionnaire reads any text as a dictionary: problems, never a
// panic; and every fact that is accepted answers any text.
func FuzzLoadDictionnaire(f *testing.F) {
	seeds(f, "testdata/faux-faits*.yaml")
	f.Add(faitsTest)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := LoadDictionnaire("faits.yaml", []byte(text))
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a message")
			}
			return
		}
		for _, fait := range d.All() {
			for _, given := range []string{"", "oui", "-1", "3500", "2021-07-01", "a;b"} {
				fait.Parse(given)
			}
		}
	})
}

// FuzzCompile reads any text as rules: problems, never a panic; and rules that
// are accepted evaluate without a panic.
func FuzzCompile(f *testing.F) {
	seeds(f, "testdata/faux-*.yaml")
	f.Add(reglesTest)
	f.Fuzz(func(t *testing.T, text string) {
		d := dictionnaire(t)
		var r Regles
		if lecture.Load("d.yaml", []byte(text), &r) != nil {
			return
		}
		p, err := Compile("d.yaml", d, &r)
		if err != nil {
			return
		}
		p.Le(0).Eval(NewFaits(d))
		for _, r := range r.Resultats {
			p.Le(0).Table(r.ID)
		}
		p.Le(738_000).Bascules(faits(t, d, "demandeur", "commune", "population", "3500", "classe", "6", "cout", "20000"))
	})
}

// FuzzExpression compiles any text as a condition.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{"population < 3500", "demandeur in ['commune']", "cout.pct(3) > euro('1')", "tarifs.exists(t, t > cout)",
		"age(naissance, date('2021-07-01')) >= 18", "1 / population == 2", "population * 9223372036854775807 > 1", "demandeur.matches('^c')", "size(tarifs) > 3 ? exception : classe in [1]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := dictionnaire(t)
		p, err := Compile("d.yaml", d, &Regles{Conditions: []*Condition{{ID: "c", Objet: "o", Nature: "machine", Texte: "Vrai.", Cite: []string{"a"}, Si: text}}})
		if err != nil {
			return
		}
		full := faits(t, d, "demandeur", "commune", "population", "0", "classe", "6", "cout", "20000", "tarifs", "1;2", "naissance", "2000-02-29", "exception", "oui")
		for _, facts := range []*Faits{NewFaits(d), full} {
			c := p.Le(0).Eval(facts).Constats[0]
			if c.Verdict == Non && c.Err != nil {
				t.Errorf("%s: an error became a no", text)
			}
		}
		p.Le(0).Bascules(full)
		c := NewColonnes(d, 2)
		for i, slot := range full.slots {
			c.Set(d.faits[i].Nom, 1, slot.Valeur)
		}
		for _, diff := range differences(p.Le(0), c) {
			t.Errorf("%s: %s", text, diff)
		}
	})
}

// FuzzParse gives any text to a fact of every type: a value that is accepted
// is written and read back the same.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "3 500", "12,5", "1e9", "-0", "15 000,50 €", "2021-02-29", "oui", "a;;b", "1;2;x", "99999999999999999999", "١"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range Types {
			fait := &Fait{Nom: "f", Type: typ, Libelle: "F"}
			v, err := fait.Parse(text)
			if err != nil {
				continue
			}
			fait.Affiche(v)
			again, err := fait.Parse(v.String())
			if err != nil || !again.Equal(v) {
				t.Errorf("%s: %q gives %q, which gives %q (%v)", typ, text, v, again, err)
			}
		}
	})
}
