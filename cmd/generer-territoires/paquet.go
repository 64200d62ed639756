package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// A paquet is the content of one npm package, as its JSON files give it.
type paquet struct {
	communes     []commune
	epcis        []epci
	departements []zone
	regions      []zone
}

type commune struct {
	Code, Nom, Type string
	Siren           string
	Departement     string
	CollectiviteOM  struct{ Code, Nom string } `json:"collectiviteOutremer"`
	ChefLieu        string                     // of a former commune
	Commune         string                     // of a municipal arrondissement
	AnciensCodes    []string
	CodesPostaux    []string
	Population      *int
	TypeLiaison     *int // INSEE's code of the article of the name
}

type epci struct {
	Code, Nom, Type      string
	PopulationMunicipale int
	PopulationTotale     int
	Membres              []membre
}

type membre struct {
	Code, Siren          string
	PopulationMunicipale int
	PopulationTotale     int
}

type zone struct {
	Code, Nom, Region, ChefLieu, Zone string
	TypeLiaison                       *int
}

// read loads the package in dir.
func read(dir string) (*paquet, error) {
	p := &paquet{}
	for name, into := range map[string]any{
		"communes": &p.communes, "epci": &p.epcis, "departements": &p.departements, "regions": &p.regions,
	} {
		file := filepath.Join(dir, "data", name+".json")
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("%w: run npm ci --ignore-scripts first", err)
		}
		if err := json.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return p, nil
}

// borrow completes an old package with what only the recent one says and has
// not changed: the overseas collectivities and the zones of départements.
func (p *paquet) borrow(recent *paquet) {
	p.departements = withZones(p.departements, recent.departements)
	p.regions = withZones(p.regions, recent.regions)
	sirens := make(map[string]string)
	for _, c := range recent.communes {
		if c.Type == actuelle {
			sirens[c.Code] = c.Siren
		}
	}
	for _, e := range p.epcis {
		for _, m := range e.Membres {
			sirens[m.Code] = m.Siren
		}
	}
	for i := range p.communes {
		c := &p.communes[i]
		if c.Type == actuelle {
			c.Siren = sirens[c.Code]
		}
		if c.Departement == "" {
			c.Departement = c.CollectiviteOM.Code
		}
	}
}

func withZones(old, recent []zone) []zone {
	zones := make(map[string]zone)
	for _, z := range recent {
		zones[z.Code] = z
	}
	var out []zone
	for _, z := range old {
		z.Zone = zones[z.Code].Zone
		out = append(out, z)
		delete(zones, z.Code)
	}
	for _, z := range recent {
		if _, left := zones[z.Code]; left && z.Zone == "com" {
			out = append(out, z)
		}
	}
	return out
}
