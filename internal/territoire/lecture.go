package territoire

import (
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/siren"
)

// tailleMax bounds one edition once unpacked.
const tailleMax = 32 << 20

// Version is the first line of an edition file; the reader knows no other.
const Version = "guichet-territoires 1"

// loadEdition reads one generated file: tab-separated lines whose first cell
// names what the line is. The strings of the result are parts of one text.
func loadEdition(fsys fs.FS, file string) (*geo, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	text.Grow(4 << 20) // what an edition takes
	n, err := io.Copy(&text, io.LimitReader(z, tailleMax+1))
	switch {
	case err != nil:
		return nil, err
	case n > tailleMax:
		return nil, fault.New(fault.TooLarge, "L’édition dépasse %d Mo.", tailleMax>>20)
	}
	return parseEdition(text.String())
}

// parseEdition reads the text of an edition and builds its look-ups.
func parseEdition(text string) (*geo, error) {
	first, rest, _ := strings.Cut(text, "\n")
	if first != Version {
		return nil, fmt.Errorf("first line is %q, want %q", first, Version)
	}
	l := &lecteur{geo: &geo{}}
	l.reserve(rest)
	for no := 2; rest != ""; no++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if err := l.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", no, err)
		}
	}
	return l.geo, l.geo.build()
}

// lecteur fills a geo line by line. The slices of all communes are cut from
// three large ones.
type lecteur struct {
	*geo
	series      []Census
	postaux     []string
	codes       []Insee
	populations []Population
}

// reserve sizes the slices for the whole text.
func (l *lecteur) reserve(text string) {
	l.communes = make([]Commune, 0, strings.Count(text, "\nC\t"))
	l.epcis = make([]Epci, 0, strings.Count(text, "\nE\t"))
	l.anciennes = make([]ancienne, 0, strings.Count(text, "\nA\t"))
	l.populations = make([]Population, 0, 2*(cap(l.communes)+cap(l.epcis)))
	l.postaux = make([]string, 0, cap(l.communes)+cap(l.communes)/8)
	l.codes = make([]Insee, 0, 2*cap(l.communes))
}

// columns is the number of cells of each kind of line, its letter included.
var columns = map[string]int{"M": 4, "P": 3, "R": 6, "D": 7, "E": 6, "C": 8, "A": 5}

func (l *lecteur) line(text string) error {
	var cells [8]string
	n := 0
	for rest, more := text, true; more && n < len(cells); n++ {
		cells[n], rest, more = strings.Cut(rest, "\t")
	}
	if want := columns[cells[0]]; n != want {
		return fmt.Errorf("kind %q has %d cells, want %d", cells[0], n, want)
	}
	switch c := cells[1:]; cells[0] {
	case "M":
		return l.vintage(c)
	case "P":
		return l.census(c)
	case "R":
		l.regions = append(l.regions, Region{Code: c[0], Nom: c[1], ChefLieu: Insee(c[2]), Zone: Zone(c[3]), liaison: link(c[4])})
	case "D":
		l.departements = append(l.departements, Departement{Code: c[0], Nom: c[1], Region: c[2], ChefLieu: Insee(c[3]), Zone: Zone(c[4]), liaison: link(c[5])})
	case "E":
		return l.epci(c)
	case "C":
		return l.commune(c)
	case "A":
		l.anciennes = append(l.anciennes, ancienne{code: Insee(c[0]), nom: c[1], nature: c[2], chef: Insee(c[3])})
	}
	return nil
}

func (l *lecteur) vintage(c []string) (err error) {
	l.millesime.Source, l.millesime.Licence = c[1], c[2]
	l.millesime.Cog, err = strconv.Atoi(c[0])
	return err
}

func (l *lecteur) census(c []string) error {
	an, err := strconv.Atoi(c[0])
	if err != nil {
		return err
	}
	vigueur, err := strconv.Atoi(c[1])
	if err != nil {
		return err
	}
	if len(l.series) == 0 {
		l.millesime.Population = Census{an, vigueur}
	}
	l.series = append(l.series, Census{an, vigueur})
	return nil
}

func (l *lecteur) epci(c []string) error {
	pp, err := l.pops(c[4])
	if err != nil {
		return err
	}
	e := Epci{Siren: siren.Siren(c[0]), Nom: c[1], Nature: c[2], Membres: l.cut(c[3]), Populations: pp}
	e.Population = first(pp)
	l.epcis = append(l.epcis, e)
	return nil
}

func (l *lecteur) commune(c []string) error {
	pp, err := l.pops(c[6])
	if err != nil {
		return err
	}
	from := len(l.postaux)
	for cp := range strings.FieldsSeq(c[4]) {
		l.postaux = append(l.postaux, cp)
	}
	l.communes = append(l.communes, Commune{
		Insee: Insee(c[0]), Siren: siren.Siren(c[1]), Nom: c[2], liaison: link(c[3]), Departement: Insee(c[0]).Departement(),
		CodesPostaux: l.postaux[from:len(l.postaux):len(l.postaux)],
		AnciensCodes: l.cut(c[5]), Population: first(pp), Populations: pp,
	})
	return nil
}

// cut splits a list of commune codes.
func (l *lecteur) cut(list string) []Insee {
	from := len(l.codes)
	for code := range strings.FieldsSeq(list) {
		l.codes = append(l.codes, Insee(code))
	}
	return l.codes[from:len(l.codes):len(l.codes)]
}

// pops reads "771,779;;12s": for each series the population municipale and
// totale, either of them absent when not published; a final s marks a sum.
func (l *lecteur) pops(cell string) ([]Population, error) {
	from, i := len(l.populations), 0
	for rest, more := cell, cell != ""; more; i++ {
		var pair string
		pair, rest, more = strings.Cut(rest, ";")
		if pair == "" {
			continue
		}
		if i >= len(l.series) {
			return nil, fmt.Errorf("population %q has more series than announced", cell)
		}
		p := Population{Census: l.series[i]}
		pair, p.Somme = strings.CutSuffix(pair, "s")
		municipale, totale, _ := strings.Cut(pair, ",")
		var err error
		if p.Municipale, err = count(municipale); err != nil {
			return nil, err
		}
		if p.Totale, err = count(totale); err != nil {
			return nil, err
		}
		l.populations = append(l.populations, p)
	}
	return l.populations[from:len(l.populations):len(l.populations)], nil
}

func count(s string) (int32, error) {
	if s == "" {
		return NonPubliee, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("population %q is not a count", s)
	}
	return int32(n), nil
}

func first(pp []Population) Population {
	if len(pp) == 0 {
		return Population{Municipale: NonPubliee, Totale: NonPubliee}
	}
	return pp[0]
}
