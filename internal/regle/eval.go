package regle

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"guichet/internal/fault"
	"guichet/internal/jour"
)

// Marks carried by unknown values: which fact, which parameter, which result.
const (
	idParametre  = 1 << 20
	idSansValeur = 1 << 21
)

// A Version is the rules in force during one interval of days.
type Version struct {
	p      *Programme
	depuis jour.Jour
	params []ref.Val      // a value, or the unknown of an absent parameter
	dates  []*ValeurDatee // the dated value in force, nil when absent
	axes   [][]axe        // per result, the facts it uses
	repos  repos
}

// Depuis returns the first day of the version; no day for the oldest.
func (v *Version) Depuis() jour.Jour { return v.depuis }

// Parametre returns the value in force of the parameter nom, with its source.
func (v *Version) Parametre(nom string) (*ValeurDatee, bool) {
	s, ok := v.p.slots[nom]
	if !ok || s.kind != slotParametre || v.dates[s.index] == nil {
		return nil, false
	}
	return v.dates[s.index], true
}

// A Bilan is the evaluation of every rule of a version on some facts.
type Bilan struct {
	Constats  []Constat
	Issues    []Issue
	Signaux   []*Signal
	Invalides []*fault.Fault // coherences known false

	v *Version
	f *Faits
}

// A Constat is one condition evaluated.
type Constat struct {
	*Condition
	Verdict   Verdict
	SansObjet bool    // the guard is known false: the condition does not apply
	Portee    Portee  // widest scope of its facts
	Manque    []*Fait // the facts that still matter and are missing
	Raisons   []string
	Err       error // why the verdict is Erreur; for the log

	c *condition
	v *Version
	f *Faits
}

// activation gives CEL the values of names.
type activation struct {
	v         *Version
	f         *Faits
	resultats []ref.Val
	cellule   []supposition // facts supposed known, in the place of those of f
	memo      []ref.Val     // values of the expressions that no supposition changes; nil for none
	stable    []bool        // which expressions memo may keep
}

// A supposition gives a value to a missing fact.
type supposition struct {
	fait int
	val  ref.Val
}

// ResolveName gives the value of a name to CEL.
func (a *activation) ResolveName(name string) (any, bool) { return a.resolve(name) }

// Parent returns nil: there is one level of names.
func (a *activation) Parent() cel.Activation { return nil }

func (a *activation) resolve(name string) (ref.Val, bool) {
	s, ok := a.v.p.slots[name]
	if !ok {
		return nil, false
	}
	switch s.kind {
	case slotParametre:
		return a.v.params[s.index], true
	case slotResultat:
		if s.index < len(a.resultats) {
			return a.resultats[s.index], true
		}
		return nil, false
	}
	for i := range a.cellule {
		if a.cellule[i].fait == s.index {
			return a.cellule[i].val, true
		}
	}
	if v := a.f.slots[s.index].Valeur.v; v != nil {
		return v, true
	}
	return a.v.p.inconnus[s.index], true
}

// A repos is what a version answers when nothing is known: computed once, it
// serves every expression none of whose facts is known.
type repos struct {
	vals     []ref.Val // per expression; nil when it uses a result
	constats []Constat
	issues   []Issue
}

// rest evaluates everything on no fact at all.
func (v *Version) rest() {
	a := &activation{v: v, f: &Faits{v.p.dict, make([]Donnee, len(v.p.dict.faits))}}
	var r repos
	for _, c := range v.p.conditions {
		r.constats = append(r.constats, a.constat(c))
	}
	r.issues = a.issues()
	r.vals = make([]ref.Val, v.p.expressions)
	for _, e := range slices.Concat(v.p.decisions(), v.p.signaux, v.p.coherences, v.p.gardes) {
		if len(e.resultats) == 0 {
			r.vals[e.rang] = a.eval(e)
		}
	}
	v.repos = r
}

// rien reports whether none of the facts is known.
func (f *Faits) rien(faits []int) bool {
	for _, i := range faits {
		if f.slots[i].Valeur.v != nil {
			return false
		}
	}
	return true
}

// run evaluates e, unless its value is already known.
func (a *activation) run(e *expression) ref.Val {
	if len(a.cellule) == 0 && a.v.repos.vals != nil && len(e.resultats) == 0 && a.f.rien(e.faits) {
		return a.v.repos.vals[e.rang]
	}
	if a.memo == nil || !a.stable[e.rang] {
		return a.eval(e)
	}
	if a.memo[e.rang] == nil {
		a.memo[e.rang] = a.eval(e)
	}
	return a.memo[e.rang]
}

// eval evaluates e; a panic of the evaluator becomes an error value.
func (a *activation) eval(e *expression) (out ref.Val) {
	defer func() {
		if r := recover(); r != nil {
			out = types.NewErr("regle: %v", r)
		}
	}()
	out, _, err := e.prg.Eval(a)
	if err != nil && out == nil {
		return types.NewErr("%v", err)
	}
	return out
}

// Eval evaluates every rule on f.
func (v *Version) Eval(f *Faits) Bilan {
	a := &activation{v: v, f: f}
	b := Bilan{v: v, f: f, Constats: make([]Constat, len(v.p.conditions))}
	for i, c := range v.p.conditions {
		if f.rien(c.faits) {
			b.Constats[i] = v.repos.constats[i]
			b.Constats[i].f = f
			continue
		}
		b.Constats[i] = a.constat(c)
	}
	b.Issues = a.issues()
	for i, e := range v.p.signaux {
		if a.run(e) == types.True {
			b.Signaux = append(b.Signaux, v.p.regles.Signaux[i])
		}
	}
	for i, e := range v.p.coherences {
		if a.run(e) == types.False {
			c := v.p.regles.Coherences[i]
			bad := fault.New(fault.Invalid, "%s", c.Texte).Code(c.Raison)
			for _, nom := range c.Faits {
				bad.Field(nom, c.Texte)
			}
			b.Invalides = append(b.Invalides, bad)
		}
	}
	return b
}

// Garde reports whether the guard is known true: nothing unknown opens it. It
// is evaluated when asked, for the forms alone ask.
func (b Bilan) Garde(id string) bool {
	if b.v == nil {
		return false // nothing was evaluated
	}
	i := slices.IndexFunc(b.v.p.regles.Gardes, func(g *Garde) bool { return g.ID == id })
	if i < 0 {
		return false
	}
	a := &activation{v: b.v, f: b.f}
	return a.run(b.v.p.gardes[i]) == types.True
}

// constat evaluates one condition.
func (a *activation) constat(c *condition) Constat {
	out := Constat{Condition: c.Condition, Portee: c.portee, c: c, v: a.v, f: a.f, Verdict: Oui}
	guard := ref.Val(types.True)
	if c.quand != nil {
		guard = a.run(c.quand)
	}
	if guard == types.False {
		out.SansObjet = true
		return out
	}
	value := ref.Val(nil)
	if c.si == nil {
		out.Verdict = ACompleter // a document: only the file can show it
		return out
	}
	if value = a.run(c.si); value == types.True {
		return out
	}
	if value == types.False && guard == types.True {
		out.Verdict, out.Raisons = Non, code(c.Raison)
		return out
	}
	a.unsettled(&out, guard, value)
	return out
}

// unsettled gives the verdict of a condition whose guard or value is neither
// true nor false.
func (a *activation) unsettled(out *Constat, guard, value ref.Val) {
	missing, agent := false, true
	for _, val := range []ref.Val{guard, value} {
		switch x := val.(type) {
		case *types.Err:
			out.Verdict, out.Err = Erreur, x
			return
		case *types.Unknown:
			ids := x.IDs()
			slices.Sort(ids)
			for _, id := range ids {
				if id >= idParametre {
					continue
				}
				if f := a.v.p.dict.faits[id]; f.Portee != Agent {
					agent = false
					out.Manque = addFait(out.Manque, f)
				}
				missing = true
			}
		}
	}
	if agent || !missing {
		out.Verdict, out.Raisons = AApprecier, code(out.RaisonApprecier)
		return
	}
	out.Verdict = ACompleter
	out.Raisons = append(out.Raisons, out.RaisonsCompleter...)
}

func addFait(ff []*Fait, f *Fait) []*Fait {
	if slices.Contains(ff, f) {
		return ff
	}
	return append(ff, f)
}

func code(c string) []string {
	if c == "" {
		return nil
	}
	return []string{c}
}

// A FaitUtilise is a fact that a condition used, and what was known of it.
type FaitUtilise struct {
	*Fait
	Donnee Donnee // zero value when unknown
}

// Faits returns the facts that the condition used.
func (c Constat) Faits() []FaitUtilise { return c.v.faits(c.c.faits, c.f) }

func (v *Version) faits(indices []int, f *Faits) []FaitUtilise {
	out := make([]FaitUtilise, len(indices))
	for i, index := range indices {
		out[i] = FaitUtilise{v.p.dict.faits[index], f.slots[index]}
	}
	return out
}

// A ParametreUtilise is a parameter with the value in force; Date is nil when
// none is.
type ParametreUtilise struct {
	*Parametre
	Date *ValeurDatee
}

// Affiche writes the value in force in French, with its unit.
func (p ParametreUtilise) Affiche() string {
	if p.Date == nil {
		return "aucune valeur en vigueur"
	}
	return Affiche(p.Date.Valeur, p.Unite, nil)
}

// Parametres returns the parameters that the condition used.
func (c Constat) Parametres() []ParametreUtilise { return c.v.parametres(c.c.params) }

func (v *Version) parametres(indices []int) []ParametreUtilise {
	out := make([]ParametreUtilise, len(indices))
	for i, index := range indices {
		out[i] = ParametreUtilise{v.p.parametres[index], v.dates[index]}
	}
	return out
}
