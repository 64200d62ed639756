package web

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/web/ui"
)

// listeDossiers answers /bureau/dossiers : a pile, a search, filters. The very
// number of a dossier leads straight to it.
func (s *site) listeDossiers(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	if cleaned(w, r) {
		return nil
	}
	v, err := s.g.Liste(r.Context(), a, criteria(r.URL.Query()))
	if err != nil {
		return err
	}
	if v.Direct != "" {
		http.Redirect(w, r, dossierPath(v.Direct), http.StatusSeeOther)
		return nil
	}
	status := http.StatusOK
	if len(v.Erreurs) > 0 {
		status = http.StatusUnprocessableEntity
	}
	s.writePrivate(w, r, status, s.listPage(r, v, viewForm(v, "", "")))
	return nil
}

func (s *site) listPage(r *http.Request, v *guichet.VueListe, save ui.Node) ui.Layout {
	l := s.memberLayout(r, v.Acteur, v.Titre)
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: "Mon bureau", To: ui.Path("/bureau")}, {Text: v.Titre}}
	l.Body = ui.Nodes{listErrors(v), ui.Heading(1, "", v.Titre),
		ui.Panel(deskSearch(v.Criteres)), filterForm(v), found(v, ui.Path(listPath)), s.together(v), save, views(v.Vues)}
	return l
}

// listErrors says what of the criteria cannot be read.
func listErrors(v *guichet.VueListe) ui.Node {
	sum := ui.ErrorSummary{Title: "Un filtre n’est pas lisible : il n’a pas été appliqué."}
	for _, f := range fieldsOf(&v.Criteres) {
		if m := v.Erreurs[f.name]; m != "" {
			sum.Errors = append(sum.Errors, ui.Link{Text: m, To: ui.Here("champ-" + f.name)})
		}
	}
	return sum
}

// deskSearch is the box that searches the dossiers, keeping the filters.
func deskSearch(c guichet.Criteres) ui.Node {
	return ui.SearchBox{ID: "chercher", Label: "Chercher un dossier", Hint: "Un numéro, un SIREN, une commune, ou des mots du dossier ; les accents n’ont pas d’importance.",
		Action: ui.Path(listPath), Value: c.Q, Keep: queryOf(c, "q", "apres"), Button: "Chercher"}
}

// found is a page of a list and the way to the others. The first page and each
// following one have an address that stays true when dossiers are added.
func found(v *guichet.VueListe, base ui.URL) ui.Node {
	if v.SansMots {
		return ui.Alert{Tone: ui.Info, Title: "Écrivez un mot qui compte", Body: ui.Nodes{ui.P(ui.T("« le », « de » ou « pour » sont dans tous les dossiers : ajoutez un nom, un numéro ou un mot du projet."))}}
	}
	var more ui.Nodes
	if v.Criteres.Apres != "" {
		more = append(more, ui.Button{Quiet: true, Link: ui.Link{Text: "Revenir au début", To: base.With(queryOf(v.Criteres, "apres"))}})
	}
	if v.Suite != "" {
		next := queryOf(v.Criteres)
		next.Set("apres", v.Suite)
		more = append(more, ui.Button{Quiet: true, Link: ui.Link{Text: "Page suivante", To: base.With(next)}})
	}
	if len(v.Dossiers) == 0 {
		text := "Aucun dossier ici."
		if len(queryOf(v.Criteres, "pile", "apres")) > 0 {
			text = "Aucun dossier ne correspond. Retirez un filtre ou un mot : tous les mots cherchés doivent se trouver dans le dossier."
		}
		return ui.Nodes{ui.P(ui.T(text)), ui.Acts(more...)}
	}
	if v.Criteres.Q == "" {
		table, list := dossierTable(v.Titre, resumes(v.Dossiers)), resumes(v.Dossiers)
		if base == ui.Path(listPath) {
			table = tickable(table, list)
		}
		return ui.Nodes{table, ui.Acts(more...)}
	}
	var cards []ui.Node
	for _, d := range v.Dossiers {
		cards = append(cards, hit(d))
	}
	return ui.Nodes{ui.Stack(cards...), ui.Acts(more...)}
}

// together acts on the dossiers ticked in the list.
func (s *site) together(v *guichet.VueListe) ui.Node {
	if len(v.Dossiers) == 0 || v.Criteres.Q != "" {
		return ui.Nodes{}
	}
	return ui.Section{ID: "traiter", Title: "Traiter plusieurs dossiers", Body: ui.Nodes{batch(s.g.ActesParLot(), rand.Text())}}
}

func resumes(list []guichet.Trouve) []guichet.Resume {
	out := make([]guichet.Resume, len(list))
	for i, d := range list {
		out[i] = d.Resume
	}
	return out
}

// hit is a dossier found, with where the words are.
func hit(d guichet.Trouve) ui.Node {
	number := d.Numero
	if number == "" {
		number = "Brouillon"
	}
	body := ui.Nodes{ui.Note(ui.T(d.Dossier.Nom + " · " + d.Etat + " · modifié le " + jour.DeTemps(d.ModifieLe).Long()))}
	for _, x := range d.Extraits {
		e := ui.Extract{Label: x.Libelle}
		for _, f := range x.Fragments {
			e.Pieces = append(e.Pieces, ui.Piece{Text: f.Texte, Found: f.Trouve})
		}
		body = append(body, e)
	}
	return ui.Card{Level: 2, Title: ui.Link{Text: number + " : " + d.Nom, To: ui.Path(dossierPath(d.ID))}, Body: body}
}

// viewForm keeps the list under a name; wrong says why it could not be.
func viewForm(v *guichet.VueListe, name, wrong string) ui.Node {
	query := queryOf(v.Criteres, "apres")
	if len(query) == 0 || len(v.Erreurs) > 0 {
		return ui.Nodes{}
	}
	field := ui.Field{Name: "nom", Kind: ui.Line, Label: "Garder cette liste sous le nom", Values: []string{name}, Error: wrong}
	return ui.Section{ID: "garder", Title: "Retrouver cette liste", Body: ui.Nodes{ui.Post{Name: "Garder cette liste", Action: ui.Path("/bureau/vues"), Tone: ui.Quiet,
		Hidden: url.Values{"requete": {query.Encode()}}, Body: ui.Nodes{field}, Submit: "Garder"}}}
}

// views are the saved lists of the person.
func views(list []guichet.Vue) ui.Node {
	if len(list) == 0 {
		return ui.Nodes{}
	}
	var items []ui.Node
	for _, x := range list {
		path := "/bureau/vues/" + x.ID
		items = append(items, ui.Nodes{ui.P(ui.Link{Text: x.Nom, To: ui.Path(path)}),
			ui.Post{Name: "Supprimer la vue " + x.Nom, Action: ui.Path(path + "/supprimer"), Submit: "Supprimer", Tone: ui.Quiet}})
	}
	return ui.Section{ID: "vues", Title: "Mes vues", Body: ui.Nodes{ui.Plain(items...)}}
}

// poserVue answers POST /bureau/vues. A name refused is shown again where it
// was typed.
func (s *site) poserVue(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	query, err := url.ParseQuery(r.PostFormValue("requete"))
	if err != nil {
		return fault.New(fault.Invalid, "L’adresse de cette liste n’est pas lisible : revenez à la liste et recommencez.")
	}
	c, name := criteria(query), r.PostFormValue("nom")
	err = s.g.PoseVue(r.Context(), a, name, queryOf(c, "apres").Encode())
	f := fault.Of(err)
	if f == nil || f.Fields["nom"] == "" {
		if err == nil {
			http.Redirect(w, r, ui.Path("/bureau").At("vues").String(), http.StatusSeeOther)
		}
		return err
	}
	v, err := s.g.Liste(r.Context(), a, c)
	if err != nil {
		return err
	}
	l := s.listPage(r, v, viewForm(v, name, f.Fields["nom"]))
	l.Body = append(ui.Nodes{ui.ErrorSummary{Title: f.Message, Errors: []ui.Link{{Text: f.Fields["nom"], To: ui.Here("champ-nom")}}}}, l.Body...)
	s.writePrivate(w, r, http.StatusUnprocessableEntity, l)
	return nil
}

// vue answers /bureau/vues/{id} : the saved list, as it is today.
func (s *site) vue(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Vue(r.Context(), a, r.PathValue("id"))
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(v.Requete)
	if err != nil {
		return err
	}
	http.Redirect(w, r, ui.Path(listPath).With(queryOf(criteria(query))).String(), http.StatusSeeOther)
	return nil
}

// retirerVue answers POST /bureau/vues/{id}/supprimer.
func (s *site) retirerVue(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	if err := s.g.RetireVue(r.Context(), a, r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/bureau", http.StatusSeeOther)
	return nil
}

// piles are the piles of the desk, then what can be done at once.
func piles(list []guichet.Pile) ui.Node {
	var tallies ui.Tallies
	var sections ui.Nodes
	for _, p := range list {
		t := ui.Tally{Link: ui.Link{Text: p.Titre, To: ui.Path(listPath, "pile", string(p.Code))}, Text: p.Texte}
		if p.Attendu != guichet.DeNul {
			t.Count = francais.Entier(int64(p.Nombre))
		}
		if p.Nombre > 0 && p.Attendu == guichet.DeMoi {
			t.Due = ui.Due
		}
		tallies = append(tallies, t)
		if len(p.Dossiers) > 0 {
			body := ui.Nodes{dossierTable(p.Titre, p.Dossiers)}
			if p.Nombre > len(p.Dossiers) {
				body = append(body, ui.P(ui.Link{Text: "Toute la pile : " + francais.Compte(p.Nombre, "dossier", "dossiers"), To: t.Link.To}))
			}
			sections = append(sections, ui.Section{ID: string(p.Code), Title: p.Titre, Body: body})
		}
	}
	tallies = append(tallies, ui.Tally{Link: ui.Link{Text: "Tous les dossiers", To: ui.Path(listPath)}, Text: "À filtrer comme vous voulez, et à garder comme vue."})
	return ui.Nodes{tallies, sections}
}
