package lecture_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/jour"
	"guichet/internal/lecture"
)

type commun struct {
	Nom string `yaml:"nom"`
}

type article struct {
	commun `yaml:",inline"`
	Ligne  lecture.Ligne
	N      int `yaml:"n"`
}

type fichier struct {
	Titre    string            `yaml:"titre"`
	Depuis   jour.Jour         `yaml:"depuis"`
	Requis   bool              `yaml:"requis"`
	Max      *int              `yaml:"max"`
	Articles []article         `yaml:"articles"`
	Libelles map[string]string `yaml:"libelles"`
}

func TestLoad(t *testing.T) {
	var got fichier
	err := lecture.Load("a.yaml", []byte("titre: Essai\ndepuis: 2021-07-01\nrequis: true\nmax: 3\narticles:\n  - {nom: un, n: 1}\n  - nom: deux\n    n: 2\nlibelles: {a: A}\n"), &got)
	if err != nil {
		t.Fatal(err)
	}
	if got.Titre != "Essai" || got.Depuis != jour.Of(2021, 7, 1) || !got.Requis || got.Max == nil || *got.Max != 3 {
		t.Errorf("got %+v", got)
	}
	if len(got.Articles) != 2 || got.Articles[0].Nom != "un" || got.Articles[1].N != 2 {
		t.Fatalf("articles = %+v", got.Articles)
	}
	if got.Articles[0].Ligne != 6 || got.Articles[1].Ligne != 7 {
		t.Errorf("articles begin on lines %d and %d, want 6 and 7", got.Articles[0].Ligne, got.Articles[1].Ligne)
	}
	if diff := cmp.Diff(map[string]string{"a": "A"}, got.Libelles); diff != "" {
		t.Error(diff)
	}
}

func TestNullIsNothing(t *testing.T) {
	got := fichier{}
	if err := lecture.Load("a.yaml", []byte("titre: null\nmax: null\ndepuis:\n"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Titre != "" || got.Max != nil || got.Depuis != 0 {
		t.Errorf("got %+v", got)
	}
}

// TestProblems reads bad files: each message says the file, the line, the key
// and what to write.
func TestProblems(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"an empty file":               {"", "a.yaml: le fichier est vide."},
		"a misspelt key":              {"titer: x", "a.yaml:1: titer: cette clé n’existe pas : vouliez-vous dire « titre » ?"},
		"an unknown key":              {"bidule: x", "les clés possibles sont articles, depuis, libelles, max, requis et titre."},
		"a repeated key":              {"titre: a\ntitre: b", "a.yaml:2: titre: cette clé est écrite deux fois."},
		"a word for a number":         {"articles:\n  - n: beaucoup", "a.yaml:2: articles[0].n: « beaucoup » n’est pas un nombre entier."},
		"a number that does not fit":  {"max: 99999999999999999999", "a.yaml:1: max: « 99999999999999999999 » n’est pas un nombre entier."},
		"a word for a boolean":        {"requis: \"oui\"", "a.yaml:1: requis: « oui » : écrivez true ou false."},
		"an impossible day":           {"depuis: 2021-02-30", "« 2021-02-30 » n’est pas une date : écrivez année-mois-jour, par exemple 2021-07-01."},
		"a value for a list":          {"articles: un", "a.yaml:1: articles: une liste est attendue ici"},
		"a list for a value":          {"titre: [a, b]", "a.yaml:1: titre: une seule valeur est attendue ici."},
		"a value for keys":            {"articles: [un]", "articles[0]: des clés sont attendues ici : nom et n."},
		"a value for a table":         {"libelles: un", "des lignes « nom: valeur » sont attendues ici."},
		"a repeated key in a table":   {"libelles: {a: A, a: B}", "libelles.a: cette clé est écrite deux fois."},
		"a list at the top":           {"- a", "des clés sont attendues ici"},
		"an alias":                    {"titre: &x a\nlibelles: {b: *x}", "les renvois (*) ne sont pas acceptés : recopiez la valeur."},
		"a text that is not YAML":     {"titre: \"a\nb: c", "le texte n’est pas du YAML"},
		"a key indented by a tab":     {"libelles:\n\ta: b", "le texte n’est pas du YAML"},
		"an inline struct's bad type": {"articles:\n  - {nom: [x]}", "a.yaml:2: articles[0].nom: une seule valeur est attendue ici."},
	} {
		err := lecture.Load("a.yaml", []byte(c.text), &fichier{})
		if _, ok := errors.AsType[lecture.Problemes](err); !ok {
			t.Errorf("%s: %v, want Problemes", name, err)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s:\n got %s\nwant %s", name, err, c.want)
		}
	}
}

// TestAllProblemsAtOnce does not stop at the first, and stops before a flood.
func TestAllProblemsAtOnce(t *testing.T) {
	err := lecture.Load("a.yaml", []byte("titre: [x]\nmax: y\nrequis: z\n"), &fichier{})
	if pp, _ := errors.AsType[lecture.Problemes](err); len(pp) != 3 || pp[0].Ligne != 1 || pp[1].Ligne != 2 || pp[2].Ligne != 3 {
		t.Errorf("got %v, want three problems on lines 1, 2, 3", err)
	}
	err = lecture.Load("a.yaml", []byte("articles:\n"+strings.Repeat("  - {n: x}\n", 1000)), &fichier{})
	if pp, _ := errors.AsType[lecture.Problemes](err); len(pp) != 200 {
		t.Errorf("%d problems listed, want 200", len(pp))
	}
}

// FuzzLoad never panics, whatever the text.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{"titre: a", "articles: [{n: 1}]", "libelles: {a: b}", "? [a]: b", "a: &a [*a]", "<<: {titre: a}", "!!binary x", "---\n...\n---\na"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := lecture.Load("a.yaml", []byte(text), &fichier{})
		if _, ok := errors.AsType[lecture.Problemes](err); err != nil && !ok {
			t.Errorf("%T: %v", err, err)
		}
	})
}
