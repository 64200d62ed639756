package territoire

import (
	"slices"
	"sort"
	"strings"
)

// A lexique is a sorted list of texts, each with the names it belongs to.
type lexique struct {
	textes []string
	debut  []int32 // of the names of text i in noms; one more than texts
	noms   []int32
}

// newLexique files n names, each under the texts that of yields for it.
func newLexique(n int, of func(i int, yield func(text string))) lexique {
	var l lexique
	type paire struct{ texte, nom int32 }
	pairs := make([]paire, 0, 3*n)
	ids := make(map[string]int32, n)
	for i := range n {
		of(i, func(text string) {
			id, known := ids[text]
			if !known {
				id = int32(len(l.textes))
				ids[text] = id
				l.textes = append(l.textes, text)
			}
			pairs = append(pairs, paire{id, int32(i)})
		})
	}
	slices.Sort(l.textes)
	order := make([]int32, len(l.textes)) // from first appearance to rank
	for rank, text := range l.textes {
		order[ids[text]] = int32(rank)
	}
	l.debut = make([]int32, len(l.textes)+1)
	for _, p := range pairs {
		l.debut[order[p.texte]+1]++
	}
	for i := range l.textes {
		l.debut[i+1] += l.debut[i]
	}
	l.noms = make([]int32, len(pairs))
	fill := slices.Clone(l.debut)
	for _, p := range pairs {
		at := &fill[order[p.texte]]
		l.noms[*at] = p.nom
		*at++
	}
	return l
}

// A plage is a range of texts that share their first letters.
type plage struct{ from, to int }

func (p plage) vide() bool { return p.from >= p.to }

// tout is the range of all the texts.
func (l *lexique) tout() plage { return plage{0, len(l.textes)} }

// suite narrows p, whose texts share depth letters, to those that go on with s.
func (l *lexique) suite(p plage, depth int, s string) plage {
	from := p.from + sort.Search(p.to-p.from, func(i int) bool { return l.textes[p.from+i][depth:] >= s })
	n := sort.Search(p.to-from, func(i int) bool { return !strings.HasPrefix(l.textes[from+i][depth:], s) })
	return plage{from, from + n}
}

// seul narrows p, whose texts begin with n given letters, to the text that has
// no other.
func (l *lexique) seul(p plage, n int) plage {
	if !p.vide() && len(l.textes[p.from]) == n {
		return plage{p.from, p.from + 1}
	}
	return plage{}
}

// A sorte is a kind of typing mistake.
type sorte uint8

const (
	lettre    sorte = iota // one letter missing, wrong or too many
	inversion              // two neighbours swapped
)

// A faute is one typing mistake: the range of the texts that begin with the
// corrected letters, n of them.
type faute struct {
	plage
	n     int
	sorte sorte
}

// fautes calls yield with every way to correct one mistake in w: a letter too
// many, two letters swapped, a wrong letter, a missing letter. It follows only
// the letters that some text has.
func (l *lexique) fautes(w string, yield func(faute)) {
	p := l.tout()
	try := func(p plage, depth int, rest string, s sorte) {
		if found := l.suite(p, depth, rest); !found.vide() {
			yield(faute{found, depth + len(rest), s})
		}
	}
	for i := 0; i <= len(w) && !p.vide(); i++ {
		if i < len(w) {
			try(p, i, w[i+1:], lettre)
		}
		if i+1 < len(w) && w[i] != w[i+1] {
			try(p, i, w[i+1:i+2]+w[i:i+1]+w[i+2:], inversion)
		}
		for q := l.apres(p, i); !q.vide(); q = l.apres(plage{q.to, p.to}, i) {
			if i < len(w) && l.textes[q.from][i] != w[i] {
				try(q, i+1, w[i+1:], lettre)
			}
			try(q, i+1, w[i:], lettre)
		}
		if i < len(w) {
			p = l.suite(p, i, w[i:i+1])
		}
	}
}

// apres returns the first texts of p that have the same letter after depth
// shared ones.
func (l *lexique) apres(p plage, depth int) plage {
	for !p.vide() && len(l.textes[p.from]) == depth {
		p.from++
	}
	if p.vide() {
		return plage{}
	}
	return l.suite(p, depth, l.textes[p.from][depth:depth+1])
}

// des returns the names of the texts of p.
func (l *lexique) des(p plage) []int32 {
	if p.vide() {
		return nil
	}
	return l.noms[l.debut[p.from]:l.debut[p.to]]
}

// An ensemble is a set of names, one bit each.
type ensemble []uint64

func (x *index) ensemble() ensemble { return make(ensemble, (len(x.noms)+63)/64) }

func (e ensemble) add(ids []int32) {
	for _, id := range ids {
		e[id/64] |= 1 << (id % 64)
	}
}

// garde keeps what is in o too, and reports whether anything is left.
func (e ensemble) garde(o ensemble) bool {
	left := uint64(0)
	for i := range e {
		e[i] &= o[i]
		left |= e[i]
	}
	return left != 0
}
