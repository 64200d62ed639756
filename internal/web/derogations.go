package web

import (
	"net/http"
	"net/url"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// accorderDerogation answers POST /bureau/derogations.
func (s *site) accorderDerogation(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	x := r.PostFormValue
	return s.agentsAgain(w, r, a, s.g.AccordeDerogation(r.Context(), a, guichet.NouvelleDerogation{Cle: x("cle"), Departement: x("departement"),
		Separation: x("separation"), Motif: x("motif"), Du: x("du"), Au: x("au")}))
}

// retirerDerogation answers POST /bureau/derogations/{id}/retirer.
func (s *site) retirerDerogation(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	return s.agentsAgain(w, r, a, s.g.RetireDerogation(r.Context(), a, r.PathValue("id")))
}

// exempted tells every agent of the exemptions in force.
func exempted(list []guichet.DerogationVue) ui.Node {
	var out ui.Nodes
	for _, d := range list {
		out = append(out, ui.Alert{Tone: ui.Missing, Title: "Dérogation " + d.Separation + " dans le département " + d.Departement + ", jusqu’au " + d.Au.Long(),
			Body: ui.Nodes{ui.P(ui.T("Règle mise de côté : « " + d.Regle + " »")), ui.P(ui.T("Accordée par " + d.Accorde + ". Motif :")), ui.Verbatim(d.Motif),
				ui.P(ui.T("Chaque acte fait grâce à elle le dit dans son dossier et au registre."))}})
	}
	return out
}

// exemptions are those of the département, and the form to grant one.
func exemptions(v *guichet.VueDroits, t typed) ui.Node {
	var items []ui.Node
	for _, d := range v.Derogations {
		state := map[bool]string{true: "En vigueur", false: "Finie ou à venir"}[d.EnVigueur]
		if d.Etat == compte.Retiree {
			state = "Retirée"
		}
		panel := ui.Nodes{ui.P(ui.B(d.Separation+", département "+d.Departement), ui.T(", du "+d.Du.Long()+" au "+d.Au.Long()+". "+state+". Accordée par "+d.Accorde+".")), ui.Verbatim(d.Motif)}
		if d.Retirable {
			panel = append(panel, ui.Post{Name: "Retirer la dérogation " + d.Separation, Action: ui.Path("/bureau/derogations/" + d.ID + "/retirer"), Submit: "Retirer", Tone: ui.Quiet})
		}
		items = append(items, ui.Panel(panel...))
	}
	body := ui.Nodes{}
	if len(items) > 0 {
		body = append(body, ui.Plain(items...))
	} else {
		body = append(body, ui.P(ui.T("Aucune dérogation.")))
	}
	if len(v.Departements) > 0 {
		body = append(body, ui.Details{ID: "deroger", Summary: "Accorder une dérogation", Open: t.form == "derogation", Body: ui.Nodes{exemptionForm(v, t)}})
	}
	return ui.Section{ID: "derogations", Title: "Dérogations", Lead: "Un service qui n’a qu’un agent peut être dispensé d’une séparation des tâches, un an au plus. Qui en profiterait ne l’accorde pas.", Body: body}
}

// exemptionForm asks for an exemption.
func exemptionForm(v *guichet.VueDroits, t typed) ui.Node {
	const form = "derogation"
	p := ui.Post{ID: form, Name: "Accorder une dérogation", Action: ui.Path("/bureau/derogations"), Submit: "Accorder cette dérogation", Tone: ui.Quiet, Hidden: url.Values{whichForm: {form}, "cle": {v.Cle}}}
	add := func(f ui.Field) { p.Body = append(p.Body, t.field(form, f)) }
	if len(v.Departements) == 1 {
		p.Hidden.Set("departement", v.Departements[0])
	} else {
		add(ui.Field{Name: "departement", Kind: ui.Select, Label: "Département", Values: []string{""}, Choice: codes("Choisir", v.Departements)})
	}
	rule := ui.Field{Name: "separation", Kind: ui.Radio, Label: "Règle mise de côté", Values: []string{""}}
	for _, s := range v.Politique.Derogeables() {
		rule.Choice = append(rule.Choice, ui.Option{Value: s.ID, Label: s.ID + " : " + s.Texte})
	}
	add(rule)
	add(ui.Field{Name: "motif", Kind: ui.Area, Label: "Motif", Hint: "Les agents du département le liront."})
	add(ui.Field{Name: "du", Kind: ui.Day, Label: "Premier jour"})
	add(ui.Field{Name: "au", Kind: ui.Day, Label: "Dernier jour, compris", Hint: "Un an après le premier, au plus."})
	return p
}

// byExemption says in the story of a dossier that an act was made thanks to an
// exemption.
func byExemption(v *guichet.VueDossier, e dossier.Evenement) ui.Node {
	return ui.Note(ui.T("Par dérogation "+e.Derogation+", en vigueur ce jour-là dans le département "+v.Dossier.Departement+" : "),
		ui.Link{Text: "la règle mise de côté", To: ui.Path("/droits").At("separations")}, ui.T("."))
}
