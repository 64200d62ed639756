package territoire

import (
	"math"

	"github.com/paulmach/orb"
)

// A Point is a place on the earth in degrees (RGF93, the same as WGS 84 to
// less than a metre).
type Point struct{ Lon, Lat float64 }

// A plan is the legal plane of a part of France, in metres. Distances between
// neighbouring points of the plane are those on the ground to about 1 in 1 000.
type plan struct {
	nom      string
	bornes   orb.Bound // in degrees
	projette func(Point) orb.Point
}

// plans are the planes of the decree of 3 March 2006, each where it is legal.
// A part of France without a projection may have outlines but no distance.
var plans = []*plan{
	{"Lambert-93", box(-6, 41, 10.5, 51.6), lambert93.projette},
	// The Antilles, Guyane, La Réunion, Mayotte, Saint-Pierre-et-Miquelon.
	{"UTM 20 nord", box(-63.5, 14, -60.5, 18.5), utm(20, 0).projette},
	{"UTM 22 nord", box(-55, 2, -51, 6.5), utm(22, 0).projette},
	{"UTM 40 sud", box(55, -21.6, 56, -20.7), utm(40, sud).projette},
	{"UTM 38 sud", box(44.9, -13.2, 45.4, -12.5), utm(38, sud).projette},
	{"UTM 21 nord", box(-56.7, 46.6, -55.9, 47.3), utm(21, 0).projette},
	// Outlines without distances.
	{"Polynésie française", box(-155.5, -28.5, -134, -7.5), nil},
	{"Nouvelle-Calédonie", box(158, -23.5, 172.5, -17.5), nil},
	{"Wallis-et-Futuna", box(-178.6, -14.6, -175.9, -12.9), nil},
}

func box(west, south, east, north float64) orb.Bound {
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}
}

// planDe returns the plane of the place, or nil outside France.
func planDe(p Point) *plan {
	for _, pl := range plans {
		if pl.bornes.Contains(orb.Point{p.Lon, p.Lat}) {
			return pl
		}
	}
	return nil
}

// Plan names the legal plane in which distances from p are measured. ok is
// false where there is none.
func Plan(p Point) (nom string, ok bool) {
	if pl := planDe(p); pl != nil && pl.projette != nil {
		return pl.nom, true
	}
	return "", false
}

const degre = math.Pi / 180

// An ellipsoide has a half major axis, in metres, and an eccentricity.
type ellipsoide struct{ a, e float64 }

// grs80 is the ellipsoid of every legal system of France.
var grs80 = ellipsoide{6_378_137, 0.081_819_191_042_815_79}

// isometrique is the isometric latitude of phi, in radians (IGN, NT/G 71,
// ALG0001).
func (el ellipsoide) isometrique(phi float64) float64 {
	s := el.e * math.Sin(phi)
	return math.Log(math.Tan(math.Pi/4+phi/2) * math.Pow((1-s)/(1+s), el.e/2))
}

// A conique is a Lambert projection with its constants (IGN, NT/G 71,
// ALG0003).
type conique struct {
	ellipsoide
	n, c, xs, ys float64
	lambda0      float64 // radians
}

// lambert93 has the constants that IGN publishes for Lambert-93.
var lambert93 = conique{
	ellipsoide: grs80,
	n:          0.725_607_765_053_267, c: 11_754_255.426_096,
	xs: 700_000, ys: 12_655_612.049_876,
	lambda0: 3 * degre,
}

func (k conique) projette(p Point) orb.Point {
	r := k.c * math.Exp(-k.n*k.isometrique(p.Lat*degre))
	sin, cos := math.Sincos(k.n * (p.Lon*degre - k.lambda0))
	return orb.Point{k.xs + r*sin, k.ys - r*cos}
}

// A mercator is a transverse Mercator projection.
type mercator struct {
	ellipsoide
	lambda0, phi0 float64 // radians
	k0, x0, y0    float64
}

// sud is the false northing of the UTM zones south of the equator.
const sud = 10_000_000

func utm(zone int, y0 float64) mercator {
	return mercator{grs80, float64(6*zone-183) * degre, 0, 0.9996, 500_000, y0}
}

// projette follows Krüger's series to the fourth order: exact to a tenth of a
// millimetre within a zone.
func (m mercator) projette(p Point) orb.Point {
	n := m.troisieme()
	alpha := [...]float64{
		n/2 - 2*n*n/3 + 5*n*n*n/16 + 41*n*n*n*n/180,
		13*n*n/48 - 3*n*n*n/5 + 557*n*n*n*n/1440,
		61*n*n*n/240 - 103*n*n*n*n/140,
		49561 * n * n * n * n / 161280,
	}
	t := math.Sinh(m.isometrique(p.Lat * degre))
	sin, cos := math.Sincos(p.Lon*degre - m.lambda0)
	xi, eta := math.Atan2(t, cos), math.Asinh(sin/math.Hypot(t, cos))
	x, y := eta, xi
	for j, a := range alpha {
		k := 2 * float64(j+1)
		x += a * math.Cos(k*xi) * math.Sinh(k*eta)
		y += a * math.Sin(k*xi) * math.Cosh(k*eta)
	}
	radius := m.a / (1 + n) * (1 + n*n/4 + n*n*n*n/64)
	return orb.Point{m.x0 + m.k0*radius*x, m.y0 + m.k0*radius*y - m.origine()}
}

// origine is the northing of the latitude of origin, 0 for the equator.
func (m mercator) origine() float64 {
	if m.phi0 == 0 {
		return 0
	}
	at := m
	at.phi0, at.y0 = 0, 0
	return at.projette(Point{m.lambda0 / degre, m.phi0 / degre})[1]
}

// troisieme is the third flattening of the ellipsoid.
func (el ellipsoide) troisieme() float64 {
	b := math.Sqrt(1 - el.e*el.e) // over the half major axis
	return (1 - b) / (1 + b)
}
