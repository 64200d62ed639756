package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/regle"
	"guichet/internal/web/ui"
)

// dossierPage is the page of a dossier; f is what was refused, nil for
// nothing.
func (s *site) dossierPage(r *http.Request, v *guichet.VueDossier, f *fault.Fault) ui.Layout {
	title := v.Dispositif.Nom + " : " + v.Dossier.Nom
	l := s.memberLayout(r, v.Acteur, title)
	over := "Brouillon"
	if v.Dossier.Numero != "" {
		over = "Dossier " + v.Dossier.Numero
	}
	t := typedIn(r, f)
	l.Body = ui.Nodes{refusalOf(v, f, t), ui.Identity{Over: over, Name: title, Facts: identityFacts(v)}}
	l.Body = append(l.Body, awaited(v), requests(v), acts(v, f, t), instruction(v, t), delays(v), computed(v), known(v), reuse(v), answerForm(v, f), documents(v, f), exchanges(v, t), letters(v), story(v))
	return l
}

// sendsBack reports whether the act gives the dossier back to the applicant.
func sendsBack(s *dispositif.Dispositif, t dispositif.Transition) bool {
	return t.Issue == "" && (t.Role == "instructeur" || t.Role == "operateur") && (len(s.Possibles(t.Vers, "preparateur")) > 0 || s.Phase(t.Vers) != "")
}

// refusalOf opens the page with what was refused, and where.
func refusalOf(v *guichet.VueDossier, f *fault.Fault, t typed) ui.Node {
	if f == nil {
		return unreadable(v)
	}
	if len(f.Fields) == 0 {
		return ui.Alert{Tone: ui.Failure, Title: f.Message}
	}
	sum := ui.ErrorSummary{Title: f.Message, Errors: answerErrors(v, f.Fields)}
	for _, m := range v.Manques {
		if text := f.Fields[m.Cle]; text != "" && m.Genre != "champ" {
			sum.Errors = append(sum.Errors, ui.Link{Text: text, To: ui.Here(map[string]string{"piece": "pieces", "engagement": "champ-engagements"}[m.Genre])})
		}
	}
	for _, p := range v.Dispositif.Pieces {
		for _, x := range v.Dossier.Dues(v.Dispositif, p) {
			if m := f.Fields[x.Cle()]; m != "" && len(sum.Errors) == 0 {
				sum.Errors = append(sum.Errors, ui.Link{Text: m, To: ui.Here("champ-" + x.Cle() + "-fichier")})
			}
		}
	}
	if t.form != "" { // an act: its form says what its fields are
		for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
			if _, sent := t.values[name]; sent || len(sum.Errors) == 0 {
				sum.Errors = append(sum.Errors, ui.Link{Text: f.Fields[name], To: ui.Here("champ-" + t.form + "-" + name)})
			}
		}
	}
	return sum
}

func identityFacts(v *guichet.VueDossier) ui.Terms {
	facts := ui.Terms{{Name: "État", Values: ui.Nodes{ui.T(v.Etat)}}}
	if v.Peut["organisation.lire"] {
		facts = append(facts, ui.Term{Name: "Porteur", Values: ui.Nodes{ui.Link{Text: v.Dossier.Nom, To: ui.Path(organisationPath(v.Dossier.Organisation))}}})
	}
	if v.Service != nil {
		facts = append(facts, ui.Term{Name: "Service", Values: ui.Nodes{ui.T(v.Service.Nom)}})
	}
	if !v.Dossier.DeposeLe.IsZero() {
		facts = append(facts, ui.Term{Name: "Déposé le", Values: ui.Nodes{ui.T(jour.DeTemps(v.Dossier.DeposeLe).Long() + ", " + jour.Heure(v.Dossier.DeposeLe))}})
	}
	if z := v.Dossier.Decision; z != nil {
		text := map[string]string{"accord": "Accordé", "refus": "Refusé", "ajournement": "Ajourné", "sans_suite": "Classé sans suite", "irrecevable": "Irrecevable"}[z.Issue]
		if z.Montant > 0 {
			text += " : " + z.Montant.String()
		}
		if x := z.Externe; x != nil {
			text += ", décidé ailleurs par " + x.Auteur + " le " + x.Le.Long()
		}
		facts = append(facts, ui.Term{Name: "Décision", Values: ui.Nodes{ui.T(text)}})
	}
	return facts
}

// acts are the forms of what the person may do now.
func acts(v *guichet.VueDossier, f *fault.Fault, t typed) ui.Node {
	path := dossierPath(v.Dossier.ID)
	var forms ui.Nodes
	if v.Prenable {
		forms = append(forms, ui.Post{Name: "Prendre en charge", Action: ui.Path(path + "/prendre"), Hidden: hidden(v, "prendre"), Submit: "Prendre en charge", Tone: ui.Quiet})
	}
	for _, x := range v.Actes {
		if v.Ailleurs[x.Acte] {
			forms = append(forms, elsewhere(v, x, t))
			continue
		}
		if x.Issue != "" {
			forms = append(forms, ui.P(ui.Button{Link: ui.Link{Text: x.Libelle, To: ui.Path(decisionPath(v.Dossier.ID, x.Acte))}, Quiet: true}))
			continue
		}
		forms = append(forms, act(v, x, f, t))
	}
	for _, why := range v.Interdits {
		forms = append(forms, ui.Note(ui.T(why)))
	}
	if len(forms) == 0 {
		return ui.Nodes{}
	}
	return ui.Section{ID: "actes", Title: "Ce que vous pouvez faire", Body: forms}
}

// act is the form of one act: a filing says what is missing.
func act(v *guichet.VueDossier, t dispositif.Transition, f *fault.Fault, sent typed) ui.Node {
	form := "acte-" + t.Acte
	send := hidden(v, form)
	send.Set("acte", t.Acte)
	p := ui.Post{Name: t.Libelle, Action: ui.Path(dossierPath(v.Dossier.ID) + "/actes"), Submit: t.Libelle, Tone: ui.Quiet, Hidden: send}
	reason := sent.field(form, ui.Field{Name: "motif", Kind: ui.Area, Label: "Motif"})
	switch {
	case t.Efface:
		p.Body = append(p.Body, ui.P(ui.T("Tout ce qui est écrit et joint dans ce brouillon sera effacé, pour vous et pour vos collègues. Cela ne se défait pas.")))
	case t.Phase != "":
		p.Tone = ""
		if len(v.Manques) > 0 {
			p.Body = append(p.Body, ui.P(ui.T("Avant de déposer, il manque "+francais.Compte(len(v.Manques), "élément", "éléments")+".")), missing(v))
		}
		if v.Reponse.Verdict == regle.Non {
			reason.Label = "D’après les règles, la réponse est non. Pourquoi une exception se justifie-t-elle ?"
			p.Body = append(p.Body, reason)
		}
	case sendsBack(v.Dispositif, t):
		p.Body = append(p.Body, reason, wishes(v, sent, form))
	default:
		p.Body = append(p.Body, reason)
	}
	return ui.Details{ID: "acte-" + t.Acte, Summary: t.Libelle, Open: t.Phase != "" || sent.form == form, Body: ui.Nodes{p}}
}

func errorOf(f *fault.Fault) error {
	if f == nil {
		return nil
	}
	return f
}

func missing(v *guichet.VueDossier) ui.Node {
	var items []ui.Node
	for _, m := range v.Manques {
		target := map[string]string{"champ": "champ-" + m.Cle, "piece": "pieces", "engagement": "champ-engagements"}[m.Genre]
		items = append(items, ui.Link{Text: m.Libelle, To: ui.Here(target)})
	}
	return ui.List(items...)
}

// computed is the answer of the rules: as frozen at the filing, or as it would
// be today.
func computed(v *guichet.VueDossier) ui.Node {
	if g := v.Dossier.Gel; g != nil {
		body := ui.Nodes{ui.P(ui.T(g.Phrase)), ui.Note(ui.T("Réponse figée le " + g.Le.Long() + ", d’après les règles de l’édition " + g.Edition + " et les territoires de " + strconv.Itoa(g.Millesime) + "."))}
		if g.Exception != "" {
			body = append(body, ui.P(ui.B("Exception demandée : ")), ui.Verbatim(g.Exception))
		}
		var checks ui.Checks
		for _, c := range g.Conditions {
			verdict, _ := regle.ParseVerdict(c.Verdict)
			k := ui.Check{Badge: verdictWords[verdict], Text: c.Texte}
			for _, x := range c.Valeurs {
				k.Body = append(k.Body, ui.P(ui.T(x)))
			}
			checks = append(checks, k)
		}
		return ui.Section{ID: "calcul", Title: "Ce que disent les règles", Body: append(body, ui.Details{ID: "conditions", Summary: "Les conditions", Body: ui.Nodes{checks}})}
	}
	return ui.Section{ID: "calcul", Title: "Ce que disent les règles", Body: ui.Nodes{verdictWords[v.Reponse.Verdict], ui.P(ui.T(v.Reponse.Phrase)),
		ui.Note(ui.T("Calculé aujourd’hui d’après vos réponses ; la réponse sera figée au dépôt."))}}
}

// known is what nobody has to write: the applicant as the official files have
// it.
func known(v *guichet.VueDossier) ui.Node {
	t := v.Porteur
	if t == nil {
		return ui.Nodes{}
	}
	facts := territoryTerms(t)
	if t.Commune != nil {
		facts = append(facts, ui.Term{Name: "Numéro SIREN", Values: ui.Nodes{ui.T(string(v.Dossier.Organisation))}})
	}
	return ui.Section{ID: "porteur", Title: "Le porteur", Body: ui.Nodes{ui.Details{ID: "porteur-details", Summary: "Ce que le guichet sait déjà de " + t.Nom, Body: ui.Nodes{facts,
		ui.Note(ui.T("Repris du code officiel géographique de " + strconv.Itoa(t.Cog) + " et du recensement de l’INSEE : rien de cela n’est à écrire."))}}}}
}

// answerForm is the form, or what was answered when it cannot change.
func answerForm(v *guichet.VueDossier, f *fault.Fault) ui.Node {
	var terms ui.Terms
	var asked []dossier.Question
	for _, q := range v.Questions {
		if v.Change(q.Cle) {
			asked = append(asked, q)
		} else if q.Texte != "" {
			terms = append(terms, ui.Term{Name: q.Libelle, Values: ui.Nodes{ui.Verbatim(inWords(q))}})
		}
	}
	if len(asked) == 0 {
		return ui.Section{ID: "reponses", Title: "Les réponses", Body: ui.Nodes{terms}}
	}
	path := dossierPath(v.Dossier.ID)
	p := ui.Post{ID: "formulaire", Name: "Répondre", Action: ui.Path(path), Save: ui.Path(path), Submit: "Enregistrer",
		Hidden: url.Values{"version": {strconv.Itoa(v.Dossier.Version)}}}
	p.Body = append(p.Body, ui.Default())
	for _, section := range sections(asked) {
		set := ui.Fieldset{Legend: sectionTitle(section)}
		for _, q := range asked {
			if q.Section == section {
				held := q.Texte
				if q.Tape {
					held = q.Base
				}
				p.Hidden.Set(basis+q.Cle, guichet.Base(held))
				n := questionNode(v, q, f)
				if x, one := n.(ui.Field); one && x.Kind == ui.Boxes {
					p.Hidden.Set(x.Name, "") // none is ticked, unless a box says so
				}
				set.Fields = append(set.Fields, n)
			}
		}
		p.Body = append(p.Body, set)
	}
	if !v.Change("") { // what was filed, but for the corrections
		return ui.Section{ID: "reponses", Title: "Vos réponses", Body: ui.Nodes{p, terms}}
	}
	p.Body = append(p.Body, commitments(v))
	return ui.Section{ID: "reponses", Title: "Vos réponses", Lead: "Tout s’enregistre même incomplet : revenez quand vous voulez.", Body: ui.Nodes{p}}
}

func sections(qq []dossier.Question) []string {
	var out []string
	for _, q := range qq {
		if !slices.Contains(out, q.Section) {
			out = append(out, q.Section)
		}
	}
	return out
}

func sectionTitle(code string) string {
	if code == dossier.Conditions {
		return "Ce que demandent les conditions"
	}
	return capital(strings.ReplaceAll(code, "_", " "))
}

// inWords is an answer in words.
func inWords(q dossier.Question) string {
	if q.Fait != nil && q.Fait.Personnel() && q.Origine != "" {
		return capital(q.Origine) + "."
	}
	if q.Fait != nil {
		if v, err := q.Fait.Parse(q.Texte); err == nil {
			return q.Fait.Affiche(v)
		}
	}
	switch {
	case q.Champ == nil:
		return q.Texte
	case q.Champ.Type == dispositif.TypeBloc:
		return dossier.EnMots(q.Champ, q.Texte)
	}
	return q.Champ.EnMots(q.Texte)
}

// questionField is how a question of the form is asked.
func questionField(v *guichet.VueDossier, q dossier.Question, f *fault.Fault) ui.Field {
	wrong := v.Erreurs[q.Cle]
	if m := message(errorOf(f), q.Cle); m != "" {
		wrong = m
	}
	var out ui.Field
	if q.Fait != nil {
		out = field(guichet.Question{Fait: q.Fait, Texte: q.Texte})
		out.Name, out.Label, out.Hint = q.Cle, q.Libelle, q.Aide
	} else {
		out = freeField(q)
	}
	if !q.Requise {
		out.Label += " (facultatif)"
	}
	out.Error = wrong
	switch {
	case v.Autres[q.Cle] != "":
		out.After = ui.Nodes{ui.Note(ui.T("Le texte enregistré pendant que vous écriviez :")), ui.Verbatim(inWords(q.Avec(v.Autres[q.Cle])))}
	case q.Origine != "" && q.Fait != nil && q.Fait.Personnel():
		out.After = ui.Note(ui.T(inWords(q)))
	case q.Origine != "":
		out.After = ui.Note(ui.T("Rempli d’avance : " + q.Origine + "."))
	}
	return out
}

// freeField is a question that no fact reads, by its type.
func freeField(q dossier.Question) ui.Field {
	out := ui.Field{Name: q.Cle, Label: q.Libelle, Hint: q.Aide, Values: []string{q.Texte}, Kind: kindOf(q.Champ.Type)}
	for _, c := range q.Champ.Choix {
		out.Choice = append(out.Choice, ui.Option{Value: c.Vaut, Label: capital(c.Libelle)})
	}
	if out.Kind == ui.Boxes {
		out.Values = strings.Split(q.Texte, ";")
	}
	return out
}

func kindOf(t dispositif.TypeChamp) ui.Kind {
	switch t {
	case dispositif.TypeLong, dispositif.TypeCommunes:
		return ui.Area
	case dispositif.TypeEntier:
		return ui.Integer
	case dispositif.TypeEuro, dispositif.TypeDecimal:
		return ui.Decimal
	case dispositif.TypeDate:
		return ui.Day
	case dispositif.TypeChoix:
		return ui.Radio
	case dispositif.TypeCases:
		return ui.Boxes
	}
	return ui.Line
}

// commitments are the boxes to tick one by one.
func commitments(v *guichet.VueDossier) ui.Node {
	out := ui.Field{Name: "engagements", Kind: ui.Boxes, Label: "Engagements", Values: v.Dossier.Engagements}
	for _, e := range v.Dispositif.Exigences {
		for _, i := range e.Items {
			if e.Nature == "engagement" {
				out.Label = e.Libelle
				out.Choice = append(out.Choice, ui.Option{Value: i.ID, Label: i.Texte})
			}
		}
	}
	if len(out.Choice) == 0 {
		return ui.Nodes{}
	}
	return ui.Nodes{ui.HiddenValue("engagements", ""), out}
}

// story is what happened, the last first, and the mails sent.
func story(v *guichet.VueDossier) ui.Node {
	var events ui.Events
	for i := len(v.Evenements) - 1; i >= 0; i-- {
		e := v.Evenements[i]
		if e.Acte == "modifier" && i > 0 && v.Evenements[i-1].Acte == "modifier" {
			continue // a writing kept many times is one line
		}
		title := e.Libelle
		if e.De != e.Vers {
			title = v.Dispositif.LibelleEtat(e.Vers)
		}
		x := ui.Event{When: jour.DeTemps(e.Le).Long() + ", " + jour.Heure(e.Le), Title: title, Who: e.Nom}
		if e.Motif != "" {
			x.Body = ui.Nodes{ui.Verbatim(e.Motif)}
		}
		if e.Derogation != "" {
			x.Body = append(x.Body, byExemption(v, e))
		}
		events = append(events, x)
	}
	var mails ui.Nodes
	for _, c := range v.Courriels {
		mails = append(mails, ui.Details{ID: "courriel-" + c.ID, Summary: c.Objet, Aside: ui.Tag(c.Etat.Libelle()), Body: ui.Nodes{ui.Note(ui.T("À " + c.Adresse)), ui.Verbatim(c.Texte)}})
	}
	out := ui.Nodes{ui.Section{ID: "histoire", Title: "Ce qui s’est passé", Body: ui.Nodes{events}}}
	if len(mails) > 0 {
		out = append(out, ui.Section{ID: "courriels", Title: "Les courriels", Body: mails})
	}
	return out
}
