package dossier

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
	"guichet/internal/fault"
)

func grille(t testing.TB) (*dispositif.Catalogue, *dispositif.Dispositif, *dispositif.Champ) {
	t.Helper()
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Dispositif("cantine")
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Formulaire {
		if s.Formulaire[i].ID == "tarifs" {
			return c, s, &s.Formulaire[i]
		}
	}
	t.Fatal("the grid of prices is not asked")
	return nil, nil, nil
}

// TestLignes writes lines of any text and reads them again: nothing is lost but
// the empty lines and the spaces in a row, and writing again changes nothing.
func TestLignes(t *testing.T) {
	_, _, c := grille(t)
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Cellules {
			return Cellules{"tranche": rapid.String().Draw(t, "tranche"), "tarif": rapid.String().Draw(t, "tarif")}
		}), 0, 60).Draw(t, "lines")
		text := EcritLignes(c, lines)
		var want []Cellules
		for _, x := range lines[:min(len(lines), dispositif.MaxLignes)] {
			y := Cellules{"tranche": strings.Join(strings.Fields(x["tranche"]), " "), "tarif": strings.Join(strings.Fields(x["tarif"]), " ")}
			if y["tranche"]+y["tarif"] != "" {
				want = append(want, y)
			}
		}
		got := LitLignes(c, text)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		if again := EcritLignes(c, got); again != text {
			t.Fatalf("%q is written again as %q", text, again)
		}
	})
}

// TestLignesFont makes the fact of the rules from the lines, says what is wrong
// at its cell, and what a line begun misses.
func TestLignesFont(t *testing.T) {
	cat, s, c := grille(t)
	for _, x := range []struct {
		name, text, fact, wrong, missing string
	}{
		{"three prices", "0 à 400\t0,50\n400 à 800\t1\nplus\t3", "0,50 €, 1 € et 3 €", "", ""},
		{"a price that is none", "0 à 400\tpeu\n400 à 800\t1", "", "tarifs.1.tarif", ""},
		{"a negative price", "0 à 400\t1\n400 à 800\t-2", "", "tarifs.2.tarif", ""},
		{"a bracket without a price", "0 à 400\t1\n400 à 800", "1 €", "", "tarifs.2.tarif"},
		{"a price without a bracket", "\t1", "1 €", "", "tarifs.1.tranche"},
		{"nothing", "", "", "", "tarifs"},
	} {
		d := &Dossier{Reponses: Reponses{"tarifs": {Texte: x.text}}}
		facts, err := d.Faits(s, cat.Dictionnaire)
		if f := fault.Of(err); x.wrong != "" && (f == nil || f.Fields[x.wrong] == "" || len(f.Fields) != 1) || x.wrong == "" && f != nil {
			t.Errorf("%s: %v, want a message at %q", x.name, err, x.wrong)
		}
		f, _ := cat.Dictionnaire.Fait("tarifs")
		got := ""
		if v, ok := facts["tarifs"]; ok {
			got = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(f.Affiche(v))
		}
		if got != x.fact && x.fact != "" || x.fact == "" && got != "" {
			t.Errorf("%s: the fact is %q, want %q", x.name, got, x.fact)
		}
		var missing []string
		for _, m := range manquesDesLignes(c, LitLignes(c, x.text)) {
			missing = append(missing, m.Cle)
		}
		if x.text != "" && strings.Join(missing, " ") != x.missing {
			t.Errorf("%s: misses %v, want %q", x.name, missing, x.missing)
		}
	}
	free := &dispositif.Champ{ID: "x", Colonnes: []dispositif.Colonne{{ID: "a", Type: dispositif.TypeCourt, Requis: "oui"}, {ID: "b", Type: dispositif.TypeCourt, Requis: "non"}}}
	if got := manquesDesLignes(free, []Cellules{{"a": "1"}, {"b": "2"}}); len(got) != 1 || got[0].Cle != "x.2.a" {
		t.Errorf("a cell that may be empty is missed: %v", got)
	}
	if got := LitLignes(c, LigneParLigne(c, "0,50;1;3")); len(got) != 3 || got[2]["tarif"] != "3" {
		t.Errorf("the prices given elsewhere are %v", got)
	}
}

// TestTypes checks the answers that no fact reads.
func TestTypes(t *testing.T) {
	cat, s, _ := grille(t)
	for text, right := range map[string]bool{"maternelle": true, "maternelle;elementaire": true, "college": false, "": true} {
		d := &Dossier{Reponses: Reponses{"niveaux": {Texte: text}}}
		_, err := d.Faits(s, cat.Dictionnaire)
		if f := fault.Of(err); (f == nil) != right {
			t.Errorf("classes %q: %v", text, err)
		}
	}
	s, err := cat.Dispositif("aidants-connect")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		field, text string
		right       bool
	}{{"siret", "732 829 320 00074", true}, {"siret", "73282932000075", false}, {"siret", "73282932", false}, {"aidants", "3", true}, {"aidants", "trois", false}, {"aidants", "-3", false}} {
		d := &Dossier{Reponses: Reponses{x.field: {Texte: x.text}}}
		_, err := d.Faits(s, cat.Dictionnaire)
		if f := fault.Of(err); (f == nil || f.Fields[x.field] == "") != x.right {
			t.Errorf("%s %q: %v", x.field, x.text, err)
		}
	}
}
