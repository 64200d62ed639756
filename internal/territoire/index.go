package territoire

import (
	"cmp"
	"slices"
	"strings"

	"guichet/internal/francais"
)

// A nom is one searchable name: of a commune, a former commune, an EPCI, a
// département or a région.
type nom struct {
	plie   string // folded
	trouve Trouve
}

// A mot is a word of names, and the names that hold it.
type mot struct {
	texte string
	noms  []int32
}

// An index finds territories by what people type.
type index struct {
	noms    []nom // by folded name
	mots    []mot // by text
	postaux map[string][]int32
	grammes map[string][]int32 // words by their first and last letters
}

// vides are words that do not tell one name from another.
var vides = map[string]bool{"de": true, "du": true, "des": true, "la": true, "le": true, "les": true, "l": true,
	"d": true, "et": true, "en": true, "sur": true, "sous": true, "aux": true, "au": true, "a": true,
	"cc": true, "ca": true, "cu": true, "communaute": true, "communes": true, "agglomeration": true}

func newIndex(g *geo) *index {
	x := &index{}
	add := func(name string, t Trouve) { x.noms = append(x.noms, nom{francais.Plie(name), t}) }
	for i := range g.communes {
		add(g.communes[i].Nom, g.communes[i].trouve())
	}
	for _, a := range g.anciennes {
		c := &g.communes[g.parInsee[a.chef]]
		if a.nom != "" && a.code != c.Insee && a.nom != c.Nom {
			t := c.trouve()
			t.Alias = a.nom
			add(a.nom, t)
		}
	}
	for i := range g.epcis {
		add(g.epcis[i].Nom, g.epcis[i].trouve())
	}
	for _, d := range g.departements {
		add(d.Nom, Trouve{Type: "departement", Code: d.Code, Nom: d.Nom, Departement: d.Code, Population: NonPubliee})
	}
	for _, r := range g.regions {
		add(r.Nom, Trouve{Type: "region", Code: r.Code, Nom: r.Nom, Population: NonPubliee})
	}
	slices.SortStableFunc(x.noms, func(a, b nom) int { return cmp.Compare(a.plie, b.plie) })
	x.fileMots()
	x.filePostaux(g)
	return x
}

func (c *Commune) trouve() Trouve {
	return Trouve{Type: "commune", Code: string(c.Insee), Nom: c.Nom, Departement: c.Departement, Population: c.Population.Municipale}
}

func (e *Epci) trouve() Trouve {
	return Trouve{Type: "epci", Code: string(e.Siren), Nom: e.Nom, Departement: e.Departements[0], Population: e.Population.Municipale}
}

func (x *index) fileMots() {
	words := make(map[string][]int32)
	for i, n := range x.noms {
		for w := range strings.FieldsSeq(n.plie) {
			if ids := words[w]; len(ids) == 0 || ids[len(ids)-1] != int32(i) {
				words[w] = append(ids, int32(i))
			}
		}
	}
	for w, ids := range words {
		x.mots = append(x.mots, mot{w, ids})
	}
	slices.SortFunc(x.mots, func(a, b mot) int { return strings.Compare(a.texte, b.texte) })
	x.grammes = make(map[string][]int32)
	for i, m := range x.mots {
		for _, k := range grammes(m.texte) {
			x.grammes[k] = append(x.grammes[k], int32(i))
		}
	}
}

func (x *index) filePostaux(g *geo) {
	x.postaux = make(map[string][]int32)
	for i := range g.communes {
		for _, cp := range g.communes[i].CodesPostaux {
			x.postaux[cp] = append(x.postaux[cp], int32(i))
		}
	}
}

// grammes are the keys under which a word is filed: its first and its last two
// letters. One typing mistake in a word of five letters or more leaves one of
// the two whole.
func grammes(w string) []string {
	if len(w) < 4 {
		return nil
	}
	return []string{"^" + w[:2], "$" + w[len(w)-2:]}
}

// parNom finds the names that hold every word, or the beginning of it; failing
// that, every word with one typing mistake.
func (x *index) parNom(words []string) []Trouve {
	whole, par := strings.Join(words, " "), ParNom
	ids := x.tous(words, x.commence)
	if len(ids) == 0 {
		ids, par = x.tous(words, x.approche), ParApproche
	}
	found := make([]classe, len(ids))
	for i, id := range ids {
		found[i] = x.classe(id, whole, par)
	}
	slices.SortStableFunc(found, func(a, b classe) int {
		return cmp.Or(cmp.Compare(a.rang, b.rang), cmp.Compare(b.trouve.Population, a.trouve.Population), strings.Compare(a.trouve.Code, b.trouve.Code))
	})
	out := make([]Trouve, len(found))
	for i, f := range found {
		out[i] = f.trouve
	}
	return out
}

// A classe is a name found, with its rank: 0 for the whole name, 1 for its
// beginning, 2 for a word of it.
type classe struct {
	trouve Trouve
	rang   int
}

func (x *index) classe(id int32, whole string, par Par) classe {
	n := x.noms[id]
	c := classe{n.trouve, 2}
	c.trouve.Par = par
	if c.trouve.Alias != "" && par == ParNom {
		c.trouve.Par = ParAncien
	}
	switch {
	case n.plie == whole || sansVides(n.plie) == sansVides(whole):
		c.rang, c.trouve.Exact = 0, true
	case strings.HasPrefix(n.plie, whole):
		c.rang = 1
	}
	return c
}

func sansVides(s string) string {
	var b strings.Builder
	for w := range strings.FieldsSeq(s) {
		if !vides[w] {
			b.WriteString(w)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// tous intersects what find gives for each telling word.
func (x *index) tous(words []string, find func(string) []int32) []int32 {
	var ids []int32
	started := false
	for _, w := range words {
		if vides[w] && len(words) > 1 {
			continue
		}
		got := find(w)
		if started {
			got = intersect(ids, got)
		}
		if ids, started = got, true; len(ids) == 0 {
			return nil
		}
	}
	return ids
}

// commence returns the names with a word that begins with w; one or two
// letters must be the whole word.
func (x *index) commence(w string) []int32 {
	i, _ := slices.BinarySearchFunc(x.mots, w, func(m mot, w string) int { return strings.Compare(m.texte, w) })
	var ids []int32
	for ; i < len(x.mots) && strings.HasPrefix(x.mots[i].texte, w); i++ {
		if len(w) < 3 && x.mots[i].texte != w {
			break
		}
		ids = append(ids, x.mots[i].noms...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// approche returns what commence does, and the names with a word one mistake
// away from w.
func (x *index) approche(w string) []int32 {
	ids := x.commence(w)
	for _, k := range grammes(w) {
		for _, i := range x.grammes[k] {
			if proche(x.mots[i].texte, w) {
				ids = append(ids, x.mots[i].noms...)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// proche reports whether a and b differ by one letter added, removed, changed,
// or two neighbours swapped.
func proche(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) == len(b)+1:
		return a[i+1:] == b[i:]
	case len(a) != len(b):
		return false
	case i == len(a):
		return true
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func intersect(a, b []int32) []int32 {
	var out []int32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}
