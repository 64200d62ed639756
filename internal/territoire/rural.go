package territoire

import "guichet/internal/siren"

// rurale is the first rural level of the density grid: 3, sparse.
const rurale = 3

// A PartRurale is an exact share: inhabitants of the rural communes (density 3
// and 4) over all inhabitants of the EPCI, by population municipale of the
// census the Carte carries by default.
type PartRurale struct {
	Rurale, Totale int64
	Millesime      int // of the density grid
}

// Majoritaire reports whether rural communes hold more than half of the
// inhabitants.
func (p PartRurale) Majoritaire() bool { return 2*p.Rurale > p.Totale }

// PartRurale returns the rural share of an EPCI. It is unknown when the EPCI
// is, when no density grid is loaded, or when one member has no level or no
// population.
func (c *Carte) PartRurale(s siren.Siren) (PartRurale, bool) {
	e, ok := c.Epci(s)
	if !ok {
		return PartRurale{}, false
	}
	return c.PartRuraleDe(e.Membres)
}

// PartRuraleDe is PartRurale for any set of communes.
func (c *Carte) PartRuraleDe(membres []Insee) (PartRurale, bool) {
	grille, ok := c.Zonage(Densite)
	if !ok || len(membres) == 0 {
		return PartRurale{}, false
	}
	p := PartRurale{Millesime: grille.Millesime}
	for _, i := range membres {
		commune, ok := c.Commune(i)
		if !ok || commune.Population.Municipale < 0 {
			return PartRurale{}, false
		}
		niveau, ok := grille.Communes[commune.Insee]
		if !ok {
			return PartRurale{}, false
		}
		p.Totale += int64(commune.Population.Municipale)
		if niveau >= rurale {
			p.Rurale += int64(commune.Population.Municipale)
		}
	}
	return p, p.Totale > 0
}
