package mots_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/mots"
)

// finds reports whether a text is found by q.
func finds(texte, q string) bool {
	have, want := mots.Racines(texte), mots.Requete(q)
	return len(want) > 0 && !slices.ContainsFunc(want, func(r string) bool { return !slices.Contains(have, r) })
}

// TestFinds: a reader types a word as it comes to them.
func TestFinds(t *testing.T) {
	for _, c := range []struct {
		name, texte, q string
		want           bool
	}{
		{"a plural by a singular", "Deux rénovations", "rénovation", true},
		{"capitals without accents", "Deux rénovations", "RENOVATION", true},
		{"a participle by its verb", "La halle rénovée", "rénover", true},
		{"a participle without accents", "La halle rénovée", "renovee", true},
		{"an accent that is not typed", "Une école", "ecole", true},
		{"an accent typed apart (NFD)", "Une e\u0301cole", "école", true},
		{"behind an elision", "Travaux de l’école", "école", true},
		{"with the elision", "Une école", "l'école", true},
		{"a ligature", "Mise en œuvre", "oeuvre", true},
		{"a ligature typed as such", "Mise en oeuvre", "ŒUVRE", true},
		{"a saint", "Saint-Rémy-de-Provence", "st remy", true},
		{"every word must be there", "Une école", "école primaire", false},
		{"words that say nothing do not count", "Une école", "de la école", true},
		{"only words that say nothing find nothing", "de la", "de la", false},
		{"another word", "Une école", "écolier blanc", false},
		{"a number, whole", "2021-13-00012", "2021-13-00012", true},
		{"a number is not another with the same parts", "13-2021-00012", "2021-13-00012", false},
		{"the end of a number", "2021-13-00012", "00012", true},
		{"a SIREN with spaces", "211300065", "211 300 065", true},
		{"a SIRET finds its organisation", "211300065", "21130006500017", true},
		{"operators are words", "Une halle", `"halle" OR (a* NEAR b) : -"`, false},
		{"quotes around a word", "Une halle", `"halle"*`, true},
		{"nothing", "Une halle", `"' () *^ :`, false},
	} {
		if got := finds(c.texte, c.q); got != c.want {
			t.Errorf("%s: %q by %q: %t; roots %v and %v", c.name, c.texte, c.q, got, mots.Racines(c.texte), mots.Requete(c.q))
		}
	}
}

// TestChamp: an answer is found by its question and its words, or as a whole.
func TestChamp(t *testing.T) {
	kept := mots.Champ("nature_besoin", "Un architecte, des études")
	has := func(want []string) bool {
		return !slices.ContainsFunc(want, func(r string) bool { return !slices.Contains(kept, r) })
	}
	for _, c := range []struct {
		name string
		want []string
		got  bool
	}{
		{"its words", mots.ChampContient("nature_besoin", "etude"), true},
		{"the words of another question", mots.ChampContient("intitule", "etude"), false},
		{"as a whole, accents apart", mots.ChampEgal("nature_besoin", "un ARCHITECTE des etudes"), true},
		{"as a whole, one word short", mots.ChampEgal("nature_besoin", "Un architecte"), false},
		{"a hostile key", mots.ChampContient(`" OR *`, "etude"), false},
	} {
		if has(c.want) != c.got {
			t.Errorf("%s: %v in %v, want %t", c.name, c.want, kept, c.got)
		}
	}
}

func TestExtrait(t *testing.T) {
	got, n := mots.Extrait("La rénovation\nde <b>l’école</b>", mots.Requete("ecoles RÉNOVER"))
	want := []mots.Fragment{{Texte: "La "}, {Texte: "rénovation", Trouve: true}, {Texte: " de <b>l’"}, {Texte: "école", Trouve: true}, {Texte: "</b>"}}
	if diff := cmp.Diff(want, got); diff != "" || n != 2 {
		t.Errorf("%d roots (-want +got):\n%s", n, diff)
	}
	if got, n := mots.Extrait("Une halle", mots.Requete("école")); got != nil || n != 0 {
		t.Errorf("nothing found: %v, %d", got, n)
	}
	long := strings.Repeat("mot ", 500) + "école" + strings.Repeat(" fin", 500)
	got, _ = mots.Extrait(long, mots.Requete("école"))
	var b strings.Builder
	for _, f := range got {
		b.WriteString(f.Texte)
	}
	if text := b.String(); len(text) > 250 || !strings.Contains(text, "école") || !strings.HasPrefix(text, "… ") || !strings.HasSuffix(text, " …") {
		t.Errorf("a long text: %q", text)
	}
}

// FuzzMots: any text has roots that can be kept, every text is found by its own
// words, and an extract says nothing that is not in the text.
func FuzzMots(f *testing.F) {
	for _, s := range []string{"l’école rénovée", "2021-13-00012", "œuvre", "\xff-1-", `"' OR *`, "e\u0301\u0301", "aujourd'hui"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range append(mots.Racines(s), mots.Champ(s, s)...) {
			if r == "" || strings.ContainsAny(r, " \"'\\*():\x00\t\n") {
				t.Errorf("%q gives the root %q", s, r)
			}
		}
		want := mots.Requete(s)
		if have := mots.Racines(s); slices.ContainsFunc(want, func(r string) bool { return !slices.Contains(have, r) }) && len(want) != 1 {
			t.Errorf("%q does not find itself: %v in %v", s, want, have)
		}
		got, _ := mots.Extrait(s, want)
		for _, x := range got {
			if x.Trouve && !strings.Contains(s, x.Texte) {
				t.Errorf("%q is not in %q", x.Texte, s)
			}
		}
	})
}
