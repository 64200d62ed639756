package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/oidc"
	"guichet/internal/web/ui"
)

// A Fournisseur is a provider that a person may come in with.
type Fournisseur interface {
	Nom() string   // in the addresses
	Titre() string // as a person reads it
	Depart(context.Context) (oidc.Depart, error)
	Retour(context.Context, oidc.Attente, url.Values) (oidc.Identite, error)
	Deconnexion(ctx context.Context, jetonID, state string) (string, error)
}

// An enCours is a login under way, and where it leads.
type enCours struct {
	Attente oidc.Attente `json:"attente"`
	Vers    string       `json:"vers"`
}

// attente is the cookie that ties a login to the browser that began it.
const attente = "connexion"

// connexion answers /connexion : the providers. A login comes back to the
// public address: it must begin there.
func (s *site) connexion(w http.ResponseWriter, r *http.Request) error {
	if u, err := url.Parse(s.options.Adresse); err == nil && u.Host != "" && u.Host != r.Host {
		http.Redirect(w, r, s.options.Adresse+r.URL.RequestURI(), http.StatusSeeOther)
		return nil
	}
	l := s.layout(r, s.g.Contexte(0), nowhere)
	l.Title = "Se connecter"
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: ui.Path("/")}, {Text: l.Title}}
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title)}
	if len(s.options.Fournisseurs) == 0 {
		l.Body = append(l.Body, ui.Lead(ui.T("Cette instance n’a pas encore de fournisseur d’identité : seules les pages publiques sont ouvertes.")))
	} else {
		l.Body = append(l.Body, ui.Lead(ui.T("Connectez-vous pour préparer un dossier, le déposer, ou instruire ceux de votre service. guichet ne garde aucun mot de passe.")))
	}
	for _, f := range s.options.Fournisseurs {
		l.Body = append(l.Body, ui.Post{Name: f.Titre(), Action: ui.Path("/connexion/" + f.Nom()), Submit: "Se connecter avec " + f.Titre(),
			Hidden: url.Values{"vers": {back(r.URL.Query().Get("vers"))}}})
	}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

func (s *site) fournisseur(nom string) (Fournisseur, error) {
	i := slices.IndexFunc(s.options.Fournisseurs, func(f Fournisseur) bool { return f.Nom() == nom })
	if i < 0 {
		return nil, errPage
	}
	return s.options.Fournisseurs[i], nil
}

// depart answers POST /connexion/{fournisseur} : it sends the browser to the
// provider.
func (s *site) depart(w http.ResponseWriter, r *http.Request) error {
	f, err := s.fournisseur(r.PathValue("fournisseur"))
	if err != nil {
		return err
	}
	d, err := f.Depart(r.Context())
	if err != nil {
		return err
	}
	text, err := json.Marshal(enCours{d.Attente, back(r.PostFormValue("vers"))})
	if err != nil {
		return err
	}
	secret, err := s.g.Attend(r.Context(), string(text))
	if err != nil {
		return err
	}
	s.setCookie(w, s.prefixed(attente), secret)
	s.leave(w, r, f.Titre(), d.URL)
	return nil
}

// leave sends the browser to the provider by a page of its own: a redirection
// of a form to another site is what the policy of our pages forbids.
func (s *site) leave(w http.ResponseWriter, r *http.Request, name, target string) {
	to := ui.Web(target)
	if u, err := url.Parse(target); err == nil && strings.HasPrefix(target, s.options.Adresse+"/") { // the demonstration is its own provider
		to = ui.Path(u.Path).With(u.Query())
	}
	l := s.layout(r, s.g.Contexte(0), nowhere)
	l.Title = "Vers " + name
	l.Body = ui.Nodes{ui.Heading(1, "", l.Title), ui.P(ui.T("Vous allez être conduit chez " + name + ".")),
		ui.Acts(ui.Button{Link: ui.Link{Text: "Continuer vers " + name, To: to}})}
	w.Header().Set("Refresh", "0; url="+target)
	s.writePrivate(w, r, http.StatusOK, l)
}

// prefixed is the name of a cookie as the address of the site allows it.
func (s *site) prefixed(name string) string {
	if s.options.secure() {
		return "__Host-" + name
	}
	return name
}

// retour answers the provider: the person comes in with a new secret.
func (s *site) retour(w http.ResponseWriter, r *http.Request) error {
	f, err := s.fournisseur(r.PathValue("fournisseur"))
	if err != nil {
		return err
	}
	pending, err := s.reprend(w, r)
	if err != nil {
		return err
	}
	i, err := f.Retour(r.Context(), pending.Attente, r.URL.Query())
	if err != nil {
		return err
	}
	secret, err := s.g.Connecte(r.Context(), guichet.Identite{Ancienne: s.held(r), Fournisseur: f.Nom(), Emetteur: i.Emetteur, Sub: i.Sub, Prenoms: i.Prenoms, Nom: i.Nom,
		Courriel: i.Courriel, Siret: i.Siret, Niveau: niveau(i), JetonID: i.JetonId, Appareil: r.UserAgent()})
	if err != nil {
		return err
	}
	s.setCookie(w, s.cookie(), secret)
	http.Redirect(w, r, pending.Vers, http.StatusSeeOther)
	return nil
}

// reprend takes back the login that this browser began, once.
func (s *site) reprend(w http.ResponseWriter, r *http.Request) (e enCours, err error) {
	lost := fault.New(fault.Forbidden, "Cette connexion n’a pas commencé dans ce navigateur, ou a déjà servi : recommencez depuis la page de connexion.")
	c, err := r.Cookie(s.prefixed(attente))
	if err != nil {
		return e, lost
	}
	s.setCookie(w, s.prefixed(attente), "")
	text, err := s.g.Reprend(r.Context(), c.Value)
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		return e, lost.Because(err)
	} else if err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(text), &e)
}

// forts are the acr that promise a second factor. The table « niveaux-acr » of
// the ProConnect documentation gives eidas0-mfa and eidas1-mfa (a factor that
// the person manages), eidas2 and eidas3 (one that the organisation does);
// eidas0 and eidas1 are a password. FranceConnect gives eidas2 and eidas3 the
// same meaning. The two addresses are the names that ProConnect gave before to
// eidas0-mfa and eidas1-mfa.
var forts = []string{"eidas0-mfa", "eidas1-mfa", "eidas2", "eidas3",
	"https://proconnect.gouv.fr/assurance/self-asserted-2fa", "https://proconnect.gouv.fr/assurance/consistency-checked-2fa"}

// niveau is how well the provider knows the person: a second factor counts.
func niveau(i oidc.Identite) compte.Niveau {
	if slices.Contains(i.Amr, "mfa") || slices.Contains(forts, i.Acr) {
		return compte.Fort
	}
	return compte.Simple
}

// deconnexion answers POST /deconnexion : the session ends here, then at the
// provider.
func (s *site) deconnexion(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	name, token, err := s.g.FinitSession(r.Context(), a, a.Session)
	if err != nil {
		return err
	}
	s.setCookie(w, s.cookie(), "")
	if f, err := s.fournisseur(name); err == nil && token != "" {
		if out, err := f.Deconnexion(r.Context(), token, rand.Text()+rand.Text()); err == nil {
			s.leave(w, r, f.Titre(), out)
			return nil
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// compte answers /compte : who the person is, what they may do, where they are
// signed in.
func (s *site) compte(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	sessions, err := s.g.Sessions(r.Context(), a)
	if err != nil {
		return err
	}
	var roles, devices []ui.Node
	for _, h := range a.Habilitations {
		roles = append(roles, ui.T(s.g.Role(h)))
	}
	if len(roles) == 0 {
		roles = append(roles, ui.T("Aucun pour l’instant : la préfecture valide les mandats."))
	}
	for _, x := range sessions {
		text := jour.DeTemps(x.VueLe).Long() + ", " + jour.Heure(x.VueLe) + " — " + x.Appareil
		label := "Finir cette session"
		if x.Empreinte == a.Session {
			text, label = "Celle-ci. "+text, "Me déconnecter de cet appareil"
		}
		devices = append(devices, ui.Nodes{ui.T(text), ui.Post{Action: ui.Path("/compte/sessions/finir"), Hidden: url.Values{"session": {x.Empreinte}}, Submit: label, Tone: ui.Quiet}})
	}
	l := s.memberLayout(r, a, "Mon compte")
	l.Body = ui.Nodes{ui.Heading(1, "", a.Personne.NomComplet()), accountName(a.Personne),
		ui.Section{ID: "roles", Title: "Mes rôles", Body: ui.Nodes{ui.List(roles...), ui.P(ui.Link{Text: "Qui peut quoi", To: ui.Path("/droits")})}},
		ui.List(ui.Link{Text: "Mes courriels, et lesquels recevoir", To: ui.Path("/compte/courriels")}, ui.Link{Text: "Suivre mes échéances dans mon agenda", To: ui.Path("/compte/agendas")}),
		ui.Section{ID: "sessions", Title: "Où je suis connecté", Body: ui.Nodes{ui.Plain(devices...)}},
		ui.Post{Name: "Se déconnecter", Action: ui.Path("/deconnexion"), Submit: "Se déconnecter"}}
	s.writePrivate(w, r, http.StatusOK, l)
	return nil
}

// finirSession answers POST /compte/sessions/finir.
func (s *site) finirSession(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	if _, _, err := s.g.FinitSession(r.Context(), a, r.PostFormValue("session")); err != nil {
		return err
	}
	http.Redirect(w, r, "/compte", http.StatusSeeOther)
	return nil
}
