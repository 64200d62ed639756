package territoire

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// A Defaut is why an outline cannot be used, in French.
type Defaut struct {
	Anneau int    // rank of the ring, from 1
	Raison string // complete clause: « l’anneau n’est pas fermé… »
	Fatal  bool   // false for what a reading may tolerate: a ring that crosses itself
}

// maxCroisements bounds the comparisons made on one ring.
const maxCroisements = 20_000_000

// Verifie returns what is wrong with an outline in degrees; nothing for a
// sound one.
func Verifie(mp orb.MultiPolygon) []Defaut {
	var dd []Defaut
	if len(mp) == 0 {
		return []Defaut{{0, "le contour est vide", true}}
	}
	n := 0
	for _, polygon := range mp {
		if len(polygon) == 0 {
			dd = append(dd, Defaut{n, "un des polygones n’a aucun anneau", true})
		}
		for _, ring := range polygon {
			n++
			if reason := structure(ring); reason != "" {
				dd = append(dd, Defaut{n, reason, true})
			} else if reason := croisement(ring); reason != "" {
				dd = append(dd, Defaut{n, reason, false})
			}
		}
	}
	return dd
}

// structure returns why a ring is not one: too few points, open, out of France.
func structure(ring orb.Ring) string {
	if len(ring) < 4 {
		return fmt.Sprintf("l’anneau a %d points, il en faut au moins 4 (le dernier répète le premier)", len(ring))
	}
	pl := planDe(Point{ring[0][0], ring[0][1]})
	for i, p := range ring {
		if pl == nil || !pl.bornes.Contains(p) || math.IsNaN(p[0]+p[1]) {
			return fmt.Sprintf("le point %d (%g, %g) est hors de France : les coordonnées attendues sont la longitude puis la latitude, en degrés (WGS 84)", i+1, p[0], p[1])
		}
	}
	if first, last := ring[0], ring[len(ring)-1]; first != last {
		return fmt.Sprintf("l’anneau n’est pas fermé : il commence en (%g, %g) et finit en (%g, %g)", first[0], first[1], last[0], last[1])
	}
	if ring.Bound().Left() == ring.Bound().Right() || ring.Bound().Bottom() == ring.Bound().Top() {
		return "l’anneau n’a aucune surface : tous ses points sont alignés"
	}
	return ""
}

// croisement returns why a closed ring crosses itself. It sweeps the segments
// from west to east.
func croisement(ring orb.Ring) string {
	type segment struct{ a, b orb.Point }
	var ss []segment
	for i := 1; i < len(ring); i++ {
		if ring[i-1] != ring[i] {
			ss = append(ss, segment{ring[i-1], ring[i]})
		}
	}
	west := func(s segment) float64 { return min(s.a[0], s.b[0]) }
	slices.SortFunc(ss, func(s, t segment) int { return cmp.Compare(west(s), west(t)) })
	compared := 0
	for i, s := range ss {
		east := max(s.a[0], s.b[0])
		for _, t := range ss[i+1:] {
			if west(t) > east {
				break
			}
			if compared++; compared > maxCroisements {
				return "l’anneau est trop détaillé pour être vérifié : simplifiez-le"
			}
			if coupe(s.a, s.b, t.a, t.b) {
				return fmt.Sprintf("l’anneau se croise près de (%.6f, %.6f)", (t.a[0]+t.b[0])/2, (t.a[1]+t.b[1])/2)
			}
		}
	}
	return ""
}

// coupe reports whether two segments cross at a point inside both. Touching is
// not crossing.
func coupe(a, b, c, d orb.Point) bool {
	if max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	return cote(a, b, c)*cote(a, b, d) < 0 && cote(c, d, a)*cote(c, d, b) < 0
}

// cote tells on which side of the line from a to b the point p is: -1, 0 or 1.
func cote(a, b, p orb.Point) float64 {
	v := (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
	if v == 0 {
		return 0
	}
	return math.Copysign(1, v)
}
