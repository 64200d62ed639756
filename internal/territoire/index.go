package territoire

import (
	"math/bits"
	"strings"
)

// A nom is one searchable name.
type nom struct {
	plie     string // folded
	plein    string // folded, without articles
	genre    genre
	rang     int32 // in the slice of its genre
	ancienne int32 // in geo.anciennes when it is a former name, else -1
}

// A genre is what a name is the name of.
type genre uint8

const (
	genreCommune genre = iota
	genreEpci
	genreDepartement
	genreRegion
)

var genres = [...]string{"commune", "epci", "departement", "region"}

// An index finds the names of one year.
type index struct {
	noms         []nom
	mots         lexique            // by word
	serres       lexique            // by letters without spaces
	postaux      map[string][]int32 // communes by postcode
	departements map[string]string  // codes by folded name without article
}

func newIndex(g *geo) *index {
	x := &index{noms: make([]nom, 0, len(g.communes)+len(g.anciennes)+len(g.epcis)+len(g.departements)+len(g.regions))}
	x.nommer(g)
	x.mots = newLexique(len(x.noms), func(i int, yield func(string)) {
		for w := range strings.FieldsSeq(x.noms[i].plie) {
			yield(w)
		}
	})
	x.serres = newLexique(len(x.noms), func(i int, yield func(string)) { yield(serre(x.noms[i].plie)) })
	x.postaux = make(map[string][]int32, 7000)
	for i := range g.communes {
		for _, cp := range g.communes[i].CodesPostaux {
			x.postaux[cp] = append(x.postaux[cp], int32(i))
		}
	}
	x.departements = make(map[string]string, len(g.departements))
	for _, d := range g.departements {
		x.departements[sansArticle(plie(d.Nom))] = d.Code
	}
	return x
}

// nommer lists the names of all territories.
func (x *index) nommer(g *geo) {
	add := func(name string, k genre, i, ancienne int32) {
		folded := plie(name)
		x.noms = append(x.noms, nom{folded, plein(folded), k, i, ancienne})
	}
	for i := range g.communes {
		add(g.communes[i].Nom, genreCommune, int32(i), -1)
	}
	for i, a := range g.anciennes {
		add(a.nom, genreCommune, g.parInsee[a.chef], int32(i))
	}
	for i := range g.epcis {
		add(g.epcis[i].Nom, genreEpci, int32(i), -1)
	}
	for i := range g.departements {
		add(g.departements[i].Nom, genreDepartement, int32(i), -1)
	}
	for i := range g.regions {
		if g.regions[i].Zone != Com { // found as a département already
			add(g.regions[i].Nom, genreRegion, int32(i), -1)
		}
	}
}

// tous calls yield with the names that find gives for every word, in order.
func (x *index) tous(words []string, find func(e ensemble, w string), yield func(id int32)) {
	var all ensemble
	for _, w := range words {
		e := x.ensemble()
		find(e, w)
		if all != nil && !e.garde(all) {
			return
		}
		all = e
	}
	for i, set := range all {
		for ; set != 0; set &= set - 1 {
			yield(int32(64*i + bits.TrailingZeros64(set)))
		}
	}
}

// commence adds the names with a word that begins with w.
func (x *index) commence(e ensemble, w string) {
	e.add(x.mots.des(x.mots.suite(x.mots.tout(), 0, w)))
}

// Lengths, in letters, from which a mistake is forgiven in a whole word, and in
// the beginning of one.
const (
	minFaute      = 3
	minFauteDebut = 5
)

// approche adds what commence does, and the names with a word one mistake away
// from w.
func (x *index) approche(e ensemble, w string) {
	x.commence(e, w)
	if len(w) < minFaute {
		return
	}
	for _, long := range [...]string{"saint", "sainte"} { // filed as st and ste
		if proche(w, long) {
			x.commence(e, plie(long))
		}
	}
	x.mots.fautes(w, func(f faute) { e.add(x.mots.des(x.mots.seul(f.plage, f.n))) })
}

// approcheDebut adds what approche does, and the names with a word that begins
// one mistake away from w.
func (x *index) approcheDebut(e ensemble, w string) {
	x.approche(e, w)
	if len(w) >= minFauteDebut {
		x.mots.fautes(w, func(f faute) { e.add(x.mots.des(f.plage)) })
	}
}

// proche reports whether w is one mistake away from a word.
func proche(w, word string) (found bool) {
	alone := lexique{textes: []string{word}}
	alone.fautes(w, func(f faute) { found = found || f.n == len(word) })
	return found
}
