package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"guichet/internal/eligibilite"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/regle"
	"guichet/internal/web/ui"
)

// grille answers /departements/{code}/grille : every territory, every scheme.
func (s *site) grille(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	v, err := s.g.Grille(r.PathValue("code"), le)
	if err != nil {
		return err
	}
	s.write(w, r, http.StatusOK, s.grillePage(r, v, readSelection(r)))
	return nil
}

// A selection is what the reader asked of a grid.
type selection struct {
	nom     string // part of a name or code
	genre   string // commune or epci
	code    string // scheme the verdict is about; "" for any
	verdict string
	tri     string // nom, population or a scheme
	sens    string // asc or desc
}

func readSelection(r *http.Request) selection {
	q := r.URL.Query()
	s := selection{strings.TrimSpace(q.Get("nom")), q.Get("type"), q.Get("dispositif"), q.Get("verdict"), q.Get("tri"), q.Get("sens")}
	if s.tri == "" {
		s.tri = "nom"
	}
	if s.sens != "desc" {
		s.sens = "asc"
	}
	return s
}

// keeps reports whether a line is asked for.
func (s selection) keeps(l guichet.LigneGrille) bool {
	if s.genre != "" && l.Type != s.genre {
		return false
	}
	if s.nom != "" && !strings.Contains(francais.Plie(l.Nom), francais.Plie(s.nom)) && !strings.HasPrefix(l.Code, s.nom) {
		return false
	}
	if s.verdict == "" {
		return true
	}
	return slices.ContainsFunc(l.Reponses, func(a eligibilite.Reponse) bool {
		return a.Verdict.String() == s.verdict && (s.code == "" || a.Dispositif.Code == s.code)
	})
}

// lines are the lines asked for, in the order asked for.
func (s selection) lines(all []guichet.LigneGrille) []guichet.LigneGrille {
	var out []guichet.LigneGrille
	for _, l := range all {
		if s.keeps(l) {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b guichet.LigneGrille) int {
		n := s.compare(a, b)
		if s.sens == "desc" {
			n = -n
		}
		return cmp.Or(n, strings.Compare(francais.Plie(a.Nom), francais.Plie(b.Nom)))
	})
	return out
}

func (s selection) compare(a, b guichet.LigneGrille) int {
	switch s.tri {
	case "nom":
		return strings.Compare(francais.Plie(a.Nom), francais.Plie(b.Nom))
	case "population":
		return cmp.Compare(a.Population, b.Population)
	case "type":
		return strings.Compare(a.Type, b.Type)
	}
	return cmp.Compare(rank(a, s.tri), rank(b, s.tri))
}

func rank(l guichet.LigneGrille, code string) int {
	for _, a := range l.Reponses {
		if a.Dispositif.Code == code {
			return a.Rang()
		}
	}
	return 0
}

func (s *site) grillePage(r *http.Request, v *guichet.VueGrille, sel selection) ui.Layout {
	c := v.Contexte
	l := s.layout(r, c, inDistrict)
	l.Title, l.Wide = "Grille : "+v.Nom, true
	l.Summary = "Toutes les communes et intercommunalités de ce département (" + v.Nom + ") face à tous les dispositifs."
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: to(c, "/")}, {Text: "Les départements", To: to(c, "/departements")}, {Text: v.Nom}}
	rows := sel.lines(v.Lignes)
	page := ui.Path("/departements/" + v.Code + "/grille")
	csv := ui.Path("/departements/" + v.Code + "/grille.csv").With(r.URL.Query())
	l.Body = ui.Nodes{
		ui.Identity{Over: "Département", Name: v.Nom, Body: ui.Nodes{
			ui.Lead(ui.T("Chaque commune et chaque intercommunalité face à chaque dispositif. Choisissez un territoire pour voir les raisons."))}},
		gridForm(v, sel, page),
		ui.P(ui.T(shown(len(rows), len(v.Lignes))+" "), ui.Link{Text: "Télécharger en CSV", To: csv}),
		gridTable(r, v, sel, rows),
	}
	return l
}

func shown(n, all int) string {
	if n == all {
		return francais.Compte(all, "territoire.", "territoires.")
	}
	return francais.Compte(n, "territoire affiché sur ", "territoires affichés sur ") + francais.Entier(int64(all)) + "."
}

// gridForm restricts the lines.
func gridForm(v *guichet.VueGrille, sel selection, page ui.URL) ui.Node {
	schemes := []ui.Option{{Value: "", Label: "N’importe lequel"}}
	for _, d := range v.Dispositifs {
		schemes = append(schemes, ui.Option{Value: d.Code, Label: d.Nom})
	}
	verdicts := []ui.Option{{Value: "", Label: "Toutes les réponses"}}
	for _, k := range verdictOrder {
		verdicts = append(verdicts, ui.Option{Value: k.String(), Label: verdictWords[k].Word})
	}
	return ui.Filters{Name: "Filtrer la grille", Action: page, Keep: keepDay(v.Contexte), Submit: "Filtrer",
		Reset: ui.Link{Text: "Tout revoir", To: page.With(keepDay(v.Contexte))},
		Fields: []ui.Field{
			{Name: "nom", Kind: ui.Line, Label: "Nom ou code", Values: []string{sel.nom}},
			{Name: "type", Kind: ui.Select, Label: "Territoires", Values: []string{sel.genre}, Choice: []ui.Option{
				{Value: "", Label: "Tous"}, {Value: "commune", Label: "Communes"}, {Value: "epci", Label: "Intercommunalités"}}},
			{Name: "dispositif", Kind: ui.Select, Label: "Dispositif", Values: []string{sel.code}, Choice: schemes},
			{Name: "verdict", Kind: ui.Select, Label: "Réponse", Values: []string{sel.verdict}, Choice: verdicts},
		}}
}

func gridTable(r *http.Request, v *guichet.VueGrille, sel selection, rows []guichet.LigneGrille) ui.Node {
	t := ui.Table{Caption: "Réponse de chaque dispositif, par territoire", Scroll: "Grille du département", Kind: "matrix",
		Columns: []ui.Column{
			gridColumn(r, sel, "nom", ui.Column{Text: "Territoire"}),
			gridColumn(r, sel, "population", ui.Column{Text: "Habitants", Numeric: true}),
		}}
	for _, d := range v.Dispositifs {
		t.Columns = append(t.Columns, gridColumn(r, sel, d.Code, ui.Column{Text: short(d.Sigle, d.Nom), Full: d.Nom}))
	}
	for _, l := range rows {
		t.Rows = append(t.Rows, gridRow(v, l))
	}
	t.Foot = gridTotals(v)
	return t
}

func short(sigle, nom string) string {
	if sigle != "" {
		return sigle
	}
	return nom
}

// gridColumn makes a column sort the grid; asked twice, the other way round.
func gridColumn(r *http.Request, sel selection, tri string, col ui.Column) ui.Column {
	q := r.URL.Query()
	q.Set("tri", tri)
	q.Del("sens")
	if sel.tri == tri {
		col.Order = map[string]string{"asc": "ascending", "desc": "descending"}[sel.sens]
		if sel.sens == "asc" {
			q.Set("sens", "desc")
		}
	}
	col.To = ui.Path(r.URL.Path).With(q)
	return col
}

func gridRow(v *guichet.VueGrille, l guichet.LigneGrille) []ui.Node {
	row := []ui.Node{
		ui.Link{Text: l.Nom, To: to(v.Contexte, territoryPaths[l.Type]+l.Code)},
		ui.T(number(l.Population)),
	}
	for _, a := range l.Reponses {
		row = append(row, gridCell(a))
	}
	return row
}

func number(n int32) string {
	if n < 0 {
		return "–"
	}
	return francais.Entier(int64(n))
}

// gridCell is a verdict and, when there is one, the figure that goes with it.
func gridCell(a eligibilite.Reponse) ui.Node {
	out := ui.Nodes{verdictWords[a.Verdict]}
	if big, _ := figure(guichet.ReponseVue{Reponse: a}); big != "" {
		out = append(out, ui.T(" "), ui.Amount(big))
	}
	return out
}

// gridTotals count the yes of each scheme over the whole département.
func gridTotals(v *guichet.VueGrille) [][]ui.Node {
	communes := []ui.Node{ui.T("Communes : « oui »"), ui.T("")}
	epcis := []ui.Node{ui.T("Intercommunalités : « oui »"), ui.T("")}
	for _, t := range v.Totaux {
		communes = append(communes, ui.T(francais.Entier(int64(t.Communes[regle.Oui]))))
		epcis = append(epcis, ui.T(francais.Entier(int64(t.Epci[regle.Oui]))))
	}
	return [][]ui.Node{communes, epcis}
}
