package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

func dossierPath(id dossier.ID) string { return "/dossiers/" + string(id) }

// commencer answers /deposer/{dispositif} : for whom, under which track.
func (s *site) commencer(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Commencer(r.Context(), a, r.PathValue("dispositif"))
	if err != nil {
		return err
	}
	l := s.memberLayout(r, a, "Commencer un dossier : "+v.Dispositif.Nom)
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title), ui.Lead(ui.T(v.Dispositif.Promesse)), s.beginning(r, v)}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

// beginning is the form that makes a draft.
func (s *site) beginning(r *http.Request, v *guichet.VueCommencer) ui.Node {
	if len(v.Organisations) == 0 {
		return ui.Alert{Tone: ui.Missing, Title: "Aucune organisation", Body: ui.Nodes{ui.P(ui.T("Vous n’êtes encore membre d’aucune organisation qui puisse déposer. La préfecture valide les mandats."))}}
	}
	who := ui.Field{Name: "territoire", Kind: ui.Radio, Label: "Pour quelle organisation ?", Values: []string{r.URL.Query().Get("pour")}}
	for _, o := range v.Organisations {
		who.Choice = append(who.Choice, ui.Option{Value: string(o.Siren), Label: o.Nom})
	}
	if who.Values[0] == "" || len(v.Organisations) == 1 {
		who.Values = []string{string(v.Organisations[0].Siren)}
	}
	fields := ui.Nodes{who}
	if len(v.Dispositif.Volets) > 0 {
		track := ui.Field{Name: "volet", Kind: ui.Radio, Label: "Quel volet ?", Values: []string{v.Dispositif.Volets[0].Code}}
		for _, x := range v.Dispositif.Volets {
			track.Choice = append(track.Choice, ui.Option{Value: x.Code, Label: x.Nom})
		}
		fields = append(fields, track)
	}
	p := ui.Post{Name: "Commencer un dossier", Action: ui.Path("/dossiers"), Submit: "Commencer le dossier",
		Hidden: url.Values{"dispositif": {v.Dispositif.Code}, "cle": {rand.Text()}}, Body: ui.Nodes{ui.Fieldset{Legend: "Le dossier", HideLegend: true, Fields: fields}}}
	if told := answers(r.URL.Query()); len(told) > 1 {
		for name, text := range told {
			p.Hidden.Set(saidBefore+name, text)
		}
		p.Body = append(p.Body, ui.Note(ui.T("Les réponses données sur la page de la collectivité seront reprises dans son dossier.")))
	}
	return p
}

// saidBefore begins the name of a field that brings an answer given before.
const saidBefore = "dit."

// toldFor are the answers given before about the organisation, and no other.
func toldFor(r *http.Request, organisation string) map[string]string {
	out := make(map[string]string)
	for name, values := range r.PostForm {
		if fact, ok := strings.CutPrefix(name, saidBefore); ok && r.PostFormValue(saidBefore+"pour") == organisation {
			out[fact] = values[0]
		}
	}
	return out
}

// creerDossier answers POST /dossiers.
func (s *site) creerDossier(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	id, err := s.g.CreeDossier(r.Context(), a, guichet.NouveauDossier{Dispositif: r.PostFormValue("dispositif"), Volet: r.PostFormValue("volet"),
		Territoire: r.PostFormValue("territoire"), Cle: r.PostFormValue("cle"), Faits: toldFor(r, r.PostFormValue("territoire"))})
	if err != nil {
		return err
	}
	http.Redirect(w, r, dossierPath(id), http.StatusSeeOther)
	return nil
}

// dossier answers /dossiers/{id}.
func (s *site) dossier(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Dossier(r.Context(), a, dossier.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	s.writePrivate(w, r, http.StatusOK, s.dossierPage(r, v, nil))
	return nil
}

// enregistrer answers POST /dossiers/{id} : a form sent by a person, or kept
// by the script as they type. What is wrong is shown again with what was typed.
func (s *site) enregistrer(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	saisie, err := lireSaisie(r)
	if err != nil {
		return err
	}
	v, err := s.g.Enregistre(r.Context(), a, saisie)
	f := fault.Of(err)
	if err != nil && (v == nil || f.Kind != fault.Conflict && f.Kind != fault.TooLarge) {
		return err
	}
	if r.Header.Get("Accept") == "application/json" {
		return s.saved(w, v, saisie, f)
	}
	if err != nil {
		s.writePrivate(w, r, refused(err).status, s.dossierPage(r, v, f))
		return nil
	}
	http.Redirect(w, r, dossierPath(v.Dossier.ID)+"#"+landing(v, r.PostFormValue(oneMore)), http.StatusSeeOther)
	return nil
}

// saved answers the script: the version now kept, or why nothing was.
func (s *site) saved(w http.ResponseWriter, v *guichet.VueDossier, x guichet.Saisie, f *fault.Fault) error {
	if f != nil {
		return bare(w, statuses[f.Kind].status, map[string]any{"message": f.Message})
	}
	bases := make(map[string]string) // what the page now rests on
	for _, q := range v.Questions {
		if text, sent := x.Champs[q.Cle]; sent && guichet.Base(text) == guichet.Base(q.Texte) {
			bases[q.Cle] = guichet.Base(q.Texte)
		}
	}
	return bare(w, http.StatusOK, map[string]any{"version": v.Dossier.Version, "manques": len(v.Manques), "bases": bases})
}

// basis begins the name of the field that says what another held when the page
// was made.
const basis = "base."

func lireSaisie(r *http.Request) (guichet.Saisie, error) {
	if err := r.ParseForm(); err != nil {
		return guichet.Saisie{}, errBody
	}
	version, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return guichet.Saisie{}, fault.New(fault.Invalid, "Le formulaire est incomplet : rechargez la page du dossier.")
	}
	x := guichet.Saisie{Dossier: dossier.ID(r.PathValue("id")), Version: version, Champs: make(map[string]string), Bases: make(map[string]string)}
	for name, values := range r.PostForm {
		switch name {
		case "version":
		case "engagements":
			x.Engagements = values
		default:
			if key, ok := strings.CutPrefix(name, basis); ok {
				x.Bases[key] = values[0]
				continue
			}
			x.Champs[name] = joined(values)
		}
	}
	return x, nil
}

// joined is the text of a field: the boxes ticked, separated as the facts of
// the rules are. The empty value that goes before boxes says that none is.
func joined(values []string) string {
	var out string
	for _, v := range values {
		if v != "" && out != "" {
			out += ";"
		}
		out += v
	}
	return out
}

// agir answers POST /dossiers/{id}/actes.
func (s *site) agir(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	id := dossier.ID(r.PathValue("id"))
	err := s.g.Agir(r.Context(), a, guichet.Acte{Dossier: id, Acte: r.PostFormValue("acte"), Cle: r.PostFormValue("cle"),
		Motif: r.PostFormValue("motif"), Montant: r.PostFormValue("montant"), Demandes: demandes(r), Pour: r.PostFormValue("pour")})
	if err == nil {
		http.Redirect(w, r, dossierPath(id), http.StatusSeeOther)
		return nil
	}
	return s.again(w, r, a, id, err)
}
