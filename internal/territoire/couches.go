package territoire

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet/internal/jour"
	"guichet/internal/siren"
)

// Couches are the layers an Atlas may be given. A Couches is a plain value.
type Couches struct {
	Listes   []*Liste
	Zonages  []*Zonage
	Qpv      []*Qpv
	Contours []*Contour
}

// A Source says where a layer comes from.
type Source struct {
	Titre   string    `yaml:"titre"`
	Editeur string    `yaml:"editeur"`
	URL     string    `yaml:"url"`
	Date    jour.Jour `yaml:"date"` // of publication
	Licence string    `yaml:"licence"`
}

// A Liste is an official list of communes and EPCI: being on it, or not, is
// the whole information. It speaks for its Departements only.
type Liste struct {
	Code, Titre  string
	Source       Source
	Du, Au       jour.Jour // in force, inclusive; zero means unbounded
	Departements []string
	Annonce      map[string]int // announced counts: "communes", "epci"
	Communes     []Insee        // sorted
	Epcis        []siren.Siren  // sorted
}

// Contient reports whether the commune is on the list.
func (l *Liste) Contient(i Insee) bool {
	_, ok := slices.BinarySearch(l.Communes, i)
	return ok
}

// ContientEpci reports whether the EPCI is on the list.
func (l *Liste) ContientEpci(s siren.Siren) bool {
	_, ok := slices.BinarySearch(l.Epcis, s)
	return ok
}

func (l *Liste) couvre(departement string, le jour.Jour) bool {
	return slices.Contains(l.Departements, departement) && jour.Fenetre{Ouvre: l.Du, Ferme: l.Au}.Contient(le)
}

// The codes of the zonings that the product knows.
const (
	Densite         = "densite"          // 1 very dense to 4 very sparse
	Densite7        = "densite7"         // the seven-level grid
	ClasseFragilite = "classe_fragilite" // 1 most fragile to 6
)

// A Zonage gives a small number to communes and EPCI.
type Zonage struct {
	Code, Titre string
	Source      Source
	Millesime   int // year of the geography, or of the edition
	Communes    map[Insee]int32
	Epcis       map[siren.Siren]int32
}

// Cle names what the list takes the place of: the list of the same code,
// départements and first day.
func (l *Liste) Cle() string {
	key := "liste/" + l.Code + "/" + strings.Join(l.Departements, "+")
	if l.Du != 0 {
		key += "/" + l.Du.String()
	}
	return key
}

// Cle names what the zoning takes the place of: the one of the same code and
// year.
func (z *Zonage) Cle() string { return "zonage/" + z.Code + "/" + strconv.Itoa(z.Millesime) }

// Cle names what a single layer takes the place of; the outlines of all the
// priority neighbourhoods are one layer, and so are those of all communes.
func (c Couches) Cle() string {
	switch {
	case len(c.Listes) > 0:
		return c.Listes[0].Cle()
	case len(c.Zonages) > 0:
		return c.Zonages[0].Cle()
	case len(c.Qpv) > 0:
		return "qpv"
	case len(c.Contours) > 0:
		return "contours"
	}
	return ""
}

// A Notice describes an imported layer, as the register of imports keeps it.
type Notice struct {
	Numero     int64  // grows with each import
	Cle        string // of Couches.Cle: what the layer takes the place of
	Genre      string // of file: densite, liste, classes, qpv, contours
	Titre      string
	Source     Source
	Millesime  int
	Lignes     int
	Empreinte  string // SHA-256 of the file, hexadecimal
	ImporteeLe time.Time
	RetireeLe  time.Time // zero: in use
}

// EnUsage reports whether the layer answers today.
func (n Notice) EnUsage() bool { return n.RetireeLe.IsZero() }

// avec returns the layers of c with those of d over them.
func (c Couches) avec(d Couches) Couches {
	n := Couches{Listes: slices.Clone(c.Listes), Zonages: slices.Clone(c.Zonages), Qpv: c.Qpv, Contours: c.Contours}
	for _, l := range d.Listes {
		n.Listes = slices.DeleteFunc(n.Listes, func(o *Liste) bool { return o.Cle() == l.Cle() })
		n.Listes = append(n.Listes, l)
	}
	for _, z := range d.Zonages {
		n.Zonages = slices.DeleteFunc(n.Zonages, func(o *Zonage) bool { return o.Cle() == z.Cle() })
		n.Zonages = append(n.Zonages, z)
	}
	if len(d.Qpv) > 0 {
		n.Qpv = d.Qpv
	}
	if len(d.Contours) > 0 {
		n.Contours = d.Contours
	}
	return n
}

// A calque is the layers as one Carte sees them.
type calque struct {
	Couches
	zonages map[string]*Zonage // the one of each code that the year uses
	formes  *formes
}

func newCalque(c Couches, f *formes, cog int) *calque {
	k := &calque{Couches: c, zonages: make(map[string]*Zonage), formes: f}
	for _, z := range c.Zonages {
		if best, ok := k.zonages[z.Code]; !ok || closer(z.Millesime, best.Millesime, cog) {
			k.zonages[z.Code] = z
		}
	}
	return k
}

// closer reports whether the vintage a suits the year better than b: the
// newest that is not after it, else the oldest after it.
func closer(a, b, year int) bool {
	if (a <= year) != (b <= year) {
		return a <= year
	}
	if a <= year {
		return a > b
	}
	return a < b
}

// Liste returns the list of that code which speaks for the département and is
// in force on the day; the one in force since the latest day when there are
// several.
func (c *Carte) Liste(code, departement string, le jour.Jour) (*Liste, bool) {
	var best *Liste
	for _, l := range c.couches.Listes {
		if l.Code == code && l.couvre(departement, le) && (best == nil || l.Du > best.Du) {
			best = l
		}
	}
	return best, best != nil
}

// Zonage returns the zoning of that code: the newest not after the year of the
// Carte, else the oldest after it. Its Millesime says which.
func (c *Carte) Zonage(code string) (*Zonage, bool) {
	z, ok := c.couches.zonages[code]
	return z, ok
}
