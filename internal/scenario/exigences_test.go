package scenario

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	idCas     = regexp.MustCompile(`S[0-8]-\d{2}`)
	nomCas    = regexp.MustCompile(`« ([^»]+) »`)
	nomDuTest = regexp.MustCompile(`Test[A-Z]\w+`)
)

// TestExigences reads docs/exigences.md: every requirement names a proof, and
// every case it names exists.
func TestExigences(t *testing.T) {
	text, err := os.ReadFile("../../docs/exigences.md")
	if err != nil {
		t.Fatal(err)
	}
	ids, examples := known(t)
	rows := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| EX-") {
			continue
		}
		rows++
		cells := strings.Split(line, "|")
		number, proof := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[5])
		if !idCas.MatchString(proof) && !nomCas.MatchString(proof) && !nomDuTest.MatchString(proof) && !strings.Contains(proof, "à venir") && !strings.Contains(proof, "lint") {
			t.Errorf("%s names no proof: %q", number, proof)
		}
		for _, id := range idCas.FindAllString(proof, -1) {
			if !ids[id] {
				t.Errorf("%s: the case %s does not exist", number, id)
			}
		}
		if !strings.Contains(proof, "cas «") {
			continue
		}
		for _, m := range nomCas.FindAllStringSubmatch(proof, -1) {
			if !strings.Contains(examples, m[1]) {
				t.Errorf("%s: the example « %s » does not exist", number, m[1])
			}
		}
	}
	if rows < 80 {
		t.Errorf("%d requirements, want 80 or more", rows)
	}
	for id := range ids {
		if !strings.Contains(string(text), id) {
			t.Errorf("no requirement cites the case %s", id)
		}
	}
}

// known returns the ids of the acceptance cases and the text of the examples.
func known(t *testing.T) (ids map[string]bool, examples string) {
	t.Helper()
	ids = make(map[string]bool)
	files, err := filepath.Glob("cas/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, c := range lit(t, file) {
			ids[c.ID] = true
		}
	}
	files, err = filepath.Glob("../../dispositifs/*/cas.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples += string(text)
	}
	return ids, examples
}
