package regle

import (
	"cmp"
	"math"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// petitDomaine is the largest domain of whole numbers enumerated value by
// value.
const petitDomaine = 64

// candidats returns one value of the fact per cell of its axis, in order: the
// smallest value of each cell, and one below the first cut. It returns nil
// when the expressions use the fact otherwise than by comparisons.
func (v *Version) candidats(fait int, ee []*expression) []Valeur {
	f := v.p.dict.faits[fait]
	switch {
	case f.Type == TypeBooleen:
		return []Valeur{Booleen(false), Booleen(true)}
	case f.Type == TypeTexte && len(f.Choix) > 0:
		out := make([]Valeur, len(f.Choix))
		for i, c := range f.Choix {
			out[i] = Texte(c.Vaut)
		}
		return out
	}
	if f.petit() {
		return f.tout()
	}
	cuts, free := v.seuils(fait, ee)
	switch {
	case free || len(cuts) == 0 || f.Type == TypeListeTexte || f.Type == TypeListeEuro:
		return nil
	case f.Type == TypeTexte:
		out := []Valeur{Texte(autreTexte)}
		for _, c := range cuts {
			if val := (Valeur{TypeTexte, c}); !slices.ContainsFunc(out, val.Equal) {
				out = append(out, val)
			}
		}
		return out
	}
	return ordinals(f, cuts)
}

// autreTexte stands for every text that no rule names.
const autreTexte = "\x00autre"

// petit reports whether every value of f can be enumerated.
func (f *Fait) petit() bool {
	lo, hasLo := f.min.ordinal()
	hi, hasHi := f.max.ordinal()
	return hasLo && hasHi && lo <= hi && uint64(hi-lo) < petitDomaine && f.Type != TypeListeEuro
}

// tout returns every value of f, which is petit.
func (f *Fait) tout() []Valeur {
	lo, _ := f.min.ordinal()
	hi, _ := f.max.ordinal()
	out := make([]Valeur, 0, hi-lo+1)
	for n := lo; n <= hi; n++ {
		out = append(out, withOrdinal(f.Type, n))
	}
	return out
}

// ordinals returns, between the bounds of f, the first value, each cut, and
// the values beside it.
func ordinals(f *Fait, cuts []ref.Val) []Valeur {
	lo, hi := int64(math.MinInt64+1), int64(math.MaxInt64-1)
	if f.Type == TypeDate {
		lo, hi = 1, math.MaxInt32-1
	}
	low, hasLo := f.min.ordinal()
	if hasLo {
		lo = max(lo, low)
	}
	if high, ok := f.max.ordinal(); ok {
		hi = min(hi, high)
	}
	var nn []int64
	if hasLo {
		nn = append(nn, lo)
	}
	for _, c := range cuts {
		if n, ok := (Valeur{f.Type, c}).ordinal(); ok {
			n = min(max(n, math.MinInt64+2), math.MaxInt64-2)
			nn = append(nn, n-1, n, n+1)
		}
	}
	slices.Sort(nn)
	var out []Valeur
	for _, n := range slices.Compact(nn) {
		if lo <= n && n <= hi {
			out = append(out, withOrdinal(f.Type, n))
		}
	}
	return out
}

// seuils returns the constants that ee compare the fact with; free is true
// when one of them uses it otherwise.
func (v *Version) seuils(fait int, ee []*expression) (cuts []ref.Val, free bool) {
	for _, e := range ee {
		if e == nil {
			continue
		}
		if _, found := slices.BinarySearch(e.libres, fait); found {
			free = true
		}
		for _, c := range e.coupes {
			if c.fait != fait {
				continue
			}
			val := c.valeur
			if c.parametre >= 0 {
				val = v.params[c.parametre]
			}
			cuts = append(cuts, scalars(val)...)
		}
	}
	return cuts, free
}

// scalars returns the elements of a list, or the value itself; nothing for an
// unknown.
func scalars(v ref.Val) []ref.Val {
	switch {
	case v == nil || types.IsUnknown(v):
		return nil
	case v.Type() == types.ListType:
		return elements(v)
	}
	return []ref.Val{v}
}

// Seuils returns the constants that the conditions and results compare the
// fact nom with, in order and without repetition.
func (v *Version) Seuils(nom string) []Valeur {
	f, ok := v.p.dict.parNom[nom]
	if !ok {
		return nil
	}
	cuts, _ := v.seuils(f.index, v.p.decisions())
	var out []Valeur
	for _, c := range cuts {
		val := Valeur{f.Type, c}
		if !slices.ContainsFunc(out, val.Equal) {
			out = append(out, val)
		}
	}
	slices.SortFunc(out, compare)
	return out
}

// compare orders values of one type: by quantity, or as texts.
func compare(a, b Valeur) int {
	m, ok := a.ordinal()
	n, _ := b.ordinal()
	if !ok {
		return cmp.Compare(a.String(), b.String())
	}
	return cmp.Compare(m, n)
}

// decisions returns every expression of conditions and results.
func (p *Programme) decisions() []*expression {
	var ee []*expression
	for _, c := range p.conditions {
		ee = append(ee, c.quand, c.si)
	}
	for _, r := range p.resultats {
		ee = append(ee, r.expressions()...)
	}
	return slices.DeleteFunc(ee, func(e *expression) bool { return e == nil })
}

func (r *resultat) expressions() []*expression {
	var ee []*expression
	for _, b := range r.branches {
		ee = append(ee, b.si, b.vaut)
	}
	return slices.DeleteFunc(ee, func(e *expression) bool { return e == nil })
}
