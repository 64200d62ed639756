package guichet_test

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/territoire"
	"guichet/territoires"
)

var le2021 = jour.Of(2021, time.July, 1)

// atlas is loaded once: nothing changes it.
var atlas = sync.OnceValues(func() (*territoire.Atlas, error) { return territoire.Load(territoires.FS) })

// catalogue is loaded once too.
var catalogue = sync.OnceValues(func() (*dispositif.Catalogue, error) { return dispositif.Load(dispositifs.FS) })

// options are those of the demonstration, on a clock that stands still, with
// the data of fsys.
func options(t testing.TB, fsys fs.FS) guichet.Options {
	t.Helper()
	load := catalogue
	if fsys != dispositifs.FS {
		load = func() (*dispositif.Catalogue, error) { return dispositif.Load(fsys) }
	}
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas()
	if err != nil {
		t.Fatal(err)
	}
	return guichet.Options{Catalogue: c, Atlas: a, Demonstration: true,
		Now: func() time.Time { return time.Date(2026, 11, 2, 23, 30, 0, 0, time.UTC) }}
}

func TestAujourdhui(t *testing.T) {
	o := options(t, dispositifs.FS)
	if got := guichet.New(o).Aujourdhui(); got != le2021 {
		t.Errorf("the demonstration opens on %v, want the day of its table", got)
	}
	o.Demonstration = false
	if got := guichet.New(o).Aujourdhui(); got != jour.Of(2026, 11, 3) {
		t.Errorf("a real service opens on %v, want today in Paris", got)
	}
}

// TestAnsweredQuestion checks that an answer stays with the scheme that asked.
func TestAnsweredQuestion(t *testing.T) {
	g := guichet.New(options(t, dispositifs.FS))
	v, err := g.Territoire(guichet.Consultation{Code: "13006", Le: le2021, Faits: map[string]string{"cout": "20000"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range v.Questions {
		if q.Fait.Nom == "cout" {
			if q.Texte != "20000" || len(q.Dispositifs) != 1 || q.Dispositifs[0].Ordre != 1 {
				t.Errorf("the question is %q for %v", q.Texte, q.Dispositifs)
			}
			return
		}
	}
	t.Error("the answered question is gone")
}

// TestWrongAnswer checks that the page comes back with the typed text and a
// message, computed without the wrong answer.
func TestWrongAnswer(t *testing.T) {
	g := guichet.New(options(t, dispositifs.FS))
	v, err := g.Territoire(guichet.Consultation{Code: "13006", Le: le2021, Faits: map[string]string{"cout": "beaucoup", "postes": "2"}})
	if !errors.Is(err, fault.Invalid) || fault.Of(err).Fields["cout"] == "" || v == nil {
		t.Fatalf("got %v, %v; want the view and a message at the field", v, err)
	}
	kept := 0
	for _, q := range v.Questions {
		if q.Fait.Nom == "cout" && q.Texte == "beaucoup" && q.Erreur != "" || q.Fait.Nom == "postes" && q.Texte == "2" && q.Erreur == "" {
			kept++
		}
	}
	if kept != 2 {
		t.Errorf("%d of the 2 answers are kept as typed", kept)
	}
}

// changed copies the project's data with one text in the place of another.
func changed(t *testing.T, old, text string) fstest.MapFS {
	t.Helper()
	out, found := make(fstest.MapFS), false
	err := fs.WalkDir(dispositifs.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dispositifs.FS, name)
		found = found || strings.Contains(string(data), old)
		out[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(data), old, text, 1))}
		return err
	})
	if err != nil || !found {
		t.Fatalf("no %q in the data: %v", old, err)
	}
	return out
}

// TestAlerte breaks a rule: the answer is an error, never a no, and somebody
// is told.
func TestAlerte(t *testing.T) {
	broken := changed(t, "si: mission_ingenierie", `si: "1 / (population - population) > 0"`)
	o := options(t, broken)
	var told []string
	o.Alerte = func(dispositif, condition string, err error) { told = append(told, dispositif+" "+condition) }
	v, err := guichet.New(o).Territoire(guichet.Consultation{Code: "13006", Le: le2021})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(told, ";") != "vta mission" {
		t.Errorf("alerts = %q, want the broken condition", told)
	}
	for _, r := range v.Reponses {
		if r.Dispositif.Code == "vta" && r.Verdict.String() != "erreur" {
			t.Errorf("the answer is %v, want erreur", r.Verdict)
		}
	}
}

// TestHiddenContacts adds an agent's address to a service: no page gets it,
// for it is not public.
func TestHiddenContacts(t *testing.T) {
	g := guichet.New(options(t, changed(t, "contacts: [sciat]", "contacts: [sciat, mazzeo]")))
	shown := 0
	for _, l := range g.Tableau("13", le2021).Lignes {
		local, err := g.Dispositif(l.Code, "13", le2021)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range append(l.Contacts, local.Contacts...) {
			shown++
			if !k.Public {
				t.Errorf("%s shows %s", l.Code, k.Adresse())
			}
		}
	}
	if shown == 0 {
		t.Error("no contact is shown at all")
	}
}
