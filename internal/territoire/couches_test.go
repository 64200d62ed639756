package territoire_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// TestListe chooses the list that speaks for the département on the day.
func TestListe(t *testing.T) {
	list := func(titre string, du, au jour.Jour, departements ...string) *territoire.Liste {
		return &territoire.Liste{Code: "vta", Titre: titre, Du: du, Au: au, Departements: departements, Communes: []territoire.Insee{"13006"}}
	}
	a := atlas(t).Avec(territoire.Couches{Listes: []*territoire.Liste{
		list("sans limite", 0, 0, "13"),
		list("depuis 2022", jour.Of(2022, 1, 1), jour.Of(2022, 12, 31), "13", "84"),
	}})
	for _, test := range []struct {
		name, departement string
		le                jour.Jour
		want              string
	}{
		{"the only one in force", "13", le2021, "sans limite"},
		{"the one since the latest day", "13", jour.Of(2022, 12, 31), "depuis 2022"},
		{"the day after its end", "13", jour.Of(2023, 1, 1), "sans limite"},
		{"its other département", "84", jour.Of(2022, 1, 1), "depuis 2022"},
		{"the eve of its beginning", "84", jour.Of(2021, 12, 31), ""},
		{"a département no list speaks for", "05", le2021, ""},
	} {
		l, ok := a.Le(test.le).Liste("vta", test.departement, test.le)
		if ok != (test.want != "") || ok && l.Titre != test.want {
			t.Errorf("%s: got %+v, want %q", test.name, l, test.want)
		}
	}
	replaced := a.Avec(territoire.Couches{Listes: []*territoire.Liste{list("corrigée", 0, 0, "13")}})
	if l, _ := replaced.Le(le2021).Liste("vta", "13", le2021); l.Titre != "corrigée" || len(replaced.Couches().Listes) != 2 {
		t.Errorf("the same list again: got %q among %d", l.Titre, len(replaced.Couches().Listes))
	}
	if l, _ := a.Le(le2021).Liste("vta", "13", le2021); l.Titre != "sans limite" || !l.Contient("13006") || l.Contient("13008") {
		t.Errorf("the first Atlas changed: %+v", l)
	}
}

// TestZonage chooses the vintage that suits the year.
func TestZonage(t *testing.T) {
	var zz []*territoire.Zonage
	for _, year := range []int{2025, 2019, 2020} {
		zz = append(zz, &territoire.Zonage{Code: territoire.Densite, Millesime: year})
	}
	a := atlas(t).Avec(territoire.Couches{Zonages: zz})
	for le, want := range map[jour.Jour]int{le2021: 2020, le2026: 2025} {
		if z, ok := a.Le(le).Zonage(territoire.Densite); !ok || z.Millesime != want {
			t.Errorf("on %v: got %+v, want the grid of %d", le, z, want)
		}
	}
	late := atlas(t).Avec(territoire.Couches{Zonages: zz[:1]})
	if z, ok := late.Le(le2021).Zonage(territoire.Densite); !ok || z.Millesime != 2025 {
		t.Errorf("a later grid alone: got %+v, want it", z)
	}
	if _, ok := a.Le(le2021).Zonage(territoire.ClasseFragilite); ok {
		t.Error("classes that nobody loaded")
	}
}

// TestPartRurale is exact, and unknown as soon as one member is.
func TestPartRurale(t *testing.T) {
	const baux = siren.Siren("241300375")
	c := atlas(t).Le(le2021)
	if _, ok := c.PartRurale(baux); ok {
		t.Error("a share without grid")
	}
	e, _ := c.Epci(baux)
	levels := make(map[territoire.Insee]int32)
	for _, m := range e.Membres {
		levels[m] = 2
	}
	levels["13006"], levels["13011"] = 3, 4
	with := func() *territoire.Carte {
		return atlas(t).Avec(territoire.Couches{Zonages: []*territoire.Zonage{{Code: territoire.Densite, Millesime: 2021, Communes: levels}}}).Le(le2021)
	}
	if p, ok := with().PartRurale(baux); !ok || p.Rurale != 1522+349 || p.Totale != 27840 || p.Majoritaire() {
		t.Errorf("got %+v %v, want 1871 of 27840, not most", p, ok)
	}
	if p, ok := with().PartRuraleDe([]territoire.Insee{"13006"}); !ok || !p.Majoritaire() {
		t.Errorf("Aureille alone: %+v %v", p, ok)
	}
	delete(levels, "13006")
	if _, ok := with().PartRurale(baux); ok {
		t.Error("a share with a member unknown to the grid")
	}
	if _, ok := with().PartRuraleDe(nil); ok {
		t.Error("a share of nothing")
	}
	if half := (territoire.PartRurale{Rurale: 5, Totale: 10}); half.Majoritaire() {
		t.Error("exactly half is not most")
	}
}

// TestLoadListe reads the list of the Bouches-du-Rhône and refuses wrong ones.
func TestLoadListe(t *testing.T) {
	const file = "../../dispositifs/bouches-du-rhone/listes/vta-2021.yaml"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := territoire.LoadListe(file, text)
	if err != nil {
		t.Fatal(err)
	}
	if l.Code != "vta" || len(l.Communes) != 46 || len(l.Epcis) != 2 || !slices.Equal(l.Departements, []string{"13"}) || !l.ContientEpci("200035087") {
		t.Errorf("got %d communes, %d EPCI for %v", len(l.Communes), len(l.Epcis), l.Departements)
	}
	c := atlas(t).Le(le2021)
	for _, i := range l.Communes { // the name in the comment is that of the code
		k, ok := c.Commune(i)
		if !ok || !strings.Contains(string(text), `"`+string(i)+`" # `+k.Nom+"\n") {
			t.Errorf("%s: %q is not its name in the file", i, k.Nom)
		}
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"a count that is not kept", "communes: 46", "communes: 47", "annonce"},
		{"an EPCI with a wrong key", "200035087", "200035088", "SIREN"},
		{"a code too short", `"13006"`, `"1306"`, "cinq caractères"},
		{"a commune twice", `"13006"`, `"13008"`, "deux fois"},
		{"an unknown key", "annonce:", "anonce:", "anonce"},
		{"no département", `departements: ["13"]`, "departements: []", "departements"},
	} {
		bad := strings.Replace(string(text), test.old, test.new, 1)
		if _, err := territoire.LoadListe("essai.yaml", []byte(bad)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func FuzzLoadListe(f *testing.F) {
	f.Add([]byte("code: vta\ntitre: T\nsource: {titre: S, date: 2021-07-28}\ndepartements: [\"13\"]\ncommunes: [\"13006\"]\n"))
	f.Add([]byte("code: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if l, err := territoire.LoadListe("essai.yaml", text); err == nil && (l.Code == "" || len(l.Departements) == 0) {
			t.Errorf("a list without code or département: %+v", l)
		}
	})
}

// TestDe puts a name after a noun.
func TestDe(t *testing.T) {
	c := atlas(t).Le(le2026)
	for code, want := range map[territoire.Insee]string{
		"13055": "de Marseille", "13006": "d’Aureille", "76351": "du Havre", "17300": "de La Rochelle", "13011": "des Baux-de-Provence",
		"94038": "de L’Haÿ-les-Roses", "98735": "de Papeete", "97801": "de Saint-Martin",
	} {
		k, ok := c.Commune(code)
		if !ok {
			t.Fatalf("%s is unknown", code)
		}
		if got := k.De(); got != want {
			t.Errorf("De of %s: got %q, want %q", code, got, want)
		}
	}
	for code, want := range map[string]string{"01": "de l’Ain", "13": "des Bouches-du-Rhône", "69": "du Rhône", "974": "de La Réunion", "2A": "de la Corse-du-Sud", "75": "de Paris"} {
		if d, _ := c.Departement(code); d.De() != want {
			t.Errorf("De of %s: got %q, want %q", code, d.De(), want)
		}
	}
}
