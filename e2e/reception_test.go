package e2e

import (
	"strings"

	"github.com/chromedp/chromedp"
)

// receive is the service that finds the dossier among those to take; on is a
// colleague of another service, who may not even read it.
func (p *play) receive(s step) {
	tab := p.tab(s.who)
	walk(p.T, tab, chromedp.Navigate(site()+"/bureau/dossiers?pile=a-prendre&numero="+p.number), chromedp.WaitReady(chromedp.CSS("main h1")))
	path := strings.TrimPrefix(p.where, site())
	if !eval[bool](p, tab, `!!document.querySelector('main a[href="`+path+`"]')`) {
		p.Errorf("%s does not find %s to take: %s", s.who, p.number, eval[string](p, tab, `document.querySelector('main').innerText`))
	}
	if told := fetch(p.T, s.who, site()+"/compte/courriels"); !strings.Contains(told, "Nouveau dossier "+p.number) { // it waits for the mail of the day
		p.Errorf("%s is not told of %s: %s", s.who, p.number, told)
	}
	p.tab(s.on) // signs in
	if page := fetch(p.T, s.on, p.where); !strings.Contains(page, "n’existe pas") || strings.Contains(page, p.number) {
		p.Errorf("%s reads a dossier that another service received: %.300s", s.on, page)
	}
}
