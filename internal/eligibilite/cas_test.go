package eligibilite_test

import (
	"strings"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
	"guichet/internal/eligibilite"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/regle"
	"guichet/internal/territoire"
	"guichet/territoires"
)

func monde(t testing.TB) (*dispositif.Catalogue, *territoire.Atlas) {
	t.Helper()
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	a, err := territoire.Load(territoires.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c, a.Avec(territoire.Couches{Listes: c.Listes()})
}

// TestCas runs the examples written beside each scheme.
func TestCas(t *testing.T) {
	c, a := monde(t)
	ran, err := eligibilite.VerifieCas(dispositifs.FS, c, a)
	if err != nil {
		t.Error(err)
	}
	if ran < 100 {
		t.Errorf("%d examples ran, want 100 or more", ran)
	}
}

var le2021 = jour.Of(2021, 7, 1)

// TestMissingIsNeverNo asks every scheme about every commune of a département
// without any list, zoning or answer: what is missing is asked for.
func TestMissingIsNeverNo(t *testing.T) {
	c, a := monde(t)
	rows, err := eligibilite.Grille(c, a.Le(le2021), "01", eligibilite.Situation{Le: le2021})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, r := range row.Reponses {
			if r.Verdict == regle.Non || r.Verdict == regle.Erreur {
				t.Errorf("%s, %s: %v, %s", row.Nom, r.Dispositif.Code, r.Verdict, r.Phrase)
			}
		}
	}
}

// TestSmallCommunes counts the communes that the first scheme pays in full
// with no other datum, over the whole of France, by the census of 2018.
func TestSmallCommunes(t *testing.T) {
	c, a := monde(t)
	d := c.Principaux()[0]
	full := 0
	for k := range a.Le(le2021).CommunesAll() {
		if k.Population.Recensement != 2018 {
			continue
		}
		s := eligibilite.Situation{Demandeur: eligibilite.Demandeur{Type: "commune", Insee: k.Insee}, Le: le2021}
		r, err := eligibilite.Of(d, c.Dictionnaire, a.Le(le2021), s)
		if err != nil {
			t.Fatal(err)
		}
		if pct, ok := r.Taux(); ok && pct == 100 {
			full++
		}
	}
	if full != 31_816 {
		t.Errorf("%d communes aided in full, want the 31 816 under 3 500 inhabitants", full)
	}
}

// TestThresholds looks on both sides of each threshold of population.
func TestThresholds(t *testing.T) {
	c, a := monde(t)
	for _, test := range []struct {
		kind       string
		population int64
		classe     int64 // 0: unknown
		verdict    regle.Verdict
		low, high  int64
	}{
		{"commune", 3499, 0, regle.Oui, 100, 100},
		{"commune", 3500, 0, regle.ACompleter, 33, 80},
		{"commune", 3500, 6, regle.Oui, 33, 33},
		{"epci", 14999, 0, regle.Oui, 100, 100},
		{"epci", 15000, 0, regle.ACompleter, 33, 80},
		{"epci", 15000, 3, regle.Oui, 50, 50},
	} {
		facts := map[string]regle.Valeur{"demandeur": regle.Texte(test.kind), "population": regle.Entier(test.population)}
		if test.classe > 0 {
			facts["classe_fragilite"] = regle.Entier(test.classe)
		}
		r, err := eligibilite.Of(c.Principaux()[0], c.Dictionnaire, a.Le(le2021), eligibilite.Situation{Faits: facts, Le: le2021})
		if err != nil {
			t.Fatal(err)
		}
		low, high, ok := r.TauxBornes()
		if pct, known := r.Taux(); known {
			low, high, ok = pct, pct, true
		}
		if r.Verdict != test.verdict || !ok || low != test.low || high != test.high {
			t.Errorf("%s of %d, class %d: %v %d-%d, want %v %d-%d", test.kind, test.population, test.classe, r.Verdict, low, high, test.verdict, test.low, test.high)
		}
	}
}

func BenchmarkToutes(b *testing.B) {
	c, a := monde(b)
	s := eligibilite.Situation{Demandeur: eligibilite.Demandeur{Type: "commune", Insee: "13055"}, Le: le2021}
	for b.Loop() {
		if _, err := eligibilite.Toutes(c, a.Le(le2021), s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGrille(b *testing.B) {
	c, a := monde(b)
	for b.Loop() {
		if _, err := eligibilite.Grille(c, a.Le(le2021), "13", eligibilite.Situation{Le: le2021}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestCalculs renames a calculation of the dictionary: the check says so.
func TestCalculs(t *testing.T) {
	c, a := monde(t)
	f, _ := c.Dictionnaire.Fait("population")
	f.Calcul = "horoscope"
	_, err := eligibilite.VerifieCas(dispositifs.FS, c, a)
	if err == nil || !strings.Contains(err.Error(), "« horoscope » n’est pas un calcul") {
		t.Errorf("error = %v, want the unknown calculation", err)
	}
}

// TestDeclaredPlace checks that an arrondissement of Marseille is Marseille,
// and that an unknown code is refused.
func TestDeclaredPlace(t *testing.T) {
	c, a := monde(t)
	d, err := c.Pour("13").Dispositif("fabriques")
	if err != nil {
		t.Fatal(err)
	}
	s := eligibilite.Situation{Demandeur: eligibilite.Demandeur{Type: "epci", Siren: "200054807"}, Le: le2021,
		Faits: map[string]regle.Valeur{"lieu_insee": regle.Texte("13203"), "distance_qpv_m": regle.Millioniemes(800_000_000)}}
	if r, err := eligibilite.Of(d, c.Dictionnaire, a.Le(le2021), s); err != nil || r.Verdict != regle.Non {
		t.Errorf("a place in the third arrondissement, far from a neighbourhood: %v, %v; want non", r.Verdict, err)
	}
	s.Faits["lieu_insee"] = regle.Texte("99999")
	if _, err := eligibilite.Of(d, c.Dictionnaire, a.Le(le2021), s); fault.Of(err) == nil || fault.Of(err).Fields["lieu_insee"] == "" {
		t.Errorf("an unknown commune: %v, want a message at the field", err)
	}
}
