package regle

import (
	"fmt"
	"math/big"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"guichet/internal/euro"
	"guichet/internal/jour"
)

// The exact types of the rules, as CEL sees them. A decimal counts
// millionths: metres, shares and percentages need no more.
var (
	typeEuro    = cel.OpaqueType("euro").WithTraits(traits.ComparerType | traits.AdderType | traits.SubtractorType | traits.MultiplierType)
	typeDecimal = cel.OpaqueType("decimal").WithTraits(traits.ComparerType | traits.AdderType | traits.SubtractorType)
	typeDate    = cel.OpaqueType("date").WithTraits(traits.ComparerType)
)

type (
	celEuro    euro.Montant
	celDecimal int64
	celDate    jour.Jour
)

// micro is how many units of a celDecimal make one.
const micro = 1_000_000

func noOverload(v ref.Val) ref.Val { return types.MaybeNoSuchOverloadErr(v) }

func order(a, b int64) ref.Val {
	switch {
	case a < b:
		return types.IntNegOne
	case a > b:
		return types.IntOne
	}
	return types.IntZero
}

func sum(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

// The methods of ref.Val, alike for the three types.

func (v celEuro) ConvertToNative(t reflect.Type) (any, error) { return native(v, t) }
func (v celEuro) ConvertToType(t ref.Type) ref.Val            { return convert(v, t) }
func (v celEuro) Equal(o ref.Val) ref.Val                     { return types.Bool(o == ref.Val(v)) }
func (v celEuro) Type() ref.Type                              { return typeEuro }
func (v celEuro) Value() any                                  { return euro.Montant(v) }

func (v celDecimal) ConvertToNative(t reflect.Type) (any, error) { return native(v, t) }
func (v celDecimal) ConvertToType(t ref.Type) ref.Val            { return convert(v, t) }
func (v celDecimal) Equal(o ref.Val) ref.Val                     { return types.Bool(o == ref.Val(v)) }
func (v celDecimal) Type() ref.Type                              { return typeDecimal }
func (v celDecimal) Value() any                                  { return int64(v) }

func (v celDate) ConvertToNative(t reflect.Type) (any, error) { return native(v, t) }
func (v celDate) ConvertToType(t ref.Type) ref.Val            { return convert(v, t) }
func (v celDate) Equal(o ref.Val) ref.Val                     { return types.Bool(o == ref.Val(v)) }
func (v celDate) Type() ref.Type                              { return typeDate }
func (v celDate) Value() any                                  { return jour.Jour(v) }

func native(v ref.Val, t reflect.Type) (any, error) {
	if reflect.TypeOf(v).AssignableTo(t) {
		return v, nil
	}
	return nil, fmt.Errorf("regle: no conversion from %T to %v", v, t)
}

func convert(v ref.Val, t ref.Type) ref.Val {
	if t == types.TypeType {
		return v.Type().(ref.Val)
	}
	return types.NewErr("regle: no conversion from %s to %s", v.Type().TypeName(), t.TypeName())
}

func (v celEuro) Compare(o ref.Val) ref.Val {
	if w, ok := o.(celEuro); ok {
		return order(int64(v), int64(w))
	}
	return noOverload(o)
}

func (v celDecimal) Compare(o ref.Val) ref.Val {
	if w, ok := o.(celDecimal); ok {
		return order(int64(v), int64(w))
	}
	return noOverload(o)
}

func (v celDate) Compare(o ref.Val) ref.Val {
	if w, ok := o.(celDate); ok {
		return order(int64(v), int64(w))
	}
	return noOverload(o)
}

var errOverflow = types.NewErr("regle: the result does not fit")

func (v celEuro) Add(o ref.Val) ref.Val {
	w, ok := o.(celEuro)
	if !ok {
		return noOverload(o)
	}
	s, fits := sum(int64(v), int64(w))
	if !fits && w != 0 {
		return errOverflow
	}
	return celEuro(s)
}

func (v celEuro) Subtract(o ref.Val) ref.Val {
	if w, ok := o.(celEuro); ok {
		return v.Add(-w)
	}
	return noOverload(o)
}

func (v celEuro) Multiply(o ref.Val) ref.Val {
	n, ok := o.(types.Int)
	if !ok {
		return noOverload(o)
	}
	m, fits := euro.Montant(v).Fois(int64(n))
	if !fits {
		return errOverflow
	}
	return celEuro(m)
}

func (v celDecimal) Add(o ref.Val) ref.Val {
	w, ok := o.(celDecimal)
	if !ok {
		return noOverload(o)
	}
	s, fits := sum(int64(v), int64(w))
	if !fits && w != 0 {
		return errOverflow
	}
	return celDecimal(s)
}

func (v celDecimal) Subtract(o ref.Val) ref.Val {
	if w, ok := o.(celDecimal); ok {
		return v.Add(-w)
	}
	return noOverload(o)
}

// parseDecimal reads a plain decimal number of at most six decimals, exactly.
func parseDecimal(s string) (celDecimal, bool) {
	r, ok := new(big.Rat).SetString(s)
	if !ok || len(s) > 24 {
		return 0, false
	}
	r.Mul(r, big.NewRat(micro, 1))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return celDecimal(r.Num().Int64()), true
}

// String writes the decimal without needless zeros: "0.647", "300".
func (v celDecimal) String() string {
	r := big.NewRat(int64(v), micro)
	n, _ := r.FloatPrec()
	return r.FloatString(n)
}
