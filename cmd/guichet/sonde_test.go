package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guichet/internal/fault"
	"guichet/internal/piece"
	"guichet/internal/sonde"
)

// TestSonde runs the program as the service runs itself: it measures, it
// refuses, and its help does not offer it to people.
func TestSonde(t *testing.T) {
	folder := t.TempDir()
	programme := filepath.Join(folder, "guichet")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", programme, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := sonde.Sonde{Programme: programme, Args: []string{"sonde"}}
	pose := func(text string) string {
		nom := filepath.Join(folder, "piece")
		if err := os.WriteFile(nom, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return nom
	}
	if m, err := s.Sonder(t.Context(), pose("nom;valeur\nécole;3\n"), "budget.csv"); err != nil || m.Genre != piece.Tableur || m.Octets != 20 {
		t.Errorf("a table: %+v, %v", m, err)
	}
	_, err := s.Sonder(t.Context(), pose("<!doctype html><html></html>"), "page.html")
	if !errors.Is(err, fault.Invalid) || !slices.Contains(fault.Of(err).Codes, "PIECE_ACTIVE") {
		t.Errorf("a page: %v", err)
	}
	if _, out, _ := command(t, "--help"); strings.Contains(out, "sonde") {
		t.Errorf("the help offers the verb:\n%s", out)
	}
}
