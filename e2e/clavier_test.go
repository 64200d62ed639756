package e2e

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A keyboard is somebody who has no mouse: every gesture is a key.
type keyboard struct {
	*play
	tab context.Context
}

// A stop is where the focus stands.
type stop struct {
	Name                     string // of the field or of the element; "" outside the page
	Wrong                    string // what somebody who follows the focus would miss
	Here                     bool   // it is what was looked for
	Field, Type, Value, Mode string
	Ticked                   bool
	Options                  []string // of the group, or of the list
}

// look tells the stop of the focus; it also says what is wrong with it: unseen,
// out of the screen, covered, against the reading order.
const look = `(want, back) => {
	const e = document.activeElement, last = window.lastStop || document.querySelector(':target');
	if (!e || e === document.body || e === document.documentElement) { window.lastStop = null; return {Name: ''}; }
	const name = e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' ' + (e.name || e.getAttribute('href') || e.innerText || '').slice(0, 60);
	const wrong = [], style = getComputedStyle(e), box = e.getClientRects()[0];
	const calendar = e.type === 'date' && last === e; // the last part of a date, which the browser itself surrounds
	if (!calendar && (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2)) wrong.push('the focus is not seen');
	if (e.tabIndex > 0) wrong.push('it has a rank of its own');
	if (!box || box.width < 2) wrong.push('it has no place');
	else {
		const x = box.x + box.width / 2, y = box.y + Math.min(box.height / 2, 20), top = document.elementFromPoint(x, y);
		if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) wrong.push('it is out of the screen: ' + x + ' ' + y);
		else if (!top || !(e.contains(top) || top.contains(e))) wrong.push('it is under ' + (top && top.outerHTML.slice(0, 80)));
	}
	const turn = back ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
	if (last && last.isConnected && last !== e && !(last.compareDocumentPosition(e) & turn)) wrong.push('it is read before ' + last.outerHTML.slice(0, 120));
	window.lastStop = e;
	(window.stops = window.stops || new Set()).add(e);
	const group = e.type === 'radio' ? [...document.querySelectorAll('input[type=radio]')].filter(x => x.name === e.name && x.form === e.form) : [...(e.options || [])];
	return {Name: name, Wrong: wrong.join(', '), Here: !!want && e.matches(want), Field: e.name || '', Type: e.type || '', Value: e.value || '', Mode: e.inputMode || '',
		Ticked: e.type === 'radio' ? group.some(x => x.checked && x.value !== '') : !!e.checked, Options: group.map(x => x.value)};
}`

// look returns the stop, and fails the test of what is wrong with it.
func (k keyboard) look(want, back string) stop {
	k.Helper()
	at := eval[stop](k.play, k.tab, fmt.Sprintf("(%s)(%q, %s)", look, want, back))
	if at.Wrong != "" {
		k.Fatalf("%s: %s: %s", eval[string](k.play, k.tab, "location.pathname"), at.Name, at.Wrong)
	}
	return at
}

// key presses keys one after the other. The text of a key goes with its
// pressing, as a keyboard sends it: sent apart, it would fall on what the
// pressing has just brought the focus to.
func (k keyboard) key(keys string, held ...chromedp.Modifier) {
	k.Helper()
	for _, r := range keys {
		x := kb.Keys[r]
		if x == nil {
			k.Fatalf("no key writes %q", r)
		}
		down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: x.Key, Code: x.Code, WindowsVirtualKeyCode: x.Windows}
		for _, m := range held {
			down.Modifiers |= int64(m)
		}
		up := down
		if up.Type = input.DispatchKeyEventTypeKeyUp; x.Print {
			down.Text = x.Text
		}
		walk(k.T, k.tab, chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
			if _, err := cdp.Call(ctx, at, input.DispatchKeyEvent, down); err != nil {
				return err
			}
			_, err := cdp.Call(ctx, at, input.DispatchKeyEvent, up)
			return err
		}))
	}
}

// write types a text where the focus stands.
func (k keyboard) write(text string) {
	k.Helper()
	walk(k.T, k.tab, chromedp.Func(func(ctx context.Context, x *chromedp.Target) error {
		_, err := cdp.Call(ctx, x, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// next is Tab.
func (k keyboard) next(want string) stop {
	k.Helper()
	k.key(kb.Tab)
	return k.look(want, "false")
}

// reach goes to the element with Tab, or with Shift and Tab when it is behind.
func (k keyboard) reach(want string) {
	k.Helper()
	behind := eval[bool](k.play, k.tab, fmt.Sprintf(`(() => {
		const all = [...document.querySelectorAll(%q)], a = document.activeElement, from = a && a !== document.body ? a : document.querySelector(':target');
		return !!from && all.length > 0 && all.every(x => from.compareDocumentPosition(x) & Node.DOCUMENT_POSITION_PRECEDING && !from.contains(x)) })()`, want))
	for range 300 {
		var at stop
		if behind {
			k.key(kb.Tab, chromedp.ModifierShift)
			at = k.look(want, "true")
		} else {
			at = k.next(want)
		}
		if at.Here {
			return
		}
		if at.Name == "" {
			break
		}
	}
	k.Fatalf("%s: no key leads to %s", eval[string](k.play, k.tab, "location.href"), want)
}

// enter presses Enter and waits for the page that comes.
func (k keyboard) enter() {
	k.Helper()
	eval[int](k.play, k.tab, `document.documentElement.dataset.old = 1`)
	k.key(kb.Enter)
	walk(k.T, k.tab, chromedp.WaitReady(chromedp.CSS(`html:not([data-old]) body > footer`)))
}

// follow reaches the link or the button, and presses Enter.
func (k keyboard) follow(want string) {
	k.Helper()
	k.reach(want)
	k.enter()
}

// skip takes the first link of the page, which leads past what every page
// repeats.
func (k keyboard) skip() {
	k.Helper()
	if at := k.next(".skip"); !at.Here {
		k.Fatalf("%s: the first stop is %s, not the way to the content", eval[string](k.play, k.tab, "location.href"), at.Name)
	}
	k.key(kb.Enter)
	if !eval[bool](k.play, k.tab, `document.activeElement.matches('main') && location.hash === '#contenu'`) {
		k.Fatalf("%s: the first link does not lead to the content", eval[string](k.play, k.tab, "location.href"))
	}
}

// round goes all around the page and returns how many stops it has, and what is
// wrong: each thing to act upon is met once, in the order of reading, and the
// end is reached.
func (k keyboard) round() (n int, wrong []string) {
	k.Helper()
	same, last := 0, ""
	for at := k.step(); at.Name != ""; at = k.step() {
		if at.Wrong != "" {
			wrong = append(wrong, at.Name+": "+at.Wrong)
		}
		if n++; at.Name != last {
			same, last = 0, at.Name
		} else if same++; same > 5 || n > 400 { // a date has four stops
			wrong = append(wrong, at.Name+": the focus does not leave it")
			break
		}
	}
	return n, append(wrong, eval[[]string](k.play, k.tab, unmet)...)
}

// unmet are the things to act upon that no stop met, and those shown in another
// order than they are written.
const unmet = `(() => {
	const groups = new Set([...(window.stops || [])].filter(e => e.type === 'radio').map(e => e.name));
	const missed = e => e.matches('a[href], button, input:not([type=hidden]), select, textarea, summary') && e.checkVisibility() && !e.disabled && !window.stops.has(e) && !(e.type === 'radio' && groups.has(e.name));
	const turned = e => { const s = getComputedStyle(e); return s.order !== '0' || s.flexDirection.endsWith('reverse'); };
	return [...document.querySelectorAll('body *')].flatMap(e => missed(e) ? ['not met: ' + e.outerHTML.slice(0, 120)] : turned(e) ? ['shown in another order: ' + e.outerHTML.slice(0, 120)] : []);
})()`

// step is Tab, whatever is wrong there.
func (k keyboard) step() stop {
	k.Helper()
	k.key(kb.Tab)
	return eval[stop](k.play, k.tab, "("+look+")('', false)")
}

// tour fails the test of whatever is wrong around the page.
func (k keyboard) tour(name string) {
	k.Helper()
	n, wrong := k.round()
	for _, w := range wrong {
		k.Errorf("%s: %s", name, w)
	}
	if n < 5 {
		k.Errorf("%s has %d stops", name, n)
	}
	tally.stops.Add(int64(n))
}

// answer fills the form field by field as the focus meets them, and presses its
// button; it returns how many it answered.
func (k keyboard) answer(form string, given map[string]string) (n int) {
	k.Helper()
	for range 200 {
		at := k.next(form + " > .acts button")
		if at.Here {
			k.enter()
			return n
		}
		if at.Name == "" {
			break
		}
		if k.put(at, given) {
			n++
		}
	}
	k.Fatalf("the focus never reaches the button of %s", form)
	return 0
}

// put answers the field where the focus stands, when it is empty.
func (k keyboard) put(at stop, given map[string]string) bool {
	k.Helper()
	want, has := given[at.Field]
	switch at.Type {
	case "radio":
		if at.Ticked && !has {
			return false
		}
		return k.choose(at, want)
	case "checkbox":
		if at.Ticked || has && !strings.Contains(";"+want+";", ";"+at.Value+";") {
			return false
		}
		k.key(" ")
		return true
	case "date":
		if at.Value != "" {
			return false
		}
		k.key("09012021") // a day in both orders
		return true
	case "text", "textarea":
		if at.Value != "" && (!has || at.Type == "textarea" || at.Value == want) {
			return false
		}
		if !has {
			want = map[string]string{"numeric": "2", "decimal": "100"}[at.Mode]
		}
		if want == "" {
			want = "Un texte d’essai."
		}
		k.write(want) // what Tab selected is replaced
		return true
	}
	return false
}

// choose goes through the choices with the arrows, as far as the one wanted.
func (k keyboard) choose(at stop, want string) bool {
	k.Helper()
	changed := false
	for range len(at.Options) + 1 {
		if at.Value != "" && (want == "" || at.Value == want) {
			if !at.Ticked {
				k.key(" ")
				changed = true
			}
			return changed
		}
		k.key(kb.ArrowDown)
		eval[int](k.play, k.tab, `(window.lastStop = null, 0)`) // the arrows go round
		at, changed = k.look("", "false"), true
	}
	k.Fatalf("the arrows do not lead to %q of %s", want, at.Field)
	return false
}

// correct sends the empty form: the page opens with what is missing, whose
// first link leads to the first field that is wrong, which says so.
func (k keyboard) correct(act string) {
	k.Helper()
	k.follow("#acte-" + act + " button")
	eval[int](k.play, k.tab, `(history.replaceState(null, '', location.pathname), 0)`)
	k.skip()
	if at := k.next("#erreurs a"); !at.Here {
		k.Fatalf("after an error the content begins with %s", at.Name)
	}
	to := eval[string](k.play, k.tab, `document.activeElement.hash`)
	k.key(kb.Enter)
	if !eval[bool](k.play, k.tab, fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, to)) {
		k.next("") // a group of choices is no stop: its first choice is
	}
	got := eval[map[string]bool](k.play, k.tab, fmt.Sprintf(`(() => { const e = document.activeElement, f = document.querySelector(%q);
		const said = e.closest('[aria-describedby*="-erreur"]');
		return {'the focus is on the field': !!f && f.contains(e), 'the field says what is wrong': !!said && !!document.getElementById([...said.getAttribute('aria-describedby').split(' ')].pop()),
			'the field is the first that is wrong': !!f && f.closest('.field') === document.querySelector('#formulaire .field.wrong')}; })()`, to))
	for what, ok := range got {
		if !ok {
			k.Errorf("after the first link of the summary, to %s: not true that %s", to, what)
		}
	}
}

// apply files a dossier from the first page to the receipt, signing in on the
// way.
func (k keyboard) apply(t *testing.T) {
	walk(t, k.tab, chromedp.Navigate(site()+"/"))
	if k.script {
		k.tour("the first page")
	}
	k.skip()
	k.reach("main #recherche")
	k.write("Aureille")
	if k.script {
		walk(t, k.tab, chromedp.WaitVisible(chromedp.CSS("main .suggestions li")))
		k.key(kb.ArrowDown)
	}
	k.enter()
	if k.script {
		k.tour("a commune")
	}
	k.skip()
	k.follow(`main button[formaction="/deposer/` + k.scheme + `"]`)
	k.skip()
	k.reach("main form button")
	k.key(kb.Enter)
	walk(t, k.tab, chromedp.WaitVisible(chromedp.CSS(`button[value="maire-aureille"]`)))
	k.reach(`button[value="maire-aureille"]`)
	k.enter()
	k.skip()
	k.follow("main form button")
	k.where = eval[string](k.play, k.tab, `location.origin + location.pathname`)
	if k.script {
		k.tour("a draft")
	}
	k.correct("deposer")
	for range 6 {
		walk(t, k.tab, chromedp.Navigate(k.where))
		k.skip()
		if k.answer("#formulaire", k.values) == 0 {
			break
		}
	}
	k.joinAll()
	k.follow("#acte-deposer button")
	k.number = eval[string](k.play, k.tab, `(document.querySelector('main').innerText.match(/20\d\d-13-\d+/) || [''])[0]`)
	if k.number == "" {
		t.Fatalf("the filed dossier has no number: %s", eval[string](k.play, k.tab, `document.querySelector('main').innerText`))
	}
	k.mail("maire-aureille", "Accusé de réception du dossier "+k.number)
}

// joinAll joins the documents: each field is a stop, whose file the browser
// chooses in a window of its own.
func (k keyboard) joinAll() {
	for range 6 {
		walk(k.T, k.tab, chromedp.Navigate(k.where))
		id := eval[string](k.play, k.tab, `(([...document.querySelectorAll('section:has(> #pieces) input[type=file]')].find(x => !x.closest('form').parentElement.querySelector('a[href*="/pieces/"]'))) || {}).id || ''`)
		if id == "" {
			return
		}
		k.skip()
		k.reach("#" + id)
		walk(k.T, k.tab, chromedp.SetUploadFiles(chromedp.CSS("#"+id), []string{k.document(id)}))
		k.follow("form:has(#" + id + ") button")
	}
}

// TestKeyboard files a dossier with keys alone, then treats it with keys alone:
// a simple form without JavaScript, then one whose answers ask other questions
// and a document for each commune.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		scenario
		script bool
	}{
		{scenario{name: "clavier", scheme: "anct-sur-mesure", values: map[string]string{"cout": "20000"}}, false},
		{scenario{name: "clavier", scheme: "pass-numerique", values: map[string]string{"communes_partenaires": "Maillane", "commande": "20000", "pic_pct": "50", "precarite_pct": "50", "nombre_pass": "100", "frais_annuels": "500"}}, true},
	} {
		t.Run(x.scheme, func(t *testing.T) {
			t.Parallel()
			tab := browser(t)
			if err := do(tab, scripting(x.script), chromedp.EmulateViewport(1280, 900)); err != nil {
				t.Fatal(err)
			}
			p := &play{T: t, scenario: x.scenario, script: x.script, tabs: make(map[string]context.Context)}
			keyboard{p, tab}.apply(t)
			if x.script {
				keyboard{p, as(t, "sciat", true)}.treat(t)
			}
			t.Logf("%d stops in the pages gone around", tally.stops.Load())
		})
	}
}

// treat is a day of the agent: the desk, a pile, the dossier, taken, then sent
// back with a correction to make, and the desk again.
func (k keyboard) treat(t *testing.T) {
	walk(t, k.tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(site()+"/bureau"))
	k.tour("the desk")
	k.skip()
	k.follow(`main a[href="/bureau/dossiers?pile=a-prendre"]`)
	k.tour("a pile")
	k.skip()
	k.reach("main input[type=search]")
	k.write(k.number)
	k.enter()
	if path := strings.TrimPrefix(k.where, site()); eval[string](k.play, k.tab, `location.pathname`) != path {
		k.skip()
		k.follow(`main a[href="` + path + `"]`)
	}
	k.skip()
	k.follow(`form[action$="/prendre"] button`)
	walk(t, k.tab, chromedp.Navigate(k.where))
	k.tour("a dossier to treat")
	k.skip()
	k.reach("#corrections > summary")
	k.key(kb.Enter)
	k.reach(`form[action$="/corrections"] input[name="demande.publics_cibles"]`)
	k.write("Dites combien de personnes.")
	k.follow(`form[action$="/corrections"] button`)
	if !eval[bool](k.play, k.tab, `!!document.querySelector('#a-corriger')`) {
		t.Error("no correction is asked")
	}
	k.reach(`nav a[href="/bureau"]`)
	k.enter()
	if got := eval[string](k.play, k.tab, `location.pathname`); got != "/bureau" {
		t.Errorf("the way back leads to %s", got)
	}
}

// TestKeyboardCanFail plants what a keyboard stumbles on.
func TestKeyboardCanFail(t *testing.T) {
	t.Parallel()
	tab := browser(t)
	k := keyboard{&play{T: t, script: true}, tab}
	for want, body := range map[string]string{
		"the focus is not seen":    `<a href="#a" style="outline:none">a</a>`,
		"it has a rank of its own": `<a href="#a">a</a><a href="#b" tabindex="3">b</a>`,
		"it is read before":        `<a href="#a">a</a><a href="#b" tabindex="3">b</a>`,
		"it is out of the screen":  `<a href="#a" style="position:fixed;left:-900px">a</a>`,
		"it is under":              `<a href="#a">a</a><div style="position:fixed;inset:0;background:#fff"></div>`,
		"the focus does not leave": `<a href="#a" onkeydown="event.preventDefault()">a</a>`,
		"not met":                  `<a href="#a">a</a><button tabindex="-1">b</button>`,
		"shown in another order":   `<p style="display:flex;flex-direction:row-reverse"><a href="#a">a</a><a href="#b">b</a></p>`,
	} {
		walk(t, tab, chromedp.Navigate("data:text/html,<!doctype html><title>x</title><style>:focus{outline:3px solid}</style>"+url.PathEscape(body)))
		if _, wrong := k.round(); !strings.Contains(strings.Join(wrong, "; "), want) {
			t.Errorf("%s: the fault %q is not seen: %q", body, want, wrong)
		}
	}
}
