package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/regle"
	"guichet/internal/web/ui"
)

func decisionPath(id dossier.ID, acte string) string { return dossierPath(id) + "/decision/" + acte }

// decisionForm is the name of the form of a decision.
const decisionForm = "decision"

// decision answers /dossiers/{id}/decision/{acte} : what is needed to decide.
func (s *site) decision(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Decision(r.Context(), a, dossier.ID(r.PathValue("id")), r.PathValue("acte"))
	if err != nil {
		return err
	}
	s.writePrivate(w, r, http.StatusOK, s.decisionPage(r, v, nil))
	return nil
}

// decider answers POST /dossiers/{id}/decision/{acte} : the letter as it would
// be, then the signature. What was typed is never lost.
func (s *site) decider(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	x := decided(r)
	var refusal error
	if r.PostForm.Get("etape") == "signer" {
		if refusal = s.g.Agir(r.Context(), a, x); refusal == nil {
			http.Redirect(w, r, dossierPath(x.Dossier)+"#histoire", http.StatusSeeOther)
			return nil
		}
	}
	v, err := s.g.Apercu(r.Context(), a, x)
	if v == nil {
		return err
	}
	return s.preview(w, r, v, cmp.Or(refusal, err))
}

// preview answers with the letter as it would be, and what was refused.
func (s *site) preview(w http.ResponseWriter, r *http.Request, v *guichet.VueDecision, refusal error) error {
	if r.PostForm.Get("etape") == "pdf" && refusal == nil && v.Lettre != nil {
		return s.writeLetter(w, *v.Lettre)
	}
	status := http.StatusOK
	if refusal != nil {
		e := refused(refusal)
		if e == nil {
			return refusal
		}
		status = e.status
	}
	s.writePrivate(w, r, status, s.decisionPage(r, v, refusal))
	return nil
}

// decided reads the decision as it was typed. To write the letter again is to
// forget the one that was edited.
func decided(r *http.Request) guichet.Acte {
	r.PostFormValue("etape") // reads the form
	if r.PostForm.Get("etape") == "recommencer" {
		r.PostForm.Del("corps")
	}
	return guichet.Acte{Dossier: dossier.ID(r.PathValue("id")), Acte: r.PathValue("acte"), Cle: r.PostForm.Get("cle"), Motif: r.PostForm.Get("motif"),
		Montant: r.PostForm.Get("montant"), Base: r.PostForm.Get("base"), Motifs: r.PostForm["motifs"], Conditions: r.PostForm.Get("conditions"),
		Pour: r.PostForm.Get("pour"), Corps: r.PostForm.Get("corps")}
}

// decisionPage is the form of a decision; with its letter, once it is filled.
func (s *site) decisionPage(r *http.Request, v *guichet.VueDecision, refusal error) ui.Layout {
	l := s.memberLayout(r, v.Acteur, v.Acte.Libelle+" : dossier "+v.Dossier.Numero)
	t := typed{decisionForm, r.PostForm, fault.Of(refusal)}
	send := url.Values{"cle": {v.Cle}}
	if sent := r.PostForm.Get("cle"); sent != "" {
		send.Set("cle", sent)
	}
	p := ui.Post{Name: "Décider", Action: ui.Path(decisionPath(v.Dossier.ID, v.Acte.Acte)), Hidden: send, Submit: "Voir la lettre", Value: "apercu", Choice: "etape",
		Body: ui.Nodes{fieldset("La décision", decisionFields(v, t)...)}}
	if v.Lettre != nil {
		p.Body = append(p.Body, letterFields(v, t))
		p.Tone, p.Submit = ui.Quiet, "Voir la lettre de nouveau"
		p.More = []ui.Choice{{Value: "pdf", Text: "Voir le PDF"}, {Value: "recommencer", Text: "Réécrire la lettre d’après la décision"}, {Value: "signer", Text: "Signer : " + v.Acte.Libelle, Main: true}}
	}
	l.Body = ui.Nodes{refusedFields(t), ui.Heading(1, "", l.Title), ui.P(ui.Link{Text: "Retour au dossier", To: ui.Path(dossierPath(v.Dossier.ID))}), ui.Section{ID: "decider", Title: "La décision", Body: ui.Nodes{p}}}
	return l
}

// refusedFields opens the page with what was refused.
func refusedFields(t typed) ui.Node {
	if t.fault == nil {
		return ui.Nodes{}
	}
	if len(t.fault.Fields) == 0 {
		return ui.Alert{Tone: ui.Failure, Title: t.fault.Message}
	}
	sum := ui.ErrorSummary{Title: t.fault.Message}
	for _, name := range slices.Sorted(maps.Keys(t.fault.Fields)) {
		sum.Errors = append(sum.Errors, ui.Link{Text: t.fault.Fields[name], To: ui.Here("champ-" + t.form + "-" + name)})
	}
	return sum
}

// decisionFields are the fields of the decision, by its outcome.
func decisionFields(v *guichet.VueDecision, t typed) ui.Nodes {
	var out ui.Nodes
	add := func(f ui.Field) { out = append(out, t.field(decisionForm, f)) }
	if v.Acte.Issue == "accord" {
		amount := ui.Field{Name: "montant", Kind: ui.Decimal, Label: "Montant accordé", Unit: "€", Values: []string{v.Montant}, Hint: "Vide quand la décision n’accorde pas de somme."}
		if v.Montant != "" {
			amount.Hint = "Calculé d’après les règles. Un autre montant se motive."
		}
		add(amount)
		add(ui.Field{Name: "base", Kind: ui.Decimal, Label: "Dépense retenue", Unit: "€", Hint: "Facultatif : quand l’aide est une part d’une dépense."})
		add(ui.Field{Name: "conditions", Kind: ui.Area, Label: "Ce à quoi l’aide engage, une ligne par engagement", Values: []string{v.Conditions}})
	}
	if len(v.Motifs) > 0 {
		boxes := ui.Field{Name: "motifs", Kind: ui.Boxes, Label: "Motifs"}
		for _, m := range v.Motifs {
			boxes.Choice = append(boxes.Choice, ui.Option{Value: m.Code, Label: m.Texte})
		}
		add(boxes)
	}
	if v.Acte.Issue == "ajournement" {
		add(ui.Field{Name: "pour", Kind: ui.Day, Label: "Nouvel examen le"})
	}
	add(ui.Field{Name: "motif", Kind: ui.Area, Label: "Motif, en vos mots"})
	return out
}

// letterFields show the letter, to be changed before it is signed.
func letterFields(v *guichet.VueDecision, t typed) ui.Node {
	body := t.field(decisionForm, ui.Field{Name: "corps", Kind: ui.Page, Label: "Texte de la lettre", Hint: "Un titre commence par #, une ligne de liste par -, le **gras** est entre étoiles. « Voir le PDF » montre la lettre telle qu’elle partira."})
	body.Values = []string{v.Lettre.Corps}
	out := ui.Nodes{ui.Heading(3, "lettre", "La lettre"), ui.P(ui.B("Objet : "), ui.T(v.Lettre.Objet)), body}
	if len(v.AConfirmer) > 0 {
		var items []ui.Node
		for _, m := range v.AConfirmer {
			items = append(items, ui.T(m.Texte+" ("+m.Note+")"))
		}
		out = append(out, ui.Alert{Tone: ui.Missing, Title: "À vérifier avant de signer : ces mentions ne sont pas confirmées par la préfecture.", Body: ui.Nodes{ui.List(items...)}})
	}
	if v.Reponse.Verdict == regle.Non {
		out = append(out, ui.Alert{Tone: ui.Missing, Title: "D’après les règles, la réponse était non."})
	}
	return out
}

// lettre answers /dossiers/{id}/lettres/{numero} : the PDF of a letter.
func (s *site) lettre(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	l, err := s.g.Lettre(r.Context(), a, dossier.ID(r.PathValue("id")), r.PathValue("numero"))
	if err != nil {
		return err
	}
	return s.writeLetter(w, l)
}

// writeLetter answers with a letter, as a file to keep.
func (s *site) writeLetter(w http.ResponseWriter, l dossier.Lettre) error {
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `attachment; filename="lettre-`+l.Reference+`.pdf"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	return s.g.EcritLettre(w, l)
}

// letters lists the letters of a dossier.
func letters(v *guichet.VueDossier) ui.Node {
	var items []ui.Node
	for i, l := range v.Dossier.Lettres {
		items = append(items, ui.Nodes{ui.Link{Text: l.Objet + " (PDF)", To: ui.Path(dossierPath(v.Dossier.ID) + "/lettres/" + strconv.Itoa(i+1))}, ui.T(", le " + l.Le.Long())})
	}
	if len(items) == 0 {
		return ui.Nodes{}
	}
	return ui.Section{ID: "lettres", Title: "Les lettres", Body: ui.Nodes{ui.List(items...)}}
}
