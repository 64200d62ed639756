package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var feedAddress = regexp.MustCompile(`http://example\.com(/agenda/[a-z0-9]+\.ics)`)

// feed makes a calendar feed of somebody and returns its path.
func (s *stage) feed(t *testing.T, sub, service string) string {
	t.Helper()
	w := s.ask(sub, "POST", "/compte/agendas", url.Values{"service": {service}})
	found := feedAddress.FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || found == nil {
		t.Fatalf("%s gets no address: %d", sub, w.Code)
	}
	return found[1]
}

// TestFeedRoute: an address is shown once, opens without signing in, is kept by
// nobody in between, and the page of one that leads nowhere is always the same.
func TestFeedRoute(t *testing.T) {
	s := newStage(t)
	path := s.feed(t, "maire-aureille", "")
	w := s.ask("", "GET", path, nil)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "BEGIN:VCALENDAR\r\n") || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" ||
		w.Header().Get("Cache-Control") != "private, no-cache" || !strings.Contains(w.Body.String(), string(s.filed)) {
		t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
	}
	if again := s.ask("", "GET", path, nil, "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("asked again: %d, %d bytes", again.Code, again.Body.Len())
	}
	if page := s.ask("maire-aureille", "GET", "/compte/agendas", nil).Body.String(); feedAddress.MatchString(page) || !strings.Contains(page, "Renouveler") {
		t.Error("the address is shown again, or cannot be renewed")
	}
	if w := s.ask("maire-aureille", "POST", "/compte/agendas", url.Values{"service": {"prefecture"}}); w.Code != http.StatusNotFound {
		t.Errorf("the feed of a service of others: %d", w.Code)
	}
	unknown := s.ask("", "GET", "/agenda/inconnu.ics", nil)
	other := s.feed(t, "maire-maillane", "")
	for _, canary := range append(s.canaries, string(s.filed), string(s.draft), "Aureille") {
		if strings.Contains(s.ask("", "GET", other, nil).Body.String(), canary) {
			t.Errorf("another organisation reads %q", canary)
		}
	}
	if w := s.ask("maire-aureille", "POST", "/compte/agendas/retirer", url.Values{"service": {""}}); w.Code != http.StatusSeeOther {
		t.Errorf("stopping: %d", w.Code)
	}
	for _, path := range []string{path, strings.TrimSuffix(other, ".ics"), "/agenda/.ics", "/agenda/" + strings.Repeat("a", 26) + ".ics"} {
		w := s.ask("", "GET", path, nil)
		if w.Code != http.StatusNotFound || stripped(w.Body.String()) != stripped(unknown.Body.String()) {
			t.Errorf("%s: %d, not the page of an unknown address", path, w.Code)
		}
	}
}

// TestFeedLogged: the log of requests holds no secret.
func TestFeedLogged(t *testing.T) {
	for path, want := range map[string]string{"/agenda/abcdef.ics": "/agenda/…", "/agendas": "/agendas", "/dossiers/x": "/dossiers/x"} {
		if got := sansSecret(path); got != want {
			t.Errorf("%s is logged %q, want %q", path, got, want)
		}
	}
}

// TestDelaysPage: the page of a dossier says whose act is awaited and by when,
// to each in their words; the desk shows what will be reminded of.
func TestDelaysPage(t *testing.T) {
	s := newStage(t)
	for sub, texts := range map[string][]string{
		"maire-aureille": {"On attend le service instructeur, avant la fin du 1er\u00a0septembre 2021 : répondre à la demande.", "Les délais", "encore 62\u00a0jours", "articles L114-5 et L231-4"},
		"sciat":          {"On attend le service instructeur, avant la fin du 1er\u00a0septembre 2021"},
	} {
		page := s.ask(sub, "GET", "/dossiers/"+string(s.filed), nil).Body.String()
		for _, text := range texts {
			if !strings.Contains(page, text) {
				t.Errorf("%s does not read %q", sub, text)
			}
		}
	}
	if page := s.ask("maire-aureille", "GET", "/dossiers/"+string(s.draft), nil).Body.String(); !strings.Contains(page, "On attend votre organisation.") {
		t.Error("the mayor is not told that the draft waits for them")
	}
	if page := s.ask("sciat", "GET", "/bureau/rappels", nil).Body.String(); !strings.Contains(page, "Aucun rappel n’est prévu") {
		t.Error("on 1 July, the first reminder of 17 August is more than thirty days away")
	}
}
