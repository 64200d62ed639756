package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/web/ui"
)

// awaited opens the page of a dossier: whose act is awaited, and by when.
func awaited(v *guichet.VueDossier) ui.Node {
	if v.Attendu == "" {
		return ui.Nodes{}
	}
	text := "On attend " + whom(v, v.Attendu)
	if e, ok := dossier.Attendue(v.Delais, v.Dossier.Tour); ok {
		text += ", avant la fin du " + e.Le.Long() + " : " + lower(e.Titre)
	}
	return ui.Lead(ui.T(text + "."))
}

// whom names who must act, as the reader would say it.
func whom(v *guichet.VueDossier, text string) string {
	for _, h := range v.Acteur.Roles() {
		if h.Organisation == v.Dossier.Organisation && text == guichet.RoleAttendu("porteur") {
			return "votre organisation"
		}
	}
	return text
}

// delays is the section of the delays that run or ran: what, who, until when.
func delays(v *guichet.VueDossier) ui.Node {
	if len(v.Delais) == 0 {
		return ui.Nodes{}
	}
	var items []ui.Node
	for _, e := range v.Delais {
		items = append(items, ui.Panel(ui.P(situationWords(e), ui.T(" "), ui.B(e.Titre)), delayTerms(v, e)))
	}
	return ui.Section{ID: "delais", Title: "Les délais", Body: ui.Nodes{ui.Plain(items...)}}
}

func delayTerms(v *guichet.VueDossier, e dossier.Echeance) ui.Terms {
	terms := ui.Terms{}.With("Qui", ui.T(whom(v, guichet.RoleAttendu(e.Pour))))
	if e.Depuis != 0 {
		terms = terms.With("Depuis", ui.T("le "+e.Depuis.Long()))
	}
	due := "le " + e.Le.Long()
	if e.Le == 0 {
		due = "pas encore connu : le délai reprendra quand le dossier sera complété"
	}
	if e.Duree != "" {
		terms = terms.With("Durée", ui.T(e.Duree))
	}
	terms = terms.With("Dernier jour", ui.T(due)).With("Où en est-on", ui.T(restWords(e)))
	if e.Suspendue > 0 {
		terms = terms.With("Arrêté pendant", ui.T(francais.Compte(e.Suspendue, "jour", "jours")))
	}
	terms = terms.With("À la fin", ui.T(firmWords(e)))
	if len(e.Cite) > 0 {
		terms = terms.With("D’après", ui.T(where(v.Contexte, e.Cite)))
	}
	return terms
}

// situationWords is where a delay stands, in a word.
func situationWords(e dossier.Echeance) ui.Badge {
	tones := map[dossier.Situation]ui.Tone{dossier.AVenir: ui.Info, dossier.Proche: ui.Missing, dossier.Due: ui.Missing, dossier.Suspendue: ui.Neutral,
		dossier.Tenue: ui.Positive, dossier.Depassee: ui.Negative, dossier.SansObjet: ui.Neutral}
	words := map[dossier.Situation]string{dossier.AVenir: "En cours", dossier.Proche: "Proche", dossier.Due: "Aujourd’hui", dossier.Suspendue: "Suspendu",
		dossier.Tenue: "Fait", dossier.Depassee: "Dépassé", dossier.SansObjet: "Sans objet"}
	return ui.Badge{Tone: tones[e.Situation], Word: words[e.Situation]}
}

// restWords says in days where a delay stands.
func restWords(e dossier.Echeance) string {
	late := francais.Compte(e.Retard, "jour", "jours")
	switch e.Situation {
	case dossier.Tenue:
		if e.Retard > 0 {
			return "fait le " + e.TenueLe.Long() + ", avec " + late + " de retard"
		}
		return "fait le " + e.TenueLe.Long() + ", dans le délai"
	case dossier.SansObjet:
		return "le dossier s’est terminé autrement"
	case dossier.Depassee:
		return "dépassé depuis " + late
	case dossier.Due:
		return "c’est le dernier jour, jusqu’à minuit (heure de Paris)"
	case dossier.Suspendue:
		return "arrêté ; il restera " + francais.Compte(e.Reste, "jour", "jours")
	}
	return "encore " + francais.Compte(e.Reste, "jour", "jours")
}

func firmWords(e dossier.Echeance) string {
	text := "délai indicatif."
	if e.Rigueur == jour.Ferme {
		text = "délai ferme."
	}
	if e.Effet == "" && e.Rigueur == jour.Indicatif {
		return "délai indicatif : un retard se voit et ne ferme rien."
	}
	return strings.TrimSpace(text + " " + e.Effet)
}

// rappels answers /bureau/rappels : the reminders that will leave.
func (s *site) rappels(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Rappels(r.Context(), a)
	if err != nil {
		return err
	}
	l := s.memberLayout(r, a, "Les rappels qui vont partir")
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: "Mon bureau", To: ui.Path("/bureau")}, {Text: l.Title}}
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title), ui.Lead(ui.T("Du " + v.Aujourdhui.Long() + " au " + v.Jusque.Long() + ". Un acte fait à temps arrête les rappels qui le concernent."))}
	if len(v.Rappels) == 0 {
		l.Body = append(l.Body, ui.P(ui.T("Aucun rappel n’est prévu.")))
	} else {
		l.Body = append(l.Body, reminderTable(v.Rappels))
	}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

func reminderTable(list []guichet.RappelPrevu) ui.Node {
	t := ui.Table{Caption: "Rappels prévus", Scroll: "Rappels prévus", Columns: []ui.Column{{Text: "Dossier"}, {Text: "Porteur"}, {Text: "Rappel"}, {Text: "Part le"}, {Text: "Dernier jour"}, {Text: "À qui"}}}
	for _, x := range list {
		t.Rows = append(t.Rows, []ui.Node{ui.Link{Text: x.Numero + " : " + x.Resume.Nom, To: ui.Path(dossierPath(x.ID))}, ui.T(x.Dossier.Nom),
			ui.T(x.Rappel.Echeance.Titre), ui.T(x.Jour.Long()), ui.T(x.Rappel.Echeance.Le.Long()), ui.T(x.A)})
	}
	return t
}

// agendas answers /compte/agendas : the calendar feeds of the person.
func (s *site) agendas(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	return s.agendaPage(w, r, a, nil)
}

// agendaPage shows the feeds; made is what was just made, shown this once.
func (s *site) agendaPage(w http.ResponseWriter, r *http.Request, a compte.Acteur, made ui.Node) error {
	list, err := s.g.Agendas(r.Context(), a)
	if err != nil {
		return err
	}
	l := s.memberLayout(r, a, "Mes agendas")
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: "Mon compte", To: ui.Path("/compte")}, {Text: l.Title}}
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title), ui.Lead(ui.T("Une adresse secrète donne vos échéances à votre logiciel d’agenda, qui les relit seul. " +
		"Elle ne montre que ce que vous pouvez lire, au moment où il la relit."))}
	if made != nil {
		l.Body = append(l.Body, made)
	}
	for _, f := range list {
		l.Body = append(l.Body, ui.Section{ID: "agenda-" + f.Service, Title: f.Titre, Body: feedForms(f)})
	}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

func feedForms(f guichet.FluxVu) ui.Nodes {
	hidden := url.Values{"service": {f.Service}}
	create := ui.Post{Name: "Créer : " + f.Titre, Action: ui.Path("/compte/agendas"), Hidden: hidden, Submit: "Créer l’adresse", Tone: ui.Quiet}
	if f.CreeLe.IsZero() {
		return ui.Nodes{ui.P(ui.T("Aucune adresse pour l’instant.")), create}
	}
	create.Name, create.Submit = "Renouveler : "+f.Titre, "Renouveler l’adresse"
	return ui.Nodes{ui.P(ui.T("Adresse créée le " + jour.DeTemps(f.CreeLe).Long() + ". Perdue ou vue par quelqu’un d’autre ? Renouvelez-la : l’ancienne ne mènera plus à rien.")),
		create, ui.Post{Name: "Supprimer : " + f.Titre, Action: ui.Path("/compte/agendas/retirer"), Hidden: hidden, Submit: "Supprimer l’adresse", Tone: ui.Quiet}}
}

// creerAgenda answers POST /compte/agendas : the new address, shown once.
func (s *site) creerAgenda(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	secret, err := s.g.CreeFlux(r.Context(), a, r.PostFormValue("service"))
	if err != nil {
		return err
	}
	return s.agendaPage(w, r, a, ui.Alert{Tone: ui.Positive, Title: "L’adresse est créée. Copiez-la maintenant : elle ne sera plus montrée.",
		Body: ui.Nodes{ui.P(ui.Code(s.options.Adresse + "/agenda/" + secret + ".ics")), ui.P(ui.T("Dans votre agenda, choisissez « S’abonner à un calendrier » ou « Ajouter à partir d’une adresse ». Ne la donnez à personne."))}})
}

// retirerAgenda answers POST /compte/agendas/retirer.
func (s *site) retirerAgenda(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	if err := s.g.RetireFlux(r.Context(), a, r.PostFormValue("service")); err != nil {
		return err
	}
	http.Redirect(w, r, "/compte/agendas", http.StatusSeeOther)
	return nil
}

// flux answers /agenda/{secret}.ics. What leads nowhere is the page of an
// unknown address, whatever the reason.
func (s *site) flux(w http.ResponseWriter, r *http.Request) error {
	secret, isFeed := strings.CutSuffix(r.PathValue("secret"), ".ics")
	if !isFeed {
		return errPage
	}
	text, err := s.g.Flux(r.Context(), secret, s.options.Adresse)
	if errors.Is(err, fault.NotFound) {
		return errPage
	}
	if err != nil {
		return err
	}
	a := newWritten("text/calendar; charset=utf-8", text)
	w.Header().Set("ETag", a.tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if strings.Contains(r.Header.Get("If-None-Match"), a.tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Header().Set("Content-Type", a.kind)
	finish(w, r, http.StatusOK, text)
	return nil
}

// sansSecret is a path without the secret that it may hold: what is logged
// opens nothing.
func sansSecret(path string) string {
	for _, before := range []string{"/agenda/", "/invitations/"} {
		if strings.HasPrefix(path, before) {
			return before + "…"
		}
	}
	return path
}
