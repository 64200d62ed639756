package web

import (
	"bytes"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/web/ui"
)

// A memberHandler answers somebody who signed in.
type memberHandler func(w http.ResponseWriter, r *http.Request, a compte.Acteur) error

// memberRoutes is the map of what asks to be signed in. What writes is a POST.
func (s *site) memberRoutes() map[string]memberHandler {
	routes := map[string]memberHandler{
		"GET /espace":                                s.espace,
		"GET /bureau":                                s.bureau,
		"GET /bureau/rappels":                        s.rappels,
		"GET /compte/agendas":                        s.agendas,
		"POST /compte/agendas":                       s.creerAgenda,
		"POST /compte/agendas/retirer":               s.retirerAgenda,
		"GET /bureau/dossiers":                       s.listeDossiers,
		"POST /bureau/vues":                          s.poserVue,
		"GET /bureau/vues/{id}":                      s.vue,
		"POST /bureau/vues/{id}/supprimer":           s.retirerVue,
		"GET /bureau/droits":                         s.agents,
		"POST /bureau/droits":                        s.accorderDroit,
		"POST /bureau/droits/{id}":                   s.trancherDroit,
		"POST /bureau/derogations":                   s.accorderDerogation,
		"POST /bureau/derogations/{id}/retirer":      s.retirerDerogation,
		"POST /espace/mandats":                       s.demanderMandat,
		"POST /bureau/mandats/{id}":                  s.trancherMandat,
		"GET /compte":                                s.compte,
		"GET /compte/courriels":                      s.courriels,
		"POST /compte/courriels":                     s.choisirCourriels,
		"GET /compte/courriels/{id}":                 s.courriel,
		"POST /compte/sessions/finir":                s.finirSession,
		"POST /deconnexion":                          s.deconnexion,
		"GET /deposer/{dispositif}":                  s.commencer,
		"POST /dossiers":                             s.creerDossier,
		"GET /dossiers/{id}":                         s.dossier,
		"POST /dossiers/{id}":                        s.enregistrer,
		"POST /dossiers/{id}/actes":                  s.agir,
		"POST /dossiers/{id}/pieces":                 s.joindre,
		"POST /dossiers/{id}/reprises":               s.reprendreReponses,
		"GET /dossiers/{id}/pieces/{piece}":          s.piece,
		"POST /dossiers/{id}/pieces/{piece}/retirer": s.retirerPiece,
	}
	maps.Copy(routes, s.instructionRoutes())
	maps.Copy(routes, s.organisationRoutes())
	return routes
}

// doorRoutes is the map of the way in.
func (s *site) doorRoutes() map[string]handler {
	return map[string]handler{
		"GET /connexion":                      s.connexion,
		"POST /connexion/{fournisseur}":       s.depart,
		"GET /connexion/{fournisseur}/retour": s.retour,
		"GET /courriels/arret":                s.arret,
		"POST /courriels/arret":               s.arreter,
		"GET /droits":                         s.droits,
		"GET /agenda/{secret}":                s.flux,
	}
}

// member asks the person to sign in, then lets them in.
func (s *site) member(h memberHandler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a, err := s.acteur(r)
		if err != nil {
			return err
		}
		if !a.Anonyme() {
			if err := readable(r); err != nil {
				return err
			}
			return h(w, r, a)
		}
		if r.Method == http.MethodGet {
			http.Redirect(w, r, ui.Path("/connexion", "vers", r.URL.RequestURI()).String(), http.StatusSeeOther)
			return nil
		}
		return fault.New(fault.Forbidden, "Votre session est finie : connectez-vous dans un autre onglet, revenez ici et envoyez de nouveau. Rien n’est perdu tant que cette page reste ouverte.")
	}
}

// readable refuses a form that is too long or holds what is not text: no
// handler and no database has to wonder. A form that sends a document is read
// as it comes.
func readable(r *http.Request) error {
	if r.Method == http.MethodGet || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return errBody
		}
		return errEncoding
	}
	for name, values := range r.PostForm {
		for _, text := range append(values, name) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return errEncoding
			}
		}
	}
	return nil
}

// cookie is the name of the session in the browser. The prefix makes browsers
// keep it to this host, in https only.
func (s *site) cookie() string {
	if s.options.secure() {
		return "__Host-session"
	}
	return "session"
}

func (s *site) acteur(r *http.Request) (compte.Acteur, error) {
	secret := s.held(r)
	if secret == "" {
		return compte.Acteur{}, nil
	}
	return s.g.Acteur(r.Context(), secret)
}

// held is the secret of the session that the browser sends, "" for none.
func (s *site) held(r *http.Request) string {
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie gives the browser a secret for the session, or takes it back.
func (s *site) setCookie(w http.ResponseWriter, name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: s.options.secure(), SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// writePrivate answers with a page that nobody may keep.
func (s *site) writePrivate(w http.ResponseWriter, r *http.Request, status int, l ui.Layout) {
	var b bytes.Buffer
	if err := l.Render(&b); err != nil {
		s.log.ErrorContext(r.Context(), "page", slog.String("id", idOf(r.Context())), slog.Any("erreur", err))
		http.Error(w, "Un incident est survenu. Numéro : "+idOf(r.Context()), http.StatusInternalServerError)
		return
	}
	refuse(w, r, status, "text/html; charset=utf-8", b.Bytes())
}

// memberLayout is what surrounds a page of somebody who signed in.
func (s *site) memberLayout(r *http.Request, a compte.Acteur, title string) ui.Layout {
	c := s.g.Contexte(0)
	l := s.layout(r, c, nowhere)
	l.Title, l.Script = title, s.assets.url("saisie.js")
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: title}}
	l.Nav = l.Nav[:len(l.Nav)-1] // « Mon espace », now in full
	if a.Porteur() || !a.Agent() {
		l.Nav = append(l.Nav, ui.Link{Text: "Mes dossiers", To: ui.Path("/espace"), Current: r.URL.Path == "/espace"})
	}
	if a.Agent() {
		l.Nav = append(l.Nav, ui.Link{Text: "Mon bureau", To: ui.Path("/bureau"), Current: r.URL.Path == "/bureau"})
	}
	l.Nav = append(l.Nav, ui.Link{Text: "Mon compte", To: ui.Path("/compte"), Current: r.URL.Path == "/compte"})
	l.Banner = ui.Banner{Name: "Qui est connecté", Text: "Connecté : " + a.Personne.NomComplet(), Demo: c.Demonstration}
	return l
}

// back is the address inside the site to which a login leads; by default, the
// first page of who signed in.
func back(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || strings.Contains(text, "\\") {
		return "/espace"
	}
	return text
}
