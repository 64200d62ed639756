package regle

import (
	"iter"
	"math/bits"
)

// An Ensemble is a set of rows, one bit a row.
type Ensemble []uint64

func newEnsemble(n int) Ensemble { return make(Ensemble, (n+63)/64) }

// tout returns the set of the n first rows.
func tout(n int) Ensemble {
	e := newEnsemble(n)
	for i := range e {
		e[i] = ^uint64(0)
	}
	if n%64 != 0 {
		e[len(e)-1] = 1<<(n%64) - 1
	}
	return e
}

// Contient reports whether the row i is in e.
func (e Ensemble) Contient(i int) bool { return e[i/64]>>(i%64)&1 == 1 }

// Nombre counts the rows of e.
func (e Ensemble) Nombre() int {
	n := 0
	for _, w := range e {
		n += bits.OnesCount64(w)
	}
	return n
}

// All iterates over the rows of e, in order.
func (e Ensemble) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range e {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

func (e Ensemble) set(i int)   { e[i/64] |= 1 << (i % 64) }
func (e Ensemble) clear(i int) { e[i/64] &^= 1 << (i % 64) }
