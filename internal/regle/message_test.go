package regle

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/lecture"
)

var update = flag.Bool("update", false, "write the expected messages of testdata")

// TestMessages reads files that are wrong and compares every message, as the
// person who writes the rules sees them.
func TestMessages(t *testing.T) {
	d := dictionnaire(t)
	files, _ := filepath.Glob("testdata/faux-*.yaml")
	if len(files) < 12 {
		t.Fatalf("%d wrong files, want at least 12", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			name := filepath.Base(file)
			text := read(t, file)
			var err error
			if strings.HasPrefix(name, "faux-faits") {
				_, err = LoadDictionnaire(name, text)
			} else {
				err = compileText(name, d, text)
			}
			if err == nil {
				t.Fatal("the file is accepted")
			}
			got := err.Error() + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(read(t, golden)), got); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
		})
	}
}

// compileText reads and compiles rules; the problems of the reading come
// first, alone.
func compileText(name string, d *Dictionnaire, text []byte) error {
	var r Regles
	if err := lecture.Load(name, text, &r); err != nil {
		return err
	}
	_, err := Compile(name, d, &r)
	return err
}

func dictionnaire(t testing.TB) *Dictionnaire {
	t.Helper()
	d, err := LoadDictionnaire("faits.yaml", []byte(faitsTest))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
