package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"guichet/internal/web/ui"
)

// TestAgentsPage: administrators and auditors see the rights of the agents,
// administrators alone change them; what was typed wrong is shown again, at its
// field, with what to write.
func TestAgentsPage(t *testing.T) {
	s := newStage(t)
	form := url.Values{whichForm: {"droit"}, "cle": {"k"}, "personne": {"inconnue@exemple.invalid"}, "role": {"decideur"}, "departement": {"13"}, "plafond": {"beaucoup"}, "du": {"demain"}}
	for _, sub := range personas {
		reads, writes := slices.Contains([]string{"administrateur", "auditrice"}, sub), sub == "administrateur"
		w := s.ask(sub, "GET", agentsPath, nil)
		if (w.Code == http.StatusOK) != reads || strings.Contains(w.Body.String(), "prefet@exemple.invalid") != reads {
			t.Errorf("%q reads the rights: %d", sub, w.Code)
		}
		if strings.Contains(w.Body.String(), `id="droit"`) != writes {
			t.Errorf("%q is offered the form: %v", sub, !writes)
		}
		if sub == "" || writes {
			continue
		}
		right := url.Values{"cle": {"k"}, "personne": {issuer + " sciat"}, "role": {"pilote"}, "departement": {"13"}}
		if w := s.ask(sub, "POST", agentsPath, right); w.Code != http.StatusForbidden {
			t.Errorf("%q grants a right: %d", sub, w.Code)
		}
		if w := s.ask(sub, "POST", "/bureau/derogations", url.Values{"cle": {"k"}, "departement": {"13"}, "separation": {"SOD1"}, "motif": {"x"}, "du": {"2021-07-01"}, "au": {"2021-08-01"}}); w.Code != http.StatusForbidden {
			t.Errorf("%q makes an exemption: %d", sub, w.Code)
		}
	}
	w := s.ask("administrateur", "POST", agentsPath, form)
	page := w.Body.String()
	for name, typed := range form {
		if name != whichForm && name != "cle" && name != "departement" && !strings.Contains(page, `value="`+typed[0]+`"`) {
			t.Errorf("what was typed as %s is lost", name)
		}
	}
	for _, name := range []string{"plafond", "du", "au"} {
		if field := (ui.Field{Name: name, Scope: "droit"}); !strings.Contains(page, `id="`+field.ID()+`-erreur"`) || !strings.Contains(page, `href="#`+field.ID()+`"`) {
			t.Errorf("no error at %s", name)
		}
	}
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong form: %d", w.Code)
	}
	form.Set("plafond", "20000")
	form.Set("du", "2021-07-01")
	form.Set("au", "2021-12-31")
	if page := s.ask("administrateur", "POST", agentsPath, form).Body.String(); !strings.Contains(page, `id="champ-droit-personne-erreur"`) || !strings.Contains(page, `value="20000"`) {
		t.Error("a person who never signed in: no error at the field, or what was typed is lost")
	}
	form.Set("personne", issuer+" administrateur")
	if w := s.ask("administrateur", "POST", agentsPath, form); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "Personne ne s’accorde un droit") || !strings.Contains(w.Body.String(), `value="20000"`) {
		t.Errorf("to oneself: %d", w.Code)
	}
}
