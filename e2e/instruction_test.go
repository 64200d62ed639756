package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// filed makes a dossier for the ANCT and files it; it returns its address.
func filed(t *testing.T, maire context.Context) string {
	t.Helper()
	walk(t, maire, chromedp.Navigate(site()+"/deposer/anct-sur-mesure"), chromedp.Click(chromedp.CSS(`main form button`)), chromedp.WaitVisible(chromedp.CSS(`#formulaire`)))
	fill(t, maire)
	walk(t, maire, chromedp.Click(chromedp.CSS(`#acte-deposer button`)), chromedp.WaitVisible(chromedp.CSS(`#courriels`)))
	where, err := chromedp.Run(maire, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	return where
}

// open opens a folded part of the page.
func open(id string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(`#` + id + `:not([open]) > summary`))
}

// decide leads the dossier to the agency, which reads the letter of its offer
// and signs it.
func decide(t *testing.T, sciat, agency context.Context, where string) {
	t.Helper()
	walk(t, sciat, chromedp.Navigate(where), open("acte-declarer_complet"), chromedp.Click(chromedp.CSS(`#acte-declarer_complet button`)),
		chromedp.WaitVisible(chromedp.CSS(`#acte-transmettre_anct`)), open("acte-transmettre_anct"), chromedp.Click(chromedp.CSS(`#acte-transmettre_anct button`)),
		chromedp.WaitVisible(chromedp.CSS(`body:not(:has(#acte-transmettre_anct)) #histoire`)))
	walk(t, agency, chromedp.Navigate(where), chromedp.Click(chromedp.CSS(`a[href$="/decision/valider_offre"]`)), chromedp.WaitVisible(chromedp.CSS(`#decider`)))
	visit(t, agency, "decision")
	walk(t, agency, chromedp.SetValue(chromedp.CSS(`#champ-decision-montant`), "12000"), chromedp.Click(chromedp.CSS(`button[value="apercu"]`)), chromedp.WaitVisible(chromedp.CSS(`#erreurs`)))
	visit(t, agency, "decision-sans-motif")
	walk(t, agency, chromedp.SendKeys(chromedp.CSS(`#champ-decision-motif`), "Le reste n’est pas de l’ingénierie."), chromedp.Click(chromedp.CSS(`button[value="apercu"]`)),
		chromedp.WaitVisible(chromedp.CSS(`#champ-decision-corps`)))
	visit(t, agency, "decision-lettre")
	walk(t, agency, chromedp.Click(chromedp.CSS(`button[value="signer"]`)), chromedp.WaitVisible(chromedp.CSS(`#lettres`)))
}

// TestInstruction follows what the service asks around a dossier: an opinion
// that another service gives, a correction that the mayor makes, a note that
// the mayor does not see, messages; every page on the way is judged.
func TestInstruction(t *testing.T) {
	t.Parallel()
	document := filepath.Join(t.TempDir(), "avis.pdf")
	if err := os.WriteFile(document, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("javascript %t", script), func(t *testing.T) {
			t.Parallel()
			maire, sciat, sgar := as(t, "maire-aureille", script), as(t, "sciat", script), as(t, "sgar", script)
			where := filed(t, maire)
			walk(t, sciat, chromedp.Navigate(where), open("demander-avis"), chromedp.Click(chromedp.CSS(`form[action$="/avis"] button`)),
				chromedp.WaitVisible(chromedp.CSS(`#erreurs`)))
			visit(t, sciat, "avis-sans-question")
			walk(t, sciat, chromedp.Click(chromedp.CSS(`form[action$="/avis"] input[value="sgar"]`)),
				chromedp.SendKeys(chromedp.CSS(`form[action$="/avis"] textarea`), "Le projet entre-t-il dans les priorités régionales ?"), chromedp.Click(chromedp.CSS(`form[action$="/avis"] button`)),
				chromedp.WaitVisible(chromedp.CSS(`section:has(#instruction) .panel`)),
				open("notes"), chromedp.SendKeys(chromedp.CSS(`form[action$="/notes"] textarea`), "Appeler le sous-préfet"), chromedp.Click(chromedp.CSS(`form[action$="/notes"] button`)),
				chromedp.WaitReady(chromedp.CSS(`#notes .events`)),
				open("corrections"), chromedp.SendKeys(chromedp.CSS(`form[action$="/corrections"] input[name="demande.cout"]`), "Le coût est hors taxes"),
				chromedp.Click(chromedp.CSS(`form[action$="/corrections"] button`)), chromedp.WaitVisible(chromedp.CSS(`#a-corriger`)))
			visit(t, sciat, "instruction")
			walk(t, sgar, chromedp.Navigate(where), chromedp.Click(chromedp.CSS(`form[action$="/avis-rendus"] input[value="favorable"]`)),
				chromedp.SetUploadFiles(chromedp.CSS(`form[action$="/avis-rendus"] input[type="file"]`), []string{document}))
			visit(t, sgar, "avis-a-rendre")
			walk(t, sgar, chromedp.Click(chromedp.CSS(`form[action$="/avis-rendus"] button`)), chromedp.WaitVisible(chromedp.CSS(`section:has(#instruction) .panel a[href*="/pieces/"]`)))
			walk(t, maire, chromedp.Navigate(where), chromedp.WaitVisible(chromedp.CSS(`#a-corriger`)))
			visit(t, maire, "a-corriger")
			walk(t, maire, chromedp.SetValue(chromedp.CSS("#champ-cout"), "24000"), chromedp.Click(chromedp.CSS(`#formulaire > .acts button`)),
				chromedp.WaitVisible(chromedp.CSS(`#champ-cout[value="24000"]`)), chromedp.Click(chromedp.CSS(`form[action$="/envoi"] button`)),
				chromedp.WaitVisible(chromedp.CSS(`body:not(:has(#a-corriger)) #messages`)),
				chromedp.SendKeys(chromedp.CSS(`form[action$="/messages"] textarea`), "Le coût est corrigé, merci."), chromedp.Click(chromedp.CSS(`form[action$="/messages"] button`)),
				chromedp.WaitVisible(chromedp.CSS(`section:has(#messages) .events`)))
			visit(t, maire, "messages")
			if text, err := chromedp.Run(maire, chromedp.Text(chromedp.CSS("main"))); err != nil || strings.Contains(text, "sous-préfet") || strings.Contains(text, "priorités régionales") {
				t.Errorf("the mayor sees the instruction (%v)", err)
			}
			decide(t, sciat, as(t, "anct", script), where)
			walk(t, maire, chromedp.Navigate(where), chromedp.WaitVisible(chromedp.CSS(`#lettres`)))
			visit(t, maire, "dossier-decide")
		})
	}
}
