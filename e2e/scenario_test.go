package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A step is what one person does to the dossier of a scenario.
type step struct {
	who string // of the demonstration
	do  string // the name of a gesture
	on  string // the act, or the service asked
}

// gestures are what a person may do, by name.
var gestures map[string]func(p *play, s step)

func init() {
	gestures = map[string]func(p *play, s step){
		"commencer": (*play).begin, "déposer": (*play).file, "prendre": (*play).take, "agir": (*play).act, "demander avis": (*play).ask,
		"joindre": (*play).join, "rendre avis": (*play).opine, "proposer": (*play).propose, "décider": (*play).decide, "enregistrer": (*play).record, "lire": (*play).read,
		"recevoir": (*play).receive, "télécharger": (*play).papers,
	}
}

// A scenario is the life of a dossier as data.
type scenario struct {
	name, scheme string
	recipients   []string          // who is told of the filing, besides the service
	values       map[string]string // what the filler would not guess, by the name of the field
	steps        []step
}

// A play is a scenario under way.
type play struct {
	*testing.T
	scenario
	script bool
	tabs   map[string]context.Context
	where  string // the address of the dossier
	number string
	signed bool // a letter of the guichet says the decision
}

// run plays the scenario.
func (x scenario) run(t *testing.T, script bool) {
	p := &play{T: t, scenario: x, script: script, tabs: make(map[string]context.Context)}
	for i, s := range x.steps {
		gestures[s.do](p, s)
		if t.Failed() {
			t.Fatalf("step %d: %s, %s %s", i+1, s.who, s.do, s.on)
		}
		visit(t, p.tab(s.who), strings.TrimSpace(x.name+": "+s.do+" "+s.on))
	}
	tally.scenarios.Add(1)
}

// tab is the browser of a person, opened the first time.
func (p *play) tab(who string) context.Context {
	if p.tabs[who] == nil {
		p.tabs[who] = as(p.T, who, p.script)
	}
	return p.tabs[who]
}

// at brings the person to the dossier.
func (p *play) at(who string) context.Context {
	p.Helper()
	tab := p.tab(who)
	walk(p.T, tab, chromedp.Navigate(p.where), chromedp.WaitReady(chromedp.CSS("#histoire")))
	return tab
}

// eval evaluates an expression in the page.
func eval[T any](p *play, tab context.Context, expression string) T {
	p.Helper()
	got, err := chromedp.Run(tab, chromedp.Evaluate[T](expression))
	if err != nil {
		p.Fatalf("%v: %s", err, expression)
	}
	return got
}

// press clicks and waits for the page that comes.
func (p *play) press(tab context.Context, selector string) {
	p.Helper()
	eval[int](p, tab, `document.documentElement.dataset.old = 1`)
	walk(p.T, tab, chromedp.Click(chromedp.CSS(selector)), chromedp.WaitReady(chromedp.CSS(`html:not([data-old]) body > footer`)))
}

// send presses, and fails when the page that comes says what is wrong.
func (p *play) send(tab context.Context, selector string) {
	p.Helper()
	p.press(tab, selector)
	if wrong := eval[string](p, tab, `[...document.querySelectorAll('#erreurs, .alert.failure')].map(x => x.innerText).join(' ')`); wrong != "" {
		p.Errorf("after %s: %s", selector, wrong)
	}
}

// unfold opens the part of the page, when it is folded.
func (p *play) unfold(tab context.Context, id string) {
	p.Helper()
	walk(p.T, tab, chromedp.WaitReady(chromedp.CSS("#"+id)))
	if !eval[bool](p, tab, `document.getElementById('`+id+`').open`) {
		walk(p.T, tab, chromedp.Click(chromedp.CSS("#"+id+" > summary")))
	}
}

// filler answers every control of a form that is empty, by its kind, and
// returns how many it answered; given holds the answers that cannot be guessed.
const filler = `(form, given) => {
	let n = 0;
	const put = (e, text) => { if (e.value !== text) { e.value = text; e.dispatchEvent(new Event('input', {bubbles: true})); n++; } };
	const tick = e => { if (!e.checked) { e.click(); n++; } };
	const done = new Set();
	for (const e of form.elements) {
		if (!e.name || e.type === 'hidden' || e.type === 'file' || e.disabled) continue;
		const has = e.name in given, want = given[e.name];
		if (e.type === 'radio') {
			if (done.has(e.name)) continue;
			done.add(e.name);
			const all = [...form.elements].filter(x => x.type === 'radio' && x.name === e.name);
			const chosen = all.find(x => x.checked);
			if (has) tick(all.find(x => x.value === want));
			else if (!chosen || chosen.value === '') tick(all.find(x => x.value !== ''));
		} else if (e.type === 'checkbox') {
			if (!has || want.split(';').includes(e.value)) tick(e);
		} else if (e.tagName === 'SELECT') {
			if (has) put(e, want); else if (e.value === '') put(e, [...e.options].find(o => o.value !== '').value);
		} else if (has) put(e, want);
		else if (e.value === '') put(e, e.type === 'date' ? '2021-09-01' : e.inputMode === 'numeric' ? '2' : e.inputMode === 'decimal' ? '100' : 'Un texte d’essai.');
	}
	return n;
}`

// fill answers the form; the answers are given by the name of the field.
func (p *play) fill(tab context.Context, form string, given map[string]string) int {
	p.Helper()
	if given == nil {
		given = map[string]string{}
	}
	text, err := json.Marshal(given)
	if err != nil {
		p.Fatal(err)
	}
	form, _ = strings.CutSuffix(form, " button")
	return eval[int](p, tab, fmt.Sprintf("(%s)(document.querySelector(%q), %s)", filler, form, text))
}

// begin finds the right on the page of the commune, and makes a draft.
func (p *play) begin(s step) {
	tab := p.tab(s.who)
	walk(p.T, tab, chromedp.Navigate(site()+"/communes/13006"))
	apply := `main button[formaction="/deposer/` + p.scheme + `"]`
	if !eval[bool](p, tab, "!!document.querySelector('"+apply+"')") {
		p.Fatalf("no way to apply for %s on the page of the commune", p.scheme)
	}
	p.press(tab, apply)
	visit(p.T, tab, p.name+": choix")
	if s.on != "" {
		walk(p.T, tab, chromedp.Click(chromedp.CSS(`input[value="`+s.on+`"]`)))
	}
	p.send(tab, "main form button")
	p.where = eval[string](p, tab, `location.origin + location.pathname`)
}

// file answers every question, one page after the other as new ones come,
// joins the documents, and files.
func (p *play) file(s step) {
	tab := p.at(s.who)
	for range 6 {
		if !eval[bool](p, tab, `!!document.querySelector('#formulaire')`) || p.fill(tab, "#formulaire", p.values) == 0 {
			break
		}
		p.send(tab, "#formulaire > .acts button")
	}
	p.join(s)
	p.send(tab, "#acte-"+s.on+" button")
	p.number = eval[string](p, tab, `(document.querySelector('main').innerText.match(/20\d\d-13-\d+/) || [''])[0]`)
	if p.number == "" {
		p.Fatal("the filed dossier has no number")
	}
	receipt := p.mail(s.who, "Accusé de réception du dossier "+p.number)
	if !strings.Contains(receipt.text, p.number) {
		p.Errorf("the receipt does not name the dossier: %s", receipt.text)
	}
	for _, to := range p.recipients {
		mails.wait(p.T, "to "+to, func(m received) bool { return m.to == to && m.subject == "Nouveau dossier "+p.number })
	}
}

// join joins every document that the dossier still waits for.
func (p *play) join(s step) {
	tab := p.at(s.who)
	for range 6 {
		id := eval[string](p, tab, `((([...document.querySelectorAll('#pieces ~ * input[type=file], section:has(> #pieces) input[type=file], #pieces input[type=file]')]).find(x => !x.closest('form').parentElement.querySelector('a[href*="/pieces/"]'))) || {}).id || ''`)
		if id == "" {
			break
		}
		walk(p.T, tab, chromedp.SetUploadFiles(chromedp.CSS("#"+id), []string{p.document(id)}))
		p.send(tab, `form:has(#`+id+`) button`)
	}
}

// document writes the file to join: a film where one is asked, else a page.
func (p *play) document(id string) string {
	name, content := "document.pdf", []byte(pdf)
	if strings.Contains(id, "video") {
		name, content = "film.mp4", film()
	}
	file := filepath.Join(p.TempDir(), name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		p.Fatal(err)
	}
	return file
}

// mail waits for the mail about the dossier that the person reads.
func (p *play) mail(who, subject string) received {
	p.Helper()
	return mails.wait(p.T, subject+" to "+who, func(m received) bool {
		return strings.HasPrefix(m.to, who+"@") && m.subject == subject
	})
}

func (p *play) take(s step) { p.send(p.at(s.who), `form[action$="/prendre"] button`) }

func (p *play) act(s step) {
	tab := p.at(s.who)
	p.unfold(tab, "acte-"+s.on)
	p.send(tab, "#acte-"+s.on+" button")
}

// ask asks the opinion of a service.
func (p *play) ask(s step) {
	tab := p.at(s.who)
	p.unfold(tab, "demander-avis")
	p.fill(tab, `form[action$="/avis"]`, map[string]string{"services": s.on, "question": "Qu’en pensez-vous ?"})
	p.send(tab, `form[action$="/avis"] button`)
}

// opine gives a favourable opinion, with its reasons.
func (p *play) opine(s step) {
	tab := p.at(s.who)
	p.fill(tab, `form[action$="/avis-rendus"]`, map[string]string{"sens": "favorable", "texte": "Le projet répond au besoin."})
	p.send(tab, `form[action$="/avis-rendus"] button`)
}

// propose proposes the decision.
func (p *play) propose(s step) {
	tab := p.at(s.who)
	p.unfold(tab, "proposer")
	p.fill(tab, `form[action$="/proposition"]`, map[string]string{"proposition": s.on, "motif": "Le dossier est complet."})
	p.send(tab, `form[action$="/proposition"] button`)
}

// decide reads the letter of the decision, then signs it.
func (p *play) decide(s step) {
	tab := p.at(s.who)
	p.press(tab, `a[href$="/decision/`+s.on+`"]`)
	visit(p.T, tab, p.name+": décision")
	p.fill(tab, "section:has(#decider) form, #decider form", map[string]string{"base": "", "montant": "12000", "motif": "Le projet est utile et son coût est mesuré."})
	p.send(tab, `button[value="apercu"]`)
	visit(p.T, tab, p.name+": lettre")
	p.send(tab, `button[value="signer"]`)
	p.signed = true
}

// record records the decision that a national service made elsewhere.
func (p *play) record(s step) {
	tab := p.at(s.who)
	p.unfold(tab, "acte-"+s.on)
	p.fill(tab, "#acte-"+s.on+" form", map[string]string{"auteur": "Directrice générale de l’ANCT", "le": "2021-07-01", "montant": "12000", "motif": "Décision du comité."})
	walk(p.T, tab, chromedp.SetUploadFiles(chromedp.CSS("#acte-"+s.on+" input[type=file]"), []string{p.document("")}))
	p.send(tab, "#acte-"+s.on+" button")
}

// read is the applicant who learns the decision: by mail, on the page, in the
// letter.
func (p *play) read(s step) {
	news := p.mail(s.who, "Dossier "+p.number+" : "+s.on)
	tab := p.at(s.who)
	page := eval[string](p, tab, `document.querySelector('main').innerText`)
	for where, text := range map[string]string{"mail": news.text, "page": page} {
		if !strings.Contains(spaces.Replace(text), "12 000") {
			p.Errorf("the %s does not say the amount: %s", where, text)
		}
	}
	if !p.signed {
		return
	}
	letter := eval[string](p, tab, `(document.querySelector('#lettres ~ * a[href*="/lettres/"], section:has(#lettres) a[href*="/lettres/"], #lettres a[href*="/lettres/"]') || {}).href || ''`)
	if got := fetch(p.T, s.who, letter); !strings.HasPrefix(got, "%PDF-") {
		p.Errorf("the letter %s is %.60q", letter, got)
	}
}

// spaces makes every space a plain one.
var spaces = strings.NewReplacer("\u202f", " ", "\u00a0", " ")

// fetch returns what an address answers to somebody who signed in.
func fetch(t *testing.T, who, address string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if secret, ok := sessions.Load(who); ok {
		r.AddCookie(&http.Cookie{Name: "session", Value: secret.(string)})
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
