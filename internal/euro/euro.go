// Package euro holds exact amounts of money and exact rates. No floating point
// number ever touches money.
package euro

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/francais"
)

// A Montant is an amount in cents.
type Montant int64

// Max is the largest amount that guichet accepts from a person: one hundred
// billion euros. It leaves room for sums and rates within an int64.
const Max Montant = 100_000_000_000_00

// Of returns a whole number of euros.
func Of(euros int64) Montant { return Montant(euros * 100) }

// Parse reads an amount in euros, exactly: "15000", "15000.00", "15 000,5 €".
// The error is a fault.Invalid: not a number, more than two decimals, negative
// zero, or beyond Max.
func Parse(s string) (Montant, error) {
	invalid := fault.New(fault.Invalid, "« %s » n’est pas un montant : écrivez par exemple 15000 ou 15000,50.", abrege(s))
	plain := strings.NewReplacer(" ", "", francais.Insecable, "", francais.Fine, "", "€", "").Replace(strings.TrimSpace(s))
	plain, negative := strings.CutPrefix(plain, "-")
	whole, frac, found := strings.Cut(strings.Replace(plain, ",", ".", 1), ".")
	if !digits(whole) || found && (!digits(frac) || len(frac) > 2) || len(whole) > 15 {
		return 0, invalid
	}
	cents, err := strconv.ParseInt(whole+(frac + "00")[:2], 10, 64)
	if err != nil {
		return 0, invalid.Because(err)
	}
	if Montant(cents) > Max {
		return 0, fault.New(fault.Invalid, "Le montant « %s » est trop grand.", abrege(s))
	}
	if negative {
		cents = -cents
	}
	return Montant(cents), nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func abrege(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// Part returns the share t of m, rounded down to the cent: the State never
// pays more than its share. For a negative m it rounds toward minus infinity.
func (m Montant) Part(t Taux) Montant {
	whole, rest := int64(m)/1000, int64(m)%1000
	part := whole*int64(t) + rest*int64(t)/1000
	if rest*int64(t)%1000 < 0 {
		part--
	}
	return Montant(part)
}

// Fois returns n times m, or ok = false when the product does not fit.
func (m Montant) Fois(n int64) (_ Montant, ok bool) {
	if m == 0 || n == 0 {
		return 0, true
	}
	p := int64(m) * n
	if p/n != int64(m) || n == -1 && int64(m) == math.MinInt64 {
		return 0, false
	}
	return Montant(p), true
}

// Decimal writes m in euros with a point and two decimals: "15000.00".
func (m Montant) Decimal() string {
	sign, cents := "", uint64(m)
	if m < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// String writes m for a French reader, without decimals when it is a whole
// number of euros: "15 000 €", "6 172,83 €".
func (m Montant) String() string {
	d := strings.TrimSuffix(m.Decimal(), ".00")
	return francais.Decimal(d) + francais.Insecable + "€"
}

// A Taux is a rate in thousandths of one: 330 is 33 %.
type Taux int32

// Pct returns a rate of n percent.
func Pct(n int) Taux { return Taux(n * 10) }

// Entier returns the rate as a whole percentage, or ok = false when it has a
// fraction of a percent.
func (t Taux) Entier() (pct int, ok bool) { return int(t) / 10, t%10 == 0 }

// String writes the rate for a French reader: "33 %", "12,5 %".
func (t Taux) String() string {
	d := fmt.Sprintf("%d", t/10)
	if t%10 != 0 {
		d = fmt.Sprintf("%d.%d", t/10, t%10)
	}
	return francais.Decimal(d) + francais.Insecable + "%"
}
