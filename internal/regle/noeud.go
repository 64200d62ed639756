package regle

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// A mot is the value of a boolean expression on 64 rows: true, false, and
// unknown for want of a fact that is not of the service's judgement. A row in
// none is unknown for want of a judgement or of a parameter.
type mot struct{ vrai, faux, manque uint64 }

// A noeud gives the value of a boolean expression on the rows of a word.
type noeud func(w int) mot

// A test is a comparison of a fact with constants, on every row.
type test struct {
	fait  int
	op    string
	vals  string // the constants, as a key
	vrai  Ensemble
	connu Ensemble // rows that know the fact and where the constants exist
	agent bool
}

// columnar reports whether the tree is made of &&, ||, !, ?: and of facts that
// are true, false or compared with constants.
func (p *Programme) columnar(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		return e.AsLiteral().Type() == types.BoolType
	case ast.IdentKind:
		s, ok := p.slots[e.AsIdent()]
		return ok && s.kind == slotFait
	case ast.CallKind:
		call := e.AsCall()
		switch call.FunctionName() {
		case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional:
			return !slices.ContainsFunc(call.Args(), func(a ast.Expr) bool { return !p.columnar(a) })
		}
		_, _, ok := p.comparison(e)
		return ok
	}
	return false
}

var mirrors = map[string]string{operators.Less: operators.Greater, operators.LessEquals: operators.GreaterEquals,
	operators.Greater: operators.Less, operators.GreaterEquals: operators.LessEquals,
	operators.Equals: operators.Equals, operators.NotEquals: operators.NotEquals}

// comparison reads e as «fact operator constant»; other is the constant.
func (p *Programme) comparison(e ast.Expr) (t test, other ast.Expr, ok bool) {
	call := e.AsCall()
	if len(call.Args()) != 2 {
		return t, nil, false
	}
	op := call.FunctionName()
	fact, other := call.Args()[0], call.Args()[1]
	if s, named := p.slotOf(fact); !named || s.kind != slotFait {
		fact, other, op = other, fact, mirrors[op]
	}
	s, named := p.slotOf(fact)
	if !named || s.kind != slotFait || !slices.Contains(comparisons, op) && op != operators.In {
		return t, nil, false
	}
	f := p.dict.faits[s.index]
	if f.Type == TypeBooleen || f.Type == TypeListeTexte || f.Type == TypeListeEuro || f.Type == TypeTexte && slices.Contains(comparisons[:4], op) {
		return t, nil, false
	}
	_, ok = p.constants(other, s.index)
	return test{fait: s.index, op: op, agent: f.Portee == Agent}, other, ok
}

func (p *Programme) slotOf(e ast.Expr) (slot, bool) {
	if e.Kind() != ast.IdentKind {
		return slot{}, false
	}
	s, ok := p.slots[e.AsIdent()]
	return s, ok
}

// noeud compiles a columnar tree.
func (l *Lot) noeud(e ast.Expr) noeud {
	switch e.Kind() {
	case ast.LiteralKind:
		if e.AsLiteral() == types.True {
			return func(w int) mot { return mot{vrai: l.tous[w]} }
		}
		return func(w int) mot { return mot{faux: l.tous[w]} }
	case ast.IdentKind:
		s, _ := l.v.p.slotOf(e)
		return l.feuille(test{fait: s.index, op: operators.Equals, agent: l.v.p.dict.faits[s.index].Portee == Agent}, []ref.Val{types.True})
	}
	call := e.AsCall()
	var args []noeud
	switch call.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional:
		for _, a := range call.Args() {
			args = append(args, l.noeud(a))
		}
	}
	switch call.FunctionName() {
	case operators.LogicalAnd:
		return func(w int) mot {
			a, b := args[0](w), args[1](w)
			vrai, faux := a.vrai&b.vrai, a.faux|b.faux
			return mot{vrai, faux, (a.manque | b.manque) &^ faux}
		}
	case operators.LogicalOr:
		return func(w int) mot {
			a, b := args[0](w), args[1](w)
			vrai, faux := a.vrai|b.vrai, a.faux&b.faux
			return mot{vrai, faux, (a.manque | b.manque) &^ vrai}
		}
	case operators.LogicalNot:
		return func(w int) mot {
			a := args[0](w)
			return mot{a.faux, a.vrai, a.manque}
		}
	case operators.Conditional:
		return func(w int) mot {
			c, a, b := args[0](w), args[1](w), args[2](w)
			return mot{c.vrai&a.vrai | c.faux&b.vrai, c.vrai&a.faux | c.faux&b.faux, c.manque | c.vrai&a.manque | c.faux&b.manque}
		}
	}
	t, other, _ := l.v.p.comparison(e)
	vals, known := l.constantes(other, t.fait)
	if !known {
		return func(w int) mot { return l.sansConstante(t, w) }
	}
	return l.feuille(t, vals)
}

// constantes gives the values of the constants in force; known is false when a
// parameter has none.
func (l *Lot) constantes(e ast.Expr, fait int) (vals []ref.Val, known bool) {
	cuts, _ := l.v.p.constants(e, fait)
	for _, c := range cuts {
		val := c.valeur
		if c.parametre >= 0 {
			val = l.v.params[c.parametre]
		}
		if types.IsUnknown(val) {
			return nil, false
		}
		vals = append(vals, scalars(val)...)
	}
	return vals, true
}

// sansConstante is a comparison with a parameter without a value: unknown.
func (l *Lot) sansConstante(t test, w int) mot {
	col := &l.c.cols[t.fait]
	switch {
	case t.agent:
		return mot{}
	case col.connu == nil:
		return mot{manque: l.tous[w]}
	}
	return mot{manque: l.tous[w] &^ col.connu[w]}
}
