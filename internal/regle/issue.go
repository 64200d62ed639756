package regle

import (
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

// Parametres returns the parameters that the result used.
func (i Issue) Parametres() []ParametreUtilise { return i.v.parametres(i.r.params) }

// Faits returns the facts that the result used, through the results above it.
func (i Issue) Faits() []FaitUtilise {
	out := make([]FaitUtilise, len(i.r.faits))
	for n, index := range i.r.faits {
		out[n] = FaitUtilise{i.v.p.dict.faits[index], i.f.slots[index]}
	}
	return out
}

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
		out[i] = v.issue(r, val, br)
	}
	for i := range out {
		if v.repos.issues != nil && a.f.rien(v.p.resultats[i].faits) {
			out[i] = v.repos.issues[i]
		} else if out[i].Etat == Ouverte {
			v.cells(a.f, &out[i], i)
		}
		out[i].f = a.f
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
func (v *Version) issue(r *resultat, val ref.Val, br *Branche) Issue {
	out := Issue{Resultat: r.Resultat, r: r, v: v}
	switch x := val.(type) {
	case nil:
		out.Etat, out.Branche = SansValeur, br
	case *types.Err:
		out.Etat, out.Err = EnErreur, x
	case *types.Unknown:
		out.Etat = Ouverte
		for _, id := range x.IDs() {
			if id >= idParametre {
				out.Etat = SansValeur
				continue
			}
			f := v.p.dict.faits[id]
			out.Manque = append(out.Manque, f)
			out.Portee = max(out.Portee, f.Portee)
		}
		if len(out.Manque) > 0 {
			out.Etat = Ouverte
		}
	default:
		out.Etat, out.Valeur, out.Branche = Connue, Valeur{r.Type, val}, br
	}
	return out
}

// sameBranch reports whether two possibilities are one.
func (p Possible) same(q Possible) bool {
	return p.Branche == q.Branche && p.Valeur.Equal(q.Valeur)
}
