package regle

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// A mot is the value of a boolean expression on 64 rows: true, false, failed,
// and unknown for want of a fact that is not of the service's judgement. A row
// in none is unknown for want of a judgement or of a parameter.
type mot struct{ vrai, faux, echec, manque uint64 }

// inconnu returns the rows of wanted that are unknown.
func (m mot) inconnu(wanted uint64) uint64 { return wanted &^ (m.vrai | m.faux | m.echec) }

// A noeud gives the value of a boolean expression on the wanted rows of a word;
// what it says of the other rows means nothing.
type noeud func(w int, wanted uint64) mot

// jamais is the operator of a comparison with a parameter that has no value:
// unknown on every row.
const jamais = "?"

// contient is the operator of a constant sought in a fact that is a list.
const contient = "contient"

// A test is a comparison of a fact with constants, on every row.
type test struct {
	fait  int
	op    string
	vals  string // the constants, as a key
	vrai  Ensemble
	connu Ensemble // rows that know the fact and where the constants exist
	agent bool
}

// leaves compiles apart the parts of a boolean expression that are not made of
// &&, ||, !, ?: and of facts that are true, false or compared with constants.
func (p *Programme) leaves(e *expression, whole *ast.AST, at ast.Expr) error {
	switch at.Kind() {
	case ast.LiteralKind:
		return nil
	case ast.IdentKind:
		if s, ok := p.slotOf(at); ok && s.kind == slotFait {
			return nil
		}
	case ast.CallKind:
		if connective(at) {
			for _, arg := range at.AsCall().Args() {
				if err := p.leaves(e, whole, arg); err != nil {
					return err
				}
			}
			return nil
		}
		if _, _, ok := p.comparison(at); ok {
			return nil
		}
	}
	part := ast.NewCheckedAST(ast.NewAST(at, whole.SourceInfo()), whole.TypeMap(), whole.ReferenceMap())
	leaf := &expression{}
	p.names(leaf, ast.NavigateAST(part))
	prg, err := p.env.PlanProgram(part, cel.EvalOptions(cel.OptOptimize))
	leaf.prg, e.feuilles[at.ID()] = prg, leaf
	return err
}

// connective reports whether e joins truth values.
func connective(e ast.Expr) bool {
	switch e.AsCall().FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional:
		return !slices.ContainsFunc(e.AsCall().Args(), func(a ast.Expr) bool { return a.Kind() == ast.UnspecifiedExprKind })
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
	if s, named := p.slotOf(other); named && s.kind == slotFait && op == operators.In {
		f := p.dict.faits[s.index]
		_, ok = p.constants(fact, s.index)
		return test{fait: s.index, op: contient, agent: f.Portee == Agent}, fact, ok && f.Type == TypeListeTexte
	}
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

// noeud compiles the part of e at a node.
func (l *Lot) noeud(e *expression, at ast.Expr) noeud {
	if leaf, ok := e.feuilles[at.ID()]; ok {
		return l.parCel(leaf)
	}
	switch at.Kind() {
	case ast.LiteralKind:
		if at.AsLiteral() == types.True {
			return toujours
		}
		return non(toujours)
	case ast.IdentKind:
		s, _ := l.v.p.slotOf(at)
		return l.feuille(test{fait: s.index, op: operators.Equals, agent: l.v.p.dict.faits[s.index].Portee == Agent}, []ref.Val{types.True})
	}
	var args []noeud
	if connective(at) {
		for _, arg := range at.AsCall().Args() {
			args = append(args, l.noeud(e, arg))
		}
	}
	switch at.AsCall().FunctionName() {
	case operators.LogicalAnd:
		return conjonction(args[0], args[1])
	case operators.LogicalOr:
		return non(conjonction(non(args[0]), non(args[1])))
	case operators.LogicalNot:
		return non(args[0])
	case operators.Conditional:
		return alternative(args[0], args[1], args[2])
	}
	t, other, _ := l.v.p.comparison(at)
	vals, known := l.constantes(other, t.fait)
	if !known {
		t.op = jamais
	}
	return l.feuille(t, vals)
}

func toujours(_ int, wanted uint64) mot { return mot{vrai: wanted} }

func non(a noeud) noeud {
	return func(w int, wanted uint64) mot {
		m := a(w, wanted)
		return mot{m.faux, m.vrai, m.echec, m.manque}
	}
}

// conjonction is true where both are, false where one is; an unknown hides a
// failure.
func conjonction(a, b noeud) noeud {
	return func(w int, wanted uint64) mot {
		x := a(w, wanted)
		y := b(w, wanted&^x.faux)
		out := mot{vrai: x.vrai & y.vrai, faux: x.faux | y.faux}
		open := wanted &^ (out.vrai | out.faux)
		out.echec = open & (x.echec | y.echec) &^ (x.inconnu(wanted) | y.inconnu(wanted))
		out.manque = open & (x.manque | y.manque)
		return out
	}
}

func alternative(choice, a, b noeud) noeud {
	return func(w int, wanted uint64) mot {
		c := choice(w, wanted)
		x, y := a(w, wanted&c.vrai), b(w, wanted&c.faux)
		return mot{
			vrai:   c.vrai&x.vrai | c.faux&y.vrai,
			faux:   c.vrai&x.faux | c.faux&y.faux,
			echec:  c.echec | c.vrai&x.echec | c.faux&y.echec,
			manque: c.manque | c.vrai&x.manque | c.faux&y.manque,
		}
	}
}

// parCel evaluates, row by row, a part that columns cannot test; the rows that
// know none of its facts share one value.
func (l *Lot) parCel(e *expression) noeud {
	each := l.parLigne(e.faits)
	var rien *mot
	return func(w int, wanted uint64) mot {
		var out mot
		var known uint64
		for _, f := range e.faits {
			if col := l.c.cols[f].connu; col != nil {
				known |= col[w]
			}
		}
		for row := range (Ensemble{wanted & known}).All() {
			l.juge(&out, 1<<row, each(w*64+row).eval(e))
		}
		if blank := wanted &^ known; blank != 0 {
			if rien == nil {
				a := &activation{v: l.v, f: &Faits{l.c.dict, make([]Donnee, len(l.c.cols))}}
				rien = new(mot)
				l.juge(rien, ^uint64(0), a.eval(e))
			}
			out.vrai |= rien.vrai & blank
			out.faux |= rien.faux & blank
			out.echec |= rien.echec & blank
			out.manque |= rien.manque & blank
		}
		return out
	}
}

// juge records the value of an expression on the rows of bits.
func (l *Lot) juge(m *mot, bits uint64, val ref.Val) {
	switch x := val.(type) {
	case types.Bool:
		if x {
			m.vrai |= bits
		} else {
			m.faux |= bits
		}
	case *types.Unknown:
		if l.v.aCompleter(x) {
			m.manque |= bits
		}
	default:
		m.echec |= bits
	}
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
