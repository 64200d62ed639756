package guichet

import (
	"guichet/internal/jour"
	"guichet/internal/territoire"
)

// A Trouvaille is a territory found, with what tells it from its homonyms.
type Trouvaille struct {
	territoire.Trouve
	DepartementNom string
	EpciNom        string
}

// Rechercher finds at most n territories by name or code.
func (g *Guichet) Rechercher(q string, le jour.Jour, n int) []Trouvaille {
	if le == 0 {
		le = g.Aujourdhui()
	}
	carte := g.carte(le)
	var out []Trouvaille
	for _, t := range carte.Cherche(q, n) {
		f := Trouvaille{Trouve: t}
		if d, ok := carte.Departement(t.Departement); ok {
			f.DepartementNom = d.Nom
		}
		if c, ok := carte.Commune(territoire.Insee(t.Code)); ok && t.Type == "commune" {
			if e, ok := carte.Epci(c.Epci); ok {
				f.EpciNom = e.Nom
			}
		}
		out = append(out, f)
	}
	return out
}

// Departements returns the départements and overseas collectivities of the
// day.
func (g *Guichet) Departements(le jour.Jour) []*territoire.Departement {
	if le == 0 {
		le = g.Aujourdhui()
	}
	return g.carte(le).Departements()
}
