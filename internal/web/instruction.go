package web

import (
	"net/http"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// instructionRoutes are the gestures around the instruction of a dossier, each
// one call to the counter.
func (s *site) instructionRoutes() map[string]memberHandler {
	value := (*http.Request).PostFormValue
	return map[string]memberHandler{
		"POST /dossiers/{id}/prendre": s.geste("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste) error { return s.g.Prend(r.Context(), a, x) }),
		"POST /dossiers/{id}/attribuer": s.geste("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste) error {
			return s.g.Attribue(r.Context(), a, x, compte.PersonneID(value(r, "personne")))
		}),
		"POST /dossiers/{id}/transferer": s.geste("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste) error {
			return s.g.Transfere(r.Context(), a, x, value(r, "service"))
		}),
		"POST /dossiers/{id}/etiquettes": s.geste("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste) error {
			return s.g.Etiquette(r.Context(), a, x, value(r, "etiquettes"))
		}),
		"POST /dossiers/{id}/corrections": s.geste("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste) error {
			return s.g.DemandeCorrections(r.Context(), a, x, guichet.DemandeCorrection{Demandes: demandes(r), Pour: value(r, "pour")})
		}),
		"POST /dossiers/{id}/corrections/envoi": s.geste("histoire", func(r *http.Request, a compte.Acteur, x guichet.Geste) error {
			return s.g.EnvoieCorrections(r.Context(), a, x)
		}),
		"POST /dossiers/{id}/avis": s.geste("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste) error {
			return s.g.DemandeAvis(r.Context(), a, x, guichet.DemandeAvis{Services: r.PostForm["services"], Question: value(r, "question"), Pour: value(r, "pour")})
		}),
		"POST /dossiers/{id}/avis-rendus": s.gesteFichier("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste, f *guichet.Fichier) error {
			return s.g.RendAvis(r.Context(), a, x, guichet.AvisRendu{ID: value(r, "avis"), Sens: value(r, "sens"), Texte: value(r, "texte"), Fichier: f})
		}),
		"POST /dossiers/{id}/proposition": s.geste("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste) error {
			return s.g.Propose(r.Context(), a, x, value(r, "proposition"), value(r, "montant"))
		}),
		"POST /dossiers/{id}/visa": s.geste("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste) error { return s.g.Vise(r.Context(), a, x) }),
		"POST /dossiers/{id}/messages": s.gesteFichier("messages", func(r *http.Request, a compte.Acteur, x guichet.Geste, f *guichet.Fichier) error {
			return s.g.Ecrit(r.Context(), a, x, guichet.NouveauMessage{Genre: dossier.Echange, Texte: value(r, "message"), Fichier: f})
		}),
		"POST /dossiers/{id}/notes": s.gesteFichier("instruction", func(r *http.Request, a compte.Acteur, x guichet.Geste, f *guichet.Fichier) error {
			return s.g.Ecrit(r.Context(), a, x, guichet.NouveauMessage{Genre: dossier.Note, Texte: value(r, "note"), Fichier: f})
		}),
		"POST /dossiers/{id}/ailleurs": s.gesteFichier("histoire", func(r *http.Request, a compte.Acteur, x guichet.Geste, f *guichet.Fichier) error {
			act := guichet.Acte{Dossier: x.Dossier, Acte: value(r, "acte"), Cle: x.Cle, Motif: x.Motif, Montant: value(r, "montant")}
			return s.g.DecideAilleurs(r.Context(), a, guichet.DecisionAilleurs{Acte: act, Auteur: value(r, "auteur"), Le: value(r, "le"), Fichier: f})
		}),
		"GET /dossiers/{id}/decision/{acte}":  s.decision,
		"POST /dossiers/{id}/decision/{acte}": s.decider,
		"GET /dossiers/{id}/lettres/{numero}": s.lettre,
		"POST /bureau/lots":                   s.creerLot,
		"GET /bureau/lots/{id}":               s.lot,
	}
}

// wish is what the name of a field that asks for a correction begins with.
const wish = "demande."

// demandes reads what the service asks to change, by key.
func demandes(r *http.Request) map[string]string {
	out := make(map[string]string)
	for name := range r.PostForm {
		if key, ok := strings.CutPrefix(name, wish); ok {
			out[key] = r.PostForm.Get(name)
		}
	}
	return out
}

// creerLot answers POST /bureau/lots.
func (s *site) creerLot(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	if err := r.ParseForm(); err != nil {
		return errBody
	}
	n := guichet.NouveauLot{Cle: r.PostForm.Get("cle"), Acte: r.PostForm.Get("acte"), Texte: r.PostForm.Get("etiquettes")}
	for _, id := range r.PostForm["dossiers"] {
		n.Dossiers = append(n.Dossiers, dossier.ID(id))
	}
	id, err := s.g.CreeLot(r.Context(), a, n)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/bureau/lots/"+id, http.StatusSeeOther)
	return nil
}

// lot answers /bureau/lots/{id} : what is done, what is refused and why, what
// waits.
func (s *site) lot(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	v, err := s.g.Lot(r.Context(), a, r.PathValue("id"))
	if err != nil {
		return err
	}
	l := s.memberLayout(r, a, "Traitement par lot : "+v.Libelle)
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title), progress(v.Lot), batchTable(v.Lot)}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}
