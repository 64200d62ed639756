// Package territoire knows the communes, EPCI, départements and régions of
// France by year, the populations of each with their census, and the layers an
// import adds to them: official lists, zonings, outlines.
//
// An Atlas holds one Carte per year; both are read-only and safe for many
// readers. The package knows nothing of the schemes nor of files: it reads the
// compact text of the folder territoires, and receives layers as values.
package territoire

import (
	"slices"

	"guichet/internal/siren"
)

// An Insee is the code of a commune in the Code officiel géographique: five
// characters, such as 13055 or 2A004.
type Insee string

// Departement returns the code of the département or overseas collectivity
// that the code begins with: 13, 2A, 974.
func (i Insee) Departement() string {
	switch {
	case len(i) < 3:
		return ""
	case i[:2] == "97" || i[:2] == "98":
		return string(i[:3])
	}
	return string(i[:2])
}

// A Census dates a population: the year counted, and the year its figures came
// into force. Zero means that the source does not say.
type Census struct{ Recensement, EnVigueur int }

// NonPubliee is the value of a population that the source does not publish.
const NonPubliee int32 = -1

// A Population is what one census says of a territory. A kind that is not
// published is NonPubliee. Somme tells that the figures of an EPCI are the sum
// of those of its members, not a published total.
type Population struct {
	Municipale, Totale int32
	Census
	Somme bool
}

// A Commune is a present commune of its year. The fields are shared and must
// not be changed.
type Commune struct {
	Insee        Insee
	Siren        siren.Siren // empty for the overseas collectivities
	Nom          string
	Departement  string // or overseas collectivity: 975, 987…
	Region       string
	Epci         siren.Siren // empty when it belongs to none
	CodesPostaux []string
	AnciensCodes []Insee      // what it now stands for: absorbed communes, arrondissements
	Population   Population   // the census the year uses
	Populations  []Population // every census known, that one first

	liaison liaison
}

// Recensement returns the population counted in the year an, if known.
func (c *Commune) Recensement(an int) (Population, bool) { return recensement(c.Populations, an) }

// An Epci is an intercommunal body with its own tax. The fields are shared and
// must not be changed.
type Epci struct {
	Siren        siren.Siren
	Nom          string
	Nature       string   // CC, CA, CU, METRO or MET69
	Membres      []Insee  // by code
	Departements []string // of the members, the most populated first
	Population   Population
	Populations  []Population
}

// Recensement returns the population counted in the year an, if known.
func (e *Epci) Recensement(an int) (Population, bool) { return recensement(e.Populations, an) }

func recensement(pp []Population, an int) (Population, bool) {
	i := slices.IndexFunc(pp, func(p Population) bool { return p.Recensement == an })
	if i < 0 {
		return Population{Municipale: NonPubliee, Totale: NonPubliee}, false
	}
	return pp[i], true
}

// A Zone is the part of France a département belongs to.
type Zone string

// The zones: mainland and Corsica, overseas départements, collectivities.
const (
	Metropole Zone = "metro"
	Drom      Zone = "drom"
	Com       Zone = "com"
)

// A Departement is a département, or an overseas collectivity (Zone Com).
type Departement struct {
	Code, Nom string
	Region    string
	ChefLieu  Insee // empty when the source gives none
	Zone      Zone

	liaison liaison
}

// A Region is a région; an overseas collectivity counts as one.
type Region struct {
	Code, Nom string
	ChefLieu  Insee
	Zone      Zone

	liaison liaison
}

// A Millesime says which year a Carte describes and where it comes from.
type Millesime struct {
	Cog        int    // year of the Code officiel géographique
	Population Census // of the populations carried by default
	Source     string
	Licence    string
}
