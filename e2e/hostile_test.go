package e2e

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestHostileTexts writes every hostile text in every field of a dossier, in a
// message and in a note, then reads the pages as the applicant and as the
// agent: the browser runs none of it and refuses nothing, or the listener of
// every tab fails the test.
func TestHostileTexts(t *testing.T) {
	raw, err := os.ReadFile("../internal/web/testdata/injections.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	if err := json.Unmarshal(raw, &texts); err != nil || len(texts) < 40 {
		t.Fatalf("%d texts, %v", len(texts), err)
	}
	all := strings.ReplaceAll(strings.Join(texts, "\n"), "\x00", "") // a form with one is refused whole
	given := map[string]string{"cout": "20000"}
	for _, field := range []string{"intitule", "porteurs", "descriptif", "contextualisation", "bilan_avancement", "accompagnement_actuel", "nature_besoin", "insuffisance_ingenierie", "fragilite"} {
		given[field] = all
	}
	p := &play{T: t, scenario: scenario{name: "hostile", scheme: "anct-sur-mesure", values: given}, script: true, tabs: make(map[string]context.Context)}
	p.begin(step{"maire-aureille", "commencer", ""})
	p.file(step{"maire-aureille", "déposer", "deposer"})
	p.send(p.at("sciat"), `form[action$="/prendre"] button`)
	for form, field := range map[string]string{"/messages": "message", "/notes": "note"} {
		tab := p.at("sciat")
		eval[int](p, tab, `[...document.querySelectorAll('details')].filter(d => d.open = true).length`)
		p.fill(tab, `form[action$="`+form+`"]`, map[string]string{field: all})
		p.send(tab, `form[action$="`+form+`"] button`)
	}
	pages := 0
	for _, who := range []string{"maire-aureille", "sciat", "prefet"} {
		tab := p.at(who)
		if n := eval[int](p, tab, `(document.body.innerText.match(/xss\(\)/g) || []).length`); n < 40 {
			t.Errorf("%s sees %d of the texts: the page proves nothing", who, n)
		}
		if n := eval[int](p, tab, `[...document.querySelectorAll('main script, main img, main iframe, main svg[onload], main [onfocus], main [onerror]')].length`); n > 0 {
			t.Errorf("%s: %d elements come from a text", who, n)
		}
		pages++
	}
	for who, paths := range map[string][]string{"maire-aureille": {"/espace", "/espace?q=script", "/compte/courriels"}, "sciat": {"/bureau", "/bureau/dossiers?q=script", "/bureau/dossiers?q=%3Cscript%3Exss()%3C/script%3E"}} {
		for _, path := range paths {
			walk(t, p.tab(who), chromedp.Navigate(site()+path), chromedp.WaitReady(chromedp.CSS("main h1")))
			pages++
		}
	}
	t.Logf("%d texts in %d places, %d pages", len(texts), len(given)+1, pages)
}

// memberPages are those of somebody signed in that no scenario passes through,
// empty or not, by who opens them.
var memberPages = map[string][]string{
	"sciat":          {"/bureau", "/bureau/dossiers", "/bureau/dossiers?q=aureille", "/bureau/dossiers?q=introuvable", "/bureau/rappels", "/compte/agendas", "/compte/courriels"},
	"administrateur": {"/bureau/droits"},
	"maire-aureille": {"/espace", "/espace?q=halle", "/organisations/211300066", "/compte"},
}

// TestMemberPages judges them.
func TestMemberPages(t *testing.T) {
	for who, paths := range memberPages {
		tab := as(t, who, true)
		for _, path := range paths {
			walk(t, tab, chromedp.Navigate(site()+path), chromedp.WaitReady(chromedp.CSS("main h1")))
			accessible(t, tab, who+" "+path)
		}
	}
}
