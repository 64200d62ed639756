package regle

import (
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// An EtatIssue says how far a result is known.
type EtatIssue uint8

// The states of a result.
const (
	Connue     EtatIssue = iota + 1 // Valeur is the value
	Ouverte                         // facts are missing; Possibles may list what can come
	SansValeur                      // nothing is written for this case
	EnErreur                        // the rule failed
)

// An Issue is one result evaluated.
type Issue struct {
	*Resultat
	Etat      EtatIssue
	Valeur    Valeur
	Branche   *Branche   // the branch that was taken; nil when open
	Possibles []Possible // when open and the missing facts can be enumerated
	Min, Max  Valeur     // bounds of Possibles, when every one has a value
	Manque    []*Fait
	Portee    Portee // widest scope of the missing facts
	Err       error

	r *resultat
	v *Version
	f *Faits
}

// Faits returns the facts that the result used, through the results above it.
func (i Issue) Faits() []FaitUtilise { return i.v.faits(i.r.faits, i.f) }

// Parametres returns the parameters that the result used.
func (i Issue) Parametres() []ParametreUtilise { return i.v.parametres(i.r.params) }

// A Possible is a value that a result can take once the missing facts are
// known. Valeur is zero when the branch has none.
type Possible struct {
	Valeur  Valeur
	Branche *Branche
}

// issues evaluates the results in order; the open ones get their possible
// values by cells.
func (a *activation) issues() []Issue {
	v := a.v
	out := make([]Issue, len(v.p.resultats))
	a.resultats = make([]ref.Val, 0, len(out))
	for i, r := range v.p.resultats {
		val, br := a.result(r)
		a.resultats = append(a.resultats, v.mark(i, val))
		out[i] = a.issue(r, val, br)
	}
	for i := range out {
		if v.repos.issues != nil && a.f.rien(v.p.resultats[i].faits) {
			out[i] = v.repos.issues[i]
			out[i].f = a.f
		} else if out[i].Etat == Ouverte {
			v.cells(a.f, &out[i], i)
		}
	}
	return out
}

// mark makes a result without value visible to the results that use it.
func (v *Version) mark(i int, val ref.Val) ref.Val {
	if val == nil {
		return v.p.muets[i]
	}
	return val
}

// result evaluates one result: its value, an unknown, an error, or nil for a
// branch without value.
func (a *activation) result(r *resultat) (ref.Val, *Branche) {
	b, obstacle := a.branche(r)
	switch {
	case b == nil:
		return obstacle, nil
	case b.vaut == nil:
		return nil, b.Branche
	}
	return a.run(b.vaut), b.Branche
}

// branche returns the first branch that is true, or else the unknown or the
// error that hides it; neither when no branch is true.
func (a *activation) branche(r *resultat) (*branche, ref.Val) {
	for _, b := range r.branches {
		if b.si == nil {
			return b, nil
		}
		switch val := a.run(b.si); val {
		case types.False:
		case types.True:
			return b, nil
		default:
			return nil, val
		}
	}
	return nil, nil
}

// issue tells what the value of a result means.
func (a *activation) issue(r *resultat, val ref.Val, br *Branche) Issue {
	out := Issue{Resultat: r.Resultat, r: r, v: a.v, f: a.f}
	switch x := val.(type) {
	case nil:
		out.Etat, out.Branche = SansValeur, br
	case *types.Err:
		out.Etat, out.Err = EnErreur, x
	case *types.Unknown:
		out.open(x, r.stricte(br))
	default:
		out.Etat, out.Valeur, out.Branche = Connue, Valeur{r.Type, val}, br
	}
	return out
}

// open tells what is missing. A value that no fact can give, for want of a
// parameter or of another result, is missing for good: at once when the
// expression is strict, otherwise when no fact is missing.
func (i *Issue) open(u *types.Unknown, strict bool) {
	i.Etat = Ouverte
	ids := u.IDs()
	slices.Sort(ids)
	muet := len(ids) > 0 && ids[len(ids)-1] >= idParametre
	for _, id := range ids {
		if id < idParametre && !(muet && strict) {
			f := i.v.p.dict.faits[id]
			i.Manque = append(i.Manque, f)
			i.Portee = max(i.Portee, f.Portee)
		}
	}
	if muet && len(i.Manque) == 0 {
		i.Etat = SansValeur
	}
}

// stricte reports whether the value of the branch needs everything that it
// names.
func (r *resultat) stricte(br *Branche) bool {
	for _, b := range r.branches {
		if b.Branche == br {
			return b.vaut != nil && b.vaut.stricte
		}
	}
	return false
}

// same reports whether two possibilities are one.
func (p Possible) same(q Possible) bool {
	return p.Branche == q.Branche && p.Valeur.Equal(q.Valeur)
}
