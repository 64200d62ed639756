package web

import (
	"io"
	"strconv"
	"strings"
	"testing"

	"guichet/internal/web/ui"
)

// TestFragments reads the pages of many territories on one site, which keeps
// the parts that say the same thing, and on sites that kept nothing: they are
// equal, octet for octet.
func TestFragments(t *testing.T) {
	g := open(t)
	kept := newSite(t, io.Discard)
	var paths []string
	v, err := g.Grille("13", 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range v.Lignes {
		path := territoryPaths[l.Type] + l.Code
		paths = append(paths, path)
		switch i % 4 {
		case 0:
			paths = append(paths, path+"?cout="+strconv.Itoa(1000*i), path+"?le=2026-11-01")
		case 1:
			paths = append(paths, path+"?classe_fragilite="+strconv.Itoa(i%8), path+"?population=-5")
		case 2:
			paths = append(paths, path+"?distance_qpv_m="+strconv.Itoa(i*7)+"&lieu_insee=13055", path+"?demandeur_pret=oui")
		}
	}
	far, err := g.Grille("2A", 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(far.Lignes); i += 10 {
		paths = append(paths, territoryPaths[far.Lignes[i].Type]+far.Lignes[i].Code)
	}
	for _, path := range paths {
		a, b := get(kept, path), get(newSite(t, io.Discard), path)
		if a.Code != b.Code || a.Body.String() != b.Body.String() {
			x, y := a.Body.String(), b.Body.String()
			i := 0
			for i < min(len(x), len(y)) && x[i] == y[i] {
				i++
			}
			t.Fatalf("%s differs: %q is not %q", path, x[max(0, i-60):min(len(x), i+60)], y[max(0, i-60):min(len(y), i+60)])
		}
	}
	t.Logf("%d pages, equal with and without what was kept", len(paths))
}

// TestFragmentsAreBounded keeps more than the bound allows.
func TestFragmentsAreBounded(t *testing.T) {
	var f fragments
	text := strings.Repeat("a", 1<<20)
	for i := range 30 {
		f.of(strconv.Itoa(i), func() ui.Node { return ui.T(text) })
		if f.bytes > fragmentBytes {
			t.Fatalf("%d bytes kept, %d at most", f.bytes, fragmentBytes)
		}
	}
	made := 0
	for range 3 {
		f.of("une fois", func() ui.Node { made++; return ui.T("x") })
	}
	if made != 1 {
		t.Errorf("a part is made %d times", made)
	}
}
