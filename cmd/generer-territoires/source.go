package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// A source is what one npm package holds.
type source struct {
	communes     []commune
	epcis        []epci
	departements []division
	regions      []division

	actuelles map[string]*commune // present communes by code
	membres   map[string]*membre  // members of an EPCI by code
	anciens   map[string][]string // former codes of a present commune
}

// actuelle is the type of a commune that exists in the year of the package.
const actuelle = "commune-actuelle"

type commune struct {
	Type         string
	Code, Nom    string
	TypeLiaison  *int // INSEE's code of the article of the name
	Siren        string
	CodesPostaux []string
	AnciensCodes []string
	ChefLieu     string // of a commune-deleguee or commune-associee
	Commune      string // of an arrondissement-municipal
	Population   *int
}

// chef returns the commune that a former one or an arrondissement is part of.
func (c *commune) chef() string { return cmp.Or(c.ChefLieu, c.Commune) }

type division struct {
	Code, Nom, Region, ChefLieu, Zone string
	TypeLiaison                       *int
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

// readSource reads the JSON files of a package and checks that they agree.
func readSource(folder string) (*source, error) {
	s := &source{actuelles: make(map[string]*commune), membres: make(map[string]*membre), anciens: make(map[string][]string)}
	for name, into := range map[string]any{
		"communes": &s.communes, "epci": &s.epcis, "departements": &s.departements, "regions": &s.regions,
	} {
		file := filepath.Join(folder, "data", name+".json")
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("%w: run npm ci --ignore-scripts first", err)
		}
		if err := json.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	for i := range s.communes {
		if c := &s.communes[i]; c.Type == actuelle {
			slices.Sort(c.CodesPostaux)
			s.actuelles[c.Code] = c
		}
	}
	if err := s.checkMembres(); err != nil {
		return nil, err
	}
	return s, s.checkCodes()
}

// checkMembres fills membres: each is a present commune, of one EPCI only, and
// the figures of an EPCI are the sums of theirs.
func (s *source) checkMembres() error {
	for _, e := range s.epcis {
		municipale, totale := 0, 0
		for i := range e.Membres {
			m := &e.Membres[i]
			if s.actuelles[m.Code] == nil || s.membres[m.Code] != nil {
				return fmt.Errorf("EPCI %s: member %s is unknown or is a member twice", e.Code, m.Code)
			}
			s.membres[m.Code] = m
			municipale += m.PopulationMunicipale
			totale += m.PopulationTotale
		}
		if municipale != e.PopulationMunicipale || totale != e.PopulationTotale {
			return fmt.Errorf("EPCI %s: populations %d and %d are not the sums %d and %d of its members",
				e.Code, e.PopulationMunicipale, e.PopulationTotale, municipale, totale)
		}
	}
	return nil
}

// checkCodes fills anciens: a former code leads to one commune only. The
// chef-lieu of today's commune déléguée or associée prevails over an older
// merger: Lamarche-en-Woëvre (55273) left Heudicourt for Nonsard.
func (s *source) checkCodes() error {
	leads := make(map[string]string)
	for _, c := range s.communes {
		chef := c.chef()
		if c.Type == actuelle || c.Code == chef {
			continue
		}
		if s.actuelles[chef] == nil || s.actuelles[c.Code] != nil || cmp.Or(leads[c.Code], chef) != chef {
			return fmt.Errorf("%s %s (%s) leads to %q and to %q", c.Type, c.Code, c.Nom, leads[c.Code], chef)
		}
		leads[c.Code] = chef
	}
	for _, code := range slices.Sorted(maps.Keys(s.actuelles)) {
		for _, old := range s.actuelles[code].AnciensCodes {
			if s.actuelles[old] != nil {
				return fmt.Errorf("former code %s of %s is a present commune", old, code)
			}
			leads[old] = cmp.Or(leads[old], code)
		}
	}
	for _, old := range slices.Sorted(maps.Keys(leads)) {
		s.anciens[leads[old]] = append(s.anciens[leads[old]], old)
	}
	return nil
}
