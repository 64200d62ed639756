package regle

import (
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// A Rangee is one line of the decision table of a result: when every Case
// holds, Branche is taken. A fact that is not in Cases does not matter.
type Rangee struct {
	Cases   []Case
	Branche *Branche // nil when no branch is taken
}

// A Case limits one fact: to the values of Parmi, to every text but those of
// Sauf, or to one of the intervals of Entre.
type Case struct {
	Fait  *Fait
	Parmi []Valeur
	Sauf  []Valeur
	Entre []Intervalle
}

// An Intervalle holds the quantities from De to A, both included; a zero bound
// is none.
type Intervalle struct{ De, A Valeur }

// Table derives the decision table of the result id: every case of the facts
// that choose its branch, joined where they answer alike. It returns nil when
// the facts cannot be cut.
func (v *Version) Table(id string) []Rangee {
	n := slices.IndexFunc(v.p.resultats, func(r *resultat) bool { return r.ID == id })
	if n < 0 || len(v.p.resultats[n].Selon) == 0 {
		return nil
	}
	axes, ok := v.axesDesBranches(n)
	if !ok || cells(axes) > maxCellules {
		return nil
	}
	var rows []pave
	decided := true
	v.product(&Faits{v.p.dict, make([]Donnee, len(v.p.dict.faits))}, axes, func(a *activation) bool {
		a.upTo(n - 1)
		b, obstacle := a.branche(v.p.resultats[n])
		decided = !types.IsUnknownOrError(obstacle)
		rows = append(rows, pave{corner(a, axes), b})
		return decided
	})
	if !decided {
		return nil
	}
	for i := range axes {
		rows = join(rows, i)
	}
	return v.rangees(rows, axes)
}

func cells(axes []axe) int {
	total := 1
	for _, a := range axes {
		total *= len(a.vals)
	}
	return total
}

// A pave is a block of cells with one answer: per axis, the indices of its
// values, in order.
type pave struct {
	cotes   [][]int
	branche *branche
}

// corner is the block of the one cell that a supposes.
func corner(a *activation, axes []axe) [][]int {
	out := make([][]int, len(axes))
	for i, axis := range axes {
		out[i] = []int{slices.IndexFunc(axis.vals, func(v ref.Val) bool { return v == a.cellule[i].val })}
	}
	return out
}

// join merges the blocks that differ along one axis only.
func join(rows []pave, axis int) []pave {
	var out []pave
	for _, r := range rows {
		i := slices.IndexFunc(out, func(o pave) bool { return o.branche == r.branche && alike(o, r, axis) })
		if i < 0 {
			out = append(out, r)
			continue
		}
		out[i].cotes[axis] = append(out[i].cotes[axis], r.cotes[axis]...)
		slices.Sort(out[i].cotes[axis])
	}
	return out
}

// alike reports whether two blocks are the same on every other axis.
func alike(a, b pave, axis int) bool {
	for i := range a.cotes {
		if i != axis && !slices.Equal(a.cotes[i], b.cotes[i]) {
			return false
		}
	}
	return true
}

// rangees writes the blocks, in the order of the branches.
func (v *Version) rangees(rows []pave, axes []axe) []Rangee {
	var out []Rangee
	for _, r := range rows {
		line := Rangee{}
		if r.branche != nil {
			line.Branche = r.branche.Branche
		}
		for i, axis := range axes {
			if len(r.cotes[i]) < len(axis.vals) {
				line.Cases = append(line.Cases, v.cas(axis, r.cotes[i]))
			}
		}
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(a, b Rangee) int { return rang(a) - rang(b) })
	return out
}

func rang(r Rangee) int {
	if r.Branche == nil {
		return 0
	}
	return int(r.Branche.Ligne)
}

// cas writes the values of one axis, or the intervals that they stand for.
func (v *Version) cas(axis axe, at []int) Case {
	f := v.p.dict.faits[axis.fait]
	c := Case{Fait: f}
	value := func(i int) Valeur { return Valeur{f.Type, axis.vals[i]} }
	if _, ordered := value(0).ordinal(); !ordered && at[0] == 0 && value(0).Equal(Texte(autreTexte)) {
		for i := range axis.vals {
			if !slices.Contains(at, i) {
				c.Sauf = append(c.Sauf, value(i))
			}
		}
		return c
	} else if !ordered || f.petit() {
		for _, i := range at {
			c.Parmi = append(c.Parmi, value(i))
		}
		return c
	}
	for start := 0; start < len(at); {
		end := start
		for end+1 < len(at) && at[end+1] == at[end]+1 {
			end++
		}
		var span Intervalle
		if at[start] > 0 {
			span.De = value(at[start])
		}
		if at[end] < len(axis.vals)-1 {
			n, _ := value(at[end] + 1).ordinal()
			span.A = withOrdinal(f.Type, n-1)
		}
		c.Entre = append(c.Entre, span)
		start = end + 1
	}
	return c
}
