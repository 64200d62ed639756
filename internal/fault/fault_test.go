package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/fault"
)

// TestKindIsAnError finds the kind, the cause and the Fault itself through
// layers of wrapping.
func TestKindIsAnError(t *testing.T) {
	err := error(fault.New(fault.NotFound, "La commune %s n’existe pas.", "99999").Because(io.EOF))
	fault.Wrap(&err, "Territoire(%s)", "99999")
	for _, target := range []error{fault.NotFound, io.EOF} {
		if !errors.Is(err, target) {
			t.Errorf("errors.Is(%v, %v) = false", err, target)
		}
	}
	if errors.Is(err, fault.Invalid) {
		t.Error("a fault.NotFound is also a fault.Invalid")
	}
	if got := fault.Of(err).Message; got != "La commune 99999 n’existe pas." {
		t.Errorf("the message is lost: %q", got)
	}
	if got, want := err.Error(), "Territoire(99999): not found: La commune 99999 n’existe pas.: EOF"; got != want {
		t.Errorf("log text\n got %q\nwant %q", got, want)
	}
}

func TestOf(t *testing.T) {
	if fault.Of(nil) != nil {
		t.Error("no error gives a Fault")
	}
	plain := fault.Of(fmt.Errorf("read: %w", io.EOF))
	if plain.Kind != fault.Internal || plain.Message != "" || !errors.Is(plain, io.EOF) {
		t.Errorf("an unknown error gives %#v, want Internal, no message for the person, the cause kept", plain)
	}
}

func TestWrapLeavesNilAlone(t *testing.T) {
	var err error
	if fault.Wrap(&err, "Load(%s)", "x"); err != nil {
		t.Errorf("got %v", err)
	}
}

// TestFieldsAndCodes keeps the first message of a field and each code once.
func TestFieldsAndCodes(t *testing.T) {
	got := fault.New(fault.Invalid, "Deux valeurs sont à corriger.").
		Field("population", "d’abord").Field("population", "ensuite").Code("POPULATION_NEGATIVE").Code("POPULATION_NEGATIVE").Code("").
		Merge(fault.New(fault.Invalid, "autre").Field("population", "plus tard").Field("cout", "trop grand").Code("COUT").Code("POPULATION_NEGATIVE"))
	if diff := cmp.Diff(map[string]string{"population": "d’abord", "cout": "trop grand"}, got.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"POPULATION_NEGATIVE", "COUT"}, got.Codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	if got.Message != "Deux valeurs sont à corriger." {
		t.Errorf("the message became %q", got.Message)
	}
}

// TestEveryKindHasAName fails when a kind is added without its name.
func TestEveryKindHasAName(t *testing.T) {
	seen := map[string]bool{}
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		if name := k.Error(); name == "" || seen[name] {
			t.Errorf("kind %d is named %q", int(k), name)
		} else {
			seen[name] = true
		}
	}
}
