package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDroits is an administrator who finds a person by their exact address,
// mistypes a grant without losing it, grants it, then makes an exemption that
// the desk shows; every page on the way is judged.
func TestDroits(t *testing.T) {
	tab := as(t, "administrateur", true)
	walk(t, tab, chromedp.Navigate(site()+"/bureau"), chromedp.Click(chromedp.CSS(`main a[href="/bureau/droits"]`)), chromedp.WaitVisible(chromedp.CSS(`#en-cours`)),
		chromedp.SendKeys(chromedp.CSS(`#chercher-personne`), "auditrice@exemple.invalid"), chromedp.Click(chromedp.CSS(`form:has(#chercher-personne) button`)),
		chromedp.WaitVisible(chromedp.CSS(`main a[href$="#champ-droit-personne"]`)))
	visit(t, tab, "droits")
	walk(t, tab, chromedp.Click(chromedp.CSS(`main a[href$="#champ-droit-personne"]`)), chromedp.Click(chromedp.CSS(`#droit input[value="decideur"]`)),
		chromedp.SendKeys(chromedp.CSS(`#champ-droit-plafond`), "beaucoup"), chromedp.Click(chromedp.CSS(`#droit button`)),
		chromedp.WaitVisible(chromedp.CSS(`#erreurs`)), chromedp.WaitVisible(chromedp.CSS(`#champ-droit-plafond[value="beaucoup"]`)))
	visit(t, tab, "droits-refuses")
	walk(t, tab, chromedp.SetValue(chromedp.CSS(`#champ-droit-plafond`), "20000"), chromedp.SetValue(chromedp.CSS(`#champ-droit-du`), "2021-07-01"), chromedp.SetValue(chromedp.CSS(`#champ-droit-au`), "2021-12-31"),
		chromedp.Click(chromedp.CSS(`#droit button`)), chromedp.WaitVisible(chromedp.CSS(`#a-confirmer`)),
		chromedp.Click(chromedp.CSS(`#deroger > summary`)), chromedp.Click(chromedp.CSS(`#derogation input[value="SOD1"]`)),
		chromedp.SendKeys(chromedp.CSS(`#champ-derogation-motif`), "Un seul agent cet été."), chromedp.SetValue(chromedp.CSS(`#champ-derogation-du`), "2021-07-01"),
		chromedp.SetValue(chromedp.CSS(`#champ-derogation-au`), "2021-09-30"), chromedp.Click(chromedp.CSS(`#derogation button`)),
		chromedp.WaitVisible(chromedp.CSS(`main form[action$="/retirer"]`)))
	visit(t, tab, "droits-accordes")
	walk(t, tab, chromedp.Navigate(site()+"/bureau"), chromedp.WaitVisible(chromedp.CSS(`main .alert`)))
	visit(t, tab, "bureau-derogation")
	walk(t, tab, chromedp.Navigate(site()+"/compte"), chromedp.WaitVisible(chromedp.CSS(`#sessions`)))
	visit(t, tab, "compte")
}
