package regle

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"guichet/internal/fault"
)

// A slot says where a name of the rules finds its value.
type slot struct {
	kind  slotKind
	index int
}

type slotKind uint8

const (
	slotFait slotKind = iota
	slotParametre
	slotResultat
)

// An expression is one compiled CEL expression and what it names.
type expression struct {
	prg        cel.Program
	arbre      ast.Expr
	feuilles   map[int64]*expression // by node: the parts that columns cannot test
	rang       int                   // position among the expressions of the scheme
	faits      []int                 // indices in the dictionary, sorted
	parametres []int
	resultats  []int
	coupes     []coupe
	libres     []int // facts used otherwise than by a comparison with a constant
	stricte    bool  // without &&, ||, ?: nor loop: needs everything that it names
}

// A coupe is a comparison of a fact with a constant, or with a parameter.
type coupe struct {
	fait      int
	parametre int // index, or -1 when valeur is the constant
	valeur    ref.Val
}

// comparisons are the operators that cut the axis of a fact; the first four
// order it.
var comparisons = []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.Equals, operators.NotEquals}

// maxExpression bounds the length of one expression, in bytes.
const maxExpression = 2_000

// compile compiles text, which must give a value of type want.
func (p *Programme) compile(text string, want *cel.Type) (*expression, error) {
	if len(text) > maxExpression {
		return nil, fmt.Errorf("cette expression est trop longue : %d caractères au plus", maxExpression)
	}
	tree, issues := p.env.Compile(text)
	if issues.Err() != nil {
		return nil, fmt.Errorf("l’expression « %s » n’est pas comprise : %s", text, explain(text, issues))
	}
	if !tree.OutputType().IsExactType(want) {
		return nil, fmt.Errorf("l’expression « %s » donne une valeur de type %s, il faut %s", text, nomDeType(tree.OutputType()), nomDeType(want))
	}
	nav := ast.NavigateAST(tree.NativeRep())
	if err := p.forbid(nav); err != nil {
		return nil, err
	}
	e := &expression{rang: p.expressions, arbre: tree.NativeRep().Expr()}
	p.expressions++
	if err := literals(nav); err != nil {
		return nil, err
	}
	p.names(e, nav)
	e.stricte = len(ast.MatchDescendants(nav, ast.KindMatcher(ast.ComprehensionKind))) == 0 && !slices.ContainsFunc(
		append(ast.MatchDescendants(nav, ast.KindMatcher(ast.CallKind)), nav), func(c ast.NavigableExpr) bool { return c.Kind() == ast.CallKind && connective(c) })
	if want == cel.BoolType {
		e.feuilles = make(map[int64]*expression)
		if err := p.leaves(e, tree.NativeRep(), e.arbre); err != nil {
			return nil, err
		}
	}
	if err := p.affordable(tree); err != nil {
		return nil, err
	}
	prg, err := p.env.Program(tree, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fmt.Errorf("l’expression « %s » ne peut pas être préparée : %v", text, err)
	}
	e.prg = prg
	return e, nil
}

// maxCout bounds the worst cost of one expression, in the units of CEL: a list
// may be searched for each element of another, not more.
const maxCout = 500_000

// affordable refuses an expression that could take too long.
func (p *Programme) affordable(tree *cel.Ast) error {
	c, err := p.env.EstimateCost(tree, tailles{})
	if err != nil || c.Max > maxCout {
		return fmt.Errorf("cette expression peut demander trop de calculs : trop de boucles les unes dans les autres")
	}
	return nil
}

// tailles tells CEL how long the lists and the texts of the facts can be.
type tailles struct{}

// EstimateSize bounds the size of a list or a text.
func (tailles) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	switch n.Type().Kind() {
	case types.ListKind, types.StringKind:
		return &cost.SizeEstimate{Min: 0, Max: maxListe}
	}
	return &cost.SizeEstimate{Min: 1, Max: 1}
}

// EstimateCallCost leaves the cost of a call to CEL.
func (tailles) EstimateCallCost(_, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	return nil
}

// forbid refuses what the rules must not use: floating point and values of no
// known type, and a variable of a loop that hides a name.
func (p *Programme) forbid(nav ast.NavigableExpr) error {
	all := ast.MatchDescendants(nav, ast.AllMatcher())
	for _, e := range append(all, nav) {
		if e.Kind() == ast.ComprehensionKind {
			if _, hidden := p.slots[e.AsComprehension().IterVar()]; hidden {
				return fmt.Errorf("la boucle donne à sa variable le nom « %s », qui est déjà pris : écrivez par exemple x", e.AsComprehension().IterVar())
			}
		}
		switch {
		case e.Kind() == ast.LiteralKind && e.AsLiteral().Type() == types.DoubleType:
			return fmt.Errorf("les nombres à virgule flottante sont refusés : écrivez euro(\"…\") ou decimal(\"…\")")
		case slices.Contains([]types.Kind{types.DoubleKind, types.DynKind, types.UintKind, types.TimestampKind, types.DurationKind, types.BytesKind}, e.Type().Kind()):
			return fmt.Errorf("une partie de l’expression est de type « %s » ; les règles n’acceptent que texte, entier, booleen, euro, decimal, date et des listes", nomDeType(e.Type()))
		}
	}
	return nil
}

// literals replaces euro("…"), decimal("…") and date("…") by their values, so
// that they are read once, and refuses those that cannot be read.
func literals(nav ast.NavigableExpr) error {
	for _, e := range append(ast.MatchDescendants(nav, ast.KindMatcher(ast.CallKind)), nav) {
		if e.Kind() != ast.CallKind {
			continue
		}
		call := e.AsCall()
		t := Type(call.FunctionName())
		if t != TypeEuro && t != TypeDecimal && t != TypeDate {
			continue
		}
		if call.Args()[0].Kind() != ast.LiteralKind {
			return fmt.Errorf("« %s » demande un texte entre guillemets : %s(\"…\")", t, t)
		}
		text, _ := call.Args()[0].AsLiteral().(types.String)
		v, err := ParseValeur(t, string(text))
		if err != nil {
			return fmt.Errorf("« %s » ne se lit pas : %s", text, strings.TrimSuffix(fault.Of(err).Message, "."))
		}
		e.SetKindCase(ast.NewExprFactory().NewLiteral(e.ID(), v.v))
	}
	return nil
}

// names fills what e uses, and how it cuts the facts.
func (p *Programme) names(e *expression, nav ast.NavigableExpr) {
	idents := ast.MatchDescendants(nav, ast.KindMatcher(ast.IdentKind))
	if nav.Kind() == ast.IdentKind && len(idents) == 0 {
		idents = append(idents, nav)
	}
	for _, id := range idents {
		s, ok := p.slots[id.AsIdent()]
		if !ok {
			continue // the variable of a macro
		}
		switch s.kind {
		case slotParametre:
			e.parametres = add(e.parametres, s.index)
		case slotResultat:
			e.resultats = add(e.resultats, s.index)
		case slotFait:
			e.faits = add(e.faits, s.index)
			if cuts, ok := p.cuts(id, s.index); ok {
				e.coupes = append(e.coupes, cuts...)
			} else {
				e.libres = add(e.libres, s.index)
			}
		}
	}
}

func add(xs []int, x int) []int {
	if i, found := slices.BinarySearch(xs, x); !found {
		return slices.Insert(xs, i, x)
	}
	return xs
}

// cuts returns the constants that the parent of the identifier id compares it
// with; ok is false when it is used otherwise.
func (p *Programme) cuts(id ast.NavigableExpr, fait int) (cuts []coupe, ok bool) {
	parent, has := id.Parent()
	if p.dict.faits[fait].Type == TypeBooleen {
		return nil, true
	}
	if !has || parent.Kind() != ast.CallKind || len(parent.AsCall().Args()) != 2 {
		return nil, false
	}
	call := parent.AsCall()
	left, right := call.Args()[0], call.Args()[1]
	switch {
	case p.dict.faits[fait].Type == TypeTexte && slices.Contains(comparisons[:4], call.FunctionName()):
		return nil, false // texts are cut one by one, not by their order
	case slices.Contains(comparisons, call.FunctionName()) && left.ID() == id.ID():
		return p.constants(right, fait)
	case slices.Contains(comparisons, call.FunctionName()) && right.ID() == id.ID():
		return p.constants(left, fait)
	case call.FunctionName() == operators.In && left.ID() == id.ID():
		return p.constants(right, fait)
	}
	return nil, false
}

// constants returns the constants written by e: a literal, a list of literals,
// or a parameter.
func (p *Programme) constants(e ast.Expr, fait int) (cuts []coupe, ok bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		return []coupe{{fait, -1, e.AsLiteral()}}, true
	case ast.IdentKind:
		if s, known := p.slots[e.AsIdent()]; known && s.kind == slotParametre {
			return []coupe{{fait, s.index, nil}}, true
		}
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			c, ok := p.constants(item, fait)
			if !ok {
				return nil, false
			}
			cuts = append(cuts, c...)
		}
		return cuts, true
	}
	return nil, false
}
