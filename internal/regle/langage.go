package regle

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"guichet/internal/euro"
	"guichet/internal/jour"
)

// reserves are words of the language that cannot name a fact, a parameter or
// a result.
var reserves = map[string]bool{
	"euro": true, "decimal": true, "date": true, "age": true, "ajoute_mois": true, "somme": true,
	"distincts": true, "croissant": true, "minimum": true, "maximum": true, "min": true, "max": true,
	"abs": true, "true": true, "false": true, "null": true, "in": true, "as": true, "break": true,
	"const": true, "continue": true, "else": true, "for": true, "function": true, "if": true,
	"import": true, "let": true, "loop": true, "package": true, "namespace": true, "return": true,
	"var": true, "void": true, "while": true, "size": true, "has": true, "all": true, "exists": true,
	"int": true, "uint": true, "double": true, "string": true, "bool": true, "bytes": true, "list": true,
	"map": true, "type": true, "dyn": true, "timestamp": true, "duration": true, "matches": true,
}

// langage is the CEL environment of every rule: the standard operators on
// exact types and a few functions, and nothing else of ours.
func langage() []cel.EnvOption {
	opts := []cel.EnvOption{
		cel.HomogeneousAggregateLiterals(),
		cel.ASTValidators(
			cel.ValidateRegexLiterals(),
			cel.ValidateHomogeneousAggregateLiterals(),
			cel.ValidateComprehensionNestingLimit(2),
		),
	}
	for _, op := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals} {
		for _, t := range []*cel.Type{typeEuro, typeDecimal, typeDate} {
			opts = append(opts, binary(op, t, t, cel.BoolType))
		}
	}
	for _, op := range []string{operators.Add, operators.Subtract} {
		for _, t := range []*cel.Type{typeEuro, typeDecimal} {
			opts = append(opts, binary(op, t, t, t))
		}
	}
	opts = append(opts, binary(operators.Multiply, typeEuro, cel.IntType, typeEuro))
	return slices.Concat(opts, valeurs(), dates(), listes(), extremes())
}

// binary declares an overload of a standard operator; the traits of the values
// do the work.
func binary(op string, a, b, out *cel.Type) cel.EnvOption {
	id := op + "_" + a.TypeName() + "_" + b.TypeName()
	return cel.Function(op, cel.Overload(id, []*cel.Type{a, b}, out))
}

func unary(name string, in, out *cel.Type, f func(ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload(name+"_"+in.String(), []*cel.Type{in}, out, cel.UnaryBinding(f)))
}

func deux(name string, a, b, out *cel.Type, f func(a, b ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload(name+"_"+a.String()+"_"+b.String(), []*cel.Type{a, b}, out, cel.BinaryBinding(f)))
}

// valeurs are euro("1.00"), decimal("0.5"), date("2021-12-31") and
// montant.pct(33).
func valeurs() []cel.EnvOption {
	parse := func(t Type) func(ref.Val) ref.Val {
		return func(v ref.Val) ref.Val {
			got, err := ParseValeur(t, string(v.(types.String)))
			if err != nil {
				return types.NewErr("regle: %v", err)
			}
			return got.v
		}
	}
	return []cel.EnvOption{
		unary("euro", cel.StringType, typeEuro, parse(TypeEuro)),
		unary("decimal", cel.StringType, typeDecimal, parse(TypeDecimal)),
		unary("date", cel.StringType, typeDate, parse(TypeDate)),
		cel.Function("pct", cel.MemberOverload("euro_pct_int", []*cel.Type{typeEuro, cel.IntType}, typeEuro, cel.BinaryBinding(pct))),
	}
}

// pct takes a percentage of an amount, rounded down to the cent.
func pct(m, n ref.Val) ref.Val {
	rate := int64(n.(types.Int))
	if rate < 0 || rate > 1000 {
		return types.NewErr("regle: a rate of %d %% is out of bounds", rate)
	}
	return celEuro(euro.Montant(m.(celEuro)).Part(euro.Pct(int(rate))))
}

func dates() []cel.EnvOption {
	return []cel.EnvOption{
		deux("age", typeDate, typeDate, cel.IntType, func(a, b ref.Val) ref.Val {
			return types.Int(jour.Age(jour.Jour(a.(celDate)), jour.Jour(b.(celDate))))
		}),
		deux("ajoute_mois", typeDate, cel.IntType, typeDate, func(a, n ref.Val) ref.Val {
			months := int64(n.(types.Int))
			if months < -1200 || months > 1200 {
				return types.NewErr("regle: %d months is out of bounds", months)
			}
			return celDate(jour.Jour(a.(celDate)).AddMois(int(months)))
		}),
	}
}

func listes() []cel.EnvOption {
	euros, textes := cel.ListType(typeEuro), cel.ListType(cel.StringType)
	return []cel.EnvOption{
		unary("somme", euros, typeEuro, func(v ref.Val) ref.Val {
			var total ref.Val = celEuro(0)
			for _, x := range elements(v) {
				adder, ok := total.(celEuro)
				if !ok {
					return total
				}
				total = adder.Add(x)
			}
			return total
		}),
		unary("distincts", euros, cel.IntType, distincts),
		unary("distincts", textes, cel.IntType, distincts),
		unary("croissant", euros, cel.BoolType, func(v ref.Val) ref.Val {
			xs := elements(v)
			for i := 1; i < len(xs); i++ {
				if xs[i].(celEuro) < xs[i-1].(celEuro) {
					return types.False
				}
			}
			return types.True
		}),
		unary("minimum", euros, typeEuro, extreme(types.IntNegOne)),
		unary("maximum", euros, typeEuro, extreme(types.IntOne)),
	}
}

func elements(v ref.Val) []ref.Val {
	var out []ref.Val
	for it := v.(traits.Lister).Iterator(); it.HasNext() == types.True; {
		out = append(out, it.Next())
	}
	return out
}

func distincts(v ref.Val) ref.Val {
	seen := make(map[ref.Val]bool)
	for _, x := range elements(v) {
		seen[x] = true
	}
	return types.Int(len(seen))
}

// extreme returns the element that compares as want with every other.
func extreme(want ref.Val) func(ref.Val) ref.Val {
	return func(v ref.Val) ref.Val {
		xs := elements(v)
		if len(xs) == 0 {
			return types.NewErr("regle: no extreme of an empty list")
		}
		best := xs[0]
		for _, x := range xs[1:] {
			if x.(traits.Comparer).Compare(best) == want {
				best = x
			}
		}
		return best
	}
}

// extremes are min(a, b), max(a, b) and abs(a).
func extremes() []cel.EnvOption {
	pick := func(want ref.Val) func(a, b ref.Val) ref.Val {
		return func(a, b ref.Val) ref.Val {
			if a.(traits.Comparer).Compare(b) == want {
				return a
			}
			return b
		}
	}
	var opts []cel.EnvOption
	for _, t := range []*cel.Type{cel.IntType, typeEuro, typeDecimal} {
		opts = append(opts, deux("min", t, t, t, pick(types.IntNegOne)), deux("max", t, t, t, pick(types.IntOne)))
	}
	return append(opts, unary("abs", typeDecimal, typeDecimal, func(v ref.Val) ref.Val {
		return max(v.(celDecimal), -v.(celDecimal))
	}))
}
