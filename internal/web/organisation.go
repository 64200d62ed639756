package web

import (
	"context"
	"net/http"
	"net/url"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/siren"
	"guichet/internal/web/ui"
)

// organisationRoutes is the map of the members of an organisation.
func (s *site) organisationRoutes() map[string]memberHandler {
	return map[string]memberHandler{
		"GET /organisations/{siren}":                   s.organisation,
		"POST /organisations/{siren}/invitations":      s.inviter,
		"POST /organisations/{siren}/invitations/{id}": s.reprendreInvitation,
		"POST /organisations/{siren}/membres/{id}":     s.changerMembre,
		"GET /invitations/{secret}":                    s.invitation,
		"POST /invitations/{secret}":                   s.accepterInvitation,
	}
}

// errAct refuses a form that says no act of the page.
var errAct = fault.New(fault.Invalid, "Cet envoi ne dit pas quoi faire : revenez à la page et utilisez ses boutons.")

func organisationPath(o siren.Siren) string { return "/organisations/" + string(o) }

// organisation answers GET /organisations/{siren}.
func (s *site) organisation(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Organisation(r.Context(), a, siren.Siren(r.PathValue("siren")))
	if err != nil {
		return err
	}
	s.writePrivate(w, r, http.StatusOK, s.organisationPage(r, v, nil))
	return nil
}

// organisationAgain shows the page again with what was refused and what was
// typed, when the person can do something about it.
func (s *site) organisationAgain(w http.ResponseWriter, r *http.Request, a compte.Acteur, refused error) error {
	f := fault.Of(refused)
	if f.Kind != fault.Invalid && f.Kind != fault.TooLarge && f.Kind != fault.Conflict {
		return refused
	}
	v, err := s.g.Organisation(r.Context(), a, siren.Siren(r.PathValue("siren")))
	if err != nil {
		return err
	}
	s.writePrivate(w, r, statuses[f.Kind].status, s.organisationPage(r, v, f))
	return nil
}

// inviter answers POST /organisations/{siren}/invitations.
func (s *site) inviter(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	number := siren.Siren(r.PathValue("siren"))
	if err := s.g.Invite(r.Context(), a, number, compte.Role(r.PostFormValue("role")), r.PostFormValue("adresse")); err != nil {
		return s.organisationAgain(w, r, a, err)
	}
	http.Redirect(w, r, organisationPath(number)+"#invitations", http.StatusSeeOther)
	return nil
}

// reprendreInvitation answers POST /organisations/{siren}/invitations/{id}.
func (s *site) reprendreInvitation(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	number, id := siren.Siren(r.PathValue("siren")), compte.InvitationID(r.PathValue("id"))
	do, known := map[string]func(context.Context, compte.Acteur, siren.Siren, compte.InvitationID) error{
		"annuler": s.g.AnnuleInvitation, "renvoyer": s.g.RenvoieInvitation}[r.PostFormValue("acte")]
	if !known {
		return errAct
	}
	if err := do(r.Context(), a, number, id); err != nil {
		return s.organisationAgain(w, r, a, err)
	}
	http.Redirect(w, r, organisationPath(number)+"#invitations", http.StatusSeeOther)
	return nil
}

// changerMembre answers POST /organisations/{siren}/membres/{id}.
func (s *site) changerMembre(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	number, id, to := siren.Siren(r.PathValue("siren")), compte.PersonneID(r.PathValue("id")), organisationPath(siren.Siren(r.PathValue("siren")))+"#membres"
	do, known := map[string]func(context.Context, compte.Acteur, siren.Siren, compte.PersonneID) error{
		"confirmer": s.g.ConfirmeMembre, "retirer": s.g.RetireMembre}[r.PostFormValue("acte")]
	if !known {
		return errAct
	}
	if id == a.Personne.ID {
		to = "/espace" // they left
	}
	if err := do(r.Context(), a, number, id); err != nil {
		return s.organisationAgain(w, r, a, err)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// invitation answers GET /invitations/{secret} : what is proposed, and by whom.
func (s *site) invitation(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Invitation(r.Context(), r.PathValue("secret"))
	if err != nil {
		return err
	}
	s.writePrivate(w, r, http.StatusOK, s.invitationPage(r, a, v, nil))
	return nil
}

// accepterInvitation answers POST /invitations/{secret}.
func (s *site) accepterInvitation(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	secret := r.PathValue("secret")
	err := s.g.AccepteInvitation(r.Context(), a, secret)
	if f := fault.Of(err); f != nil && f.Kind == fault.Conflict {
		v, err := s.g.Invitation(r.Context(), secret)
		if err != nil {
			return err
		}
		s.writePrivate(w, r, http.StatusConflict, s.invitationPage(r, a, v, f))
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/espace", http.StatusSeeOther)
	return nil
}

func (s *site) invitationPage(r *http.Request, a compte.Acteur, v *guichet.VueInvitation, f *fault.Fault) ui.Layout {
	l := s.memberLayout(r, a, "Rejoindre "+v.Organisation.Nom)
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title)}
	if f != nil {
		l.Body = append(l.Body, ui.Alert{Tone: ui.Failure, Title: f.Message})
	}
	then := "Vous l’aurez dès que vous acceptez."
	if v.Mandat {
		then = "La préfecture doit le valider ; jusque-là, il ne donne aucun droit."
	}
	l.Body = append(l.Body, ui.Lead(ui.T(v.Auteur+" vous invite à rejoindre "+v.Organisation.Nom+".")),
		ui.Terms{{Name: "Rôle proposé", Values: ui.Nodes{ui.B(v.Role)}},
			{Name: "Organisation", Values: ui.Nodes{ui.T(v.Organisation.Nom + ", SIREN " + string(v.Organisation.Siren))}},
			{Name: "Vous acceptez comme", Values: ui.Nodes{ui.T(a.Personne.NomComplet() + " (" + a.Personne.Courriel + ")")}},
			{Name: "Dernier jour", Values: ui.Nodes{ui.T(v.ExpireLe.Long())}}},
		ui.P(ui.T(v.Texte+" "+then)), ui.P(ui.T("L’invitation sert une fois. Les membres de l’organisation sauront que vous l’avez acceptée.")),
		ui.Post{Name: l.Title, Action: ui.Path(r.URL.Path), Submit: "Accepter l’invitation"})
	return l
}

// organisationPage is the page of an organisation; f is what was refused, nil
// for nothing.
func (s *site) organisationPage(r *http.Request, v *guichet.VueOrganisation, f *fault.Fault) ui.Layout {
	l := s.memberLayout(r, v.Acteur, v.Organisation.Nom)
	facts := ui.Terms{{Name: "SIREN", Values: ui.Nodes{ui.T(string(v.Organisation.Siren))}}, {Name: "Département", Values: ui.Nodes{ui.T(v.Organisation.Departement)}}}
	l.Body = ui.Nodes{organisationRefusal(f), ui.Identity{Over: "Organisation", Name: v.Organisation.Nom, Facts: facts}, memberCards(v)}
	if v.Peut["organisation.inviter"] {
		l.Body = append(l.Body, invitations(v), inviteForm(v, typedIn(r, f)))
	} else if v.Refus != "" {
		l.Body = append(l.Body, ui.Alert{Tone: ui.Missing, Title: "Inviter, retirer ou confirmer un membre demande un second facteur.", Body: ui.Nodes{ui.P(ui.T(v.Refus))}})
	}
	l.Body = append(l.Body, departure(v))
	return l
}

// organisationRefusal opens the page with what was refused, and where.
func organisationRefusal(f *fault.Fault) ui.Node {
	switch {
	case f == nil:
		return ui.Nodes{}
	case len(f.Fields) == 0:
		return ui.Alert{Tone: ui.Failure, Title: f.Message}
	}
	sum := ui.ErrorSummary{Title: f.Message}
	for _, name := range []string{"adresse", "role"} {
		if text := f.Fields[name]; text != "" {
			sum.Errors = append(sum.Errors, ui.Link{Text: text, To: ui.Here("champ-inviter-" + name)})
		}
	}
	return sum
}

// grantStates are the states of a role in words.
var grantStates = map[compte.EtatHabilitation]ui.Badge{compte.Active: {Tone: ui.Positive, Word: "Actif"},
	compte.Demandee: {Tone: ui.Missing, Word: "Attend la préfecture"}, compte.Suspendue: {Tone: ui.Judge, Word: "Suspendu : à confirmer"}}

// memberCards are the members, each with their roles and what one may do of them.
func memberCards(v *guichet.VueOrganisation) ui.Node {
	var cards []ui.Node
	for _, m := range v.Membres {
		c := ui.Card{Title: ui.Link{Text: m.Personne.NomComplet()}}
		for _, r := range m.Roles {
			since := ""
			if r.Du != 0 {
				since = " Depuis le " + r.Du.Long() + "."
			}
			c.Body = append(c.Body, ui.P(ui.T(r.Libelle+" "), grantStates[r.Etat], ui.T(since)))
		}
		c.Body = append(c.Body, memberActs(v, m))
		cards = append(cards, c)
	}
	return ui.Section{ID: "membres", Title: "Membres", Body: ui.Nodes{ui.Stack(cards...)}}
}

// memberActs are the forms about a member, none about oneself.
func memberActs(v *guichet.VueOrganisation, m guichet.Membre) ui.Node {
	action, name := ui.Path(organisationPath(v.Organisation.Siren)+"/membres/"+string(m.Personne.ID)), m.Personne.NomComplet()
	if m.Personne.ID == v.Acteur.Personne.ID {
		return ui.Nodes{}
	}
	var acts ui.Nodes
	if m.Suspendu() && v.Peut["organisation.confirmer"] {
		acts = append(acts, ui.P(ui.T("Son fournisseur d’identité nomme un autre employeur. Ses droits ne valent plus tant que personne ne les confirme.")),
			ui.Post{Name: "Confirmer " + name, Action: action, Hidden: url.Values{"acte": {"confirmer"}}, Submit: "Confirmer ses droits", Tone: ui.Quiet})
	}
	if v.Peut["organisation.retirer"] || m.Suspendu() && v.Peut["organisation.confirmer"] {
		acts = append(acts, ui.Details{Summary: "Retirer " + name, Body: ui.Nodes{
			ui.P(ui.T("Ses droits pour " + v.Organisation.Nom + " finissent aussitôt, et ses invitations en attente sont annulées. Ce qui a été fait reste dans les dossiers.")),
			ui.Post{Name: "Retirer " + name, Action: action, Hidden: url.Values{"acte": {"retirer"}}, Submit: "Retirer ce membre", Tone: ui.Quiet}}})
	}
	return acts
}

// invitations are those that wait, each with what one may do of it.
func invitations(v *guichet.VueOrganisation) ui.Node {
	if len(v.Invitations) == 0 {
		return ui.Section{ID: "invitations", Title: "Invitations en attente", Body: ui.Nodes{ui.P(ui.T("Aucune."))}}
	}
	var cards []ui.Node
	for _, i := range v.Invitations {
		badge := ui.Badge{Tone: ui.Info, Word: "En attente"}
		if i.Etat == compte.Expiree {
			badge = ui.Badge{Tone: ui.Neutral, Word: "Expirée"}
		}
		cards = append(cards, ui.Card{Title: ui.Link{Text: i.Adresse}, Badge: badge, Body: ui.Nodes{ui.P(ui.T(i.Libelle + ". Invitation de " + i.Auteur + ". Dernier jour : " + i.ExpireLe.Long() + ".")),
			ui.Post{Name: "Invitation à " + i.Adresse, Action: ui.Path(organisationPath(v.Organisation.Siren) + "/invitations/" + string(i.ID)), Tone: ui.Quiet,
				Choice: "acte", Value: "renvoyer", Submit: "Renvoyer avec un nouveau lien", More: []ui.Choice{{Value: "annuler", Text: "Annuler"}}}}})
	}
	return ui.Section{ID: "invitations", Title: "Invitations en attente", Body: ui.Nodes{ui.Stack(cards...)}}
}

// inviteForm asks whom to invite, and to what.
func inviteForm(v *guichet.VueOrganisation, t typed) ui.Node {
	const form = "inviter"
	role := ui.Field{Name: "role", Kind: ui.Radio, Label: "Rôle proposé", Values: []string{string(v.Roles[0])}}
	for _, r := range v.Roles {
		role.Choice = append(role.Choice, ui.Option{Value: string(r), Label: v.Libelles[r]})
	}
	address := ui.Field{Name: "adresse", Kind: ui.Line, Label: "Adresse électronique", Hint: "Celle d’une personne, par exemple prenom.nom@commune.fr. Elle pourra accepter avec un compte ProConnect d’une autre adresse."}
	var sending ui.Node = ui.Nodes{}
	if v.Demonstration {
		sending = ui.Note(ui.T("Dans la démonstration, le courriel ne part que si le service est lancé avec un serveur d’envoi (--courrier)."))
	}
	return ui.Section{ID: form, Title: "Inviter quelqu’un", Lead: "Un lien part par courriel. Il vaut quatorze jours et sert une fois ; chaque membre est prévenu quand quelqu’un accepte.",
		Body: ui.Nodes{sending, ui.Post{ID: "formulaire-inviter", Name: "Inviter quelqu’un", Action: ui.Path(organisationPath(v.Organisation.Siren) + "/invitations"),
			Hidden: url.Values{whichForm: {form}}, Submit: "Envoyer l’invitation", Body: ui.Nodes{t.field(form, address), t.field(form, role)}}}}
}

// departure lets a member leave.
func departure(v *guichet.VueOrganisation) ui.Node {
	if !v.Membre() {
		return ui.Nodes{}
	}
	body := ui.Nodes{ui.P(ui.T("Vos droits pour " + v.Organisation.Nom + " finissent aussitôt. Pour revenir, il faudra une invitation."))}
	if v.Dernier {
		body = ui.Nodes{ui.Alert{Tone: ui.Missing, Title: "Vous êtes la dernière personne à signer pour " + v.Organisation.Nom + ".",
			Body: ui.Nodes{ui.P(ui.T("Après votre départ, plus personne ne pourra déposer ni inviter, jusqu’à ce que la préfecture valide un nouveau mandat. Invitez d’abord quelqu’un si vous le pouvez."))}}, body}
	}
	return ui.Section{ID: "quitter", Title: "Quitter", Body: ui.Nodes{ui.Details{Summary: "Quitter " + v.Organisation.Nom, Body: append(body, leave(v.Organisation, v.Acteur))}}}
}

// leave is the form by which somebody leaves an organisation.
func leave(o compte.Organisation, a compte.Acteur) ui.Node {
	return ui.Post{Name: "Quitter " + o.Nom, Action: ui.Path(organisationPath(o.Siren) + "/membres/" + string(a.Personne.ID)), Hidden: url.Values{"acte": {"retirer"}}, Submit: "Quitter " + o.Nom, Tone: ui.Quiet}
}

// organisationLink leads from the dossiers of an organisation to its members;
// somebody whose rights are suspended reads why.
func organisationLink(m guichet.Appartenance, a compte.Acteur) ui.Node {
	switch m.Habilitation.Etat {
	case compte.Active:
		return ui.P(ui.Link{Text: "Les membres de l’organisation", More: m.Organisation.Nom, To: ui.Path(organisationPath(m.Organisation.Siren))})
	case compte.Suspendue:
		return ui.Nodes{ui.Alert{Tone: ui.Missing, Title: "Vos droits sont suspendus : votre fournisseur d’identité nomme un autre employeur.",
			Body: ui.Nodes{ui.P(ui.T("Un représentant de l’organisation ou la préfecture peut les confirmer."))}},
			ui.Details{Summary: "Quitter " + m.Organisation.Nom, Body: ui.Nodes{leave(m.Organisation, a)}}}
	}
	return ui.Nodes{}
}

// suspended are the roles to confirm, each with the page where to do it.
func suspended(list []guichet.Mandat) ui.Node {
	if len(list) == 0 {
		return ui.Nodes{}
	}
	var items []ui.Node
	for _, m := range list {
		items = append(items, ui.Nodes{ui.T(m.Personne.NomComplet() + " : " + m.Role + ", "), ui.Link{Text: m.Organisation.Nom, To: ui.Path(organisationPath(m.Organisation.Siren))}})
	}
	return ui.Section{ID: "suspendus", Title: "Droits suspendus à confirmer", Lead: "Le fournisseur d’identité de ces personnes nomme un autre employeur.", Body: ui.Nodes{ui.List(items...)}}
}
