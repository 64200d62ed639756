package regle

import (
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"guichet/internal/lecture"
)

// blocs are the keys of a scheme's file that this package reads.
var blocs = []string{"parametres", "conditions", "resultats", "signaux", "coherences", "manques"}

// catalogue compiles the rules of every scheme of the product's own data.
func catalogue(t testing.TB) (*Dictionnaire, map[string]*Programme) {
	t.Helper()
	const folder = "../../dispositifs"
	d, err := LoadDictionnaire("faits.yaml", read(t, filepath.Join(folder, "faits.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(folder + "/*/dispositif.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d schemes found (%v), want at least 8", len(files), err)
	}
	pp := make(map[string]*Programme)
	for _, file := range files {
		var r Regles
		if err := lecture.Load(file, onlyRules(t, read(t, file)), &r); err != nil {
			t.Fatal(err)
		}
		p, err := Compile(file, d, &r)
		if err != nil {
			t.Fatal(err)
		}
		pp[filepath.Base(filepath.Dir(file))] = p
	}
	return d, pp
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// onlyRules keeps of a scheme's file the keys that this package reads.
func onlyRules(t testing.TB, text []byte) []byte {
	t.Helper()
	var all map[string]yaml.Node
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	kept := make(map[string]yaml.Node)
	for _, key := range blocs {
		if n, ok := all[key]; ok {
			kept[key] = n
		}
	}
	out, err := yaml.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A commune as the territory knows it: its fragility class is published
// elsewhere, its file is not begun.
var communeSeule = []string{
	"demandeur", "commune", "insee", "13071", "population", "8938", "population_totale", "9100",
	"perimetre_communes", "13071", "lieu_insee", "13071", "densite", "2", "liste_vta_publiee", "oui", "sur_liste_vta", "non",
}

// BenchmarkCommune answers one commune for every scheme, with what an answer
// shows of each condition.
func BenchmarkCommune(b *testing.B) {
	d, pp := catalogue(b)
	f := faits(b, d, communeSeule...)
	var vv []*Version
	conditions := 0
	for _, p := range pp {
		vv = append(vv, p.Le(738_000))
		conditions += len(p.conditions)
	}
	b.ReportMetric(float64(conditions), "conditions")
	b.ReportAllocs()
	for b.Loop() {
		for _, v := range vv {
			v.Eval(f)
		}
	}
}

// BenchmarkParDispositif tells which scheme costs most.
func BenchmarkParDispositif(b *testing.B) {
	d, pp := catalogue(b)
	f := faits(b, d, communeSeule...)
	for code, p := range pp {
		b.Run(code, func(b *testing.B) {
			v := p.Le(738_000)
			b.ReportAllocs()
			for b.Loop() {
				v.Eval(f)
			}
		})
	}
}

// BenchmarkBascules looks for what would change the answers of one commune.
func BenchmarkBascules(b *testing.B) {
	d, pp := catalogue(b)
	f := faits(b, d, communeSeule...)
	for b.Loop() {
		for _, p := range pp {
			p.Le(738_000).Bascules(f)
		}
	}
}
