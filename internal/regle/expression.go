package regle

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
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
	rang       int   // position among the expressions of the scheme
	faits      []int // indices in the dictionary, sorted
	parametres []int
	resultats  []int
	coupes     []coupe
	libres     []int // facts used otherwise than by a comparison with a constant
}

// A coupe is a comparison of a fact with a constant, or with a parameter.
type coupe struct {
	fait      int
	parametre int // index, or -1 when valeur is the constant
	valeur    ref.Val
}

// comparisons are the operators that cut the axis of a fact.
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
		return nil, fmt.Errorf("l’expression « %s » n’est pas comprise : %s", text, p.explain(issues))
	}
	if !tree.OutputType().IsExactType(want) {
		return nil, fmt.Errorf("l’expression « %s » donne une valeur de type %s, il faut %s", text, tree.OutputType(), want)
	}
	nav := ast.NavigateAST(tree.NativeRep())
	if err := forbid(nav); err != nil {
		return nil, err
	}
	e := &expression{rang: p.expressions}
	p.expressions++
	p.names(e, nav)
	prg, err := p.env.Program(tree, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fmt.Errorf("l’expression « %s » ne peut pas être préparée : %v", text, err)
	}
	e.prg = prg
	return e, nil
}

// explain gives the first issue in French, with a hint for an unknown name.
func (p *Programme) explain(issues *cel.Issues) string {
	first := issues.Errors()[0].Message
	if _, after, found := strings.Cut(first, "undeclared reference to '"); found {
		name, _, _ := strings.Cut(after, "'")
		return "« " + name + " » n’est ni un fait de faits.yaml, ni un paramètre, ni un résultat écrit plus haut"
	}
	if strings.Contains(first, "found no matching overload") {
		return "les types ne vont pas ensemble (" + first + ")"
	}
	return first
}

// forbid refuses what the rules must not use: floating point and values of no
// known type.
func forbid(nav ast.NavigableExpr) error {
	all := ast.MatchDescendants(nav, ast.AllMatcher())
	for _, e := range append(all, nav) {
		switch {
		case e.Kind() == ast.LiteralKind && e.AsLiteral().Type() == types.DoubleType:
			return fmt.Errorf("les nombres à virgule flottante sont refusés : écrivez euro(\"…\") ou decimal(\"…\")")
		case slices.Contains([]types.Kind{types.DoubleKind, types.DynKind, types.UintKind, types.TimestampKind, types.DurationKind, types.BytesKind}, e.Type().Kind()):
			return fmt.Errorf("une partie de l’expression est de type %s, que les règles n’acceptent pas", e.Type())
		}
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
	case slices.Contains(comparisons, call.FunctionName()) && left.ID() == id.ID():
		return p.constants(right, fait)
	case slices.Contains(comparisons, call.FunctionName()) && right.ID() == id.ID():
		return p.constants(left, fait)
	case call.FunctionName() == operators.In && left.ID() == id.ID():
		return p.constants(right, fait)
	}
	return nil, false
}

// constants returns the constants written by e: a literal, euro("…") and the
// like, a list of them, or a parameter.
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
	case ast.CallKind:
		t := Type(e.AsCall().FunctionName())
		args := e.AsCall().Args()
		if (t == TypeEuro || t == TypeDecimal || t == TypeDate) && len(args) == 1 && args[0].Kind() == ast.LiteralKind {
			if text, isText := args[0].AsLiteral().(types.String); isText {
				v, err := ParseValeur(t, string(text))
				return []coupe{{fait, -1, v.v}}, err == nil
			}
		}
	}
	return nil, false
}
