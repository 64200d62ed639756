package territoire_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guichet/internal/territoire"
)

func TestCherche(t *testing.T) {
	c := atlas(t).Le(le2026)
	for _, test := range []struct{ name, query, first string }{
		{"a name", "marseille", "commune 13055"},
		{"capitals", "MARSEILLE", "commune 13055"},
		{"the beginning of a name", "marsei", "commune 13055"},
		{"two letters give the largest", "ma", "commune 13055"},
		{"an abbreviated saint", "st remy de provence", "commune 13100"},
		{"an abbreviated saint with its point", "St. Rémy-de-Provence", "commune 13100"},
		{"words missing", "saint rémy provence", "commune 13100"},
		{"words in another order", "provence remy st", "commune 13100"},
		{"a whole name before a longer one", "Saint-Rémy", "commune 71475"},
		{"an exact small commune", "Aureille", "commune 13006"},
		{"a typing mistake: two letters swapped", "aurielle", "commune 13006"},
		{"a typing mistake: a letter missing", "marseile", "commune 13055"},
		{"a typing mistake: a letter too many", "marseillle", "commune 13055"},
		{"a typing mistake: another letter", "narseille", "commune 13055"},
		{"a typing mistake in an unfinished word", "martigeus", "commune 13056"},
		{"a typing mistake in each of two words", "saint remi de provense", "commune 13100"},
		{"an apostrophe and an accent", "L'Haÿ-les-Roses", "commune 94038"},
		{"a typographic apostrophe", "L’Haÿ les Roses", "commune 94038"},
		{"the article glued to the name", "lhay les roses", "commune 94038"},
		{"no space at all", "aixenprovence", "commune 13001"},
		{"no space after saint", "saintdenis 974", "commune 97411"},
		{"no article", "havre", "commune 76351"},
		{"a ligature", "Œuf-en-Ternois", "commune 62633"},
		{"a ligature typed in two letters", "oeuf en ternois", "commune 62633"},
		{"a name of one letter", "y", "commune 80829"},
		{"an INSEE code before the postcode", "13013", "commune 13013"},
		{"a postcode: its largest commune", "13720", "commune 13016"},
		{"an INSEE code overseas", "97411", "commune 97411"},
		{"an INSEE code of Corsica in small letters", "2a004", "commune 2A004"},
		{"a former code", "13203", "commune 13055"},
		{"a SIREN", "211 300 553", "commune 13055"},
		{"a SIRET", "21130055300016", "commune 13055"},
		{"the SIREN of an EPCI", "200054807", "epci 200054807"},
		{"an EPCI by some of its words", "metropole aix marseille", "epci 200054807"},
		{"an EPCI by its place", "vallée des baux", "epci 241300375"},
		{"an EPCI by its nature in full", "communauté de communes vallée des baux", "epci 241300375"},
		{"homonyms: the largest", "saint denis", "commune 97411"},
		{"homonyms: a code of département", "saint denis 93", "commune 93066"},
		{"homonyms: another code", "Saint-Denis (11)", "commune 11339"},
		{"homonyms: a name of département", "saint denis la réunion", "commune 97411"},
		{"homonyms: a name in brackets", "saint denis (la réunion)", "commune 97411"},
		{"homonyms: with its article", "saint denis dans l'aude", "commune 11339"},
		{"homonyms: a postcode", "saint denis 97400", "commune 97411"},
		{"homonyms: a mistake and a département", "sain denis 974", "commune 97411"},
		{"homonyms of the Marne", "saint rémy 51", "commune 51513"},
		{"the end of a name is not a département", "villeneuve sur lot", "commune 47323"},
		{"a former commune", "Arbignieu", "commune 01015"},
		{"an arrondissement", "marseille 13e", "commune 13055"},
		{"a département", "bouches du rhone", "departement 13"},
		{"a région", "nouvelle aquitaine", "region 75"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := c.Cherche(test.query, 10)
			if len(got) == 0 || got[0].Type+" "+got[0].Code != test.first {
				t.Errorf("Cherche(%q) = %v, want %s first", test.query, got[:min(3, len(got))], test.first)
			}
		})
	}
}

func TestChercheNothing(t *testing.T) {
	c := atlas(t).Le(le2026)
	for _, query := range []string{"", "   ", "-'()", "zzzzqqq", "\xff\xfe", "00000", "()", strings.Repeat("marseille ", 1000)} {
		if got := c.Cherche(query, 10); len(got) != 0 {
			t.Errorf("Cherche(%.20q) = %v, want nothing", query, got)
		}
	}
	if got := c.Cherche("marseille", 0); len(got) != 0 {
		t.Errorf("zero answers asked, got %v", got)
	}
}

// TestChercheSays tells why each answer is there.
func TestChercheSays(t *testing.T) {
	c := atlas(t).Le(le2026)
	for _, test := range []struct {
		query, code string
		exact       bool
		par         territoire.Par
		alias       string
	}{
		{"13013", "13013", true, territoire.ParInsee, ""},
		{"13013", "13055", true, territoire.ParCodePostal, ""},
		{"13213", "13055", true, territoire.ParAncien, ""},
		{"marseille", "13055", true, territoire.ParNom, ""},
		{"marseil", "13055", false, territoire.ParNom, ""},
		{"marseile", "13055", false, territoire.ParApproche, ""},
		{"arbignieu", "01015", true, territoire.ParAncien, "Arbignieu"},
	} {
		got := c.Cherche(test.query, 10)
		i := slices.IndexFunc(got, func(r territoire.Trouve) bool { return r.Code == test.code })
		if i < 0 {
			t.Errorf("Cherche(%q) = %v, without %s", test.query, got, test.code)
		} else if r := got[i]; r.Exact != test.exact || r.Par != test.par || r.Alias != test.alias {
			t.Errorf("Cherche(%q) says of %s: exact %v, by %q, alias %q; want %v, %q, %q", test.query, test.code, r.Exact, r.Par, r.Alias, test.exact, test.par, test.alias)
		}
	}
}

// TestHomonyms answers every commune called Saint-Denis, the larger first.
func TestHomonyms(t *testing.T) {
	var codes []string
	for _, r := range atlas(t).Le(le2026).Cherche("Saint-Denis", 4) {
		codes = append(codes, r.Code+" "+r.Departement)
	}
	if want := []string{"97411 974", "93066 93", "11339 11", "30247 30"}; !slices.Equal(codes, want) {
		t.Errorf("got %v, want %v", codes, want)
	}
}

// TestEveryName finds each commune by its name and département among the first
// three answers.
func TestEveryName(t *testing.T) {
	c := atlas(t).Le(le2026)
	missed := 0
	for k := range c.CommunesAll() {
		query := k.Nom + " (" + k.Departement + ")"
		if !among(c.Cherche(query, 3), k) {
			if missed++; missed < 5 {
				t.Errorf("%s is not found", query)
			}
		}
	}
}

// TestEveryMistake makes one mistake in a name out of four hundred, at each place: the
// commune, told apart by its département, stays among the first ten answers.
func TestEveryMistake(t *testing.T) {
	c := atlas(t).Le(le2026)
	i, tried, missed := 0, 0, 0
	for k := range c.CommunesAll() {
		name := []rune(k.Nom)
		if i++; i%400 != 0 || len(name) < 5 {
			continue
		}
		for at := range name {
			for _, wrong := range mistakes(name, at) {
				if tried++; !among(c.Cherche(wrong+" "+k.Departement, 10), k) {
					if missed++; missed < 10 {
						t.Logf("%q does not find %s", wrong, k.Nom)
					}
				}
			}
		}
	}
	if t.Logf("%d of %d mistakes miss", missed, tried); missed*1000 > 5*tried {
		t.Errorf("%d of %d mistakes miss, want at most 5 in 1 000", missed, tried)
	}
}

// mistakes returns the name with a letter missing, doubled, changed, swapped.
func mistakes(name []rune, at int) []string {
	out := []string{
		string(name[:at]) + string(name[at+1:]),
		string(name[:at+1]) + string(name[at:]),
		string(name[:at]) + "q" + string(name[at+1:]),
	}
	if at+1 < len(name) {
		swapped := slices.Clone(name)
		swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
		out = append(out, string(swapped))
	}
	return out
}

func among(got []territoire.Trouve, c *territoire.Commune) bool {
	return slices.ContainsFunc(got, func(r territoire.Trouve) bool { return r.Code == string(c.Insee) })
}

func FuzzCherche(f *testing.F) {
	for _, q := range []string{"saint denis (la réunion)", "13013", "21130055300016", "œ", "(", "a 13", "\xff", "2A004", "marseile"} {
		f.Add(q, 5)
	}
	c := atlas(f).Le(le2026)
	f.Fuzz(func(t *testing.T, q string, n int) {
		got := c.Cherche(q, n%50)
		if len(got) > max(0, n%50) {
			t.Errorf("Cherche(%q, %d) gives %d answers", q, n%50, len(got))
		}
		for _, r := range got {
			if r.Code == "" || r.Nom == "" {
				t.Errorf("Cherche(%q) gives %+v", q, r)
			}
		}
	})
}

// BenchmarkCherche measures a search for every name, and for every name with a
// mistake: mean, and 95th percentile of all of them.
func BenchmarkCherche(b *testing.B) {
	c := atlas(b).Le(le2026)
	for _, set := range []struct {
		name  string
		query func(string) string
	}{
		{"names", func(s string) string { return s }},
		{"mistakes", func(s string) string { r := []rune(s); return string(r[:len(r)/2]) + "q" + string(r[len(r)/2:]) }},
		{"beginnings", func(s string) string { return string([]rune(s)[:1]) }},
	} {
		b.Run(set.name, func(b *testing.B) {
			var times []time.Duration
			for b.Loop() {
				times = times[:0]
				for k := range c.CommunesAll() {
					from := time.Now()
					c.Cherche(set.query(k.Nom), 10)
					times = append(times, time.Since(from))
				}
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)*95/100].Microseconds()), "µs/p95")
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "µs/p50")
		})
	}
}
