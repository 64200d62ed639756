package regle

import (
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// maxCellules bounds the combinations that one question may enumerate.
const maxCellules = 4_096

// An axe is a fact with one value per cell; no value when the rules do not cut
// it.
type axe struct {
	fait int
	vals []ref.Val
}

// axe cuts the fact by the expressions ee.
func (v *Version) axe(fait int, ee []*expression) axe {
	out := axe{fait: fait}
	for _, val := range v.candidats(fait, ee) {
		out.vals = append(out.vals, val.v)
	}
	return out
}

// prepare cuts, for every result, the facts that it uses.
func (v *Version) prepare() {
	v.axes = make([][]axe, len(v.p.resultats))
	for n, r := range v.p.resultats {
		ee := v.upTo(n)
		for _, fait := range r.faits {
			v.axes[n] = append(v.axes[n], v.axe(fait, ee))
		}
	}
	v.rest()
}

// upTo returns the expressions of the results up to number n.
func (v *Version) upTo(n int) []*expression {
	var ee []*expression
	for _, r := range v.p.resultats[:n+1] {
		ee = append(ee, r.expressions()...)
	}
	return ee
}

// cells lists what the open result number n can become: it evaluates it once
// per cell of the missing facts.
func (v *Version) cells(f *Faits, issue *Issue, n int) {
	var axes []axe
	total := 1
	for _, axis := range v.axes[n] {
		if len(axis.vals) == 0 || !f.slots[axis.fait].Valeur.Zero() {
			continue
		}
		axes = append(axes, axis)
		if total *= len(axis.vals); total > maxCellules {
			return
		}
	}
	if len(axes) == 0 {
		return
	}
	complete := true
	v.product(f, axes, func(a *activation) bool {
		val, br := a.upTo(n)
		if types.IsUnknownOrError(val) {
			complete = false
			return false
		}
		p := Possible{Branche: br}
		if val != nil {
			p.Valeur = Valeur{issue.Type, val}
		}
		if !slices.ContainsFunc(issue.Possibles, p.same) {
			issue.Possibles = append(issue.Possibles, p)
		}
		return true
	})
	issue.settle(complete)
}

// settle computes the bounds, and closes the result when one value alone is
// possible.
func (i *Issue) settle(complete bool) {
	if !complete {
		i.Possibles = nil
		return
	}
	for _, p := range i.Possibles {
		n, ok := p.Valeur.ordinal()
		if !ok {
			continue
		}
		if lo, has := i.Min.ordinal(); !has || n < lo {
			i.Min = p.Valeur
		}
		if hi, has := i.Max.ordinal(); !has || n > hi {
			i.Max = p.Valeur
		}
	}
	if len(i.Possibles) == 1 && !i.Possibles[0].Valeur.Zero() {
		i.Etat, i.Valeur, i.Branche = Connue, i.Possibles[0].Valeur, i.Possibles[0].Branche
		i.Manque, i.Possibles, i.Portee = nil, nil, Entite
	}
}

// product calls yield with every combination of the axes supposed true, until
// it returns false.
func (v *Version) product(f *Faits, axes []axe, yield func(*activation) bool) {
	a := &activation{v: v, f: f, cellule: make([]supposition, len(axes)),
		memo: make([]ref.Val, v.p.expressions), stable: v.stable(axes), resultats: make([]ref.Val, 0, len(v.p.resultats))}
	at := make([]int, len(axes))
	for {
		for i, axis := range axes {
			a.cellule[i] = supposition{axis.fait, axis.vals[at[i]]}
		}
		if !yield(a) {
			return
		}
		i := 0
		for ; i < len(at); i++ {
			if at[i]++; at[i] < len(axes[i].vals) {
				break
			}
			at[i] = 0
		}
		if i == len(at) {
			return
		}
	}
}

// stable marks the expressions of results that no fact of the axes changes.
func (v *Version) stable(axes []axe) []bool {
	out := make([]bool, v.p.expressions)
	for _, r := range v.p.resultats {
		for _, b := range r.branches {
			for _, e := range [...]*expression{b.si, b.vaut} {
				if e != nil {
					out[e.rang] = len(e.resultats) == 0 && !slices.ContainsFunc(axes, func(a axe) bool { return slices.Contains(e.faits, a.fait) })
				}
			}
		}
	}
	return out
}

// upTo evaluates result number n and those above it.
func (a *activation) upTo(n int) (val ref.Val, br *Branche) {
	a.resultats = a.resultats[:0]
	for i, r := range a.v.p.resultats[:n+1] {
		val, br = a.result(r)
		a.resultats = append(a.resultats, a.v.mark(i, val))
	}
	return val, br
}
