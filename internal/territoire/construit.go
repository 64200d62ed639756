package territoire

import (
	"cmp"
	"fmt"
	"slices"

	"guichet/internal/siren"
)

func compare(a, b string) int { return cmp.Compare(a, b) }

// build makes the look-ups and checks that every reference leads somewhere.
func (g *geo) build() error {
	if !slices.IsSortedFunc(g.communes, func(a, b Commune) int { return cmp.Compare(a.Insee, b.Insee) }) ||
		!slices.IsSortedFunc(g.epcis, func(a, b Epci) int { return cmp.Compare(a.Siren, b.Siren) }) ||
		!slices.IsSortedFunc(g.departements, func(a, b Departement) int { return cmp.Compare(a.Code, b.Code) }) ||
		!slices.IsSortedFunc(g.regions, func(a, b Region) int { return cmp.Compare(a.Code, b.Code) }) {
		return fmt.Errorf("the lines are not sorted by code")
	}
	for _, step := range []func() error{g.buildCommunes, g.buildAnciennes, g.buildEpcis} {
		if err := step(); err != nil {
			return err
		}
	}
	g.index = newIndex(g)
	return nil
}

func (g *geo) buildCommunes() error {
	g.parInsee = make(map[Insee]int32, len(g.communes)+2*len(g.anciennes))
	g.parSiren = make(map[siren.Siren]int32, len(g.communes))
	g.parDepartement = make(map[string]*groupe, len(g.departements))
	regions := make(map[string]string, len(g.departements))
	for _, d := range g.departements {
		g.parDepartement[d.Code] = &groupe{}
		regions[d.Code] = d.Region
	}
	for i := range g.communes {
		c := &g.communes[i]
		d := g.parDepartement[c.Departement]
		if d == nil {
			return fmt.Errorf("commune %s: département %q is unknown", c.Insee, c.Departement)
		}
		d.communes = append(d.communes, c)
		c.Region = regions[c.Departement]
		g.parInsee[c.Insee] = int32(i)
		if c.Siren != "" {
			g.parSiren[c.Siren] = int32(i)
		}
	}
	return nil
}

// buildAnciennes adds the codes that now stand for another commune.
func (g *geo) buildAnciennes() error {
	for i := range g.communes {
		for _, code := range g.communes[i].AnciensCodes {
			g.parInsee[code] = int32(i)
		}
	}
	for _, a := range g.anciennes {
		chef, ok := g.parInsee[a.chef]
		if !ok {
			return fmt.Errorf("former commune %s: commune %s is unknown", a.code, a.chef)
		}
		if a.code != a.chef {
			g.parInsee[a.code] = chef
		}
	}
	return nil
}

func (g *geo) buildEpcis() error {
	g.parEpci = make(map[siren.Siren]int32, len(g.epcis))
	for i := range g.epcis {
		e := &g.epcis[i]
		g.parEpci[e.Siren] = int32(i)
		inhabitants := make(map[string]int64)
		for _, m := range e.Membres {
			n, ok := g.parInsee[m]
			if !ok || g.communes[n].Insee != m {
				return fmt.Errorf("EPCI %s: member %s is unknown", e.Siren, m)
			}
			c := &g.communes[n]
			c.Epci = e.Siren
			inhabitants[c.Departement] += int64(c.Population.Municipale) + 1
		}
		for d := range inhabitants {
			e.Departements = append(e.Departements, d)
			g.parDepartement[d].epcis = append(g.parDepartement[d].epcis, e)
		}
		slices.SortFunc(e.Departements, func(a, b string) int {
			return cmp.Or(cmp.Compare(inhabitants[b], inhabitants[a]), cmp.Compare(a, b))
		})
	}
	return nil
}
