package regle

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

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
	if !fits {
		return errOverflow
	}
	return celEuro(s)
}

func (v celEuro) Subtract(o ref.Val) ref.Val {
	w, ok := o.(celEuro)
	switch {
	case !ok:
		return noOverload(o)
	case w == math.MinInt64:
		return errOverflow
	}
	return v.Add(-w)
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
	if !fits {
		return errOverflow
	}
	return celDecimal(s)
}

func (v celDecimal) Subtract(o ref.Val) ref.Val {
	w, ok := o.(celDecimal)
	switch {
	case !ok:
		return noOverload(o)
	case w == math.MinInt64:
		return errOverflow
	}
	return v.Add(-w)
}

// parseDecimal reads a plain decimal number of at most six decimals, exactly.
func parseDecimal(s string) (celDecimal, bool) {
	plain, negative := strings.CutPrefix(s, "-")
	whole, frac, point := strings.Cut(plain, ".")
	digits := strings.Trim(whole+frac, "0123456789") == ""
	if !digits || whole == "" || point && frac == "" || len(whole) > 12 || len(frac) > 6 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(frac + "000000")[:6], 10, 64)
	if negative {
		n = -n
	}
	return celDecimal(n), err == nil
}

// String writes the decimal without needless zeros: "0.647", "300".
func (v celDecimal) String() string {
	sign, n := "", uint64(v)
	if v < 0 {
		sign, n = "-", -n
	}
	whole, frac := strconv.FormatUint(n/micro, 10), strings.TrimRight(fmt.Sprintf("%06d", n%micro), "0")
	if frac != "" {
		whole += "." + frac
	}
	return sign + whole
}
