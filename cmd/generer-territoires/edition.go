package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"guichet/internal/territoire"
)

// actuelle is the type of a commune that exists in the year of the package.
const actuelle = "commune-actuelle"

// licence is the one of both packages.
const licence = "Licence Ouverte 2.0"

// An edition is one file to write.
type edition struct {
	cog       int
	paquet    *paquet
	series    series
	ilots     map[string]int // population municipale of communes in no EPCI, for the EPCI series
	sommeEpci bool           // the commune series of an EPCI is the sum of its members
	source    string
}

// A series says which census each file of a package carries, and which of the
// two the year uses first.
type series struct {
	communes, epci [2]int // census, year in force
	epciFirst      bool
}

// The package of 2021 carries the census of 2018 with the EPCI and that of
// 2019 with the communes; the package of 2026, those of 2022 and 2023.
var (
	series2021 = series{communes: [2]int{2019, 2022}, epci: [2]int{2018, 2021}, epciFirst: true}
	series2026 = series{communes: [2]int{2023, 2026}, epci: [2]int{2022, 2025}}
)

// rp2018DesIles are the four communes of the mainland that belong to no EPCI:
// the package gives them no population of the census of 2018. Source: INSEE,
// grille communale de densité, géographie au 1er janvier 2021.
var rp2018DesIles = map[string]int{"22016": 356, "29083": 255, "29155": 834, "85113": 4829}

// write returns the lines of the edition, in the format of package territoire.
func (e edition) write() []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, territoire.Version)
	line(&b, "M", fmt.Sprint(e.cog), e.source, licence)
	order := [][2]int{e.series.communes, e.series.epci}
	if e.series.epciFirst {
		slices.Reverse(order)
	}
	for _, s := range order {
		line(&b, "P", fmt.Sprint(s[0]), fmt.Sprint(s[1]))
	}
	line(&b, "P", "0", "0") // overseas collectivities: each has its own census
	for _, r := range sorted(e.paquet.regions) {
		line(&b, "R", r.Code, r.Nom, r.ChefLieu, r.Zone, liaison(r.TypeLiaison))
	}
	for _, d := range sorted(e.paquet.departements) {
		line(&b, "D", d.Code, d.Nom, d.Region, d.ChefLieu, d.Zone, liaison(d.TypeLiaison))
	}
	e.writeEpcis(&b)
	e.writeCommunes(&b)
	return b.Bytes()
}

func (e edition) writeEpcis(b *bytes.Buffer) {
	byCommune := make(map[string]int)
	for _, c := range e.paquet.communes {
		if c.Type == actuelle && c.Population != nil {
			byCommune[c.Code] = *c.Population
		}
	}
	slices.SortFunc(e.paquet.epcis, func(a, b epci) int { return cmp.Compare(a.Code, b.Code) })
	for _, x := range e.paquet.epcis {
		codes := make([]string, len(x.Membres))
		total, whole := 0, e.sommeEpci
		for i, m := range x.Membres {
			codes[i] = m.Code
			n, known := byCommune[m.Code]
			total, whole = total+n, whole && known
		}
		slices.Sort(codes)
		sum := ""
		if whole {
			sum = fmt.Sprintf("%d,s", total)
		}
		published := fmt.Sprintf("%d,%d", x.PopulationMunicipale, x.PopulationTotale)
		line(b, "E", x.Code, x.Nom, x.Type, strings.Join(codes, " "), e.pair(sum, published))
	}
}

// pair orders the two populations as the series are announced.
func (e edition) pair(communes, epci string) string {
	if e.series.epciFirst {
		return strings.TrimSuffix(epci+";"+communes, ";")
	}
	return communes + ";" + epci
}

func (e edition) writeCommunes(b *bytes.Buffer) {
	members := make(map[string]membre)
	for _, x := range e.paquet.epcis {
		for _, m := range x.Membres {
			members[m.Code] = m
		}
	}
	slices.SortStableFunc(e.paquet.communes, func(a, b commune) int { return cmp.Compare(a.Code, b.Code) })
	for _, c := range e.paquet.communes {
		if c.Type != actuelle {
			continue
		}
		slices.Sort(c.CodesPostaux)
		slices.Sort(c.AnciensCodes)
		line(b, "C", c.Code, c.Siren, c.Nom, liaison(c.TypeLiaison), strings.Join(c.CodesPostaux, " "), strings.Join(c.AnciensCodes, " "), e.populations(c, members))
	}
	for _, c := range e.paquet.communes {
		if c.Type == actuelle {
			continue
		}
		nature, chef := strings.TrimPrefix(strings.TrimSuffix(c.Type, "-municipal"), "commune-"), cmp.Or(c.ChefLieu, c.Commune)
		line(b, "A", c.Code, c.Nom, nature, chef)
	}
}

func (e edition) populations(c commune, members map[string]membre) string {
	own, published := "", ""
	if c.Population != nil {
		own = fmt.Sprintf("%d,", *c.Population)
	}
	if collectivite(c.Code) {
		return strings.TrimSuffix(";;"+own, ";;")
	}
	if m, ok := members[c.Code]; ok {
		published = fmt.Sprintf("%d,%d", m.PopulationMunicipale, m.PopulationTotale)
	} else if n, ok := e.ilots[c.Code]; ok {
		published = fmt.Sprintf("%d,", n)
	}
	return e.pair(own, published)
}

// liaison writes the code of the article, nothing when the source has none.
func liaison(code *int) string {
	if code == nil {
		return ""
	}
	return fmt.Sprint(*code)
}

// collectivite reports whether the code is that of a commune of an overseas
// collectivity.
func collectivite(code string) bool {
	return code >= "98" || strings.HasPrefix(code, "975") || strings.HasPrefix(code, "977") || strings.HasPrefix(code, "978")
}

func sorted(zz []zone) []zone {
	slices.SortFunc(zz, func(a, b zone) int { return cmp.Compare(a.Code, b.Code) })
	return zz
}

func line(b *bytes.Buffer, cells ...string) {
	for i, c := range cells {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(strings.NewReplacer("\t", " ", "\n", " ").Replace(c))
	}
	b.WriteByte('\n')
}
