package territoire

import (
	"math"

	"github.com/paulmach/orb"
)

// A forme is an outline made ready: in one plane, with its bounds.
type forme struct {
	plan   *plan // nil when the coordinates are degrees
	bornes orb.Bound
	mp     orb.MultiPolygon
}

// projetee returns the outline in the plane of its first point. ok is false
// when that plane is unknown.
func projetee(mp orb.MultiPolygon) (f forme, ok bool) {
	if len(mp) == 0 || len(mp[0]) == 0 || len(mp[0][0]) == 0 {
		return forme{}, false
	}
	first := mp[0][0][0]
	pl := planDe(Point{first[0], first[1]})
	if pl == nil || pl.projette == nil {
		return forme{}, false
	}
	out := make(orb.MultiPolygon, len(mp))
	for i, polygon := range mp {
		out[i] = make(orb.Polygon, len(polygon))
		for j, ring := range polygon {
			out[i][j] = make(orb.Ring, len(ring))
			for k, p := range ring {
				out[i][j][k] = pl.projette(Point{p[0], p[1]})
			}
		}
	}
	return forme{pl, out.Bound(), out}, true
}

// contient reports whether p is inside: in an odd number of the rings of one
// polygon, so that a hole is outside.
func (f *forme) contient(p orb.Point) bool {
	if !f.bornes.Contains(p) {
		return false
	}
	for _, polygon := range f.mp {
		inside := false
		for _, ring := range polygon {
			inside = inside != pair(ring, p)
		}
		if inside {
			return true
		}
	}
	return false
}

// pair reports whether a ray from p crosses the ring an odd number of times.
func pair(ring orb.Ring, p orb.Point) (odd bool) {
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			odd = !odd
		}
	}
	return odd
}

// distance returns how far p is from the outline, 0 inside; +Inf when it is
// not nearer than limit.
func (f *forme) distance(p orb.Point, limit float64) float64 {
	if ecart(f.bornes, p) >= limit {
		return math.Inf(1)
	}
	if f.contient(p) {
		return 0
	}
	best := math.Inf(1)
	for _, polygon := range f.mp {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				best = min(best, auSegment(p, ring[i-1], ring[i]))
			}
		}
	}
	return best
}

// ecart is the distance from p to the nearest point of the bounds.
func ecart(b orb.Bound, p orb.Point) float64 {
	dx := max(b.Min[0]-p[0], 0, p[0]-b.Max[0])
	dy := max(b.Min[1]-p[1], 0, p[1]-b.Max[1])
	return math.Hypot(dx, dy)
}

// auSegment is the distance from p to the segment from a to b.
func auSegment(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		t = min(max(((p[0]-a[0])*dx+(p[1]-a[1])*dy)/length, 0), 1)
	}
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}
