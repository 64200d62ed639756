package regle

import (
	"maps"
	"math/bits"
	"slices"
)

// resultat evaluates result number n: once for all the rows on which every
// test it depends on answers alike, row by row for those that know a fact it
// uses otherwise.
func (l *Lot) resultat(n int) LotResultat {
	out := LotResultat{Resultat: l.v.p.resultats[n].Resultat, seules: make(map[int]Issue), c: l.c}
	tests, libres := l.dependances(n)
	rest := slices.Clone(l.tous)
	each := l.parLigne(l.v.p.resultats[n].faits)
	for _, f := range libres {
		if known := l.c.cols[f].connu; known != nil {
			for w := range rest {
				rest[w] &^= known[w]
			}
		}
	}
	for w := range rest {
		for row := range (Ensemble{l.tous[w] &^ rest[w]}).All() {
			row += w * 64
			out.seules[row] = each(row).issueAt(n)
		}
	}
	for w := range rest {
		for rest[w] != 0 {
			row := w*64 + bits.TrailingZeros64(rest[w])
			g := Groupe{l.pareilles(rest, tests, row), each(row).issueAt(n)}
			for i := range rest {
				rest[i] &^= g.Lignes[i]
			}
			out.Groupes = append(out.Groupes, g)
		}
	}
	return out
}

// issueAt evaluates result number n and those it uses.
func (a *activation) issueAt(n int) Issue {
	val, br := a.upTo(n)
	out := a.issue(a.v.p.resultats[n], val, br)
	if out.Etat == Ouverte {
		a.v.cells(a.f, &out, n)
	}
	out.f = nil // the rows of a group have their own
	return out
}

// dependances returns the tests that decide result number n through the
// results it uses, and the facts that it uses otherwise.
func (l *Lot) dependances(n int) (tests []*test, libres []int) {
	seen := make(map[*test]bool)
	var visit func(n int)
	visit = func(n int) {
		for _, e := range l.v.p.resultats[n].expressions() {
			if e.feuilles == nil {
				libres = addAll(libres, e.faits)
			} else {
				for _, t := range l.testsOf(e) {
					seen[t] = true
				}
			}
			for _, leaf := range e.feuilles {
				libres = addAll(libres, leaf.faits)
			}
			for _, other := range e.resultats {
				visit(other)
			}
		}
	}
	visit(n)
	return slices.Collect(maps.Keys(seen)), libres
}

func addAll(xs, more []int) []int {
	for _, x := range more {
		xs = add(xs, x)
	}
	return xs
}

// testsOf returns the tests of a boolean expression, computing those that are
// new.
func (l *Lot) testsOf(e *expression) []*test {
	l.noeud(e, e.arbre)
	var out []*test
	for _, t := range l.tests {
		if slices.Contains(e.faits, t.fait) {
			out = append(out, t)
		}
	}
	return out
}

// pareilles returns the rows of among where every test answers as on row.
func (l *Lot) pareilles(among Ensemble, tests []*test, row int) Ensemble {
	out := slices.Clone(among)
	for _, t := range tests {
		vrai, connu := t.vrai.Contient(row), t.connu.Contient(row)
		for w := range out {
			switch {
			case vrai:
				out[w] &= t.vrai[w]
			case connu:
				out[w] &= t.connu[w] &^ t.vrai[w]
			default:
				out[w] &^= t.connu[w]
			}
		}
	}
	return out
}
