// Package scenario tells stories about the whole product and runs the
// acceptance cases.
package scenario

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
	"guichet/internal/fault"
	"guichet/internal/territoire"
	"guichet/territoires"
)

// A cas is one acceptance case, as its file writes it.
type cas struct {
	ID     string         `yaml:"id"`
	Scheme string         `yaml:"scheme"`
	Do     string         `yaml:"do"`
	Title  string         `yaml:"title"`
	Given  map[string]any `yaml:"given"`
	Expect map[string]any `yaml:"expect"`
	Seed   string         `yaml:"seed"`
	Basis  string         `yaml:"basis"`
	Source string         `yaml:"source"`
}

// A monde is the product's data, as the demonstration holds them.
type monde struct {
	c *dispositif.Catalogue
	a *territoire.Atlas
}

func charge(t testing.TB) *monde {
	t.Helper()
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	a, err := territoire.Load(territoires.FS)
	if err != nil {
		t.Fatal(err)
	}
	return &monde{c.Pour("13"), a.Avec(territoire.Couches{Listes: c.Listes()})}
}

// plusTard are the operations of capabilities that do not exist yet.
var plusTard = map[string]string{
	"ledger":          "le registre des chèques du Pass numérique n’existe pas encore",
	"mandate":         "le registre des mandats n’existe pas encore",
	"matching":        "la mise en relation des conseillers n’existe pas encore",
	"match_rule":      "la mise en relation des conseillers n’existe pas encore",
	"s7_declarations": "les déclarations de repas ne sont pas encore enregistrées",
}

// An operation answers a case: what it returns is compared with the expected
// fields.
type operation func(m *monde, c cas) (map[string]any, error)

// TestCas runs every case of the folders in GUICHET_CAS, or of the project's
// own copy.
func TestCas(t *testing.T) {
	folders := os.Getenv("GUICHET_CAS")
	if folders == "" {
		folders = "cas"
	}
	m := charge(t)
	ran := make(map[string]int)
	for _, folder := range strings.Split(folders, ":") {
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no case in the folder %q", folder)
		}
		for _, file := range files {
			for _, c := range lit(t, file) {
				t.Run(c.ID, func(t *testing.T) { verifie(t, m, c) })
				ran[c.Do]++
			}
		}
	}
	t.Log(compte(ran))
}

func lit(t *testing.T, file string) []cas {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Cases []cas `yaml:"cases"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(doc.Cases) == 0 {
		t.Errorf("%s holds no case", file)
	}
	return doc.Cases
}

func compte(ran map[string]int) string {
	var parts []string
	total := 0
	for do, n := range ran {
		parts = append(parts, fmt.Sprintf("%s %d", do, n))
		total += n
	}
	sort.Strings(parts)
	return fmt.Sprintf("%d cases: %s", total, strings.Join(parts, ", "))
}

func verifie(t *testing.T, m *monde, c cas) {
	if why, later := plusTard[c.Do]; later {
		t.Skip(why)
	}
	do, ok := operations[c.Do]
	if !ok {
		t.Fatalf("%s: unknown operation %q", c.ID, c.Do)
	}
	got, err := do(m, c)
	if err != nil {
		f := fault.Of(err)
		if !errors.Is(err, fault.Invalid) {
			t.Fatalf("%s: %v", c.Title, err)
		}
		got = map[string]any{"verdict": "invalide", "reasons": f.Codes}
	}
	for key, want := range c.Expect {
		compare(t, c, key, want, got)
	}
}

// compare checks one expected field.
func compare(t *testing.T, c cas, key string, want any, got map[string]any) {
	reasons, _ := got["reasons"].([]string)
	switch key {
	case "reasons":
		for _, r := range textes(want) {
			if !slices.Contains(reasons, r) {
				t.Errorf("%s: reasons = %v, want %s among them", c.Title, reasons, r)
			}
		}
	case "not_reasons":
		for _, r := range textes(want) {
			if slices.Contains(reasons, r) {
				t.Errorf("%s: reasons = %v, want no %s", c.Title, reasons, r)
			}
		}
	default:
		value, known := got[key]
		if !known {
			t.Errorf("%s: %s is not answered (got %v), want %v", c.Title, key, got, want)
		} else if !reflect.DeepEqual(plat(value), plat(want)) {
			t.Errorf("%s: %s = %v, want %v (got %v)", c.Title, key, value, want, got)
		}
	}
}

// plat makes values of YAML and of Go comparable.
func plat(v any) any {
	switch x := v.(type) {
	case []string:
		return strings.Join(x, ";")
	case []any:
		return strings.Join(textes(x), ";")
	case map[string]string:
		out := make(map[string]any)
		for k, s := range x {
			out[k] = s
		}
		return out
	case map[string]any:
		return x
	}
	return fmt.Sprint(v)
}

// textes reads a list of texts.
func textes(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = fmt.Sprint(x)
	}
	return out
}
