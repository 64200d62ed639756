package francais_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"guichet/internal/francais"
)

func TestEntier(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1\u202f000", 3500: "3\u202f500", 14_999: "14\u202f999", 1_234_567: "1\u202f234\u202f567",
		-1: "−1", -3500: "−3\u202f500", -1 << 63: "−9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808",
	} {
		if got := francais.Entier(n); got != want {
			t.Errorf("Entier(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestEntierKeepsTheDigits takes the typography off and reads the number back.
func TestEntierKeepsTheDigits(t *testing.T) {
	plain := strings.NewReplacer(francais.Fine, "", "−", "-")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		text := francais.Entier(n)
		if got, err := strconv.ParseInt(plain.Replace(text), 10, 64); err != nil || got != n {
			t.Fatalf("Entier(%d) = %q reads back as %d, %v", n, text, got, err)
		}
		for _, group := range strings.Split(strings.TrimPrefix(text, "−"), francais.Fine)[1:] {
			if len(group) != 3 {
				t.Fatalf("Entier(%d) = %q: a group of %d digits", n, text, len(group))
			}
		}
	})
}

func TestDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"1234.5": "1\u202f234,5", "0.05": "0,05", "-0.5": "−0,5", "-1234": "−1\u202f234", "12": "12",
		"douze": "douze", "": "", "99999999999999999999": "99999999999999999999",
	} {
		if got := francais.Decimal(text); got != want {
			t.Errorf("Decimal(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestListe(t *testing.T) {
	for _, c := range []struct {
		words        []string
		liste, choix string
	}{
		{nil, "", ""},
		{[]string{"a"}, "a", "a"},
		{[]string{"a", "b"}, "a et b", "a ou b"},
		{[]string{"a", "b", "c"}, "a, b et c", "a, b ou c"},
	} {
		if got := francais.Liste(c.words...); got != c.liste {
			t.Errorf("Liste(%q) = %q, want %q", c.words, got, c.liste)
		}
		if got := francais.Choix(c.words...); got != c.choix {
			t.Errorf("Choix(%q) = %q, want %q", c.words, got, c.choix)
		}
	}
}

// TestCompte follows the French rule: the plural begins at two, not at zero.
func TestCompte(t *testing.T) {
	for n, want := range map[int]string{
		0: "0\u00a0commune", 1: "1\u00a0commune", -1: "−1\u00a0commune", 2: "2\u00a0communes", -2: "−2\u00a0communes", 3500: "3\u202f500\u00a0communes",
	} {
		if got := francais.Compte(n, "commune", "communes"); got != want {
			t.Errorf("Compte(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPlie(t *testing.T) {
	for text, want := range map[string]string{
		"Aureille":                  "aureille",
		"L’Haÿ-les-Roses":           "l hay les roses",
		"L'Haÿ-les-Roses":           "l hay les roses",
		"Saint-Rémy-de-Provence":    "st remy de provence",
		"SAINTES-MARIES-DE-LA-MER":  "saintes maries de la mer",
		"Sainte-Mère-Église":        "ste mere eglise",
		"Saintry":                   "saintry",
		"Œuilly":                    "oeuilly",
		"Ægir":                      "aegir",
		"e\u0301cole (maternelle) ": "ecole maternelle",
		"  ---  ":                   "",
	} {
		if got := francais.Plie(text); got != want {
			t.Errorf("Plie(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestPlieIsStable folds any text: folding again changes nothing, and upper
// case French letters fold as lower case ones.
func TestPlieIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := francais.Plie(s)
		if twice := francais.Plie(once); twice != once {
			t.Fatalf("Plie(%q) = %q, folded again %q", s, once, twice)
		}
		if strings.TrimSpace(once) != once || strings.Contains(once, "  ") || strings.ContainsFunc(once, unicode.IsPunct) {
			t.Fatalf("Plie(%q) = %q", s, once)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("abcéèêëàâîïôûùüçœæ-' ")), 0, 20, -1).Draw(t, "s")
		if lower, upper := francais.Plie(s), francais.Plie(strings.ToUpper(s)); lower != upper {
			t.Fatalf("%q folds to %q, in upper case to %q", s, lower, upper)
		}
	})
}
