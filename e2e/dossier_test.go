package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// site is the address by which the demonstration signs people in.
func site() string { return strings.Replace(base, "127.0.0.1", "localhost", 1) }

// walk takes the steps, each within half a minute, and says where it stopped.
func walk(t *testing.T, tab context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for i, s := range steps {
		ctx, cancel := context.WithTimeout(tab, 30*time.Second)
		_, err := chromedp.Run(ctx, s)
		cancel()
		if err != nil {
			text, other := chromedp.Run(tab, chromedp.Text(chromedp.CSS("main")))
			t.Fatalf("step %d: %v; the page says %q", i+1, errors.Join(err, other), text)
		}
	}
}

// as signs somebody of the demonstration in, in a new profile; by the pages the
// first time, then with the session that they gave.
func as(t *testing.T, sub string, script bool) context.Context {
	t.Helper()
	tab := browser(t)
	if !script {
		tab = context.WithValue(tab, noScript{}, true)
	}
	if err := do(tab, scripting(script)); err != nil {
		t.Fatal(err)
	}
	if signed(t, tab, sub) {
		return tab
	}
	walk(t, tab,
		chromedp.Navigate(site()+"/connexion?vers=/espace"),
		chromedp.Click(chromedp.CSS(`main form button`)),
		chromedp.WaitVisible(chromedp.CSS(`button[value="`+sub+`"]`)),
		chromedp.Click(chromedp.CSS(`button[value="`+sub+`"]`)),
		chromedp.WaitVisible(chromedp.CSS(`a[href="/compte"]`)),
	)
	remember(t, tab, sub)
	return tab
}

// visit checks the page where the browser stands. axe-core is a script: it
// judges where scripts run, and the HTML is checked where none has touched it.
func visit(t *testing.T, tab context.Context, name string) {
	t.Helper()
	if tab.Value(noScript{}) == nil {
		accessible(t, tab, name)
		return
	}
	tally.states.Add(1)
	html, err := chromedp.Run(tab, chromedp.OuterHTML(chromedp.CSS("html")))
	if err != nil {
		t.Fatal(err)
	}
	kept.add(t, name, "<!doctype html>"+html)
}

// noScript marks a browser that runs no script.
type noScript struct{}

// anct are the answers of a dossier for the support of the ANCT.
var anct = []struct{ id, text string }{
	{"intitule", "Une halle couverte"}, {"descriptif", "Réunir le marché et la cantine."}, {"contextualisation", "Le centre se vide."},
	{"bilan_avancement", "Une étude est faite."}, {"nature_besoin", "Un programmiste."}, {"insuffisance_ingenierie", "Aucun technicien."},
	{"fragilite", "Recettes faibles."},
}

func fill(t *testing.T, tab context.Context) {
	t.Helper()
	for _, a := range anct {
		walk(t, tab, chromedp.SendKeys(chromedp.CSS("#champ-"+a.id), a.text))
	}
	walk(t, tab, chromedp.SendKeys(chromedp.CSS("#champ-cout"), "20000"), chromedp.Click(chromedp.CSS(`#formulaire > .acts button`)),
		chromedp.WaitVisible(chromedp.CSS(`#champ-cout[value="20000"]`)))
}

// TestDossier follows a dossier from the page of the commune to the desk of the
// prefecture, with and without JavaScript; every page on the way is judged.
func TestDossier(t *testing.T) {
	t.Parallel()
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("javascript %t", script), func(t *testing.T) {
			t.Parallel()
			maire := as(t, "maire-aureille", script)
			walk(t, maire, chromedp.Navigate(site()+"/communes/13006"),
				chromedp.Click(chromedp.CSS(`button[formaction="/deposer/anct-sur-mesure"]`)),
				chromedp.WaitVisible(chromedp.CSS(`main form[action="/dossiers"]`)))
			visit(t, maire, "commencer")
			walk(t, maire, chromedp.Click(chromedp.CSS(`main form button`)), chromedp.WaitVisible(chromedp.CSS(`#formulaire`)))
			visit(t, maire, "brouillon")
			walk(t, maire, chromedp.Click(chromedp.CSS(`#acte-deposer button`)), chromedp.WaitVisible(chromedp.CSS(`#erreurs`)))
			visit(t, maire, "dossier-incomplet")
			fill(t, maire)
			walk(t, maire, chromedp.Click(chromedp.CSS(`#acte-deposer button`)), chromedp.WaitVisible(chromedp.CSS(`#courriels`)))
			visit(t, maire, "dossier-depose")
			where, err := chromedp.Run(maire, chromedp.Location())
			if err != nil {
				t.Fatal(err)
			}
			sciat := as(t, "sciat", script)
			walk(t, sciat, chromedp.Navigate(site()+"/bureau"), chromedp.WaitVisible(chromedp.CSS(`main table a[href^="/dossiers/"]`)))
			visit(t, sciat, "bureau")
			walk(t, sciat, chromedp.Navigate(where), chromedp.Click(chromedp.CSS(`form[action$="/prendre"] button`)), chromedp.WaitVisible(chromedp.CSS(`body:not(:has(form[action$="/prendre"])) #histoire`)),
				chromedp.Click(chromedp.CSS(`#acte-declarer_complet > summary`)), chromedp.Click(chromedp.CSS(`#acte-declarer_complet button`)),
				chromedp.WaitVisible(chromedp.CSS(`#acte-transmettre_anct`)))
			visit(t, sciat, "dossier-instruit")
			for name, path := range map[string]string{"compte": "/compte", "espace": "/espace", "droits": "/droits"} {
				walk(t, maire, chromedp.Navigate(site()+path))
				visit(t, maire, name)
			}
			other := as(t, "maire-maillane", script)
			walk(t, other, chromedp.Navigate(where))
			if text, err := chromedp.Run(other, chromedp.Text(chromedp.CSS("main"))); err != nil || !strings.Contains(text, "n’existe pas") || strings.Contains(text, "halle") {
				t.Errorf("the mayor of another commune sees %q (%v)", text, err)
			}
		})
	}
}

// TestAutosave types without pressing any button: the text is there when the
// page comes back.
func TestAutosave(t *testing.T) {
	t.Parallel()
	tab := as(t, "maire-maillane", true)
	walk(t, tab, chromedp.Navigate(site()+"/deposer/anct-sur-mesure"), chromedp.Click(chromedp.CSS(`main form button`)),
		chromedp.WaitVisible(chromedp.CSS(`#formulaire`)), chromedp.SendKeys(chromedp.CSS(`#champ-intitule`), "Gardé tout seul"))
	wait := `new Promise(done => { const look = () => document.querySelector('.saved').textContent.startsWith('Enregistré') ? done(true) : setTimeout(look, 50); look(); })`
	if _, err := chromedp.Run(tab, chromedp.Evaluate[bool](wait, chromedp.EvalAwaitPromise)); err != nil {
		t.Fatal(err)
	}
	where, err := chromedp.Run(tab, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	if err := do(tab, chromedp.Navigate(where), chromedp.WaitVisible(chromedp.CSS(`#champ-intitule[value="Gardé tout seul"]`))); err != nil {
		t.Error("the text typed was not kept: ", err)
	}
}

// TestPieceJointe joins a document in a browser: a page disguised as a PDF is
// refused at its field, a true one is listed, and the posting is filed.
func TestPieceJointe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	wrong, right := filepath.Join(folder, "faux.pdf"), filepath.Join(folder, "fiche.pdf")
	for name, text := range map[string]string{wrong: "<html><script>alert(1)</script></html>", right: pdf} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, script := range []bool{true, false} {
		tab := as(t, "maire-aureille", script)
		walk(t, tab, chromedp.Navigate(site()+"/deposer/vta"), chromedp.Click(chromedp.CSS(`main form button`)), chromedp.WaitVisible(chromedp.CSS(`#champ-fiche_poste_depot-fichier`)),
			chromedp.SetUploadFiles(chromedp.CSS(`#champ-fiche_poste_depot-fichier`), []string{wrong}), chromedp.Click(chromedp.CSS(`form[action$="/pieces"] button`)),
			chromedp.WaitVisible(chromedp.CSS(`#champ-fiche_poste_depot-fichier-erreur`)))
		visit(t, tab, "piece-refusee")
		walk(t, tab, chromedp.SetUploadFiles(chromedp.CSS(`#champ-fiche_poste_depot-fichier`), []string{right}), chromedp.Click(chromedp.CSS(`form[action$="/pieces"] button`)),
			chromedp.WaitVisible(chromedp.CSS(`main a[href*="/pieces/"]`)))
		visit(t, tab, "piece-jointe")
		walk(t, tab, chromedp.Click(chromedp.CSS(`#acte-deposer_fiche button`)), chromedp.WaitVisible(chromedp.CSS(`#courriels`)))
	}
}

// pdf is a document of one empty page.
const pdf = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n" +
	"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n" +
	"0000000058 00000 n \n0000000115 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n202\n%%EOF\n"
