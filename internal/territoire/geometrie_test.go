package territoire

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// TestIsometrique follows the examples of IGN, NT/G 71, ALG0001.
func TestIsometrique(t *testing.T) {
	for _, test := range []struct{ phi, e, want float64 }{
		{0.872_664_626_00, 0.081_991_889_98, 1.005_526_536_49},
		{-0.300_000_000_00, 0.081_991_889_98, -0.302_616_900_60},
		{0.199_989_033_70, 0.081_991_889_98, 0.200_000_000_009},
	} {
		if got := (ellipsoide{1, test.e}).isometrique(test.phi); math.Abs(got-test.want) > 1e-10 {
			t.Errorf("isometric latitude of %v: got %.12f, want %.12f", test.phi, got, test.want)
		}
	}
}

// TestConique follows the example of IGN, NT/G 71, ALG0003.
func TestConique(t *testing.T) {
	k := conique{ellipsoide{6_378_249.2, 0.082_483_256_8}, 0.760_405_966, 11_603_796.9767, 600_000, 5_657_616.674, 0.040_792_344_33}
	got := k.projette(Point{0.145_512_099 / degre, 0.872_664_626 / degre})
	if want := (orb.Point{1_029_705.0818, 272_723.8510}); apart(got, want) > 0.001 {
		t.Errorf("got %.4f, want %.4f", got, want)
	}
}

// TestLambert93 derives the constants from the definition of Lambert-93:
// parallels 44° and 49°, origin 46°30' N and 3° E at (700 000, 6 600 000).
func TestLambert93(t *testing.T) {
	grandeNormale := func(phi float64) float64 {
		return grs80.a / math.Sqrt(1-math.Pow(grs80.e*math.Sin(phi), 2))
	}
	phi0, phi1, phi2 := 46.5*degre, 44*degre, 49*degre
	n := math.Log(grandeNormale(phi2)*math.Cos(phi2)/(grandeNormale(phi1)*math.Cos(phi1))) /
		(grs80.isometrique(phi1) - grs80.isometrique(phi2))
	c := grandeNormale(phi1) * math.Cos(phi1) / n * math.Exp(n*grs80.isometrique(phi1))
	ys := 6_600_000 + c*math.Exp(-n*grs80.isometrique(phi0))
	if math.Abs(n-lambert93.n) > 1e-12 || math.Abs(c-lambert93.c) > 1e-5 || math.Abs(ys-lambert93.ys) > 1e-5 {
		t.Errorf("n %.16f c %.6f ys %.6f; want %.16f %.6f %.6f", n, c, ys, lambert93.n, lambert93.c, lambert93.ys)
	}
	if got := lambert93.projette(Point{3, 46.5}); apart(got, orb.Point{700_000, 6_600_000}) > 0.0001 {
		t.Errorf("the origin is at %.4f", got)
	}
}

// TestLambert93Back returns to the degrees by IGN's ALG0004, to a millimetre.
func TestLambert93Back(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Point{rapid.Float64Range(-5, 10).Draw(t, "lon"), rapid.Float64Range(41, 51.5).Draw(t, "lat")}
		xy := lambert93.projette(p)
		dx, dy := xy[0]-lambert93.xs, lambert93.ys-xy[1]
		lon := lambert93.lambda0 + math.Atan(dx/dy)/lambert93.n
		iso := -math.Log(math.Hypot(dx, dy)/lambert93.c) / lambert93.n
		phi := 2*math.Atan(math.Exp(iso)) - math.Pi/2
		for range 20 {
			s := grs80.e * math.Sin(phi)
			phi = 2*math.Atan(math.Pow((1+s)/(1-s), grs80.e/2)*math.Exp(iso)) - math.Pi/2
		}
		if d := math.Hypot(lon/degre-p.Lon, phi/degre-p.Lat) * 111_000; d > 0.001 {
			t.Errorf("%v comes back %.6f m away", p, d)
		}
	})
}

// TestMercator follows the example of IOGP guidance note 373-7-2 (British
// National Grid), and the meridian of a UTM zone.
func TestMercator(t *testing.T) {
	f := 1 / 299.324_964_6
	m := mercator{ellipsoide{6_377_563.396, math.Sqrt(f * (2 - f))}, -2 * degre, 49 * degre, 0.999_601_271_7, 400_000, -100_000}
	if got, want := m.projette(Point{0.5, 50.5}), (orb.Point{577_274.99, 69_740.50}); apart(got, want) > 0.02 {
		t.Errorf("got %.3f, want %.3f", got, want)
	}
	if got := utm(40, sud).projette(Point{57, 0}); apart(got, orb.Point{500_000, sud}) > 0.0001 {
		t.Errorf("the origin of UTM 40 south is at %.4f", got)
	}
	// A quarter of the meridian of GRS 80 is 10 001 965.7293 m.
	if got := utm(20, 0).projette(Point{-63, 90}); math.Abs(got[1]-0.9996*10_001_965.7293) > 0.001 {
		t.Errorf("the pole is at %.4f", got)
	}
}

func TestPlan(t *testing.T) {
	for _, test := range []struct {
		name, want string
		p          Point
	}{
		{"Marseille", "Lambert-93", Point{5.37, 43.3}}, {"Ajaccio", "Lambert-93", Point{8.74, 41.93}},
		{"Pointe-à-Pitre", "UTM 20 nord", Point{-61.53, 16.24}}, {"Cayenne", "UTM 22 nord", Point{-52.33, 4.92}},
		{"Saint-Denis", "UTM 40 sud", Point{55.45, -20.88}}, {"Mamoudzou", "UTM 38 sud", Point{45.23, -12.78}},
		{"Nouméa", "", Point{166.45, -22.27}}, {"Londres", "", Point{-0.12, 52}},
	} {
		if got, ok := Plan(test.p); got != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func apart(a, b orb.Point) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }

func carre(x, y, side float64) orb.Ring {
	return orb.Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
}

func TestDistance(t *testing.T) {
	f := forme{mp: orb.MultiPolygon{
		{carre(0, 0, 100), carre(40, 40, 20)}, // a square with a hole
		{carre(200, 0, 50)},
	}}
	f.bornes = f.mp.Bound()
	for _, test := range []struct {
		name string
		p    orb.Point
		want float64
	}{
		{"inside", orb.Point{10, 10}, 0},
		{"inside the second polygon", orb.Point{225, 25}, 0},
		{"on the edge", orb.Point{0, 50}, 0},
		{"in the hole, to its nearest edge", orb.Point{45, 50}, 5},
		{"in the middle of the hole", orb.Point{50, 50}, 10},
		{"beside an edge", orb.Point{-3, 50}, 3},
		{"off a corner", orb.Point{-3, -4}, 5},
		{"between two polygons, nearer the second", orb.Point{190, 25}, 10},
	} {
		if got := f.distance(test.p, math.Inf(1)); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	if got := f.distance(orb.Point{-50, 50}, 20); !math.IsInf(got, 1) {
		t.Errorf("a far outline within a limit: got %v, want none", got)
	}
}

func TestVerifie(t *testing.T) {
	at := func(rings ...orb.Ring) orb.MultiPolygon { return orb.MultiPolygon{rings} }
	good := carre(5.3, 43.3, 0.01)
	for _, test := range []struct {
		name, want string
		mp         orb.MultiPolygon
		fatal      bool
	}{
		{"no polygon", "vide", nil, true},
		{"a polygon without ring", "aucun anneau", orb.MultiPolygon{{}}, true},
		{"three points", "3 points", at(orb.Ring{{5, 43}, {5.1, 43}, {5, 43}}), true},
		{"an open ring", "pas fermé", at(good[:4]), true},
		{"latitude before longitude", "longitude puis la latitude", at(carre(43.3, 5.3, 0.01)), true},
		{"a ring that leaves its plane", "hors de France", at(orb.Ring{{5, 43}, {55.5, -21}, {5, 44}, {5, 43}}), true},
		{"a flat ring", "alignés", at(orb.Ring{{5, 43}, {5.1, 43}, {5.2, 43}, {5, 43}}), true},
		{"a bow tie", "se croise", at(orb.Ring{{5, 43}, {5.1, 43.1}, {5.1, 43}, {5, 43.1}, {5, 43}}), false},
		{"not a number", "hors de France", at(orb.Ring{{5, 43}, {math.NaN(), 43.1}, {5.1, 43}, {5, 43}}), true},
	} {
		dd := Verifie(test.mp)
		if len(dd) == 0 || !strings.Contains(dd[0].Raison, test.want) || dd[0].Fatal != test.fatal {
			t.Errorf("%s: got %+v, want %q, fatal %v", test.name, dd, test.want, test.fatal)
		}
	}
	if dd := Verifie(at(good, carre(5.302, 43.302, 0.002))); len(dd) > 0 {
		t.Errorf("a sound polygon with a hole: %v", dd)
	}
	if dd := Verifie(at(orb.Ring{{5, 43}, {5.1, 43}, {5.1, 43}, {5.1, 43.1}, {5, 43}})); len(dd) > 0 {
		t.Errorf("a point repeated at once: %v", dd)
	}
}

// TestDistanceQpv asks about outlines on the mainland and overseas.
func TestDistanceQpv(t *testing.T) {
	a := &Atlas{cartes: []*Carte{{geo: &geo{}, couches: &calque{formes: &formes{}}}}, formes: &formes{}}
	if _, _, ok := a.cartes[0].DistanceQpv(Point{5.305, 43.305}); ok {
		t.Error("a distance without outline")
	}
	c := a.Avec(Couches{Qpv: []*Qpv{
		{Code: "B", Contour: orb.MultiPolygon{{carre(5.3, 43.3, 0.01)}}},
		{Code: "A", Contour: orb.MultiPolygon{{carre(5.4, 43.3, 0.01)}}},
	}}).cartes[0]
	if d, q, ok := c.DistanceQpv(Point{5.305, 43.305}); !ok || d != 0 || q.Code != "B" {
		t.Errorf("inside B: got %v %v %v", d, q, ok)
	}
	// 0.001° of latitude is 111.1 m; the plane adds up to 1 m per km.
	if d, q, ok := c.DistanceQpv(Point{5.405, 43.299}); !ok || math.Abs(d-111.1) > 0.3 || q.Code != "A" {
		t.Errorf("south of A: got %v %v %v", d, q, ok)
	}
	if _, _, ok := c.DistanceQpv(Point{55.5, -21}); ok {
		t.Error("a distance from La Réunion to outlines of the mainland")
	}
	if _, _, ok := c.DistanceQpv(Point{math.NaN(), 43}); ok {
		t.Error("a distance from nowhere")
	}
}

func BenchmarkDistanceQpv(b *testing.B) {
	var qq []*Qpv
	for i := range 1500 {
		ring := orb.Ring{}
		for k := range 100 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 99)
			ring = append(ring, orb.Point{float64(i%50)*0.1 + 0.003*cos, 43 + float64(i/50)*0.1 + 0.003*sin})
		}
		ring[99] = ring[0]
		qq = append(qq, &Qpv{Contour: orb.MultiPolygon{{ring}}})
	}
	a := (&Atlas{cartes: []*Carte{{geo: &geo{}}}}).Avec(Couches{Qpv: qq})
	for b.Loop() {
		a.cartes[0].DistanceQpv(Point{2.35, 44.55})
	}
}
