package regle

import "slices"

// A Bascule is a value of a known fact at which the answer changes.
type Bascule struct {
	Fait   *Fait
	Seuil  Valeur // the nearest value, in that direction, with another answer
	Hausse bool   // the fact would have to grow; otherwise to fall
	Apres  Bilan
}

// Bascules returns, for each fact of the territory that is a known quantity
// and that the rules cut, the nearest change of the answer above and below.
func (v *Version) Bascules(f *Faits) []Bascule {
	var out []Bascule
	before := signature(v.Eval(f))
	ee := v.p.decisions()
	for _, index := range v.p.utiles {
		fait := v.p.dict.faits[index]
		current, ok := f.slots[index].Valeur.ordinal()
		if !ok || fait.Portee != Entite {
			continue
		}
		if vals := v.candidats(index, ee); vals != nil {
			out = append(out, v.autour(f, index, current, vals, before)...)
		}
	}
	return out
}

// autour looks for the first change on each side of the current value.
func (v *Version) autour(f *Faits, index int, current int64, vals []Valeur, before []string) []Bascule {
	var out []Bascule
	g := f.Clone()
	try := func(val Valeur, up bool) bool {
		g.slots[index].Valeur = val
		b := v.Eval(g)
		if slices.Equal(signature(b), before) {
			return false
		}
		out = append(out, Bascule{v.p.dict.faits[index], val, up, b})
		return true
	}
	for i := len(vals) - 1; i >= 0; i-- {
		if n, _ := vals[i].ordinal(); n < current && try(vals[i], false) {
			break
		}
	}
	for _, val := range vals {
		if n, _ := val.ordinal(); n > current && try(val, true) {
			break
		}
	}
	return out
}

// signature is what a person would call the answer: verdicts and results.
func signature(b Bilan) []string {
	var out []string
	for _, c := range b.Constats {
		out = append(out, c.Verdict.String())
	}
	for _, i := range b.Issues {
		text := i.Valeur.String()
		for _, p := range i.Possibles {
			text += "|" + p.Valeur.String()
		}
		out = append(out, text)
	}
	return out
}

// Fixe returns a Constat decided outside the rules, such as the opening of a
// window.
func Fixe(c *Condition, verdict Verdict) Constat {
	out := Constat{Condition: c, Verdict: verdict, c: &condition{Condition: c}}
	if verdict == Non {
		out.Raisons = code(c.Raison)
	}
	return out
}
