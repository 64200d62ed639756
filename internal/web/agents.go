package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

const agentsPath = "/bureau/droits"

// agents answers /bureau/droits : the rights of the agents of the département.
func (s *site) agents(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	return s.agentsPage(w, r, a, nil)
}

// agentsPage shows the rights; f is what was refused, with what was typed.
func (s *site) agentsPage(w http.ResponseWriter, r *http.Request, a compte.Acteur, f *fault.Fault) error {
	v, err := s.g.DroitsAgents(r.Context(), a, r.URL.Query().Get("personne"))
	if err != nil {
		return err
	}
	status := http.StatusOK
	if f != nil {
		status = refused(f).status
	}
	t := typedIn(r, f)
	l := s.memberLayout(r, a, "Les droits des agents")
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: "Mon bureau", To: ui.Path("/bureau")}, {Text: l.Title}}
	l.Body = ui.Nodes{refusedForm(t, f), ui.Heading(1, "", l.Title),
		ui.Lead(ui.T("Chaque changement est écrit au registre et dit par courriel à la personne et aux administrateurs du département.")),
		toConfirm(v), currentRights(v), exemptions(v, t), grantForms(v, t, r.URL.Query().Get("personne")), pastRights(v)}
	s.writePrivate(w, r, status, l)
	return nil
}

// refusedForm opens a page with what was refused in one of its forms.
func refusedForm(t typed, f *fault.Fault) ui.Node {
	if f == nil {
		return ui.Nodes{}
	}
	if len(f.Fields) == 0 {
		return ui.Alert{Tone: ui.Failure, Title: f.Message}
	}
	sum := ui.ErrorSummary{Title: f.Message}
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		sum.Errors = append(sum.Errors, ui.Link{Text: f.Fields[name], To: ui.Here("champ-" + t.form + "-" + name)})
	}
	return sum
}

// accorderDroit answers POST /bureau/droits.
func (s *site) accorderDroit(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	x := r.PostFormValue
	err := s.g.AccordeDroit(r.Context(), a, guichet.NouveauDroit{Cle: x("cle"), Personne: x("personne"), Role: x("role"), Departement: x("departement"),
		Service: x("service"), Dispositif: x("dispositif"), Du: x("du"), Au: x("au"), Plafond: x("plafond")})
	return s.agentsAgain(w, r, a, err)
}

// trancherDroit answers POST /bureau/droits/{id} : confirmed, refused or taken
// away.
func (s *site) trancherDroit(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	return s.agentsAgain(w, r, a, s.g.TrancheDroit(r.Context(), a, r.PathValue("id"), compte.EtatHabilitation(r.PostFormValue("etat"))))
}

// agentsAgain shows the page again after a change, or what was refused.
func (s *site) agentsAgain(w http.ResponseWriter, r *http.Request, a compte.Acteur, err error) error {
	if err == nil {
		http.Redirect(w, r, agentsPath, http.StatusSeeOther)
		return nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.NotFound || slices.Contains(f.Codes, "DROIT_ABSENT") {
		return err
	}
	return s.agentsPage(w, r, a, f)
}

// toConfirm are the grants that wait for a second administrator.
func toConfirm(v *guichet.VueDroits) ui.Node {
	var items []ui.Node
	for _, x := range v.Droits {
		if x.Etat != compte.Demandee || !x.EnCours {
			continue
		}
		panel := ui.Nodes{ui.P(ui.B(x.Agent.NomComplet()), ui.T(" ("+x.Agent.Courriel+") : "+x.Libelle+", "+placeWords(x)+", "+dateWords(x)+". Demandé par "+x.Accorde+"."))}
		if x.Plafond != 0 {
			panel = append(panel, ui.P(ui.T("Plafond : "+x.Plafond.String())))
		}
		if x.Confirmable {
			panel = append(panel, decideGrant(x, compte.Active, "Confirmer"))
		} else if x.Pourquoi != "" {
			panel = append(panel, ui.Note(ui.T(x.Pourquoi+" Si le département n’en a pas d’autre, l’exploitant du service confirme avec « guichet habiliter ».")))
		}
		if x.Retirable {
			panel = append(panel, decideGrant(x, compte.Retiree, "Refuser"))
		}
		items = append(items, ui.Panel(panel...))
	}
	if len(items) == 0 {
		return ui.Nodes{}
	}
	return ui.Section{ID: "a-confirmer", Title: "À confirmer", Lead: "Ces droits ne valent rien tant qu’un second administrateur ne les a pas confirmés.", Body: ui.Nodes{ui.Plain(items...)}}
}

func decideGrant(x guichet.DroitAgent, state compte.EtatHabilitation, text string) ui.Node {
	return ui.Post{Name: text + " : " + x.Libelle + ", " + x.Agent.NomComplet(), Action: ui.Path(agentsPath + "/" + x.ID), Hidden: url.Values{"etat": {string(state)}}, Submit: text, Tone: ui.Quiet}
}

func placeWords(x guichet.DroitAgent) string {
	parts := []string{"département " + x.Departement}
	if x.NomService != "" {
		parts = append(parts, x.NomService)
	}
	if x.NomSchema != "" {
		parts = append(parts, x.NomSchema)
	}
	return strings.Join(parts, ", ")
}

func dateWords(x guichet.DroitAgent) string {
	switch {
	case x.Du == 0 && x.Au == 0:
		return "sans limite de date"
	case x.Au == 0:
		return "à partir du " + x.Du.Long()
	case x.Du == 0:
		return "jusqu’au " + x.Au.Long()
	}
	return "du " + x.Du.Long() + " au " + x.Au.Long()
}

// currentRights are the grants that give rights, or will.
func currentRights(v *guichet.VueDroits) ui.Node {
	t := rightsTable("Les droits en cours")
	for _, x := range v.Droits {
		if x.Etat == compte.Active && x.EnCours {
			state := "actif"
			if !x.Vaut(v.Aujourdhui) {
				state = "à venir"
			}
			row := rightsRow(x, state)
			if x.Retirable {
				row[len(row)-1] = decideGrant(x, compte.Retiree, "Retirer")
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return ui.Section{ID: "en-cours", Title: "En cours", Body: ui.Nodes{t}}
}

func rightsTable(caption string) ui.Table {
	return ui.Table{Caption: caption, Scroll: caption, Columns: []ui.Column{{Text: "Personne"}, {Text: "Courriel"}, {Text: "Rôle"}, {Text: "Où"}, {Text: "Quand"}, {Text: "Plafond"}, {Text: "État"}, {Text: "Accordé par"}, {Text: "Changer"}}}
}

func rightsRow(x guichet.DroitAgent, state string) []ui.Node {
	ceiling, by := "aucun", x.Accorde
	if x.Plafond != 0 {
		ceiling = x.Plafond.String()
	}
	if x.Confirme != "" {
		by += ", confirmé par " + x.Confirme
	}
	return []ui.Node{ui.T(x.Agent.NomComplet()), ui.T(x.Agent.Courriel), ui.T(x.Libelle), ui.T(placeWords(x)), ui.T(dateWords(x)), ui.T(ceiling), ui.T(state), ui.T(by), ui.Nodes{}}
}

// pastRights are the grants that give nothing any more.
func pastRights(v *guichet.VueDroits) ui.Node {
	t := rightsTable("Les droits passés, retirés ou refusés")
	for _, x := range v.Droits {
		if !x.EnCours {
			t.Rows = append(t.Rows, rightsRow(x, map[bool]string{true: "retiré", false: "passé"}[x.Etat == compte.Retiree]))
		}
	}
	if len(t.Rows) == 0 {
		return ui.Nodes{}
	}
	return ui.Details{ID: "passes", Summary: "Les droits passés, retirés ou refusés", Body: ui.Nodes{t}}
}

// rightsLink leads from the desk to the rights of the agents, for who may see
// them.
func rightsLink(s *site, a compte.Acteur) ui.Node {
	if len(s.g.Politique().Portees(a, "droits.lire")) == 0 {
		return ui.Nodes{}
	}
	return ui.P(ui.Link{Text: "Les droits des agents", To: ui.Path(agentsPath)})
}
