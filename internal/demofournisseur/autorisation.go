package demofournisseur

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"guichet/internal/fault"
)

const (
	maxEnvoi     = 16 << 10 // bytes of a form
	maxParametre = 1024     // bytes of a parameter
	minimumAlea  = 32       // characters of state and nonce, as the real ones ask
)

// parametres are the only ones accepted, as the real providers do.
var parametres = []string{"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values", "claims", "code_challenge", "code_challenge_method"}

// A demande is a verified authorization request.
type demande struct {
	client  Client
	portees []string
	nonce   string
	defi    string // of PKCE, or empty

	brute url.Values
}

// lireDemande verifies a request. The error is a fault.Invalid that says to
// the developer what to correct.
func (f *Fournisseur) lireDemande(q url.Values) (demande, error) {
	for nom, valeurs := range q {
		if !slices.Contains(parametres, nom) || len(valeurs) != 1 || len(valeurs[0]) > maxParametre {
			return demande{}, fault.New(fault.Invalid, "Le paramètre « %.40s » est inconnu, répété ou trop long.", nom)
		}
	}
	c, ok := f.client(q.Get("client_id"))
	defi, methode := q.Get("code_challenge"), q.Get("code_challenge_method")
	d := demande{client: c, portees: strings.Fields(q.Get("scope")), nonce: q.Get("nonce"), defi: defi, brute: q}
	switch {
	case !ok:
		return demande{}, fault.New(fault.Invalid, "Le site qui demande la connexion est inconnu : vérifiez client_id.")
	case q.Get("redirect_uri") != c.Retour:
		return demande{}, fault.New(fault.Invalid, "L’adresse de retour n’est pas celle qui est déclarée : vérifiez redirect_uri.")
	case q.Get("response_type") != "code":
		return demande{}, fault.New(fault.Invalid, "Seul response_type=code est accepté.")
	case !slices.Contains(d.portees, "openid"):
		return demande{}, fault.New(fault.Invalid, "La portée openid est obligatoire.")
	case len(q.Get("state")) < minimumAlea || len(d.nonce) < minimumAlea:
		return demande{}, fault.New(fault.Invalid, "Les paramètres state et nonce doivent compter au moins %d caractères.", minimumAlea)
	case defi != "" && methode != "S256" || defi == "" && methode != "":
		return demande{}, fault.New(fault.Invalid, "Seule la preuve S256 est acceptée.")
	}
	return d, nil
}

// montrer shows the persons.
func (f *Fournisseur) montrer(w http.ResponseWriter, r *http.Request) {
	d, err := f.lireDemande(r.URL.Query())
	if err != nil {
		f.refuser(w, err)
		return
	}
	w.Header().Set("Content-Security-Policy", politique("'self' "+d.origine()))
	f.page(w, http.StatusOK, f.choix(d))
}

// choisir sends the browser back with a code, or with a refusal.
func (f *Fournisseur) choisir(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		f.refuser(w, fault.New(fault.Invalid, "Le formulaire est illisible.").Because(err))
		return
	}
	sub := r.PostForm.Get("sub")
	r.PostForm.Del("sub")
	d, err := f.lireDemande(r.PostForm)
	if err != nil {
		f.refuser(w, err)
		return
	}
	adresse, err := f.reponse(d, sub)
	if err != nil {
		f.refuser(w, err)
		return
	}
	w.Header().Set("Content-Security-Policy", politique("'self' "+d.origine()))
	http.Redirect(w, r, adresse, http.StatusSeeOther)
}

// reponse is where the browser goes: with a code for the person sub, or, when
// nobody is chosen, with a refusal.
func (f *Fournisseur) reponse(d demande, sub string) (string, error) {
	q := url.Values{"state": {d.brute.Get("state")}, "iss": {f.reglages.Emetteur}}
	if sub == "" {
		q.Set("error", "access_denied")
		return avec(d.client.Retour, q)
	}
	p, ok := f.personne(sub)
	if !ok {
		return "", fault.New(fault.Invalid, "Cette personne n’existe pas : choisissez-en une de la liste.")
	}
	code, err := f.garder(f.codes, octroi{demande: d, personne: p}, dureeCode)
	if err != nil {
		return "", err
	}
	q.Set("code", code)
	return avec(d.client.Retour, q)
}

// origine is the site that the form may lead to.
func (d demande) origine() string {
	u, err := url.Parse(d.client.Retour)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// avec adds parameters to an address.
func avec(adresse string, q url.Values) (string, error) {
	u, err := url.Parse(adresse)
	if err != nil {
		return "", fmt.Errorf("demofournisseur: %w", err)
	}
	all := u.Query()
	for nom, valeurs := range q {
		all[nom] = valeurs
	}
	u.RawQuery = all.Encode()
	return u.String(), nil
}

// quitter ends a session that this provider never kept, and sends the browser
// back to the address that the client declared.
func (f *Fournisseur) quitter(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	c, err := f.clientDe(q.Get("id_token_hint"))
	if err == nil && q.Get("post_logout_redirect_uri") != c.ApresDeconnexion {
		err = fault.New(fault.Invalid, "L’adresse de retour n’est pas celle qui est déclarée : vérifiez post_logout_redirect_uri.")
	}
	if err == nil && len(q.Get("state")) < minimumAlea {
		err = fault.New(fault.Invalid, "Le paramètre state doit compter au moins %d caractères.", minimumAlea)
	}
	if err != nil {
		f.refuser(w, err)
		return
	}
	adresse, err := avec(c.ApresDeconnexion, url.Values{"state": {q.Get("state")}})
	if err != nil {
		f.refuser(w, err)
		return
	}
	http.Redirect(w, r, adresse, http.StatusSeeOther)
}
