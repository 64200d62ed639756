package territoire

import (
	"iter"
	"slices"

	"guichet/internal/siren"
)

// A Carte is France in one year: look-ups of territories, and the layers of
// its Atlas. It is read-only.
type Carte struct {
	geo     *geo
	couches *calque
}

// geo is what a generated file says of one year.
type geo struct {
	millesime Millesime

	communes     []Commune // by code
	epcis        []Epci    // by SIREN
	departements []Departement
	regions      []Region
	anciennes    []ancienne

	parInsee       map[Insee]int32 // present and former codes
	parSiren       map[siren.Siren]int32
	parEpci        map[siren.Siren]int32
	parDepartement map[string]*groupe
	index          *index
}

// groupe is what belongs to one département.
type groupe struct {
	communes []*Commune
	epcis    []*Epci
}

// An ancienne is a name or a code that now stands for another commune: a
// former commune, a municipal arrondissement.
type ancienne struct {
	code   Insee
	nom    string // may be empty
	nature string // deleguee, associee, arrondissement or ancienne
	chef   Insee
}

// Commune returns the commune of that code. A former code gives the commune
// that took it over, an arrondissement of Paris, Lyon or Marseille its city.
func (c *Carte) Commune(i Insee) (*Commune, bool) {
	n, ok := c.geo.parInsee[i]
	if !ok {
		return nil, false
	}
	return &c.geo.communes[n], true
}

// CommuneSiren returns the commune whose SIREN is s.
func (c *Carte) CommuneSiren(s siren.Siren) (*Commune, bool) {
	n, ok := c.geo.parSiren[s]
	if !ok {
		return nil, false
	}
	return &c.geo.communes[n], true
}

// Epci returns the EPCI whose SIREN is s.
func (c *Carte) Epci(s siren.Siren) (*Epci, bool) {
	n, ok := c.geo.parEpci[s]
	if !ok {
		return nil, false
	}
	return &c.geo.epcis[n], true
}

// Departement returns the département or overseas collectivity of that code.
func (c *Carte) Departement(code string) (*Departement, bool) {
	i, ok := slices.BinarySearchFunc(c.geo.departements, code, func(d Departement, code string) int {
		return compare(d.Code, code)
	})
	if !ok {
		return nil, false
	}
	return &c.geo.departements[i], true
}

// Region returns the région of that code.
func (c *Carte) Region(code string) (*Region, bool) {
	i, ok := slices.BinarySearchFunc(c.geo.regions, code, func(r Region, code string) int {
		return compare(r.Code, code)
	})
	if !ok {
		return nil, false
	}
	return &c.geo.regions[i], true
}

// Departements returns them all by code. The caller owns the slice.
func (c *Carte) Departements() []*Departement { return pointers(c.geo.departements) }

// Regions returns them all by code. The caller owns the slice.
func (c *Carte) Regions() []*Region { return pointers(c.geo.regions) }

// Communes returns the communes of a département by code. The caller owns the
// slice.
func (c *Carte) Communes(departement string) []*Commune {
	if g := c.geo.parDepartement[departement]; g != nil {
		return slices.Clone(g.communes)
	}
	return nil
}

// Epcis returns the EPCI that have a member in the département, by SIREN. The
// caller owns the slice.
func (c *Carte) Epcis(departement string) []*Epci {
	if g := c.geo.parDepartement[departement]; g != nil {
		return slices.Clone(g.epcis)
	}
	return nil
}

// CommunesAll yields every commune by code.
func (c *Carte) CommunesAll() iter.Seq[*Commune] { return each(c.geo.communes) }

// EpcisAll yields every EPCI by SIREN.
func (c *Carte) EpcisAll() iter.Seq[*Epci] { return each(c.geo.epcis) }

// Millesime returns the vintage of the Carte.
func (c *Carte) Millesime() Millesime { return c.geo.millesime }

func each[T any](xs []T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for i := range xs {
			if !yield(&xs[i]) {
				return
			}
		}
	}
}

func pointers[T any](xs []T) []*T { return slices.Collect(each(xs)) }
