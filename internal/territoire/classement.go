package territoire

import (
	"cmp"
	"slices"
	"strings"
)

// A qualite says how well a name answers, the best first.
type qualite uint8

const (
	nomEntier    qualite = iota // the whole name
	nomSansVides                // the whole name but its articles or spaces
	nomAncien                   // the whole of a former name
	nomDebut                    // the beginning of the name
	nomMots                     // words of the name
	nomInverse                  // the whole name but two letters swapped
	nomFaute                    // the whole name but another mistake
	nomMotsFaute                // words of the name but a mistake
)

// A reponse is a name found.
type reponse struct {
	nom        *nom
	qualite    qualite
	population int32
}

// A requete is one way to read what a person typed.
type requete struct {
	entier string                    // folded
	mots   []string                  // the words that tell
	garde  func(g *geo, k *nom) bool // nil keeps every territory
	seule  bool                      // when it finds something, no other way is tried
}

// meilleurs keeps the n best answers, each territory once.
type meilleurs struct {
	geo *geo
	n   int
	rr  []reponse
}

// parNom adds the names that hold every word or its beginning; when none is
// whole, those with a mistake too.
func (m *meilleurs) parNom(q requete) {
	x, plein, whole := m.geo.index, strings.Join(q.mots, " "), false
	x.tous(q.mots, x.commence, func(id int32) {
		k := x.noms[id].qualite(q.entier, plein)
		whole = m.add(q, id, k) && k < nomDebut || whole
	})
	letters := serre(q.entier)
	same := x.serres.suite(x.serres.tout(), 0, letters)
	for _, id := range x.serres.des(x.serres.seul(same, len(letters))) {
		whole = m.add(q, id, nomSansVides) || whole
	}
	if whole {
		return
	}
	if len(m.rr) < m.n {
		m.parFaute(q, letters)
		for _, id := range x.serres.des(same) {
			m.add(q, id, nomMots)
		}
	}
}

// parFaute adds the names that a mistake keeps from being found. When nothing
// is found yet, the words may be unfinished too.
func (m *meilleurs) parFaute(q requete, letters string) {
	x := m.geo.index
	find := x.approche
	if len(m.rr) == 0 {
		find = x.approcheDebut
	}
	if len(letters) >= minFaute {
		x.serres.fautes(letters, func(f faute) {
			k := nomFaute
			if f.sorte == inversion {
				k = nomInverse
			}
			for _, id := range x.serres.des(x.serres.seul(f.plage, f.n)) {
				m.add(q, id, k)
			}
		})
	}
	x.tous(q.mots, find, func(id int32) { m.add(q, id, nomMotsFaute) })
}

// qualite compares a name that holds every word with the query.
func (k *nom) qualite(entier, plein string) qualite {
	switch whole := k.plie == entier; {
	case k.ancienne >= 0 && (whole || k.plein == plein):
		return nomAncien
	case whole:
		return nomEntier
	case k.plein == plein:
		return nomSansVides
	case strings.HasPrefix(k.plie, entier), strings.HasPrefix(k.plein, plein):
		return nomDebut
	}
	return nomMots
}

// add keeps the name if it is among the best, and reports whether the query
// wants its territory.
func (m *meilleurs) add(q requete, id int32, k qualite) bool {
	own := &m.geo.index.noms[id]
	if q.garde != nil && !q.garde(m.geo, own) {
		return false
	}
	r := reponse{own, k, m.geo.population(own)}
	if len(m.rr) == m.n && better(m.rr[m.n-1], r) <= 0 {
		return true
	}
	if same := slices.IndexFunc(m.rr, func(o reponse) bool { return o.nom.genre == own.genre && o.nom.rang == own.rang }); same >= 0 {
		if better(m.rr[same], r) <= 0 {
			return true
		}
		m.rr = slices.Delete(m.rr, same, same+1)
	}
	if i, _ := slices.BinarySearchFunc(m.rr, r, better); i < m.n {
		if len(m.rr) == m.n {
			m.rr = m.rr[:m.n-1]
		}
		m.rr = slices.Insert(m.rr, i, r)
	}
	return true
}

// better orders answers: by quality, then the larger, then communes before the
// rest, then by code.
func better(a, b reponse) int {
	if a.qualite != b.qualite {
		return cmp.Compare(a.qualite, b.qualite)
	}
	if a.population != b.population {
		return cmp.Compare(b.population, a.population)
	}
	return cmp.Or(cmp.Compare(a.nom.genre, b.nom.genre), cmp.Compare(a.nom.rang, b.nom.rang), cmp.Compare(a.nom.ancienne, b.nom.ancienne))
}

func (g *geo) population(k *nom) int32 {
	switch k.genre {
	case genreCommune:
		return g.communes[k.rang].Population.Municipale
	case genreEpci:
		return g.epcis[k.rang].Population.Municipale
	}
	return NonPubliee
}
