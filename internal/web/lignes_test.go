package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"guichet/internal/dossier"
)

var hiddenValue = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// sent are the hidden values of the form of the page that posts to an address.
func sent(t *testing.T, page, action string) url.Values {
	t.Helper()
	_, form, ok := strings.Cut(page, `action="`+action+`"`)
	if !ok {
		t.Fatalf("no form sends to %s", action)
	}
	form, _, _ = strings.Cut(form, "</form>")
	out := url.Values{}
	for _, m := range hiddenValue.FindAllStringSubmatch(form, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

// TestFromThePage begins a dossier from the page of the commune: the answers
// given there come along, for that commune and no other.
func TestFromThePage(t *testing.T) {
	s := newStage(t)
	page := s.ask("maire-aureille", "GET", "/communes/13006?cout=20000&tarifs=0,50%3B1%3B3", nil).Body.String()
	_, carry, _ := strings.Cut(page, `<form id="preparer"`)
	carry, _, _ = strings.Cut(carry, "</form>")
	take := url.Values{}
	for _, m := range hiddenValue.FindAllStringSubmatch(carry, -1) {
		take.Set(m[1], m[2])
	}
	if take.Get("pour") != "211300066" || take.Get("cout") != "20000" || !strings.Contains(page, `form="preparer" formaction="/deposer/cantine"`) {
		t.Fatalf("the page takes along %v", take)
	}
	for _, x := range []struct{ about, want string }{{"211300066", "\t0,50\n\t1\n\t3"}, {"211300520", ""}} {
		form := sent(t, s.ask("maire-aureille", "GET", "/deposer/cantine?"+take.Encode(), nil).Body.String(), "/dossiers")
		form.Set("territoire", "211300066")
		form.Set(saidBefore+"pour", x.about)
		w := s.ask("maire-aureille", "POST", "/dossiers", form)
		id, _ := strings.CutPrefix(w.Header().Get("Location"), "/dossiers/")
		v, err := s.g.Dossier(t.Context(), s.actor(t, "maire-aureille"), dossier.ID(id))
		if err != nil {
			t.Fatal(err, w.Code)
		}
		if got := v.Dossier.Reponses.Texte("tarifs"); got != x.want {
			t.Errorf("about %s, the prices begin as %q, want %q", x.about, got, x.want)
		}
	}
}

// TestLinesOfTheForm fills a question line by line, without a script: a line is
// asked for, a wrong cell is said at that cell and keeps what was typed.
func TestLinesOfTheForm(t *testing.T) {
	s := newStage(t)
	begin := sent(t, s.ask("maire-aureille", "GET", "/deposer/cantine", nil).Body.String(), "/dossiers")
	begin.Set("territoire", "211300066")
	where := s.ask("maire-aureille", "POST", "/dossiers", begin).Header().Get("Location")
	write := func(more ...string) *url.URL {
		form := sent(t, s.ask("maire-aureille", "GET", where, nil).Body.String(), where)
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		w := s.ask("maire-aureille", "POST", where, form)
		to, err := url.Parse(w.Header().Get("Location"))
		if w.Code != http.StatusSeeOther || err != nil {
			t.Fatalf("%d, %v", w.Code, err)
		}
		return to
	}
	if to := write("tarifs.1.tranche", "0 à 400", "tarifs.1.tarif", "peu", oneMore, "tarifs"); to.Fragment != "champ-tarifs.2.tranche" {
		t.Errorf("one line more leads to %q", to.Fragment)
	}
	page := s.ask("maire-aureille", "GET", where, nil).Body.String()
	for _, want := range []string{`name="tarifs.1.tranche"`, `value="0 à 400"`, `id="champ-tarifs.1.tarif-erreur"`, `aria-describedby="champ-tarifs.1.tarif-erreur" aria-invalid="true"`,
		`value="peu"`, `id="champ-tarifs.2.tranche"`, `name="ligne" value="tarifs"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	for _, evil := range []string{"intitule", "x\r\nSet-Cookie: a=b", "", "//ailleurs"} {
		if to := write("tarifs.1.tarif", "1", oneMore, evil); to.Fragment != "reponses" || to.Path != where {
			t.Errorf("%q leads to %s", evil, to)
		}
	}
	if to := write("niveaux", "maternelle"); to.Path != where {
		t.Error(to)
	}
	if page := s.ask("maire-aureille", "GET", where, nil).Body.String(); !strings.Contains(page, `value="maternelle" checked`) || sent(t, page, where)["niveaux"] == nil {
		t.Error("a ticked box is not kept, or cannot be taken away")
	}
	if write(); strings.Contains(s.ask("maire-aureille", "GET", where, nil).Body.String(), `value="maternelle" checked`) {
		t.Error("a box that is no longer ticked stays")
	}
}

// TestTooLongIsShown sends an answer that is too long with others: the page
// shows all of them again, and shortened, all are kept.
func TestTooLongIsShown(t *testing.T) {
	s := newStage(t)
	where := "/dossiers/" + string(s.draft)
	form := sent(t, s.ask("maire-aureille", "GET", where, nil).Body.String(), where)
	long := strings.Repeat("très long ", 2100)
	form.Set("descriptif", long)
	form.Set("intitule", "Une halle toute neuve")
	w := s.ask("maire-aureille", "POST", where, form)
	page := w.Body.String()
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(page, strings.TrimSpace(long)) || !strings.Contains(page, `value="Une halle toute neuve"`) || !strings.Contains(page, `id="champ-descriptif-erreur"`) {
		t.Fatalf("%d, the text comes back: %t, the other answer: %t", w.Code, strings.Contains(page, strings.TrimSpace(long)), strings.Contains(page, "halle toute neuve"))
	}
	again := sent(t, page, where)
	again.Set("descriptif", "Court")
	again.Set("intitule", "Une halle toute neuve")
	if w := s.ask("maire-aureille", "POST", where, again); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	v, err := s.g.Dossier(t.Context(), s.actor(t, "maire-aureille"), s.draft)
	if err != nil || v.Dossier.Reponses.Texte("intitule") != "Une halle toute neuve" || v.Dossier.Reponses.Texte("descriptif") != "Court" {
		t.Errorf("kept: %v (%v)", v.Dossier.Reponses, err)
	}
}
