package main

import (
	"cmp"
	"slices"

	"guichet/internal/territoire"
)

// zone returns the part of France a département belongs to.
func zone(departement string) territoire.Zone {
	switch {
	case len(departement) < 3:
		return territoire.Metropole
	case slices.Contains([]string{"971", "972", "973", "974", "976"}, departement):
		return territoire.Drom
	}
	return territoire.Com
}

// divisions returns the régions and départements of s by code. An overseas
// collectivity counts as both, in every edition: the package of 2021 lacks
// them, the newest has them.
func (s *source) divisions(newest *source) (regions, departements []division) {
	zones := make(map[string]territoire.Zone)
	for _, d := range collectivites(newest.departements, s.departements) {
		d.Zone = string(zone(d.Code))
		zones[d.Region] = zone(d.Code)
		if territoire.Insee(d.ChefLieu).Departement() != d.Code {
			d.ChefLieu = "" // the package gives a commune of another territory
		}
		departements = append(departements, d)
	}
	for _, r := range collectivites(newest.regions, s.regions) {
		r.Zone = string(zones[r.Code])
		if i := slices.IndexFunc(departements, func(d division) bool { return d.Code == r.Code }); zones[r.Code] == territoire.Com {
			r.ChefLieu = departements[i].ChefLieu
		}
		regions = append(regions, r)
	}
	return regions, departements
}

// collectivites returns own and the overseas collectivities of newest, sorted.
func collectivites(newest, own []division) []division {
	all := slices.Clone(own)
	for _, d := range newest {
		absent := !slices.ContainsFunc(own, func(o division) bool { return o.Code == d.Code })
		if absent && territoire.Zone(d.Zone) == territoire.Com {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b division) int { return cmp.Compare(a.Code, b.Code) })
	return all
}
