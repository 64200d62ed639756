package web

import (
	"errors"
	"net/http"
	"net/url"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/web/ui"
)

// courriels answers /compte/courriels : the mails of the person, and which ones
// they receive.
func (s *site) courriels(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Courriels(r.Context(), a, r.URL.Query().Get("avant"))
	if err != nil {
		return err
	}
	s.writePrivate(w, r, http.StatusOK, s.courrielsPage(r, a, v, nil))
	return nil
}

// choisirCourriels answers POST /compte/courriels. A form with an answer
// missing is shown again with those it has.
func (s *site) choisirCourriels(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	choices := make(map[courriel.Genre]courriel.Choix)
	for _, genre := range courriel.Nouvelles() {
		choices[genre] = courriel.Choix(r.PostFormValue(string(genre)))
	}
	err := s.g.ChoisitCourriels(r.Context(), a, choices)
	if err == nil {
		http.Redirect(w, r, "/compte/courriels?garde=oui", http.StatusSeeOther)
		return nil
	}
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid {
		return err
	}
	v, err := s.g.Courriels(r.Context(), a, "")
	if err != nil {
		return err
	}
	for i := range v.Reglages {
		v.Reglages[i].Choix = choices[v.Reglages[i].Genre]
	}
	s.writePrivate(w, r, http.StatusUnprocessableEntity, s.courrielsPage(r, a, v, f))
	return nil
}

func (s *site) courrielsPage(r *http.Request, a compte.Acteur, v *guichet.VueCourriels, f *fault.Fault) ui.Layout {
	l := s.memberLayout(r, a, "Mes courriels")
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: "Mon compte", To: ui.Path("/compte")}, {Text: l.Title}}
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title)}
	if f == nil && r.URL.Query().Get("garde") != "" {
		l.Body = append(l.Body, ui.Alert{Tone: ui.Positive, Title: "Vos choix sont gardés."})
	}
	l.Body = append(l.Body, ui.Lead(ui.T("Tout ce que guichet vous écrit est ici, même ce que vous choisissez de ne pas recevoir.")))
	if v.Attendent > 0 {
		l.Body = append(l.Body, ui.P(ui.T("Prochain récapitulatif : "+francais.Compte(v.Attendent, "nouvelle", "nouvelles")+", à partir du "+
			jour.DeTemps(v.Prochain).Long()+" à 8 h.")))
	}
	l.Body = append(l.Body, mailList(v), choiceForm(v, f))
	return l
}

// mailList lists the mails, the last first.
func mailList(v *guichet.VueCourriels) ui.Node {
	if len(v.Courriels) == 0 {
		return ui.Section{ID: "recus", Title: "Reçus", Body: ui.Nodes{ui.P(ui.T("Aucun courriel."))}}
	}
	t := ui.Table{Caption: "Du plus récent au plus ancien", Scroll: "Courriels", Columns: []ui.Column{{Text: "Objet"}, {Text: "Sorte"}, {Text: "Écrit le"}, {Text: "État"}}}
	for _, c := range v.Courriels {
		t.Rows = append(t.Rows, []ui.Node{ui.Link{Text: c.Objet, To: ui.Path("/compte/courriels/" + c.ID)}, ui.T(c.Genre.Libelle()),
			ui.T(jour.DeTemps(c.CreeLe).Long()), ui.T(c.Etat.Libelle())})
	}
	body := ui.Nodes{t}
	if v.Suivante != "" {
		body = append(body, ui.Pager{Next: ui.Path("/compte/courriels", "avant", v.Suivante)})
	}
	return ui.Section{ID: "recus", Title: "Reçus", Body: body}
}

// choiceForm asks what to receive of each kind of news.
func choiceForm(v *guichet.VueCourriels, f *fault.Fault) ui.Node {
	form := ui.Post{ID: "choix", Name: "Choisir les courriels à recevoir", Action: ui.Path("/compte/courriels"), Submit: "Garder ces choix"}
	var summary ui.ErrorSummary
	for _, x := range v.Reglages {
		field := ui.Field{Name: string(x.Genre), Kind: ui.Radio, Label: x.Genre.Libelle(), Values: []string{string(x.Choix)}, Choice: []ui.Option{
			{Value: string(courriel.Groupe), Label: "Dans le récapitulatif du jour, à 8 h les jours ouvrés"},
			{Value: string(courriel.Immediat), Label: "Tout de suite, un courriel à chaque fois"},
			{Value: string(courriel.Aucun), Label: "Jamais : je lirai sur le site"}}}
		if f != nil && f.Fields[field.Name] != "" {
			field.Error = f.Fields[field.Name]
			summary.Title = f.Message
			summary.Errors = append(summary.Errors, ui.Link{Text: field.Label + " : " + field.Error, To: ui.Here(field.ID())})
		}
		form.Body = append(form.Body, field)
	}
	return ui.Section{ID: "choisir", Title: "Ce que je reçois", Body: ui.Nodes{summary,
		ui.P(ui.T("Les accusés de réception, les décisions et les demandes qui vous attendent partent toujours tout de suite.")), form}}
}

// courriel answers /compte/courriels/{id} : one mail, for its reader alone.
func (s *site) courriel(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Courriel(r.Context(), a, r.PathValue("id"))
	if err != nil {
		return err
	}
	c := v.Courriel
	l := s.memberLayout(r, a, c.Objet)
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: "Mon compte", To: ui.Path("/compte")}, {Text: "Mes courriels", To: ui.Path("/compte/courriels")}, {Text: c.Objet}}
	l.Body = ui.Nodes{ui.Heading(1, "", c.Objet), mailFacts(c), ui.Verbatim(c.Texte), dossierLink(c)}
	for _, x := range v.Racontes {
		l.Body = append(l.Body, ui.Section{ID: "courriel-" + x.ID, Title: x.Objet, Body: ui.Nodes{ui.Verbatim(x.Texte), dossierLink(x)}})
	}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

// mailFacts says to whom a mail is, when it was written and what became of it.
func mailFacts(c dossier.Courriel) ui.Node {
	facts := ui.Terms{{Name: "Sorte", Values: ui.Nodes{ui.T(c.Genre.Libelle())}}, {Name: "Adresse", Values: ui.Nodes{ui.T(c.Adresse)}},
		{Name: "Écrit le", Values: ui.Nodes{ui.T(jour.DeTemps(c.CreeLe).Long() + ", " + jour.Heure(c.CreeLe))}}, {Name: "État", Values: ui.Nodes{ui.T(c.Etat.Libelle())}}}
	if !c.EnvoyeLe.IsZero() {
		facts = facts.With("Envoyé le", ui.T(jour.DeTemps(c.EnvoyeLe).Long()+", "+jour.Heure(c.EnvoyeLe)))
	}
	if c.Erreur != "" {
		facts = facts.With("Ce qui empêche l’envoi", ui.T(c.Erreur))
	}
	return facts
}

func dossierLink(c dossier.Courriel) ui.Node {
	if c.Dossier == "" {
		return ui.Nodes{}
	}
	return ui.P(ui.Link{Text: "Ouvrir le dossier", To: ui.Path(dossierPath(c.Dossier))})
}

// arret answers GET /courriels/arret : what would be switched off. It changes
// nothing: programs that check links open them.
func (s *site) arret(w http.ResponseWriter, r *http.Request) error {
	key := r.URL.Query().Get("cle")
	genre, err := s.g.Desabonnement(r.Context(), key)
	if err != nil {
		return unknownPage(err)
	}
	l := s.arretLayout(r, "Ne plus recevoir ces courriels")
	l.Body = append(l.Body, ui.Lead(ui.T("Il s’agit de : "+genre.Libelle()+"."+told(genre)+" Tout reste lisible sur le site.")),
		ui.Post{Name: l.Title, Action: ui.Path("/courriels/arret", "cle", key), Hidden: url.Values{"List-Unsubscribe": {"One-Click"}}, Submit: "Ne plus les recevoir"})
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

// arreter answers POST /courriels/arret : the button of the page above, and the
// one-click of mail readers (RFC 8058). It looks at no session.
func (s *site) arreter(w http.ResponseWriter, r *http.Request) error {
	genre, err := s.g.Desabonne(r.Context(), r.URL.Query().Get("cle"))
	if err != nil {
		return unknownPage(err)
	}
	l := s.arretLayout(r, "C’est fait")
	l.Body = append(l.Body, ui.Lead(ui.T("Vous ne recevrez plus : "+genre.Libelle()+"."+told(genre)+" Les accusés de réception, les décisions et les demandes qui vous attendent partent toujours.")),
		ui.P(ui.T("Pour les recevoir de nouveau, connectez-vous et ouvrez "), ui.Link{Text: "Mon compte, Mes courriels", To: ui.Path("/compte/courriels")}, ui.T(".")))
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

// told says that the digest is every kind that it gathers.
func told(genre courriel.Genre) string {
	if genre != courriel.Recapitulatif {
		return ""
	}
	return " Cela vaut pour toutes les sortes de nouvelles qu’il regroupe."
}

func (s *site) arretLayout(r *http.Request, title string) ui.Layout {
	l := s.layout(r, s.g.Contexte(0), nowhere)
	l.Title = title
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: title}}
	l.Body = ui.Nodes{ui.Heading(1, "", title)}
	return l
}

// unknownPage answers a wrong secret as an address that does not exist.
func unknownPage(err error) error {
	if errors.Is(err, fault.NotFound) {
		return errPage
	}
	return err
}
