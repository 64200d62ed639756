package territoire

import "github.com/paulmach/orb"

// A Point is a place on the earth in degrees (WGS 84).
type Point struct{ Lon, Lat float64 }

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

// DistanceQpv returns the distance from p to the nearest priority
// neighbourhood, in metres of the plane, 0 inside, and that neighbourhood. ok
// is false when no outline is loaded for that part of France.
func (c *Carte) DistanceQpv(p Point) (metres float64, q *Qpv, ok bool) { return 0, nil, false }

// Situe returns the commune whose outline holds p. ok is false when none does,
// or when no outline is loaded.
func (c *Carte) Situe(p Point) (*Commune, bool) { return nil, false }
