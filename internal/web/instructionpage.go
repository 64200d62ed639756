package web

import (
	"net/url"
	"slices"
	"strconv"

	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/web/ui"
)

// sensWords are the answers of an opinion, in words.
var sensWords = map[string]ui.Badge{
	"favorable":   {Tone: ui.Positive, Word: "Favorable"},
	"reserve":     {Tone: ui.Missing, Word: "Favorable avec réserves"},
	"defavorable": {Tone: ui.Negative, Word: "Défavorable"},
}

// fieldset is a group of fields without a legend that shows.
func fieldset(legend string, fields ...ui.Node) ui.Node {
	return ui.Fieldset{Legend: legend, HideLegend: true, Fields: fields}
}

// requests shows the applicant what the service asks to change, and lets them
// say that it is done.
func requests(v *guichet.VueDossier) ui.Node {
	var items []ui.Node
	for _, c := range v.Dossier.Instruction.Attendues() {
		text := ui.Nodes{ui.B(c.Libelle), ui.T(" : "), ui.Verbatim(c.Demande), ui.Note(ui.T("Demandé par " + c.Par.Nom + ", avant le " + c.Pour.Long() + "."))}
		items = append(items, text)
	}
	if len(items) == 0 {
		return ui.Nodes{}
	}
	body := ui.Nodes{ui.List(items...)}
	if v.Peut["correction.envoyer"] && len(v.Dispositif.Possibles(v.Dossier.Etat, "preparateur")) == 0 && v.Dispositif.Phase(v.Dossier.Etat) == "" {
		body = append(body, ui.P(ui.T("Corrigez plus bas ces points seulement ; le reste ne change pas. Puis :")),
			ui.Post{Name: "Envoyer mes corrections", Action: ui.Path(dossierPath(v.Dossier.ID) + "/corrections/envoi"), Hidden: hidden(v, "envoi"), Submit: "Envoyer mes corrections"})
	}
	return ui.Section{ID: "a-corriger", Title: "Ce qu’il faut corriger", Body: body}
}

// exchanges are the messages between the applicant and the service.
func exchanges(v *guichet.VueDossier, t typed) ui.Node {
	if !v.Peut["message.lire"] {
		return ui.Nodes{}
	}
	body := ui.Nodes{said(v, v.Messages)}
	if v.Peut["message.ecrire"] {
		body = append(body, writing(v, t, "message", "Écrire un message", "Votre message"))
	}
	return ui.Section{ID: "messages", Title: "Messages", Lead: "Entre le porteur et le service qui suit le dossier.", Body: body}
}

// said lists messages, the last first.
func said(v *guichet.VueDossier, mm []dossier.Message) ui.Node {
	if len(mm) == 0 {
		return ui.P(ui.T("Rien pour le moment."))
	}
	var events ui.Events
	for _, m := range slices.Backward(mm) {
		e := ui.Event{When: jour.DeTemps(m.Le).Long() + ", " + jour.Heure(m.Le), Title: m.Nom, Body: ui.Nodes{ui.Verbatim(m.Texte), attached(v, m.Piece)}}
		events = append(events, e)
	}
	return events
}

// attached is the document that goes with a text.
func attached(v *guichet.VueDossier, p *dossier.Piece) ui.Node {
	if p == nil {
		return ui.Nodes{}
	}
	return ui.P(ui.T("Document : "), ui.Link{Text: p.Nom, To: ui.Path(dossierPath(v.Dossier.ID) + "/pieces/" + p.ID)}, ui.T(", "+measured(*p, v.Examens[p.Cle])))
}

// writing is the form that writes a message or a note, with a document.
func writing(v *guichet.VueDossier, t typed, genre, submit, label string) ui.Node {
	return ui.Post{Name: submit, Action: ui.Path(dossierPath(v.Dossier.ID) + "/" + genre + "s"), Send: ui.Files, Submit: submit, Tone: ui.Quiet, Hidden: hidden(v, genre),
		Body: ui.Nodes{t.field(genre, ui.Field{Name: genre, Kind: ui.Area, Label: label}), t.field(genre, joining("Document (facultatif)"))}}
}

func joining(label string) ui.Field {
	return ui.Field{Name: "fichier", Kind: ui.File, Label: label, Hint: "PDF, image ou texte, 20 Mo au plus."}
}

// instruction is what the services see and do, and the applicant does not see.
func instruction(v *guichet.VueDossier, t typed) ui.Node {
	i := v.Instruction
	if i == nil {
		return ui.Nodes{}
	}
	body := ui.Nodes{labels(v, t), opinions(v, t), proposal(v, t)}
	if v.Peut["note.lire"] {
		notes := ui.Nodes{said(v, i.Notes)}
		if v.Peut["note.ecrire"] {
			notes = append(notes, writing(v, t, "note", "Ajouter une note", "Note interne"))
		}
		body = append(body, ui.Details{ID: "notes", Summary: "Notes internes", Aside: ui.Tag(strconv.Itoa(len(i.Notes))), Open: t.form == "note", Body: notes})
	}
	body = append(body, correcting(v, t), asking(v, t), moving(v, t))
	return ui.Section{ID: "instruction", Title: "L’instruction", Lead: "Le porteur ne voit rien de cette partie.", Body: body}
}

// labels are the labels of the dossier and the form that changes them.
func labels(v *guichet.VueDossier, t typed) ui.Node {
	const form = "etiquettes"
	var tags []ui.Node
	text := ""
	for _, x := range v.Instruction.Etiquettes {
		tags = append(tags, ui.Tag(x))
		text += x + ", "
	}
	if !v.Peut["dossier.etiqueter"] {
		return ui.Chips(tags...)
	}
	field := t.field(form, ui.Field{Name: form, Kind: ui.Line, Label: "Étiquettes", Hint: "Séparées par des virgules : « urgent, visite faite ».", Values: []string{text}})
	body := ui.Nodes{ui.Post{Name: "Étiquettes", Action: ui.Path(dossierPath(v.Dossier.ID) + "/etiquettes"), Hidden: hidden(v, form), Submit: "Enregistrer les étiquettes", Tone: ui.Quiet, Body: ui.Nodes{field}}}
	if len(tags) > 0 {
		return ui.Nodes{ui.Chips(tags...), ui.Details{ID: form, Summary: "Changer les étiquettes", Open: t.form == form, Body: body}}
	}
	return ui.Details{ID: form, Summary: "Étiqueter", Open: t.form == form, Body: body}
}

// opinions are the opinions asked for, and the form of the one that the person
// may give.
func opinions(v *guichet.VueDossier, t typed) ui.Node {
	var out ui.Nodes
	for _, x := range v.Instruction.Avis {
		state := ui.Node(ui.Nodes{ui.Badge{Tone: ui.Missing, Word: "Attendu"}, ui.T(" avant le " + x.Pour.Long())})
		switch {
		case x.Sens != "":
			state = sensWords[x.Sens]
		case x.Repute(v.Aujourdhui):
			state = ui.Nodes{sensWords[x.Tacite], ui.T(" réputé rendu le " + x.Pour.Long())}
		}
		panel := ui.Nodes{ui.Heading(3, "", "Avis : "+v.Instruction.Services[x.Service]), ui.P(state), ui.Verbatim(x.Question)}
		if x.Rendu != nil {
			panel = append(panel, ui.Note(ui.T("Rendu par "+x.Rendu.Nom+", le "+jour.DeTemps(x.Rendu.Le).Long()+".")), ui.Verbatim(x.Texte), attached(v, x.Piece))
		}
		if v.Instruction.Saisis[x.ID] {
			panel = append(panel, answering(v, x, t))
		}
		out = append(out, ui.Panel(panel))
	}
	return out
}

// answering is the form of an opinion.
func answering(v *guichet.VueDossier, x dossier.Avis, t typed) ui.Node {
	form := "avis-" + x.ID
	answer := ui.Field{Name: "sens", Kind: ui.Radio, Label: "Votre avis"}
	for _, code := range dossier.Sens {
		answer.Choice = append(answer.Choice, ui.Option{Value: code, Label: sensWords[code].Word})
	}
	send := hidden(v, form)
	send.Set("avis", x.ID)
	return ui.Post{Name: "Rendre l’avis", Action: ui.Path(dossierPath(v.Dossier.ID) + "/avis-rendus"), Send: ui.Files, Hidden: send, Submit: "Rendre cet avis", Body: ui.Nodes{
		fieldset("L’avis", t.field(form, answer), t.field(form, ui.Field{Name: "texte", Kind: ui.Area, Label: "Vos raisons, vos réserves"}), t.field(form, joining("Document (facultatif)")))}}
}

// proposal is the decision proposed, its approvals, and what the person may do
// about them.
func proposal(v *guichet.VueDossier, t typed) ui.Node {
	var out ui.Nodes
	i := v.Instruction
	if p := i.Proposition; p != nil && v.Dossier.Decision == nil {
		text := labelOf(i.Decisives, v.Dispositif, p.Acte)
		if p.Montant > 0 {
			text += ", " + p.Montant.String()
		}
		panel := ui.Nodes{ui.Heading(3, "", "Décision proposée : "+text), ui.Verbatim(p.Motif), ui.Note(ui.T("Par " + p.Par.Nom + ", le " + jour.DeTemps(p.Par.Le).Long() + "."))}
		for n, level := range v.Dispositif.Visas {
			state := "attendu"
			if n < len(i.Visas) {
				state = "donné par " + i.Visas[n].Par.Nom + ", le " + jour.DeTemps(i.Visas[n].Par.Le).Long()
			}
			panel = append(panel, ui.P(ui.B("Visa, "+level), ui.T(" : "+state)))
		}
		if v.Peut["dossier.viser"] && len(i.Visas) < len(v.Dispositif.Visas) && p.Par.Par != v.Acteur.Personne.ID {
			panel = append(panel, ui.Post{Name: "Viser", Action: ui.Path(dossierPath(v.Dossier.ID) + "/visa"), Hidden: hidden(v, "visa"), Submit: "Viser : " + v.Dispositif.Visas[len(i.Visas)], Tone: ui.Quiet})
		}
		out = append(out, ui.Panel(panel))
	}
	if len(i.Decisives) == 0 {
		return out
	}
	const form = "proposition"
	choice := ui.Field{Name: form, Kind: ui.Select, Label: "Décision", Choice: []ui.Option{{Value: "", Label: "Choisir"}}}
	for _, x := range i.Decisives {
		choice.Choice = append(choice.Choice, ui.Option{Value: x.Acte, Label: x.Libelle})
	}
	amount := ui.Field{Name: "montant", Kind: ui.Decimal, Label: "Montant, pour un accord", Unit: "€", Values: []string{v.Montant}}
	return append(out, ui.Details{ID: "proposer", Summary: "Proposer une décision", Open: t.form == form, Body: ui.Nodes{ui.Post{Name: "Proposer une décision",
		Action: ui.Path(dossierPath(v.Dossier.ID) + "/proposition"), Hidden: hidden(v, form), Submit: "Proposer", Tone: ui.Quiet, Body: ui.Nodes{
			fieldset("La proposition", t.field(form, choice), t.field(form, amount), t.field(form, ui.Field{Name: "motif", Kind: ui.Area, Label: "Motif"}))}}}})
}

func labelOf(tt []dispositif.Transition, s *dispositif.Dispositif, acte string) string {
	for _, t := range slices.Concat(tt, s.Transitions, s.Communs.Actes) {
		if t.Acte == acte {
			return t.Libelle
		}
	}
	return acte
}

// wishes are the fields that ask to change answers and documents.
func wishes(v *guichet.VueDossier, t typed, form string) ui.Nodes {
	by := t.field(form, ui.Field{Name: "pour", Kind: ui.Day, Label: "À corriger avant le", Values: []string{v.Aujourdhui.AddMois(1).String()}})
	set := ui.Fieldset{Legend: "Ce qu’il faut changer"}
	if v.Instruction != nil {
		for _, c := range v.Instruction.Corrigeables {
			set.Fields = append(set.Fields, t.field(form, ui.Field{Name: wish + c.Cle, Kind: ui.Line, Label: c.Libelle}))
		}
	}
	return ui.Nodes{by, set}
}

// correcting is the form that asks the applicant for corrections.
func correcting(v *guichet.VueDossier, t typed) ui.Node {
	if !v.Peut["dossier.corriger"] || v.Dossier.Decision != nil {
		return ui.Nodes{}
	}
	const form = "corrections"
	body := ui.Nodes{ui.P(ui.T("Écrivez votre demande en face de ce qui doit changer, et rien ailleurs : le porteur ne pourra modifier que ces points.")), wishes(v, t, form)}
	if m := message(errorOf(t.fault), "corrections"); m != "" && t.form == form {
		body = append(ui.Nodes{ui.Alert{Tone: ui.Failure, Title: m}}, body...)
	}
	return ui.Details{ID: "corrections", Summary: "Demander des corrections", Open: t.form == form, Body: ui.Nodes{ui.Post{Name: "Demander des corrections",
		Action: ui.Path(dossierPath(v.Dossier.ID) + "/corrections"), Hidden: hidden(v, form), Submit: "Demander ces corrections", Tone: ui.Quiet, Body: body}}}
}

// asking is the form that asks other services for their opinion.
func asking(v *guichet.VueDossier, t typed) ui.Node {
	if !v.Peut["avis.demander"] {
		return ui.Nodes{}
	}
	const form = "avis"
	who := ui.Field{Name: "services", Kind: ui.Boxes, Label: "Services à consulter"}
	for _, code := range v.Instruction.Autres(v.Dossier.Service) {
		who.Choice = append(who.Choice, ui.Option{Value: code, Label: v.Instruction.Services[code]})
	}
	by := ui.Field{Name: "pour", Kind: ui.Day, Label: "Réponse attendue avant le", Values: []string{opinionDay(v).String()}}
	return ui.Details{ID: "demander-avis", Summary: "Demander un avis", Open: t.form == form, Body: ui.Nodes{ui.Post{Name: "Demander un avis", Action: ui.Path(dossierPath(v.Dossier.ID) + "/avis"),
		Hidden: hidden(v, form), Submit: "Demander cet avis", Tone: ui.Quiet,
		Body: ui.Nodes{fieldset("La demande", t.field(form, who), t.field(form, ui.Field{Name: "question", Kind: ui.Area, Label: "Question posée"}), t.field(form, by))}}}}
}

// opinionDay is the day proposed for an opinion: the delay of the scheme, one
// month by default.
func opinionDay(v *guichet.VueDossier) jour.Jour {
	if d, err := jour.ParseDelai(v.Dispositif.Avis.Delai); err == nil && v.Dispositif.Avis.Delai != "" {
		return d.Echeance(v.Aujourdhui)
	}
	return v.Aujourdhui.AddMois(1)
}

// moving gives the dossier to a colleague, or to another service.
func moving(v *guichet.VueDossier, t typed) ui.Node {
	var out ui.Nodes
	if v.Peut["dossier.attribuer"] {
		who := ui.Field{Name: "personne", Kind: ui.Select, Label: "À qui", Choice: []ui.Option{{Value: "", Label: "Choisir"}}}
		for _, p := range v.Instruction.Collegues {
			who.Choice = append(who.Choice, ui.Option{Value: string(p.ID), Label: p.NomComplet()})
		}
		out = append(out, ui.Details{ID: "attribuer", Summary: "Attribuer à un collègue", Open: t.form == "attribuer", Body: ui.Nodes{ui.Post{Name: "Attribuer",
			Action: ui.Path(dossierPath(v.Dossier.ID) + "/attribuer"), Hidden: hidden(v, "attribuer"), Submit: "Attribuer", Tone: ui.Quiet, Body: ui.Nodes{t.field("attribuer", who)}}}})
	}
	if v.Peut["dossier.transferer"] {
		to := ui.Field{Name: "service", Kind: ui.Select, Label: "Service", Choice: []ui.Option{{Value: "", Label: "Choisir"}}}
		for _, code := range v.Instruction.Autres(v.Dossier.Service) {
			to.Choice = append(to.Choice, ui.Option{Value: code, Label: v.Instruction.Services[code]})
		}
		out = append(out, ui.Details{ID: "transferer", Summary: "Transférer à un autre service", Open: t.form == "transferer", Body: ui.Nodes{ui.Post{Name: "Transférer",
			Action: ui.Path(dossierPath(v.Dossier.ID) + "/transferer"), Hidden: hidden(v, "transferer"), Submit: "Transférer", Tone: ui.Quiet,
			Body: ui.Nodes{t.field("transferer", to), t.field("transferer", ui.Field{Name: "motif", Kind: ui.Area, Label: "Motif, que le porteur lira"})}}}})
	}
	return out
}

// elsewhere is the form that records a decision made outside the guichet.
func elsewhere(v *guichet.VueDossier, x dispositif.Transition, t typed) ui.Node {
	form := "ailleurs-" + x.Acte
	send := hidden(v, form)
	send.Set("acte", x.Acte)
	fields := ui.Nodes{t.field(form, ui.Field{Name: "auteur", Kind: ui.Line, Label: "Qui a décidé"}),
		t.field(form, ui.Field{Name: "le", Kind: ui.Day, Label: "Jour de la décision"})}
	if x.Issue == "accord" {
		fields = append(fields, t.field(form, ui.Field{Name: "montant", Kind: ui.Decimal, Label: "Montant accordé", Unit: "€", Values: []string{v.Montant}}))
	}
	fields = append(fields, t.field(form, ui.Field{Name: "motif", Kind: ui.Area, Label: "Motif"}), t.field(form, joining("Document de la décision")))
	return ui.Details{ID: "acte-" + x.Acte, Summary: x.Libelle + " (décidé ailleurs)", Open: t.form == form, Body: ui.Nodes{
		ui.P(ui.T("Cette décision n’est pas prise dans le guichet : enregistrez-la telle que son document l’écrit.")),
		ui.Post{Name: x.Libelle, Action: ui.Path(dossierPath(v.Dossier.ID) + "/ailleurs"), Send: ui.Files, Hidden: send, Submit: "Enregistrer cette décision", Tone: ui.Quiet,
			Body: ui.Nodes{fieldset("La décision", fields...)}}}}
}

// progress says how far a batch is.
func progress(l *dossier.Lot) ui.Node {
	rest := l.Reste()
	if rest == 0 {
		return ui.Lead(ui.T("Terminé : " + francais.Compte(len(l.Lignes), "dossier traité", "dossiers traités") + "."))
	}
	return ui.Nodes{ui.Lead(ui.T(francais.Compte(len(l.Lignes)-rest, "dossier traité", "dossiers traités") + " sur " + strconv.Itoa(len(l.Lignes)) + ". Le traitement continue même si vous quittez cette page.")),
		ui.P(ui.Link{Text: "Actualiser", To: ui.Path("/bureau/lots/" + l.ID)})}
}

// batchTable is the report of a batch, dossier by dossier.
func batchTable(l *dossier.Lot) ui.Node {
	t := ui.Table{Caption: "Résultat pour chaque dossier", Scroll: "Résultat", Columns: []ui.Column{{Text: "Dossier"}, {Text: "Résultat"}, {Text: "Raison"}}}
	words := map[string]ui.Node{"a_faire": ui.T("en attente"), "fait": ui.Badge{Tone: ui.Positive, Word: "Fait"}, "refuse": ui.Badge{Tone: ui.Negative, Word: "Refusé"}}
	for _, x := range l.Lignes {
		name := ui.Node(ui.T("Dossier inconnu"))
		if x.Numero != "" {
			name = ui.Link{Text: x.Numero, To: ui.Path(dossierPath(x.Dossier))}
		}
		t.Rows = append(t.Rows, []ui.Node{name, words[x.Etat], ui.T(x.Raison)})
	}
	return t
}

// batchForm is the ID of the form that acts on the dossiers ticked.
const batchForm = "lot"

// tickable puts before each dossier of a table its box.
func tickable(t ui.Table, list []guichet.Resume) ui.Table {
	t.Columns = append([]ui.Column{{Text: "Choisir"}}, t.Columns...)
	for i, d := range list {
		t.Rows[i] = append([]ui.Node{ui.Tick{Form: batchForm, Name: "dossiers", Value: string(d.ID), Label: "Choisir le dossier " + d.Numero}}, t.Rows[i]...)
	}
	return t
}

// batch is the form around a table of dossiers that acts on the ones ticked.
func batch(acts []guichet.ActeParLot, cle string) ui.Post {
	choice := ui.Field{Name: "acte", Kind: ui.Select, Label: "Pour les dossiers cochés", Choice: []ui.Option{{Value: "", Label: "Choisir"}}}
	for _, x := range acts {
		choice.Choice = append(choice.Choice, ui.Option{Value: x.Code, Label: x.Libelle})
	}
	return ui.Post{ID: batchForm, Name: "Traiter plusieurs dossiers", Action: ui.Path("/bureau/lots"), Hidden: url.Values{"cle": {cle}}, Submit: "Traiter les dossiers cochés", Tone: ui.Quiet,
		Body: ui.Nodes{choice, ui.Field{Name: "etiquettes", Scope: "lot", Kind: ui.Line, Label: "Étiquettes, pour étiqueter"}}}
}
