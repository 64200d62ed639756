// Package oidc lets a person come in with ProConnect or FranceConnect: two
// settings of one strict client of OpenID Connect. The library verifies the
// signature, the issuer, the audience and the expiry; everything else that a
// hostile provider or a stolen link could forge is verified here.
//
// It holds no session and knows no account: it turns the return of a browser
// into an Identite, or a fault. An identity is (Emetteur, Sub), never an
// e-mail address.
package oidc

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

const (
	dureeAttente = 10 * time.Minute // to type a password and a second factor
	dureeAppels  = 20 * time.Second // all the calls of one return, together
	longueurAlea = 32               // bytes of a state or a nonce: 43 characters
	minimumEtat  = 32               // characters, asked by the providers
)

// A Fournisseur is one identity provider. It is safe for concurrent use.
type Fournisseur struct {
	reglages Reglages
	client   *http.Client
	now      func() time.Time
	annuaire memoire[annuaire]
	cles     memoire[[]cle]
}

// New returns the provider described by r, reached with client, whose
// transport, proxy and shorter timeout are kept. It makes no call: the
// provider is discovered at its first use. The error is that of Check.
func New(r Reglages, client *http.Client, now func() time.Time) (*Fournisseur, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	return &Fournisseur{reglages: r, client: strict(client), now: now,
		annuaire: nouvelleMemoire[annuaire](), cles: nouvelleMemoire[[]cle]()}, nil
}

// Nom returns the name of the provider in the addresses.
func (f *Fournisseur) Nom() string { return f.reglages.Nom }

// Titre returns the name of the provider as a person reads it.
func (f *Fournisseur) Titre() string { return f.reglages.Titre }

// Format writes the name only: the settings hold a secret.
func (f *Fournisseur) Format(w fmt.State, _ rune) { fmt.Fprint(w, "oidc:", f.reglages.Nom) }

// An Attente is a login under way. The counter keeps it on its side, bound to
// the browser, and forgets it before it calls Retour: it serves once.
type Attente struct {
	Fournisseur  string    `json:"fournisseur"`
	State        string    `json:"state"`
	Nonce        string    `json:"nonce"`
	Verificateur string    `json:"verificateur,omitempty"` // of PKCE
	ExpireLe     time.Time `json:"expire_le"`
}

// A Depart is where to send the browser, and what to keep meanwhile.
type Depart struct {
	URL     string
	Attente Attente
}

// Depart begins a login that lasts ten minutes. The error is a
// fault.Unavailable when the provider does not answer, a fault.Forbidden when
// its answer cannot be trusted.
func (f *Fournisseur) Depart(ctx context.Context) (Depart, error) {
	ctx, cancel := context.WithTimeout(ctx, dureeAppels)
	defer cancel()
	a, err := f.decouvrir(ctx)
	if err != nil {
		return Depart{}, err
	}
	attente := Attente{Fournisseur: f.reglages.Nom, State: aleatoire(), Nonce: aleatoire(), ExpireLe: f.now().Add(dureeAttente)}
	options := []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("nonce", attente.Nonce)}
	if len(f.reglages.AcrDemandes) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(f.reglages.AcrDemandes, " ")))
	}
	if f.reglages.Demandes != "" {
		options = append(options, oauth2.SetAuthURLParam("claims", f.reglages.Demandes))
	}
	if f.reglages.Pkce == PkceSiOfferte && a.offreS256() {
		attente.Verificateur = aleatoire()
		options = append(options, oauth2.S256ChallengeOption(attente.Verificateur))
	}
	return Depart{f.oauth(a).AuthCodeURL(attente.State, options...), attente}, nil
}

// Deconnexion returns where to send the browser to leave the provider too:
// jetonId is Identite.JetonId, and state, of 32 characters or more, comes back
// with the browser. A provider that offers no logout gives ApresDeconnexion.
// The errors are those of Depart.
func (f *Fournisseur) Deconnexion(ctx context.Context, jetonId, state string) (string, error) {
	if jetonId == "" || len(state) < minimumEtat {
		return "", errors.New("oidc: a logout needs the id_token and a state of 32 characters")
	}
	a, err := f.decouvrir(ctx)
	if err != nil {
		return "", err
	}
	q := url.Values{"state": {state}}
	adresse := a.FinDeSession
	if adresse == "" {
		return avec(f.reglages.ApresDeconnexion, q)
	}
	q.Set("id_token_hint", jetonId)
	q.Set("post_logout_redirect_uri", f.reglages.ApresDeconnexion)
	return avec(adresse, q)
}

// avec adds parameters to an address.
func avec(adresse string, q url.Values) (string, error) {
	u, err := url.Parse(adresse)
	if err != nil {
		return "", fmt.Errorf("oidc: logout address: %w", err)
	}
	all := u.Query()
	for name, values := range q {
		all[name] = values
	}
	u.RawQuery = all.Encode()
	return u.String(), nil
}

// oauth is the half of the protocol that the oauth2 library speaks. The
// secret travels in the body.
func (f *Fournisseur) oauth(a annuaire) *oauth2.Config {
	return &oauth2.Config{ClientID: f.reglages.Client, ClientSecret: string(f.reglages.Secret),
		RedirectURL: f.reglages.Retour, Scopes: f.reglages.Portees,
		Endpoint: oauth2.Endpoint{AuthURL: a.Autorisation, TokenURL: a.Jeton, AuthStyle: oauth2.AuthStyleInParams}}
}

// aleatoire returns 43 random characters.
func aleatoire() string {
	b := make([]byte, longueurAlea)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
