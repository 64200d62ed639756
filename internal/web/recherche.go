package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

const (
	maxResults     = 40
	maxSuggestions = 8
)

// recherche answers /recherche?q= : the territories found, told apart. A code
// leads straight to its page.
func (s *site) recherche(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	found := s.g.Rechercher(cut(q, 200), le, maxResults)
	c := s.g.Contexte(le)
	if len(found) == 1 && found[0].Exact {
		http.Redirect(w, r, territoryPage(c, found[0]).String(), http.StatusSeeOther)
		return nil
	}
	s.write(w, r, http.StatusOK, s.recherchePage(r, c, q, found))
	return nil
}

// suggestions answers /suggestions?q= : what the box offers as one types.
func (s *site) suggestions(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	type suggestion struct {
		Nom    string `json:"nom"`
		Detail string `json:"detail"`
		Page   string `json:"page"`
	}
	out := struct {
		Territoires []suggestion `json:"territoires"`
	}{[]suggestion{}}
	c := s.g.Contexte(le)
	for _, t := range s.g.Rechercher(cut(r.URL.Query().Get("q"), 200), le, maxSuggestions) {
		out.Territoires = append(out.Territoires, suggestion{t.Nom, detail(t), territoryPage(c, t).String()})
	}
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	newWritten("application/json", body).send(w, r)
	return nil
}

// territoryPage is the page of a territory found.
func territoryPage(c guichet.Contexte, t guichet.Trouvaille) ui.URL {
	switch t.Type {
	case "commune":
		return to(c, "/communes/"+t.Code)
	case "epci":
		return to(c, "/epci/"+t.Code)
	case "departement":
		return to(c, "/departements/"+t.Code+"/grille")
	}
	return to(c, "/departements").At("region-" + t.Code)
}

var territoryKinds = map[string]string{"commune": "Commune", "epci": "Intercommunalité", "departement": "Département", "region": "Région"}

// detail tells a territory from its homonyms.
func detail(t guichet.Trouvaille) string {
	parts := []string{territoryKinds[t.Type]}
	if t.DepartementNom != "" && t.Type != "departement" {
		parts = append(parts, t.DepartementNom+" ("+t.Departement+")")
	}
	if t.Population >= 0 && t.Type != "region" {
		parts = append(parts, habitants(t.Population))
	}
	if t.Alias != "" {
		parts = append(parts, "trouvé sous le nom « "+t.Alias+" »")
	}
	return strings.Join(parts, " · ")
}

func (s *site) recherchePage(r *http.Request, c guichet.Contexte, q string, found []guichet.Trouvaille) ui.Layout {
	l := s.layout(r, c, inSearch)
	l.Title, l.Search = "Recherche", nil
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: to(c, "/")}, {Text: "Recherche"}}
	title := "Chercher une collectivité"
	if q != "" {
		title = "Résultats pour « " + cut(q, 80) + " »"
	}
	l.Body = ui.Nodes{
		ui.Heading(1, "", title),
		ui.Panel(ui.SearchBox{ID: "recherche", Label: "Commune ou intercommunalité", Hint: "Un nom, un code postal, un code INSEE ou un numéro SIREN",
			Action: ui.Path("/recherche"), Value: cut(q, 200), Keep: keepDay(c), Suggest: to(c, "/suggestions"), Button: "Chercher"}),
		results(c, q, found),
	}
	return l
}

// results lists the territories, or says how to search better.
func results(c guichet.Contexte, q string, found []guichet.Trouvaille) ui.Node {
	if q == "" {
		return ui.P(ui.T("Écrivez un nom ou un code."))
	}
	if len(found) == 0 {
		return ui.Alert{Tone: ui.Info, Title: "Aucun territoire trouvé", Body: ui.Nodes{ui.List(
			ui.T("Vérifiez l’orthographe ; les accents et les tirets n’ont pas d’importance."),
			ui.T("Essayez le code postal, ou une partie du nom."),
			ui.T("Un numéro SIREN compte neuf chiffres ; un code INSEE, cinq caractères."))}}
	}
	text := francais.Compte(len(found), "territoire trouvé", "territoires trouvés")
	if len(found) == maxResults {
		text = "Plus de " + text + " : précisez le nom ou ajoutez le département."
	}
	var items []ui.Node
	for _, t := range found {
		body := ui.Nodes{ui.Note(ui.T(detail(t)))}
		if t.EpciNom != "" {
			body = append(body, ui.Note(ui.T(t.EpciNom)))
		}
		items = append(items, ui.Card{Level: 2, Title: ui.Link{Text: t.Nom, To: territoryPage(c, t)}, Body: body})
	}
	return ui.Nodes{ui.P(ui.T(text)), ui.Grid(items...)}
}
