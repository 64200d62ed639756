package importer_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/importer"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/territoire"
	"guichet/territoires"
)

var loaded = sync.OnceValues(func() (*territoire.Atlas, error) { return territoire.Load(territoires.FS) })

func atlas(t testing.TB) *territoire.Atlas {
	t.Helper()
	a, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// donnees opens a file of real data, which is beside the project and never
// part of it. Under CI its absence is a failure.
func donnees(t testing.TB, name string) (*os.File, int64) {
	t.Helper()
	folder := os.Getenv("GUICHET_DONNEES")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "donnees")
	}
	f, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the real data are missing: %v", err)
		}
		t.Skipf("the real data are not on this machine (GUICHET_DONNEES names their folder): %v", err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return f, info.Size()
}

// fichier names a file of real data.
func fichier(t testing.TB, name string) importer.Fichier {
	f, size := donnees(t, name)
	return importer.Fichier{Nom: name, Contenu: f, Taille: size}
}

var insee2021 = importer.Entete{Source: territoire.Source{
	Titre: "Grille communale de densité, géographie au 1er janvier 2021", Editeur: "INSEE", Date: jour.Of(2021, time.July, 28), Licence: "Licence Ouverte",
}}

// first takes the layer out of what was read.
func first[T any](of func(territoire.Couches) T) func(*importer.Import, error) (T, *importer.Import, error) {
	return func(i *importer.Import, err error) (layer T, _ *importer.Import, _ error) {
		if err != nil {
			return layer, nil, err
		}
		return of(i.Couches), i, nil
	}
}

func zonage(c territoire.Couches) *territoire.Zonage      { return c.Zonages[0] }
func liste(c territoire.Couches) *territoire.Liste        { return c.Listes[0] }
func qpv(c territoire.Couches) []*territoire.Qpv          { return c.Qpv }
func contours(c territoire.Couches) []*territoire.Contour { return c.Contours }

// TestVta computes the rural collectivities of 2021 from INSEE's grid: in the
// Bouches-du-Rhône, exactly the 46 communes and 2 EPCI of the table
// (tableau-2021:68), code by code.
func TestVta(t *testing.T) {
	a := atlas(t)
	z, read, err := first(zonage)(importer.Lire(importer.Densite, fichier(t, "densite4_2021_insee.csv"), insee2021, a))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.Communes) != 34_965 || read.Lignes != 34_965 || len(read.Difference.Inconnus) != 0 {
		t.Errorf("%d levels, unknown %v; want 34965, none", len(z.Communes), read.Difference.Inconnus)
	}
	wanted, _, err := first(liste)(importer.Lire(importer.Liste, fichier(t, "vta_bdr_2021.csv"), importer.Entete{
		Code: "vta", Source: insee2021.Source, Annonce: map[string]int{"communes": 46, "epci": 2},
	}, a))
	if err != nil {
		t.Fatal(err)
	}
	c := a.Avec(territoire.Couches{Zonages: []*territoire.Zonage{z}}).Le(jour.Of(2021, time.July, 1))
	var communes []territoire.Insee
	var epcis []siren.Siren
	for _, k := range c.Communes("13") {
		if z.Communes[k.Insee] >= 3 {
			communes = append(communes, k.Insee)
		}
	}
	for _, e := range c.Epcis("13") {
		if p, ok := c.PartRurale(e.Siren); ok && p.Majoritaire() {
			epcis = append(epcis, e.Siren)
		}
	}
	if diff := cmp.Diff(wanted.Communes, communes); diff != "" || len(communes) != 46 {
		t.Errorf("communes of the 13 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wanted.Epcis, epcis); diff != "" || len(epcis) != 2 {
		t.Errorf("EPCI of the 13 (-want +got):\n%s", diff)
	}
	if p, _ := c.PartRurale("200035087"); p.Rurale != 33186 || p.Totale != 59572 || p.Millesime != 2021 {
		t.Errorf("Terre de Provence: got %+v, want 33186 of 59572 in 2021", p)
	}
	france(t, c, z)
}

// france counts over the whole country. On the EPCI of 2021, 865 of 1 254 are
// mostly rural (866 of 1 255 on the EPCI of 2024).
func france(t *testing.T, c *territoire.Carte, z *territoire.Zonage) {
	communes, epcis, unknown := 0, 0, 0
	for _, level := range z.Communes {
		if level >= 3 {
			communes++
		}
	}
	for e := range c.EpcisAll() {
		p, ok := c.PartRurale(e.Siren)
		switch {
		case !ok:
			unknown++
		case p.Majoritaire():
			epcis++
		}
	}
	if communes != 30_772 || epcis != 865 || unknown != 0 {
		t.Errorf("%d rural communes, %d rural EPCI, %d unknown; want 30772, 865, 0", communes, epcis, unknown)
	}
	for k := range c.CommunesAll() {
		if z.Communes[k.Insee] == 0 && k.Region < "900" && len(k.Region) == 2 {
			t.Errorf("%s %s has no level", k.Insee, k.Nom)
		}
	}
}

func TestDensite7(t *testing.T) {
	e := insee2021
	e.Source.Date, e.Millesime = jour.Of(2025, time.June, 1), 2025
	z, read, err := first(zonage)(importer.Lire(importer.Densite, fichier(t, "densite7_2025.csv"), e, atlas(t)))
	if err != nil {
		t.Fatal(err)
	}
	if z.Code != territoire.Densite7 || len(z.Communes) != 34_875 || z.Communes["01002"] != 6 || len(read.Difference.Inconnus) != 0 {
		t.Errorf("got %s, %d levels, 01002 at %d, unknown %v", z.Code, len(z.Communes), z.Communes["01002"], read.Difference.Inconnus)
	}
}

// TestQpv measures distances to the neighbourhoods of Marseille.
func TestQpv(t *testing.T) {
	a := atlas(t)
	qq, read, err := first(qpv)(importer.Lire(importer.Qpv, fichier(t, "qpv_2014_marseille.geojson"), importer.Entete{Source: territoire.Source{
		Titre: "Quartiers prioritaires", Editeur: "ANCT", Date: jour.Of(2015, time.January, 1),
	}, Millesime: 2021}, a))
	if err != nil {
		t.Fatal(err)
	}
	if len(qq) != 37 || len(read.Remarques) != 0 || len(read.Difference.Gagnes) != 37 {
		t.Fatalf("%d outlines, remarks %v", len(qq), read.Remarques)
	}
	c := a.Avec(territoire.Couches{Qpv: qq}).Le(jour.Of(2021, time.July, 1))
	first := qq[0].Contour[0][0]
	if d, _, ok := c.DistanceQpv(territoire.Point{Lon: first[0][0], Lat: first[0][1]}); !ok || d > 0.01 {
		t.Errorf("a corner of %s: got %v m, want 0", qq[0].Code, d)
	}
	// The Vieux-Port, and the square of Aix-en-Provence, 25 km to the north.
	if d, q, _ := c.DistanceQpv(territoire.Point{Lon: 5.3698, Lat: 43.2965}); d <= 0 || d > 1000 {
		t.Errorf("the Vieux-Port is at %v m of %s", d, q.Nom)
	}
	if d, q, _ := c.DistanceQpv(territoire.Point{Lon: 5.4474, Lat: 43.5297}); d < 14_000 || d > 25_000 {
		t.Errorf("Aix is at %v m of %s", d, q.Nom)
	}
}

// TestContours places the town halls and lieux of known communes.
func TestContours(t *testing.T) {
	a := atlas(t)
	e := importer.Entete{Source: territoire.Source{Titre: "Contours", Editeur: "IGN", Date: jour.Of(2022, time.January, 1)}}
	kk, read, err := first(contours)(importer.Lire(importer.Contours, fichier(t, "communes_contours_1000m.geojson.gz"), e, a))
	if err != nil {
		t.Fatal(err)
	}
	if len(kk) != 34_999 || !slices.ContainsFunc(read.Remarques, func(r importer.Remarque) bool {
		return strings.Contains(r.Texte, "39140") && strings.Contains(r.Texte, "laissé de côté")
	}) {
		t.Errorf("%d outlines, remarks %v; want 34999 and the flat 39140 aside", len(kk), read.Remarques)
	}
	c := a.Avec(territoire.Couches{Contours: kk}).Le(jour.Of(2021, time.July, 1))
	for _, test := range []struct {
		name string
		p    territoire.Point
		want territoire.Insee
	}{
		{"the Vieux-Port of Marseille", territoire.Point{Lon: 5.3760, Lat: 43.2965}, "13055"},
		{"the rotonde of Aix", territoire.Point{Lon: 5.4454, Lat: 43.5263}, "13001"},
		{"the village of Aureille", territoire.Point{Lon: 4.9467, Lat: 43.7036}, "13006"},
		{"Saint-Denis of La Réunion", territoire.Point{Lon: 55.4504, Lat: -20.8907}, "97411"},
	} {
		if k, ok := c.Situe(test.p); !ok || k.Insee != test.want {
			t.Errorf("%s: got %+v, want %s", test.name, k, test.want)
		}
	}
	if k, ok := c.Situe(territoire.Point{Lon: 5, Lat: 42}); ok {
		t.Errorf("a point at sea is in %s", k.Nom)
	}
}

// TestContoursPetits reads the other files of outlines.
func TestContoursPetits(t *testing.T) {
	e := importer.Entete{Source: territoire.Source{Titre: "Contours", Editeur: "IGN", Date: jour.Of(2018, time.January, 1)}}
	for name, want := range map[string]int{
		"communes_13_contours_2018.geojson": 119, "communes_marseille_ign_2023.geojson": 37, "marseille_arrondissements_1000m.geojson": 16,
	} {
		kk, read, err := first(contours)(importer.Lire(importer.Contours, fichier(t, name), e, atlas(t)))
		if err != nil || len(kk) != want || len(read.Difference.Inconnus) != 0 {
			t.Errorf("%s: %d outlines, unknown %v, %v; want %d", name, len(kk), read.Difference.Inconnus, err, want)
		}
	}
}
