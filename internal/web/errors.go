package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/web/ui"
)

// A refusal is an error of the request itself, before it reaches the counter.
type refusal struct {
	status         int
	title, message string
}

func (e *refusal) Error() string { return e.title }

var (
	errPage = &refusal{http.StatusNotFound, "Page introuvable",
		"Cette page n’existe pas ou n’existe plus. Vérifiez l’adresse, ou cherchez un territoire ou un dispositif."}
	errMethod = &refusal{http.StatusMethodNotAllowed, "Action impossible",
		"Cette page se consulte seulement : rien ne peut lui être envoyé. Revenez à la page et utilisez ses formulaires."}
	errTooLong = &refusal{http.StatusRequestURITooLong, "Adresse trop longue",
		"L’adresse demandée est trop longue : raccourcissez la recherche ou les réponses données."}
	errBody = &refusal{http.StatusRequestEntityTooLarge, "Envoi trop lourd",
		"Le contenu envoyé est trop lourd pour cette page."}
	errOrigin = &refusal{http.StatusForbidden, "Envoi refusé",
		"Cet envoi vient d’un autre site : par prudence, il n’est pas pris en compte. Revenez à la page de guichet et recommencez."}
	errEncoding = &refusal{http.StatusBadRequest, "Texte illisible",
		"L’adresse contient des caractères illisibles. Écrivez de nouveau votre recherche."}
)

var statuses = map[fault.Kind]struct {
	status int
	title  string
}{
	fault.Invalid:     {http.StatusUnprocessableEntity, "Demande incorrecte"},
	fault.Forbidden:   {http.StatusForbidden, "Accès refusé"},
	fault.NotFound:    {http.StatusNotFound, "Introuvable"},
	fault.Conflict:    {http.StatusConflict, "Action impossible"},
	fault.Closed:      {http.StatusGone, "Fermé"},
	fault.TooLarge:    {http.StatusRequestEntityTooLarge, "Trop volumineux"},
	fault.Unavailable: {http.StatusServiceUnavailable, "Momentanément indisponible"},
}

// refused says how an error is told: what the person did, or nil for an
// incident.
func refused(err error) *refusal {
	var own *refusal
	if errors.As(err, &own) {
		return own
	}
	f := fault.Of(err)
	if s, ok := statuses[f.Kind]; ok {
		return &refusal{s.status, s.title, f.Message}
	}
	return nil
}

// fail answers with the page of an error. Only an incident is logged; its
// detail is never shown.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if seen, ok := w.(*recorder); ok && seen.begun {
		s.log.ErrorContext(r.Context(), "réponse interrompue", slog.String("id", idOf(r.Context())), slog.Any("erreur", err))
		return
	}
	e := refused(err)
	var body ui.Nodes
	if e == nil {
		id := idOf(r.Context())
		s.log.ErrorContext(r.Context(), "incident", slog.String("id", id), slog.Any("erreur", err))
		e = &refusal{http.StatusInternalServerError, "Un incident est survenu",
			"Le site n’a pas pu répondre. Réessayez dans quelques minutes ; si cela continue, donnez ce numéro au service."}
		body = ui.Nodes{ui.P(ui.T("Numéro d’incident : "), ui.Code(id))}
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		problem(w, r, e)
		return
	}
	s.write(w, r, e.status, s.errorPage(r, e, body))
}

// problem answers a program: the same refusal, without a page.
func problem(w http.ResponseWriter, r *http.Request, e *refusal) {
	body, err := json.Marshal(map[string]any{"title": e.title, "status": e.status, "detail": e.message, "instance": idOf(r.Context())})
	if err != nil {
		body = []byte("{}")
	}
	refuse(w, r, e.status, "application/problem+json", body)
}

// errorPage says what is wrong and offers a way on.
func (s *site) errorPage(r *http.Request, e *refusal, body ui.Nodes) ui.Layout {
	l := s.layout(r, s.context(r), nowhere)
	l.Title = e.title
	l.Body = ui.Nodes{
		ui.Heading(1, "", e.title),
		ui.Lead(ui.T(e.message)),
		body,
		ui.SearchBox{ID: "recherche", Label: "Chercher une commune ou une intercommunalité", Action: ui.Path("/recherche"), Suggest: ui.Path("/suggestions"), Button: "Chercher"},
		ui.P(ui.Link{Text: "Retour à l’accueil", To: ui.Path("/")}, ui.T(" · "), ui.Link{Text: "Tous les dispositifs", To: ui.Path("/dispositifs")}),
	}
	l.Search = nil
	return l
}
