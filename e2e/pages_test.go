package e2e

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A round of inspection goes through pages, and remembers which.
type inspection struct {
	*play
	went []string
}

// judge judges the page where the browser stands: accessible at two widths, and
// its HTML valid.
func (i *inspection) judge(tab context.Context, name string) {
	i.Helper()
	walk(i.T, tab, chromedp.WaitReady(chromedp.CSS("body > footer, main")))
	accessible(i.T, tab, name)
	i.went = append(i.went, eval[string](i.play, tab, "location.pathname"))
	kept.add(i.T, name, "<!doctype html>"+eval[string](i.play, tab, "document.documentElement.outerHTML"))
}

// open goes to the address, and judges.
func (i *inspection) open(tab context.Context, path, name string) {
	i.Helper()
	walk(i.T, tab, chromedp.Navigate(site()+path))
	i.judge(tab, name)
}

// TestPages goes where no other test does, as each person: every route of a
// page ends up judged, which is checked against the source.
func TestPages(t *testing.T) {
	t.Parallel()
	i := &inspection{play: &play{T: t, scenario: scenario{name: "pages", scheme: "anct-sur-mesure", values: map[string]string{"cout": "20000"}}, script: true, tabs: make(map[string]context.Context)}}
	i.door()
	i.news()
	i.begin(step{"maire-aureille", "commencer", ""})
	i.open(i.tab("maire-aureille"), "/deposer/anct-sur-mesure", "pages: choix")
	i.file(step{"maire-aureille", "déposer", "deposer"})
	i.judge(i.at("maire-aureille"), "pages: déposer deposer")
	i.mailPages()
	i.desk()
	i.letter()
	i.invite()
	i.refusals()
	covered(t, i.went)
}

// door is the way in, and what it says to who comes back from nowhere.
func (i *inspection) door() {
	tab := browser(i.T)
	i.open(tab, "/connexion", "connexion")
	walk(i.T, tab, chromedp.Click(chromedp.CSS("main form button")), chromedp.WaitVisible(chromedp.CSS(`button[value="sciat"]`)))
	i.judge(tab, "choix de la personne")
	i.open(tab, "/droits", "qui peut quoi")
	i.open(tab, "/connexion/demonstration/retour", "403: erreur")
}

// news are the choices of what to receive: kept at once, for who will get the
// mail of the filing.
func (i *inspection) news() {
	tab := i.tab("collegue")
	walk(i.T, tab, chromedp.Navigate(site()+"/compte/courriels"))
	eval[int](i.play, tab, `[...document.querySelectorAll('#choix input[value=immediat]')].map(e => e.click()).length`)
	i.send(tab, "#choix button")
	i.judge(tab, "courriels choisis")
}

// mailPages are a mail read on the site, and the page that stops its kind.
func (i *inspection) mailPages() {
	m := i.mail("collegue", "Nouveau dossier "+i.number)
	stop := regexp.MustCompile(`/courriels/arret\?cle=\w+`).FindString(m.text)
	if stop == "" {
		i.Fatalf("the mail does not say how to stop: %s", m.text)
	}
	i.open(browser(i.T), stop, "ne plus recevoir")
	tab := i.tab("maire-aureille")
	walk(i.T, tab, chromedp.Navigate(site()+"/compte/courriels"))
	i.press(tab, `main a[href^="/compte/courriels/"]`)
	i.judge(tab, "un courriel")
}

// desk is the agent who ticks a dossier, has it treated, keeps a list, makes an
// address for a calendar.
func (i *inspection) desk() {
	tab, id := i.tab("collegue"), strings.TrimPrefix(i.where, site()+"/dossiers/")
	list := "/bureau/dossiers?numero=" + i.number
	i.open(tab, list, "liste à cocher")
	walk(i.T, tab, chromedp.Click(chromedp.CSS(`input[form=lot][value="`+id+`"]`)), chromedp.SetValue(chromedp.CSS("#lot select"), "etiqueter"), chromedp.SetValue(chromedp.CSS("#champ-lot-etiquettes"), "urgent"))
	i.press(tab, "#lot button")
	for n := 0; !strings.Contains(eval[string](i.play, tab, "document.querySelector('main').innerText"), "Terminé"); n++ {
		if n == 0 {
			i.judge(tab, "lot en cours")
		} else if n == 100 {
			i.Fatal("the batch never ends")
		}
		i.press(tab, `main a[href^="/bureau/lots/"]`)
	}
	i.judge(tab, "compte rendu du lot")
	walk(i.T, tab, chromedp.Navigate(site()+list))
	i.press(tab, "section:has(#garder) button")
	i.judge(tab, "vue sans nom")
	walk(i.T, tab, chromedp.SendKeys(chromedp.CSS("section:has(#garder) input[name=nom]"), "Le mien"))
	i.send(tab, "section:has(#garder) button")
	i.judge(tab, "bureau avec une vue")
	i.send(tab, `main a[href^="/bureau/vues/"]`)
	walk(i.T, tab, chromedp.Navigate(site()+"/compte/agendas"))
	i.send(tab, `main form[action="/compte/agendas"] button`)
	i.judge(tab, "adresse d’agenda")
	feed := eval[string](i.play, tab, `(document.documentElement.innerHTML.match(/https?:[^"<\s]*\/agenda\/[^"<\s]*/) || [''])[0]`)
	if got := fetch(i.T, "", feed); !strings.HasPrefix(got, "BEGIN:VCALENDAR") {
		i.Errorf("the calendar %s is %.60q", feed, got)
	}
}

// letter is the decision, filled, then its letter to read again.
func (i *inspection) letter() {
	tab := i.at("collegue")
	i.press(tab, `a[href$="/decision/classer_sans_suite"]`)
	i.judge(tab, "pages: décision")
	i.fill(tab, "#decider form, section:has(#decider) form", map[string]string{"motif": "Le projet ne relève pas de cette aide."})
	i.send(tab, `button[value="apercu"]`)
	i.judge(tab, "pages: lettre")
}

// invite is the mayor who invites somebody, and who comes with the link.
func (i *inspection) invite() {
	tab := i.tab("maire-aureille")
	walk(i.T, tab, chromedp.Navigate(site()+"/organisations/211300066"))
	i.press(tab, "#formulaire-inviter button")
	i.judge(tab, "invitation sans adresse")
	i.fill(tab, "#formulaire-inviter", map[string]string{"adresse": "pages@exemple.invalid"})
	i.send(tab, "#formulaire-inviter button")
	m := mails.wait(i.T, "of the invitation", func(m received) bool { return m.to == "pages@exemple.invalid" })
	i.open(i.tab("maire-maillane"), regexp.MustCompile(`/invitations/\w+`).FindString(m.text), "invitation")
}

// refusals are the pages of what is refused to a person.
func (i *inspection) refusals() {
	draft := &play{T: i.T, scenario: i.scenario, script: true, tabs: make(map[string]context.Context)}
	draft.begin(step{"maire-aureille", "commencer", ""})
	old, fresh := i.tab("maire-aureille"), draft.tab("maire-aureille")
	walk(i.T, old, chromedp.Navigate(draft.where))
	for n, tab := range []context.Context{fresh, old} {
		eval[string](draft, tab, fmt.Sprintf(`document.querySelector('#champ-intitule').value = 'Écrit par %d'`, n+1))
		i.press(tab, "#formulaire > .acts button")
	}
	if text := eval[string](i.play, old, `document.querySelector('#formulaire').innerText`); !strings.Contains(text, "Écrit par 1") {
		i.Errorf("who writes second does not see what the first wrote: %s", text)
	}
	i.judge(old, "deux personnes ont écrit")
	eval[int](draft, fresh, `(document.querySelector('#champ-descriptif').value = 'long '.repeat(600000), 0)`)
	i.press(fresh, "#formulaire > .acts button")
	i.judge(fresh, "413: erreur")
	walk(i.T, fresh, chromedp.Navigate(draft.where), chromedp.Func(func(ctx context.Context, x *chromedp.Target) error {
		_, err := cdp.Call(ctx, x, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
	i.press(fresh, "#formulaire > .acts button")
	i.judge(fresh, "session finie: erreur")
}
