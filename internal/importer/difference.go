package importer

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"guichet/internal/territoire"
)

// A Difference is what a layer changes. Codes are sorted.
type Difference struct {
	Remplace   string // title of the layer it replaces or follows, if any
	Gagnes     []Element
	Perdus     []Element
	Changes    []Changement
	Identiques int
	Inconnus   []string // codes that no year knows
	Annonces   []Annonce
}

// Aucune reports whether the layer is the one already loaded.
func (d Difference) Aucune() bool {
	return d.Remplace != "" && len(d.Gagnes)+len(d.Perdus)+len(d.Changes) == 0
}

// An Element is a commune, an EPCI or a neighbourhood.
type Element struct{ Code, Nom string }

// A Changement is an element whose value is another one.
type Changement struct {
	Element
	Avant, Apres string
}

// An Annonce compares what a list announces with what it holds.
type Annonce struct {
	Quoi            string // communes or epci
	Annonce, Compte int
}

// Tenue reports whether the announced count is the one found.
func (a Annonce) Tenue() bool { return a.Annonce == a.Compte }

// difference compares the layer read with the one of the Atlas that it would
// replace or follow.
func (l *lecteur) difference(c territoire.Couches) Difference {
	d := Difference{Inconnus: l.inconnus}
	slices.Sort(d.Inconnus)
	loaded := l.atlas.Couches()
	switch {
	case len(c.Listes) > 0:
		l.compareListe(&d, c.Listes[0])
	case len(c.Zonages) > 0:
		l.compareZonage(&d, c.Zonages[0])
	case len(c.Qpv) > 0:
		if len(loaded.Qpv) > 0 {
			d.Remplace = loaded.Qpv[0].Source.Titre
		}
		compare(&d, outlines(loaded.Qpv, qpvOf), outlines(c.Qpv, qpvOf), same)
	case len(c.Contours) > 0:
		if len(loaded.Contours) > 0 {
			d.Remplace = "Contours des communes"
		}
		compare(&d, outlines(loaded.Contours, l.contourOf), outlines(c.Contours, l.contourOf), same)
	}
	return d
}

func (l *lecteur) compareListe(d *Difference, x *territoire.Liste) {
	before := make(map[Element]string)
	for _, departement := range x.Departements {
		if old, ok := l.carte.Liste(x.Code, departement, max(x.Du, l.entete.Source.Date)); ok {
			d.Remplace = old.Titre
			maps.Copy(before, l.membres(old))
		}
	}
	compare(d, before, l.membres(x), changed)
	d.Annonces = annonces(x)
}

func annonces(x *territoire.Liste) (out []Annonce) {
	for _, k := range []struct {
		quoi string
		n    int
	}{{"communes", len(x.Communes)}, {"epci", len(x.Epcis)}} {
		if n, announced := x.Annonce[k.quoi]; announced {
			out = append(out, Annonce{k.quoi, n, k.n})
		}
	}
	return out
}

func (l *lecteur) compareZonage(d *Difference, z *territoire.Zonage) {
	var old *territoire.Zonage
	for _, o := range l.atlas.Couches().Zonages {
		if o.Code == z.Code && (o.Millesime == z.Millesime || old == nil && o.Millesime < z.Millesime) {
			old = o
		}
	}
	before := make(map[Element]string)
	if old != nil {
		d.Remplace, before = old.Titre, l.valeurs(old)
	}
	compare(d, before, l.valeurs(z), changed)
}

func (l *lecteur) membres(x *territoire.Liste) map[Element]string {
	out := make(map[Element]string)
	for _, i := range x.Communes {
		out[l.element(membre{insee: i})] = ""
	}
	for _, s := range x.Epcis {
		out[l.element(membre{siren: s})] = ""
	}
	return out
}

func (l *lecteur) valeurs(z *territoire.Zonage) map[Element]string {
	out := make(map[Element]string, len(z.Communes)+len(z.Epcis))
	for i, n := range z.Communes {
		out[l.element(membre{insee: i})] = strconv.Itoa(int(n))
	}
	for s, n := range z.Epcis {
		out[l.element(membre{siren: s})] = strconv.Itoa(int(n))
	}
	return out
}

// element names a commune or an EPCI.
func (l *lecteur) element(m membre) Element {
	if m.siren != "" {
		if e, ok := l.carte.Epci(m.siren); ok {
			return Element{m.code(), e.Nom}
		}
	} else if c, ok := l.carte.Commune(m.insee); ok {
		return Element{m.code(), c.Nom}
	}
	return Element{Code: m.code()}
}

func outlines[T any](xs []T, of func(T) (Element, any)) map[Element]any {
	out := make(map[Element]any, len(xs))
	for _, x := range xs {
		e, shape := of(x)
		out[e] = shape
	}
	return out
}

func qpvOf(q *territoire.Qpv) (Element, any) { return Element{q.Code, q.Nom}, q.Contour }

func (l *lecteur) contourOf(c *territoire.Contour) (Element, any) {
	return l.element(membre{insee: c.Insee}), c.Contour
}

// changed tells two numbers apart; same tells two outlines apart.
func changed(a, b string) (string, string, bool) { return a, b, a != b }

func same(a, b any) (string, string, bool) {
	return "ancien contour", "nouveau contour", !reflect.DeepEqual(a, b)
}

// compare fills d with what after has that before has not, and the contrary.
func compare[V any](d *Difference, before, after map[Element]V, differ func(a, b V) (string, string, bool)) {
	for e, v := range after {
		old, known := before[e]
		if !known {
			d.Gagnes = append(d.Gagnes, e)
		} else if a, b, differs := differ(old, v); differs {
			d.Changes = append(d.Changes, Changement{e, a, b})
		} else {
			d.Identiques++
		}
	}
	for e := range before {
		if _, kept := after[e]; !kept {
			d.Perdus = append(d.Perdus, e)
		}
	}
	byCode := func(a, b Element) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Nom, b.Nom)) }
	slices.SortFunc(d.Gagnes, byCode)
	slices.SortFunc(d.Perdus, byCode)
	slices.SortFunc(d.Changes, func(a, b Changement) int { return byCode(a.Element, b.Element) })
}
