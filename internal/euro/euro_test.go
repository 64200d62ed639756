package euro_test

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"guichet/internal/euro"
	"guichet/internal/fault"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]euro.Montant{
		"15000": 1_500_000, "15000.00": 1_500_000, "15 000,5": 1_500_050, "15\u202f000\u00a0€": 1_500_000, "0.01": 1, "-3": -300,
	} {
		if got, err := euro.Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "x", "1.234", "1,2,3", "1e9", "--1", ".5", "5.", "99999999999999999999", "1000000000000"} {
		if _, err := euro.Parse(text); !errors.Is(err, fault.Invalid) {
			t.Errorf("Parse(%q) error = %v, want a fault.Invalid", text, err)
		}
	}
}

// TestPart compares with exact fractions: never above the exact share, never
// a whole cent below it.
func TestPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := euro.Montant(rapid.Int64Range(-1e15, 1e15).Draw(t, "m"))
		rate := euro.Taux(rapid.Int32Range(0, 2000).Draw(t, "rate"))
		exact := big.NewRat(int64(m)*1, 1)
		exact.Mul(exact, big.NewRat(int64(rate), 1000))
		gap := new(big.Rat).Sub(exact, big.NewRat(int64(m.Part(rate)), 1))
		if gap.Sign() < 0 || gap.Cmp(big.NewRat(1, 1)) >= 0 {
			t.Fatalf("%d × %d ‰ = %d, exactly %v", m, rate, m.Part(rate), exact)
		}
	})
}

func TestDecimalIsParsedBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := euro.Montant(rapid.Int64Range(-int64(euro.Max), int64(euro.Max)).Draw(t, "m"))
		if got, err := euro.Parse(m.Decimal()); err != nil || got != m {
			t.Fatalf("Parse(%q) = %d, %v; want %d", m.Decimal(), got, err, m)
		}
	})
}

func TestString(t *testing.T) {
	for m, want := range map[euro.Montant]string{
		1_500_000: "15\u202f000\u00a0€", 617_283: "6\u202f172,83\u00a0€", 0: "0\u00a0€", -50: "−0,50\u00a0€",
	} {
		if got := m.String(); got != want {
			t.Errorf("String(%d) = %q, want %q", int64(m), got, want)
		}
	}
}
