package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// An edition is one year of the Code officiel géographique and the package it
// comes from.
type edition struct {
	cog      int
	folder   string // under node_modules
	paquet   string // name and version
	membres  territoire.Census
	communes territoire.Census // of communes.json
	defaut   territoire.Census // the one that the year uses
}

// editions are all the years generated, the oldest first. LISEZMOI.md of the
// folder territoires says how the census of each file was established.
var editions = []edition{
	{
		cog: 2021, folder: "decoupage-2021", paquet: "@etalab/decoupage-administratif 1.1.1",
		membres:  territoire.Census{Recensement: 2018, EnVigueur: 2021},
		communes: territoire.Census{Recensement: 2019, EnVigueur: 2022},
		defaut:   territoire.Census{Recensement: 2018, EnVigueur: 2021},
	},
	{
		cog: 2026, folder: "@etalab/decoupage-administratif", paquet: "@etalab/decoupage-administratif 6.0.0",
		membres:  territoire.Census{Recensement: 2022, EnVigueur: 2025},
		communes: territoire.Census{Recensement: 2023, EnVigueur: 2026},
		defaut:   territoire.Census{Recensement: 2023, EnVigueur: 2026},
	},
}

// licence is the one of both packages.
const licence = "Licence Ouverte 2.0"

// mayotte is the only census of Mayotte that both packages carry.
var mayotte = territoire.Census{Recensement: 2017, EnVigueur: 2018}

// iles2018 are the four communes of the mainland that belong to no EPCI: the
// package gives them no population of the census of 2018. Source: INSEE,
// grille communale de densité, géographie au 1er janvier 2021.
var iles2018 = map[string]int{"22016": 356, "29083": 255, "29155": 834, "85113": 4829}

// noms are the names that a package spells wrongly.
var noms = map[string]string{"CC Terre d?Emeraude Communauté": "CC Terre d'Emeraude Communauté"}

func (e edition) file() string { return strconv.Itoa(e.cog) + ".tsv.gz" }

func (e edition) source() string {
	return fmt.Sprintf("Code officiel géographique %d (INSEE), composition des EPCI (DGCL), codes postaux (La Poste), par le paquet %s", e.cog, e.paquet)
}

// series are the censuses of the edition, the default one first; then Mayotte,
// and the overseas collectivities, whose census the package does not say.
func (e edition) series() []territoire.Census {
	other := e.communes
	if e.defaut == e.communes {
		other = e.membres
	}
	return []territoire.Census{e.defaut, other, mayotte, {}}
}

// text writes the edition in the format of package territoire. The newest
// source completes the SIREN and the overseas collectivities.
func (e edition) text(s, newest *source) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintln(&b, territoire.Version)
	row(&b, "M", strconv.Itoa(e.cog), e.source(), licence)
	for _, c := range e.series() {
		row(&b, "P", strconv.Itoa(c.Recensement), strconv.Itoa(c.EnVigueur))
	}
	regions, departements := s.divisions(newest)
	for _, r := range regions {
		row(&b, "R", r.Code, r.Nom, r.ChefLieu, r.Zone, liaison(r.TypeLiaison))
	}
	for _, d := range departements {
		row(&b, "D", d.Code, d.Nom, d.Region, d.ChefLieu, d.Zone, liaison(d.TypeLiaison))
	}
	if err := e.writeEpcis(&b, s); err != nil {
		return nil, err
	}
	if err := e.writeCommunes(&b, s, newest); err != nil {
		return nil, err
	}
	writeAnciennes(&b, s)
	return b.Bytes(), nil
}

func row(b *bytes.Buffer, cells ...string) {
	b.WriteString(strings.Join(cells, "\t"))
	b.WriteByte('\n')
}

// liaison writes the code of the article, nothing when the source has none.
func liaison(code *int) string {
	if code == nil {
		return ""
	}
	return strconv.Itoa(*code)
}

func (e edition) writeEpcis(b *bytes.Buffer, s *source) error {
	for _, x := range sorted(s.epcis, func(x epci) string { return x.Code }) {
		nom := cmp.Or(noms[x.Nom], x.Nom)
		if strings.ContainsAny(nom, "?\t\n") {
			return fmt.Errorf("EPCI %s: the name %q needs a correction", x.Code, nom)
		}
		if _, err := siren.Parse(x.Code); err != nil {
			return fmt.Errorf("EPCI %s: %w", x.Code, err)
		}
		codes, sum := make([]string, len(x.Membres)), 0
		for i, m := range x.Membres {
			codes[i] = m.Code
			sum += *s.actuelles[m.Code].Population
		}
		slices.Sort(codes)
		published := pair(x.PopulationMunicipale, x.PopulationTotale)
		figures := map[territoire.Census]string{e.communes: strconv.Itoa(sum) + "s", e.membres: published}
		if strings.HasPrefix(codes[0], "976") {
			figures = map[territoire.Census]string{mayotte: published}
		}
		row(b, "E", x.Code, nom, x.Type, strings.Join(codes, " "), e.cell(figures))
	}
	return nil
}

func (e edition) writeCommunes(b *bytes.Buffer, s, newest *source) error {
	for _, code := range slices.Sorted(maps.Keys(s.actuelles)) {
		c, number := s.actuelles[code], s.numero(code, newest)
		if _, err := siren.Parse(number); err != nil && zone(territoire.Insee(code).Departement()) != territoire.Com {
			return fmt.Errorf("commune %s: %w", code, err)
		}
		if strings.ContainsAny(c.Nom, "?\t\n") {
			return fmt.Errorf("commune %s: the name %q needs a correction", code, c.Nom)
		}
		row(b, "C", code, number, c.Nom, liaison(c.TypeLiaison), strings.Join(c.CodesPostaux, " "),
			strings.Join(s.anciens[code], " "), e.cell(e.figures(c, s.membres[code])))
	}
	return nil
}

// numero returns the SIREN of a commune: as a member of its EPCI, its own,
// else the one of the same code in the newest package.
func (s *source) numero(code string, newest *source) string {
	if m := s.membres[code]; m != nil {
		return m.Siren
	}
	if own := s.actuelles[code].Siren; own != "" || newest.actuelles[code] == nil {
		return own
	}
	return newest.actuelles[code].Siren
}

// figures returns the populations of a commune by census; m is nil when it
// belongs to no EPCI.
func (e edition) figures(c *commune, m *membre) map[territoire.Census]string {
	switch departement := territoire.Insee(c.Code).Departement(); {
	case c.Population == nil:
		return nil
	case departement == "976":
		return map[territoire.Census]string{mayotte: pair(m.PopulationMunicipale, m.PopulationTotale)}
	case zone(departement) == territoire.Com:
		return map[territoire.Census]string{{}: strconv.Itoa(*c.Population)}
	}
	figures := map[territoire.Census]string{e.communes: strconv.Itoa(*c.Population)}
	if m != nil {
		figures[e.membres] = pair(m.PopulationMunicipale, m.PopulationTotale)
	} else if n, known := iles2018[c.Code]; known && e.membres.Recensement == 2018 {
		figures[e.membres] = strconv.Itoa(n)
	}
	return figures
}

func pair(municipale, totale int) string {
	return strconv.Itoa(municipale) + "," + strconv.Itoa(totale)
}

// cell writes figures in the order of the series.
func (e edition) cell(figures map[territoire.Census]string) string {
	cells := make([]string, 0, len(e.series()))
	for _, c := range e.series() {
		cells = append(cells, figures[c])
	}
	return strings.TrimRight(strings.Join(cells, ";"), ";")
}

// natures are the kinds of what now stands for another commune.
var natures = map[string]string{
	"commune-deleguee": "deleguee", "commune-associee": "associee", "arrondissement-municipal": "arrondissement",
}

// writeAnciennes writes what now stands for another commune under its own name.
func writeAnciennes(b *bytes.Buffer, s *source) {
	for _, c := range sorted(s.communes, func(c commune) string { return c.Code + " " + c.Nom }) {
		nature, chef := natures[c.Type], c.chef()
		if nature == "" || c.Nom == s.actuelles[chef].Nom {
			continue
		}
		row(b, "A", c.Code, c.Nom, nature, chef)
	}
}

func sorted[T any](xs []T, key func(T) string) []T {
	return slices.SortedFunc(slices.Values(xs), func(a, b T) int { return strings.Compare(key(a), key(b)) })
}
