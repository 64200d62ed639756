package territoire_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/territoire"
	"guichet/territoires"
)

var loaded = sync.OnceValues(func() (*territoire.Atlas, error) { return territoire.Load(territoires.FS) })

// atlas returns the embedded Atlas, read once for all the tests.
func atlas(t testing.TB) *territoire.Atlas {
	t.Helper()
	a, err := loaded()
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
		name               string
		le                 jour.Jour
		code               territoire.Insee
		want               string
		municipale, totale int32
		census             territoire.Census
	}{
		{"the census in force in 2021", le2021, "13076", "Plan-d'Orgon", 3465, 3513, territoire.Census{Recensement: 2018, EnVigueur: 2021}},
		{"the latest census in 2026, whose total is not published", le2026, "13076", "Plan-d'Orgon", 3573, -1, territoire.Census{Recensement: 2023, EnVigueur: 2026}},
		{"an arrondissement of Marseille is its city", le2021, "13203", "Marseille", 868277, 874619, territoire.Census{Recensement: 2018, EnVigueur: 2021}},
		{"an arrondissement of Paris is its city", le2026, "75101", "Paris", 2103778, -1, territoire.Census{Recensement: 2023, EnVigueur: 2026}},
		{"an arrondissement of Lyon is its city", le2026, "69381", "Lyon", 519127, -1, territoire.Census{Recensement: 2023, EnVigueur: 2026}},
		{"an island in no EPCI has the figure of the density grid", le2021, "85113", "L'Île-d'Yeu", 4829, -1, territoire.Census{Recensement: 2018, EnVigueur: 2021}},
		{"Mayotte has its own census in 2021", le2021, "97611", "Mamoudzou", 71437, 72974, territoire.Census{Recensement: 2017, EnVigueur: 2018}},
		{"Mayotte has the same census in 2026", le2026, "97611", "Mamoudzou", 71437, 72974, territoire.Census{Recensement: 2017, EnVigueur: 2018}},
		{"the census of a collectivity is not said", le2021, "97501", "Miquelon-Langlade", 580, -1, territoire.Census{}},
		{"a place without inhabitants has no population", le2021, "98411", "Îles Saint-Paul et Nouvelle-Amsterdam", -1, -1, territoire.Census{}},
		{"a code of 2021 leads to the commune of 2026", le2026, "01340", "Arboys en Bugey", 710, -1, territoire.Census{Recensement: 2023, EnVigueur: 2026}},
		{"today's associated commune prevails over an older merger", le2026, "55273", "Nonsard-Lamarche", 219, -1, territoire.Census{Recensement: 2023, EnVigueur: 2026}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, ok := a.Le(test.le).Commune(test.code)
			if !ok {
				t.Fatalf("%s is unknown", test.code)
			}
			p := c.Population
			if c.Nom != test.want || p.Municipale != test.municipale || p.Totale != test.totale || p.Census != test.census {
				t.Errorf("got %s %+v, want %s %d %d %+v", c.Nom, p, test.want, test.municipale, test.totale, test.census)
			}
		})
	}
	if _, ok := a.Le(le2026).Commune("99999"); ok {
		t.Error("an unknown code gives a commune")
	}
}

// TestOldCodes follows every code of 2021 to a commune of 2026.
func TestOldCodes(t *testing.T) {
	a := atlas(t)
	recent := a.Le(le2026)
	for c := range a.Le(le2021).CommunesAll() {
		if _, ok := recent.Commune(c.Insee); !ok {
			t.Errorf("%s %s of 2021 leads nowhere in 2026", c.Insee, c.Nom)
		}
	}
}

func TestRecensement(t *testing.T) {
	a := atlas(t)
	commune, _ := a.Le(le2026).Commune("13055")
	if p, ok := commune.Recensement(2022); !ok || p.Municipale != 877215 || p.Totale != 883466 || p.EnVigueur != 2025 {
		t.Errorf("Marseille in 2022: got %+v, want 877215 and 883466 in force in 2025", p)
	}
	if p, ok := commune.Recensement(2018); ok || p.Municipale != territoire.NonPubliee {
		t.Errorf("the edition 2026 knows a census of 2018: %+v", p)
	}
	e, _ := a.Le(le2026).Epci("200035087")
	if !e.Population.Somme || e.Population.Municipale != 60625 || e.Population.Totale != territoire.NonPubliee {
		t.Errorf("Terre de Provence in 2026: got %+v, want the sum 60625", e.Population)
	}
	if p, ok := e.Recensement(2022); !ok || p.Somme || p.Municipale != 60440 || p.Totale != 61432 {
		t.Errorf("Terre de Provence in 2022: got %+v, want the published 60440 and 61432", p)
	}
}

// TestCounts compares the embedded data with the figures of their packages.
func TestCounts(t *testing.T) {
	c := atlas(t).Le(le2021)
	communes, members, small := 0, 0, 0
	for k := range c.CommunesAll() {
		communes++
		if k.Departement < "975" && k.Epci != "" || k.Departement == "976" {
			members++
		}
		if k.Epci != "" && k.Population.Municipale < 3500 {
			small++
		}
	}
	// The islands of Bréhat, Sein and Ouessant come on top of the 31 813.
	if communes != 35_059 || members != 34_961 || small != 31_813 {
		t.Errorf("%d communes, %d members of an EPCI, %d of them under 3 500; want 35059, 34961, 31813", communes, members, small)
	}
	if got := len(slices.Collect(c.EpcisAll())); got != 1254 {
		t.Errorf("%d EPCI in 2021, want 1254", got)
	}
	recent := atlas(t).Le(le2026)
	if communes, epcis := len(slices.Collect(recent.CommunesAll())), len(slices.Collect(recent.EpcisAll())); communes != 34_969 || epcis != 1255 {
		t.Errorf("%d communes and %d EPCI in 2026, want 34969 and 1255", communes, epcis)
	}
	if communes, epcis := len(c.Communes("13")), len(c.Epcis("13")); communes != 119 || epcis != 4 {
		t.Errorf("%d communes and %d EPCI in the 13, want 119 and 4", communes, epcis)
	}
	if departements, regions := len(c.Departements()), len(c.Regions()); departements != 109 || regions != 26 {
		t.Errorf("%d départements and %d régions, want 109 and 26 with the collectivities", departements, regions)
	}
}

func TestLookUps(t *testing.T) {
	c := atlas(t).Le(le2021)
	if k, ok := c.CommuneSiren("211300553"); !ok || k.Insee != "13055" || k.De() != "de Marseille" {
		t.Errorf("the SIREN of Marseille gives %+v", k)
	}
	e, ok := c.Epci("200054807")
	if !ok || e.Nature != "METRO" || len(e.Membres) != 92 || !slices.Equal(e.Departements, []string{"13", "84", "83"}) {
		t.Errorf("the Métropole crosses %v with %d members, want 13, 84, 83 and 92", e.Departements, len(e.Membres))
	}
	if !slices.ContainsFunc(c.Epcis("84"), func(x *territoire.Epci) bool { return x == e }) {
		t.Error("the Métropole is not among the EPCI of the 84, where it has a member")
	}
	d, ok := c.Departement("13")
	if !ok || d.Nom != "Bouches-du-Rhône" || d.De() != "des Bouches-du-Rhône" || d.ChefLieu != "13055" || d.Zone != territoire.Metropole {
		t.Errorf("the 13 is %+v, %q", d, d.De())
	}
	if d, ok := c.Departement("987"); !ok || d.Nom != "Polynésie française" || d.Zone != territoire.Com {
		t.Errorf("the 987 is %+v", d)
	}
	if r, ok := c.Region(d.Region); !ok || r.Code != "93" {
		t.Errorf("the région of the 13 is %+v", r)
	}
	if _, ok := c.Epci(siren.Siren("211300553")); ok {
		t.Error("the SIREN of a commune gives an EPCI")
	}
	if cog := atlas(t).Le(jour.Of(2019, 1, 1)).Millesime().Cog; cog != 2021 {
		t.Errorf("a day before every edition is answered with %d, want 2021", cog)
	}
}

// TestMemory holds the whole Atlas under its ceiling.
func TestMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	a, err := territoire.Load(territoires.FS)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	mb := float64(after.HeapAlloc-before.HeapAlloc) / (1 << 20)
	t.Logf("the Atlas holds %.1f MB", mb)
	if mb > 60 {
		t.Errorf("the Atlas holds %.1f MB, want at most 60", mb)
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
