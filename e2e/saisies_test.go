package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A mistake is a form sent as nobody should, and the fields that must say so.
type mistake struct {
	who, page, form string
	typed           map[string]string
	wrong           []string // names of the fields
}

// long is more than any line or text may hold.
var long = strings.Repeat("Très long. ", 3000)

// mistyped types in a form whatever is given, even what its fields would not
// take; a date that cannot be read is typed as text.
const mistyped = `(form, given) => { for (const [name, text] of Object.entries(given)) for (const e of [...form.elements].filter(x => x.name === name)) {
	if (e.type === 'radio' || e.type === 'checkbox') e.checked = e.value === text;
	else { if (e.type === 'date') e.type = 'text'; e.value = text; }
} return form.outerHTML.length; }`

// answered tells what the page that comes lacks: a summary that leads to the
// fields, a message at each, tied to it, and everything that was typed.
const answered = `(given, wrong, selector) => {
	const out = [], sum = document.querySelector('main #erreurs'), form = document.querySelector(selector);
	if (!sum) out.push('no summary: ' + [...document.querySelectorAll('.alert')].map(x => x.innerText).join(' | ') + ' ' + document.querySelector('h1').innerText);
	else if ([...document.querySelectorAll('main h1, main form, main section')].some(x => x.compareDocumentPosition(sum) & Node.DOCUMENT_POSITION_FOLLOWING)) out.push('the summary is not at the top');
	for (const a of sum ? sum.querySelectorAll('a') : []) if (!document.querySelector(a.hash)) out.push('the summary leads nowhere: ' + a.hash);
	if (!form) return [...out, 'the form is gone'];
	for (const d = form.closest('details'); d && !d.open;) { out.push('the form is folded'); break; }
	for (const name of wrong) {
		const e = [...form.elements].find(x => x.name === name);
		const at = e && (e.type === 'radio' || e.type === 'checkbox' ? e.closest('fieldset') : e);
		const said = at && (at.getAttribute('aria-describedby') || '').split(' ').map(id => document.getElementById(id)).find(x => x && x.classList.contains('error'));
		if (!said) out.push('nothing is said at ' + name);
		else if (!/^Erreur : .*[a-zéèà]{3,}.*\.$/s.test(said.textContent.trim())) out.push('not a sentence at ' + name + ': ' + said.textContent);
		if (at && at.tagName !== 'FIELDSET' && at.getAttribute('aria-invalid') !== 'true') out.push(name + ' is not marked invalid');
		if (sum && at && ![...sum.querySelectorAll('a')].some(a => document.querySelector(a.hash) === at || at.closest('.field') === document.querySelector(a.hash))) out.push('the summary does not lead to ' + name);
	}
	for (const [name, text] of Object.entries(given)) {
		const all = [...form.elements].filter(x => x.name === name), kept = all.some(x => x.type === 'radio' || x.type === 'checkbox' ? x.checked && x.value === text : x.value.replaceAll('\r\n', '\n') === text);
		if (text !== '' && !kept) out.push('what was typed in ' + name + ' is lost');
	}
	return out;
}`

// sendBadly sends the form as told, and returns what its answer lacks.
func (p *play) sendBadly(tab context.Context, m mistake) []string {
	p.Helper()
	walk(p.T, tab, chromedp.Navigate(m.page), chromedp.WaitReady(chromedp.CSS("body > footer")))
	typed, _ := json.Marshal(m.typed)
	wrong, _ := json.Marshal(m.wrong)
	eval[int](p, tab, `[...document.querySelectorAll('details')].filter(d => d.open = true).length`)
	eval[int](p, tab, fmt.Sprintf("(%s)(document.querySelector(%q), %s)", mistyped, m.form, typed))
	eval[int](p, tab, `document.documentElement.dataset.old = 1`)
	eval[bool](p, tab, fmt.Sprintf(`(document.querySelector(%q + ' button').click(), true)`, m.form))
	walk(p.T, tab, chromedp.WaitReady(chromedp.CSS(`html:not([data-old]) body > footer`)))
	return eval[[]string](p, tab, fmt.Sprintf("(%s)(%s, %s, %q)", answered, typed, wrong, m.form))
}

// TestMistakes fills the forms of the members wrongly, without JavaScript: each
// says what is wrong at its field and in a summary, and loses nothing.
func TestMistakes(t *testing.T) {
	t.Parallel()
	p := &play{T: t, scenario: scenario{name: "saisies", scheme: "anct-sur-mesure", values: map[string]string{"cout": "20000"}}, tabs: make(map[string]context.Context)}
	p.begin(step{"maire-aureille", "commencer", ""})
	draft := p.where
	p.begin(step{"maire-aureille", "commencer", ""})
	p.file(step{"maire-aureille", "déposer", "deposer"})
	filed := p.where
	p.take(step{"sciat", "prendre", ""})
	for _, m := range []mistake{
		{"maire-aureille", draft, "#formulaire", map[string]string{"intitule": "Une halle", "cout": "beaucoup"}, []string{"cout"}},
		{"maire-aureille", draft, "#formulaire", map[string]string{"intitule": "Une halle", "cout": "-5"}, []string{"cout"}},
		{"maire-aureille", filed, `form[action$="/messages"]`, map[string]string{"message": ""}, []string{"message"}},
		{"maire-aureille", filed, `form[action$="/messages"]`, map[string]string{"message": long}, []string{"message"}},
		{"maire-aureille", site() + "/organisations/211300066", "#formulaire-inviter", map[string]string{"adresse": "pas une adresse"}, []string{"adresse"}},
		{"sciat", filed, `form[action$="/notes"]`, map[string]string{"note": ""}, []string{"note"}},
		{"sciat", filed, `form[action$="/notes"]`, map[string]string{"note": long}, []string{"note"}},
		{"sciat", filed, `form[action$="/etiquettes"]`, map[string]string{"etiquettes": long}, []string{"etiquettes"}},
		{"sciat", filed, `form[action$="/attribuer"]`, map[string]string{"personne": ""}, []string{"personne"}},
		{"sciat", filed, `form[action$="/transferer"]`, map[string]string{"service": "", "motif": "Il est à vous."}, []string{"service"}},
		{"sciat", filed, `form[action$="/corrections"]`, map[string]string{"demande.cout": "Hors taxes ?", "pour": "demain"}, []string{"pour"}},
		{"sciat", filed, `form[action$="/avis"]`, map[string]string{"services": "sgar", "question": "", "pour": "2020-01-01"}, []string{"question", "pour"}},
		{"sciat", filed, `form[action$="/avis"]`, map[string]string{"services": "sgar", "question": long}, []string{"question"}},
		{"sciat", filed, `form[action$="/transferer"]`, map[string]string{"service": "anct", "motif": long}, []string{"motif"}},
		{"sciat", filed, "#acte-declarer_complet form", map[string]string{"motif": long}, []string{"motif"}},
		{"sciat", filed + "/decision/classer_sans_suite", "section:has(#decider) form", map[string]string{"motif": long}, []string{"motif"}},
		{"sciat", filed, `form[action$="/proposition"]`, map[string]string{"proposition": "", "montant": "beaucoup", "motif": "Complet."}, []string{"proposition"}},
		{"sciat", filed + "/decision/classer_sans_suite", "section:has(#decider) form", map[string]string{"motif": ""}, []string{"motif"}},
		{"sciat", site() + "/bureau/dossiers?pile=les-miens", "section:has(#garder) form", map[string]string{"nom": ""}, []string{"nom"}},
		{"sciat", site() + "/bureau/dossiers?pile=les-miens", "section:has(#garder) form", map[string]string{"nom": long[:400]}, []string{"nom"}},
		{"administrateur", site() + "/bureau/droits", "#derogation form, form#derogation", map[string]string{"separation": "SOD1", "motif": "", "du": "demain", "au": "2021-08-01"}, []string{"motif", "du"}},
	} {
		for _, lack := range p.sendBadly(p.tab(m.who), m) {
			t.Errorf("%s %s %.80q: %s", m.who, m.form, fmt.Sprint(m.typed), lack)
		}
	}
}
