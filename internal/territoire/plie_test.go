package territoire

import (
	"testing"

	"guichet/internal/francais"
	"guichet/territoires"
)

// TestPlie compares the fast folding with francais.Plie on every name.
func TestPlie(t *testing.T) {
	a, err := Load(territoires.FS)
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string) {
		if got, want := plie(name), francais.Plie(name); got != want {
			t.Errorf("plie(%q) = %q, want %q", name, got, want)
		}
	}
	for _, c := range a.cartes {
		for i := range c.geo.communes {
			check(c.geo.communes[i].Nom)
		}
		for i := range c.geo.epcis {
			check(c.geo.epcis[i].Nom)
		}
		for i := range c.geo.anciennes {
			check(c.geo.anciennes[i].nom)
		}
	}
	for _, odd := range []string{"", " ", "--", "L’Haÿ", "Saint", "sainte-saint", " saintes ", "a\u0301", "日本", "1er", "\xff"} {
		check(odd)
	}
}
