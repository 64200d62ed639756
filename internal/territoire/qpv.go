package territoire

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// A Qpv is the outline of a priority neighbourhood.
type Qpv struct {
	Code, Nom string
	Communes  string           // as the source names them
	Contour   orb.MultiPolygon // longitude, latitude in degrees
	Source    Source
}

// A Contour is the outline of a commune.
type Contour struct {
	Insee   Insee
	Contour orb.MultiPolygon // longitude, latitude in degrees
}

// formes are the outlines of an Atlas made ready for questions.
type formes struct {
	qpv      []formeQpv // by code
	contours []formeContour
}

type formeQpv struct {
	forme
	de *Qpv
}

type formeContour struct {
	forme
	insee Insee
}

func newFormes(c Couches) *formes {
	f := &formes{}
	for _, q := range c.Qpv {
		if made, ok := projetee(q.Contour); ok {
			f.qpv = append(f.qpv, formeQpv{made, q})
		}
	}
	slices.SortStableFunc(f.qpv, func(a, b formeQpv) int { return cmp.Compare(a.de.Code, b.de.Code) })
	for _, k := range c.Contours {
		f.contours = append(f.contours, formeContour{forme{nil, k.Contour.Bound(), k.Contour}, k.Insee})
	}
	return f
}

// DistanceQpv returns the distance from p to the nearest priority
// neighbourhood, 0 inside, and that neighbourhood. The metres are those of the
// legal plane: Lambert-93 on the mainland, UTM overseas. ok is false when no
// outline is loaded in that plane: the distance is then unknown.
func (c *Carte) DistanceQpv(p Point) (metres float64, q *Qpv, ok bool) {
	pl := planDe(p)
	if pl == nil || pl.projette == nil {
		return 0, nil, false
	}
	at, qq := pl.projette(p), c.couches.formes.qpv
	best, nearest := math.Inf(1), -1
	for i := range qq { // the nearest bounds give a limit to the others
		if d := ecart(qq[i].bornes, at); qq[i].plan == pl && d < best {
			best, nearest = d, i
		}
	}
	if nearest < 0 {
		return 0, nil, false
	}
	best, q = qq[nearest].distance(at, math.Inf(1)), qq[nearest].de
	for i := range qq {
		if qq[i].plan != pl || i == nearest {
			continue
		}
		if d := qq[i].distance(at, best); d < best {
			best, q = d, qq[i].de
		}
	}
	return best, q, true
}

// Situe returns the commune whose outline holds p. ok is false when none does,
// or when no outline is loaded. An outline of an arrondissement or of a former
// commune gives the present commune.
func (c *Carte) Situe(p Point) (*Commune, bool) {
	for i := range c.couches.formes.contours {
		if f := &c.couches.formes.contours[i]; f.contient(orb.Point{p.Lon, p.Lat}) {
			return c.Commune(f.insee)
		}
	}
	return nil, false
}
