package web

import (
	"fmt"
	"net/http"
	"net/url"

	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// The sections of the site, in the navigation.
const (
	inSearch   = "/"
	inSchemes  = "/dispositifs"
	inTable    = "/tableau"
	inDistrict = "/departements"
	nowhere    = ""
)

// to is the address of a page of the site, on the day of c.
func to(c guichet.Contexte, path string, query ...string) ui.URL {
	if c.Jour != c.Aujourdhui {
		query = append(query, "le", c.Jour.String())
	}
	return ui.Path(path, query...)
}

// layout is what surrounds a page of the section.
func (s *site) layout(r *http.Request, c guichet.Contexte, section string) ui.Layout {
	l := ui.Layout{
		Style:  s.assets.url("style.css"),
		Script: s.assets.url("suggestions.js"),
		Icon:   s.assets.url("icone.svg"),
		Home:   to(c, "/"),
		Nav: []ui.Link{
			{Text: "Ma collectivité", To: to(c, inSearch), Current: section == inSearch},
			{Text: "Les dispositifs", To: to(c, inSchemes), Current: section == inSchemes},
			{Text: "Le tableau", To: to(c, inTable), Current: section == inTable},
			{Text: "Les départements", To: to(c, inDistrict), Current: section == inDistrict},
		},
		Search: ui.SearchBox{ID: "recherche-haut", Label: "Chercher une collectivité", Action: ui.Path("/recherche"),
			Keep: keepDay(c), Suggest: to(c, "/suggestions"), Button: "Chercher"},
		Footer: footer(c),
	}
	if s.g.TientDossiers() {
		l.Nav = append(l.Nav, ui.Link{Text: "Mon espace", To: ui.Path("/espace")})
	}
	l.Banner = s.banner(r, c)
	return l
}

// banner says on what day the site stands, and lets the reader choose another.
func (s *site) banner(r *http.Request, c guichet.Contexte) ui.Banner {
	text := "Situation au " + c.Jour.Long()
	if c.Demonstration && c.Jour == c.Aujourdhui {
		text = "Démonstration : nous sommes le " + c.Jour.Long()
	} else if c.Demonstration {
		text = "Démonstration : situation au " + c.Jour.Long()
	}
	return ui.Banner{Name: "Jour de la situation", Text: text, Demo: c.Demonstration, Body: s.day(r, c)}
}

// day lets the reader choose the day of the page.
func (s *site) day(r *http.Request, c guichet.Contexte) ui.Node {
	keep := r.URL.Query()
	typed := keep.Get("le")
	keep.Del("le")
	d := ui.DayChooser{Action: ui.Path(r.URL.Path), Keep: keep, Value: c.Jour.String(), Text: c.Jour.Long()}
	if _, err := s.le(r); err != nil {
		d.Value, d.Error = typed, message(err, "le")
	}
	if c.Jour != c.Aujourdhui {
		d.Presets = append(d.Presets, ui.Link{Text: "Revenir au " + c.Aujourdhui.Long(), To: ui.Path(r.URL.Path).With(keep)})
	}
	return d
}

func keepDay(c guichet.Contexte) url.Values {
	if c.Jour == c.Aujourdhui {
		return nil
	}
	return url.Values{"le": {c.Jour.String()}}
}

func footer(c guichet.Contexte) ui.Footer {
	lines := []ui.Node{
		ui.T(fmt.Sprintf("%s des dispositifs, d’après le « %s » (%s).", c.Edition.Titre, c.Source.Titre, c.Source.Editeur)),
		ui.T(fmt.Sprintf("Communes et intercommunalités de %d ; population du recensement de %d, en vigueur en %d. Source : INSEE.",
			c.Millesime.Cog, c.Millesime.Population.Recensement, c.Millesime.Population.EnVigueur)),
		ui.T("Logiciel libre sous licence MIT. Données publiques sous Licence ouverte. Les réponses informent : seul le service instructeur décide."),
	}
	return ui.Footer{Lines: lines, Links: []ui.Link{
		{Text: "Accessibilité : non évaluée par un tiers", To: to(c, "/accessibilite")},
		{Text: "À propos, sources et limites", To: to(c, "/a-propos")},
		{Text: "Toutes les données (API)", To: ui.Path("/api/v1/openapi.json")},
	}}
}
