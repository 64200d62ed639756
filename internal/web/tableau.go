package web

import (
	"net/http"

	"guichet/internal/dispositif"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// tableau answers /tableau : the synthesis table, from the data.
func (s *site) tableau(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	s.write(w, r, http.StatusOK, s.tableauPage(r, s.g.Tableau(r.URL.Query().Get("departement"), le)))
	return nil
}

func (s *site) tableauPage(r *http.Request, v *guichet.VueTableau) ui.Layout {
	c := v.Contexte
	l := s.layout(r, c, inTable)
	l.Title, l.Wide = "Le tableau de synthèse", true
	l.Summary = "Tableau de synthèse des dispositifs d’ingénierie territoriale : prestation, conditions, procédure, service et contact."
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: to(c, "/")}, {Text: "Le tableau"}}
	t := ui.Table{Caption: c.Edition.Titre + ", situation au " + v.Le.Long(), Scroll: "Tableau de synthèse", Kind: "sheet",
		Columns: []ui.Column{{Text: "Dispositif"}, {Text: "Description de la prestation"}, {Text: "Conditions"},
			{Text: "Procédure demande"}, {Text: "Service instructeur"}, {Text: "Contact"}}}
	for _, d := range v.Lignes {
		t.Rows = append(t.Rows, tableRow(c, d))
	}
	who := ui.Nodes{}
	if v.Prefecture != nil {
		who = ui.Nodes{ui.Lead(ui.T(v.Prefecture.Nom))}
	}
	l.Body = ui.Nodes{
		ui.Heading(1, "", "Tableau de synthèse des dispositifs d’ingénierie territoriale"), who,
		ui.Screen(ui.P(ui.T("Ce tableau se génère à partir des données. Il s’imprime en A3, en paysage."))),
		t,
	}
	return l
}

func tableRow(c guichet.Contexte, d *guichet.VueDispositif) []ui.Node {
	badge, until := opening(d.Ouverture, d.Dispositif)
	title := ui.Nodes{ui.Link{Text: d.Nom, To: to(c, "/dispositifs/"+d.Code)}, ui.Chips(badge)}
	what := append(ui.Nodes{ui.P(ui.B(d.Promesse))}, ui.Prose(d.Description)...)
	rules := ui.Nodes{conditionList(d.Dispositif)}
	for _, a := range d.Annexes {
		what = append(what, ui.P(ui.B(a.Nom+". "), ui.T(a.Promesse)))
		rules = append(rules, ui.P(ui.B(a.Nom)), conditionList(a))
	}
	for _, e := range d.Exigences {
		var items []ui.Node
		for _, it := range e.Items {
			items = append(items, ui.T(it.Texte))
		}
		rules = append(rules, ui.P(ui.B(e.Libelle)), ui.List(items...))
	}
	return []ui.Node{title, what, rules, append(procedure(d), ui.P(ui.B(until))), tableService(d), stack(contacts(d.Contacts))}
}

func tableService(d *guichet.VueDispositif) ui.Node {
	if d.Service == nil {
		return ui.T("Préfecture de département")
	}
	out := ui.Nodes{ui.P(ui.T(d.Service.Court()))}
	for _, t := range d.Volets {
		if s := d.Catalogue.Service(d.Dispositif, t.Code); s != nil && s != d.Service {
			out = append(out, ui.P(ui.T(s.Court()+" : "+t.Nom)))
		}
	}
	return out
}

func stack(nodes ui.Nodes) ui.Node { return ui.Plain(nodes...) }

func conditionList(d *dispositif.Dispositif) ui.Node {
	var items []ui.Node
	for _, k := range d.Conditions {
		items = append(items, ui.T(k.Texte))
	}
	if len(items) == 0 {
		return ui.Nodes{}
	}
	return ui.List(items...)
}

// procedure is the steps, the documents and the links of a scheme.
func procedure(d *guichet.VueDispositif) ui.Nodes {
	var steps, docs, links []ui.Node
	for _, e := range d.Etapes {
		text := e.Acteur + " : " + lower(e.Action)
		if e.Delai != "" {
			text += " (" + e.Delai + ")"
		}
		steps = append(steps, ui.T(text+"."))
	}
	for _, p := range d.Pieces {
		docs = append(docs, ui.T(p.Libelle+" ("+word(requis, p.Requise)+", "+word(phases, p.Phase)+")"))
	}
	for _, k := range d.Liens {
		if k != nil && k.URL() != "" {
			links = append(links, ui.Link{Text: k.Titre, To: ui.Web(k.URL())})
		}
	}
	var out ui.Nodes
	if len(steps) > 0 {
		out = append(out, ui.Numbered(steps...))
	}
	if len(docs) > 0 {
		out = append(out, ui.P(ui.B("Pièces")), ui.List(docs...))
	}
	if len(links) > 0 {
		out = append(out, ui.P(ui.B("Liens")), ui.List(links...))
	}
	return out
}
