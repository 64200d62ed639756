package courriel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/jour"
)

// TestSort: what has a legal effect or waits for its reader leaves at once,
// whatever they chose; news follows the choice, the digest by default.
func TestSort(t *testing.T) {
	for _, g := range []courriel.Genre{courriel.Accuse, courriel.Decision, courriel.Demande, courriel.Recapitulatif} {
		for _, c := range []courriel.Choix{"", courriel.Immediat, courriel.Groupe, courriel.Aucun} {
			if got := courriel.Sort(g, c); got != courriel.AEnvoyer || g.Nouvelle() {
				t.Errorf("%s, chosen %q: %s", g, c, got)
			}
		}
	}
	for _, g := range courriel.Nouvelles() {
		for c, want := range map[courriel.Choix]courriel.Etat{"": courriel.ARegrouper, courriel.Groupe: courriel.ARegrouper,
			courriel.Immediat: courriel.AEnvoyer, courriel.Aucun: courriel.LuSurLeSite} {
			if got := courriel.Sort(g, c); got != want || !g.Nouvelle() || g.Libelle() == "" || want.Libelle() == "" {
				t.Errorf("%s, chosen %q: %s, want %s", g, c, got, want)
			}
		}
	}
}

// TestProchain: eight o'clock in Paris of a working day, once a day.
func TestProchain(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04:05", s, paris)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct{ when, now, last, want string }{
		{"a second before eight", "2021-07-01 07:59:59", "", "2021-07-01 08:00:00"},
		{"at eight", "2021-07-01 08:00:00", "", "2021-07-01 08:00:00"},
		{"in the afternoon, none yet", "2021-07-01 15:00:00", "2021-06-30", "2021-07-01 08:00:00"},
		{"in the afternoon, one already", "2021-07-01 15:00:00", "2021-07-01", "2021-07-02 08:00:00"},
		{"on a Saturday", "2021-07-03 10:00:00", "2021-07-02", "2021-07-05 08:00:00"},
		{"the day before a holiday, one already", "2021-07-13 10:00:00", "2021-07-13", "2021-07-15 08:00:00"},
		{"in winter", "2021-12-01 07:30:00", "", "2021-12-01 08:00:00"},
		{"the clock went back since the last one", "2021-07-01 10:00:00", "2021-07-06", "2021-07-07 08:00:00"},
	} {
		last, err := jour.Parse(c.last)
		if c.last == "" {
			last, err = 0, nil
		}
		if got := courriel.Prochain(at(c.now), last); err != nil || !got.Equal(at(c.want)) {
			t.Errorf("%s: %v, want %s", c.when, got, c.want)
		}
	}
}

// TestRecapitulatifs: one digest for each person, of all that waits, in order;
// none for who waits for nothing.
func TestRecapitulatifs(t *testing.T) {
	now := time.Date(2021, 7, 1, 7, 0, 0, 0, time.UTC) // nine in Paris
	news := []courriel.Attente{{Courriel: "c", Personne: "b", Le: now.Add(-time.Hour)}, {Courriel: "b", Personne: "a", Le: now.Add(-time.Minute)},
		{Courriel: "d", Personne: "a", Le: now.Add(-time.Hour)}, {Courriel: "a", Personne: "b", Le: now.Add(-time.Hour)}}
	got := courriel.Recapitulatifs(now, news, map[compte.PersonneID]jour.Jour{"b": jour.DeTemps(now), "z": 1})
	want := []courriel.Plan{{Personne: "a", Courriels: []string{"d", "b"}, Le: time.Date(2021, 7, 1, 6, 0, 0, 0, time.UTC)},
		{Personne: "b", Courriels: []string{"a", "c"}, Le: time.Date(2021, 7, 2, 6, 0, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !got[0].Du(now) || got[1].Du(now) || news[0].Courriel != "c" {
		t.Error("who had a digest today gets another, or the news given was moved")
	}
	if courriel.Recapitulatifs(now, nil, nil) != nil {
		t.Error("an empty digest")
	}
}

// TestLettre: both texts say the same; the plain one is whole by itself.
func TestLettre(t *testing.T) {
	l := courriel.Lettre{Objet: "Dossier 1", Corps: append(courriel.Blocs("Reçu le 1er.\nÀ suivre.\n\nDocuments :\n- un.pdf\n- deux.pdf\nFin"),
		courriel.Titre("La suite"), courriel.Lien{Texte: "Ouvrir", Vers: "https://g.example/dossiers/a"}), Pied: []courriel.Bloc{courriel.Paragraphe("Pied")}}
	want := "Reçu le 1er.\nÀ suivre.\n\nDocuments :\n\n- un.pdf\n- deux.pdf\n\nFin\n\nLa suite\n\nOuvrir :\nhttps://g.example/dossiers/a\n\n-- \nPied\n"
	if got := l.Texte(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	page := l.HTML()
	for _, part := range []string{`<html lang="fr">`, "<h1", "Reçu le 1er.<br>À suivre.", "<li>un.pdf</li><li>deux.pdf</li>", ">La suite</h2>", `<a href="https://g.example/dossiers/a"`, ">Pied</p>"} {
		if !strings.Contains(page, part) {
			t.Errorf("no %s in %s", part, page)
		}
	}
}

// TestHostile: nothing that a person typed makes a tag, an attribute or a link,
// and the page loads nothing.
func TestHostile(t *testing.T) {
	for _, bad := range hostiles {
		checkHostile(t, bad)
	}
}

var hostiles = []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='x`, "&lt;b&gt;", "</title><script>", "<!-- ", "javascript:alert(1)",
	"https://u:p@ailleurs.example/", "https://a.example/\" onclick=\"x", "- <b>\n- </ul>", "data:text/html,x", "\x00\r\n\n- ", "https://a.example/&#x22;"}

func checkHostile(t *testing.T, bad string) {
	t.Helper()
	blank := courriel.Lettre{Objet: "x", Corps: []courriel.Bloc{courriel.Paragraphe("x"), courriel.Points{"x"}, courriel.Titre("x"), courriel.Lien{Texte: "x"}}}
	line := strings.ReplaceAll(bad, "\n", " ") // the lines of a paragraph are kept, with tags
	l := courriel.Lettre{Objet: bad, Corps: []courriel.Bloc{courriel.Paragraphe(line), courriel.Points{bad}, courriel.Titre(bad), courriel.Lien{Texte: line}}}
	if got, want := strings.Count(l.HTML(), "<"), strings.Count(blank.HTML(), "<"); got != want {
		t.Errorf("%q makes %d tags, want %d", bad, got, want)
	}
	if got, want := strings.Count(l.HTML(), `"`), strings.Count(blank.HTML(), `"`); got != want {
		t.Errorf("%q writes a quotation mark", bad)
	}
	page := courriel.Lettre{Objet: "x", Corps: append(courriel.Blocs(bad), courriel.Lien{Texte: "x", Vers: bad})}.HTML()
	for _, never := range []string{"<script", "<img", `href="javascript`, `href="data`, "@ailleurs", `src=`, "url("} {
		if strings.Contains(page, never) && !strings.Contains(bad, never) {
			t.Errorf("%q writes %s", bad, never)
		}
	}
	if strings.Count(page, "<a ") > 1 || strings.Contains(page, `" onclick`) {
		t.Errorf("%q makes a link of its own: %s", bad, page)
	}
}

// FuzzLettre writes any text without a tag of its own.
func FuzzLettre(f *testing.F) {
	for _, s := range hostiles {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkHostile(t, s) })
}
