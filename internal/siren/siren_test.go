package siren_test

import (
	"errors"
	"testing"

	"guichet/internal/fault"
	"guichet/internal/siren"
)

func TestParse(t *testing.T) {
	if got, err := siren.Parse(" 200 042 935 "); err != nil || got != "200042935" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []string{"", "20004293", "200042936", "000000000", "20004293a", "2000429350"} {
		if _, err := siren.Parse(bad); !errors.Is(err, fault.Invalid) {
			t.Errorf("Parse(%q) error = %v, want a fault.Invalid", bad, err)
		}
	}
}

func TestParseSiret(t *testing.T) {
	for _, good := range []string{"20004293500011", "356 000 000 00048", "35600000049837"} {
		if _, err := siren.ParseSiret(good); err != nil {
			t.Errorf("ParseSiret(%q): %v", good, err)
		}
	}
	for _, bad := range []string{"", "2000429350001", "20004293500012", "35600000000044"} {
		if _, err := siren.ParseSiret(bad); !errors.Is(err, fault.Invalid) {
			t.Errorf("ParseSiret(%q) error = %v, want a fault.Invalid", bad, err)
		}
	}
}
