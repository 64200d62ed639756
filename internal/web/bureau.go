package web

import (
	"net/http"
	"net/url"

	"guichet/internal/compte"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/web/ui"
)

// espace answers /espace : the organisations of the person and their dossiers.
func (s *site) espace(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	if r.URL.Query().Get("q") != "" {
		return s.chercherMesDossiers(w, r, a)
	}
	v, err := s.g.MesDossiers(r.Context(), a)
	if err != nil {
		return err
	}
	l := s.memberLayout(r, a, "Mes dossiers")
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title)}
	if len(v.Appartenances) == 0 {
		l.Body = append(l.Body, ui.Lead(ui.T("Vous n’êtes encore membre d’aucune organisation. La préfecture valide les mandats ; un membre peut aussi vous inviter.")))
	}
	if a.Porteur() {
		l.Body = append(l.Body, ui.Panel(mySearch("")))
	}
	for _, m := range v.Appartenances {
		l.Body = append(l.Body, ui.Section{ID: "organisation-" + string(m.Organisation.Siren) + "-" + string(m.Habilitation.Role), Title: m.Organisation.Nom, Lead: m.Role, Body: ui.Nodes{organisationLink(m, a), membership(m)}})
	}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

// mySearch is the box that searches the dossiers of one's organisations.
func mySearch(q string) ui.Node {
	return ui.SearchBox{ID: "chercher", Label: "Chercher dans mes dossiers", Hint: "Un numéro ou des mots du dossier, brouillons compris.", Action: ui.Path("/espace"), Value: q, Button: "Chercher"}
}

// chercherMesDossiers answers /espace?q=.
func (s *site) chercherMesDossiers(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	c := criteria(r.URL.Query())
	v, err := s.g.ListePorteur(r.Context(), a, guichet.Criteres{Q: c.Q, Apres: c.Apres})
	if err != nil {
		return err
	}
	if v.Direct != "" {
		http.Redirect(w, r, dossierPath(v.Direct), http.StatusSeeOther)
		return nil
	}
	l := s.memberLayout(r, a, "Chercher dans mes dossiers")
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: "Mes dossiers", To: ui.Path("/espace")}, {Text: "Recherche"}}
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title), ui.Panel(mySearch(c.Q)), found(v, ui.Path("/espace"))}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

func membership(m guichet.Appartenance) ui.Node {
	if m.Habilitation.Etat == compte.Demandee {
		waiting := ui.Nodes{ui.Alert{Tone: ui.Missing, Title: "Cette appartenance attend d’être validée par la préfecture."}}
		if m.Habilitation.Role == "agent_coll" {
			waiting = append(waiting, ui.Post{Name: "Demander à signer pour " + m.Organisation.Nom, Action: ui.Path("/espace/mandats"), Tone: ui.Quiet, Submit: "Je suis l’élu ou le représentant légal",
				Hidden: url.Values{"organisation": {string(m.Organisation.Siren)}, "role": {"elu"}}})
		}
		return waiting
	}
	if m.Habilitation.Etat == compte.Suspendue {
		return ui.Nodes{}
	}
	if len(m.Dossiers) == 0 {
		return ui.P(ui.T("Aucun dossier. Commencez par "), ui.Link{Text: "ce à quoi vous avez droit", To: ui.Path("/recherche", "q", m.Organisation.Nom)}, ui.T("."))
	}
	return dossierTable("Dossiers de "+m.Organisation.Nom, m.Dossiers)
}

// demanderMandat answers POST /espace/mandats.
func (s *site) demanderMandat(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	if err := s.g.DemandeMandat(r.Context(), a, siren.Siren(r.PostFormValue("organisation")), compte.Role(r.PostFormValue("role"))); err != nil {
		return err
	}
	http.Redirect(w, r, "/espace", http.StatusSeeOther)
	return nil
}

// trancherMandat answers POST /bureau/mandats/{id}.
func (s *site) trancherMandat(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	if err := s.g.TrancheMandat(r.Context(), a, r.PathValue("id"), compte.EtatHabilitation(r.PostFormValue("etat"))); err != nil {
		return err
	}
	http.Redirect(w, r, "/bureau#mandats", http.StatusSeeOther)
	return nil
}

// mandates are the roles to validate, each with its two buttons.
func mandates(list []guichet.Mandat) ui.Node {
	if len(list) == 0 {
		return ui.Nodes{}
	}
	var items []ui.Node
	for _, m := range list {
		who := m.Personne.NomComplet() + " (" + m.Personne.Courriel + ")"
		button := func(state compte.EtatHabilitation, text string) ui.Node {
			return ui.Post{Name: text + " : " + who, Action: ui.Path("/bureau/mandats/" + m.Habilitation.ID), Hidden: url.Values{"etat": {string(state)}}, Submit: text, Tone: ui.Quiet}
		}
		items = append(items, ui.Panel(ui.P(ui.B(who), ui.T(" : "+m.Role+", "), ui.Link{Text: m.Organisation.Nom, To: ui.Path(organisationPath(m.Organisation.Siren))}), button(compte.Active, "Valider"), button(compte.Retiree, "Refuser")))
	}
	return ui.Section{ID: "mandats", Title: "Mandats à valider", Body: ui.Nodes{ui.Plain(items...)}}
}

// dossierTable lists dossiers: what, in what state, whose turn.
func dossierTable(caption string, list []guichet.Resume) ui.Table {
	t := ui.Table{Caption: caption, Scroll: caption, Columns: []ui.Column{{Text: "Dossier"}, {Text: "Porteur"}, {Text: "État"}, {Text: "On attend"}, {Text: "Modifié le"}}}
	for _, d := range list {
		number := d.Numero
		if number == "" {
			number = "Brouillon"
		}
		t.Rows = append(t.Rows, []ui.Node{ui.Link{Text: number + " : " + d.Nom, To: ui.Path(dossierPath(d.ID))},
			ui.T(d.Dossier.Nom), ui.T(d.Etat), ui.T(d.Attente), ui.T(jour.DeTemps(d.ModifieLe).Long())})
	}
	return t
}

// bureau answers /bureau : the dossiers of the services of the person.
func (s *site) bureau(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Bureau(r.Context(), a)
	if err != nil {
		return err
	}
	l := s.memberLayout(r, a, "Mon bureau")
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title), exempted(v.Derogations), ui.Panel(deskSearch(guichet.Criteres{})), piles(v.Piles), views(v.Vues),
		ui.P(ui.Link{Text: "Les rappels qui vont partir", To: ui.Path("/bureau/rappels")}), rightsLink(s, a), mandates(v.Mandats), suspended(v.Suspendus)}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

// droits answers /droits : the table of rights, as it decides.
func (s *site) droits(w http.ResponseWriter, r *http.Request) error {
	p := s.g.Politique()
	l := s.layout(r, s.g.Contexte(0), nowhere)
	l.Title = "Qui peut quoi"
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: l.Title}}
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title), ui.Lead(ui.T("Cette page est écrite par la table qui décide de chaque droit. Ce qui n’y est pas est refusé."))}
	for _, role := range p.Ordre() {
		d := p.Roles[role]
		var items []ui.Node
		for _, x := range p.DroitsDe(role) {
			items = append(items, ui.T(x))
		}
		l.Body = append(l.Body, ui.Section{ID: "role-" + string(role), Title: d.Libelle, Lead: d.Texte, Body: ui.Nodes{ui.List(items...)}})
	}
	var rules []ui.Node
	for _, x := range p.Separations {
		rules = append(rules, ui.Nodes{ui.B(x.ID), ui.T(" : " + x.Texte)})
	}
	l.Body = append(l.Body, ui.Section{ID: "separations", Title: "Ce que personne ne cumule", Body: ui.Nodes{ui.List(rules...)}})
	s.write(w, r, http.StatusOK, l)
	return nil
}
