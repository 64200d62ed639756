package territoire_test

import (
	"runtime"
	"testing"

	"guichet/internal/jour"
	"guichet/internal/territoire"
	"guichet/territoires"
)

func atlas(t testing.TB) *territoire.Atlas {
	t.Helper()
	a, err := territoire.Load(territoires.FS)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var (
	le2021 = jour.Of(2021, 7, 1)
	le2026 = jour.Of(2026, 7, 1)
)

func TestCommune(t *testing.T) {
	a := atlas(t)
	for _, test := range []struct {
		name       string
		le         jour.Jour
		code       territoire.Insee
		want       string
		municipale int32
		census     int
	}{
		{"the census in force in 2021", le2021, "13076", "Plan-d'Orgon", 3465, 2018},
		{"the latest census in 2026", le2026, "13076", "Plan-d'Orgon", 3573, 2023},
		{"an arrondissement is its city", le2021, "13203", "Marseille", 868277, 2018},
		{"an arrondissement of Paris", le2026, "75101", "Paris", 2103778, 2023},
		{"an island in no EPCI", le2021, "85113", "L'Île-d'Yeu", 4829, 2018},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, ok := a.Le(test.le).Commune(test.code)
			if !ok || c.Nom != test.want || c.Population.Municipale != test.municipale || c.Population.Recensement != test.census {
				t.Errorf("got %+v, want %s %d RP%d", c, test.want, test.municipale, test.census)
			}
		})
	}
}

// TestCounts compares the embedded data with the figures of their packages.
func TestCounts(t *testing.T) {
	c := atlas(t).Le(le2021)
	communes, small, epcis := 0, 0, 0
	for k := range c.CommunesAll() {
		communes++
		if k.Population.Recensement == 2018 && k.Population.Municipale < 3500 {
			small++
		}
	}
	for range c.EpcisAll() {
		epcis++
	}
	// 31 813 members of an EPCI and three islands.
	if communes != 35_059 || epcis != 1_254 || small != 31_816 {
		t.Errorf("%d communes, %d EPCI, %d communes under 3 500; want 35059, 1254, 31816", communes, epcis, small)
	}
	if got := len(c.Communes("13")); got != 119 {
		t.Errorf("%d communes in the 13, want 119", got)
	}
	if got := len(c.Epcis("13")); got != 4 {
		t.Errorf("%d EPCI in the 13, want 4", got)
	}
}

func TestCherche(t *testing.T) {
	c := atlas(t).Le(le2026)
	for _, test := range []struct{ query, code string }{
		{"marseille", "13055"}, {"MARSEILLE", "13055"}, {"st remy de provence", "13100"}, {"Saint-Rémy", "71475"}, {"saint rémy 51", "51513"},
		{"Aureille", "13006"}, {"l'hay les roses", "94038"}, {"13013", "13013"},
		{"13720", "13016"}, {"97411", "97411"}, {"saint denis 93", "93066"}, {"saint denis la réunion", "97411"},
		{"œuf en ternois", "62633"}, {"y", "80829"}, {"211300553", "13055"}, {"21130055300016", "13055"},
		{"metropole aix marseille", "200054807"}, {"vallée des baux", "241300375"}, {"saint remi de provense", "13100"}, {"martigeus", "13056"},
	} {
		got := c.Cherche(test.query, 10)
		if len(got) == 0 || got[0].Code != test.code {
			t.Errorf("Cherche(%q) = %v, want %s first", test.query, got[:min(3, len(got))], test.code)
		}
	}
	for _, nothing := range []string{"", "   ", "zzzzqqq", "\xff\xfe", "00000"} {
		if got := c.Cherche(nothing, 10); len(got) != 0 {
			t.Errorf("Cherche(%q) = %v, want nothing", nothing, got)
		}
	}
}

// TestEveryName finds each commune by its own name among the first ten, or by
// its name and département.
func TestEveryName(t *testing.T) {
	c := atlas(t).Le(le2026)
	missed := 0
	for k := range c.CommunesAll() {
		found := false
		for _, r := range c.Cherche(k.Nom+" "+k.Departement, 10) {
			found = found || r.Code == string(k.Insee)
		}
		if !found {
			missed++
			if missed < 5 {
				t.Errorf("%s %s is not found", k.Nom, k.Insee)
			}
		}
	}
}

func TestMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	a := atlas(t)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if mb := int64(after.HeapAlloc-before.HeapAlloc) >> 20; mb > 60 {
		t.Errorf("the atlas holds %d MB, want at most 60", mb)
	}
	runtime.KeepAlive(a)
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := territoire.Load(territoires.FS); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCherche(b *testing.B) {
	c := atlas(b).Le(le2026)
	var names []string
	for k := range c.CommunesAll() {
		names = append(names, k.Nom)
	}
	for i := 0; b.Loop(); i++ {
		c.Cherche(names[i%len(names)], 10)
	}
}
