// Package demofournisseur is an identity provider for demonstrations: it
// shows ready persons instead of asking for a password, so it only exists on
// the machine where it runs. It speaks enough of OpenID Connect to let the
// real client of guichet in, and refuses what the real providers refuse.
//
// It knows no account of guichet.
package demofournisseur

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"guichet/internal/fault"
)

// A Personne is ready to come in. Titre says what they are: "maire d’une
// commune de 900 habitants".
type Personne struct {
	Sub      string
	Prenoms  string
	Nom      string
	Courriel string
	Siret    string // empty for a resident
	Acr      string
	Titre    string
}

// A Client is a site that may ask who a person is.
type Client struct {
	Id               string
	Secret           string
	Retour           string // exact
	ApresDeconnexion string // exact
}

// Reglages describe one provider. Alea makes its codes and tokens.
type Reglages struct {
	Emetteur  string // http://127.0.0.1:8080/demonstration/proconnect
	Imite     string // whom it stands for: "ProConnect"
	Personnes []Personne
	Clients   []Client
	Now       func() time.Time
	Alea      io.Reader
}

// A Fournisseur answers at the addresses below Emetteur. It is safe for
// concurrent use, and forgets everything when it stops.
type Fournisseur struct {
	reglages Reglages
	origine  *url.URL
	cle      jose.JSONWebKey
	signeur  jose.Signer
	routes   *http.ServeMux

	mu     sync.Mutex
	codes  map[string]octroi
	jetons map[string]octroi
}

// New returns a provider with a new key. The error is a fault.Invalid when
// Emetteur is not on this machine, or when a person or a client is not whole.
func New(r Reglages) (*Fournisseur, error) {
	origine, err := url.Parse(r.Emetteur)
	if err != nil || origine.Scheme != "http" || !local(origine.Hostname()) || origine.RawQuery != "" || origine.Fragment != "" || origine.User != nil {
		return nil, fault.New(fault.Invalid, "Le fournisseur d’identité de démonstration n’existe que sur la machine elle-même : "+
			"son adresse doit commencer par http://127.0.0.1, http://[::1] ou http://localhost, pas par « %s ».", r.Emetteur).Because(err)
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	prive, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("demofournisseur: key: %w", err)
	}
	f := &Fournisseur{reglages: r, origine: origine, routes: http.NewServeMux(), codes: map[string]octroi{}, jetons: map[string]octroi{}}
	f.cle = jose.JSONWebKey{Key: prive.Public(), KeyID: "demonstration", Algorithm: string(jose.ES256), Use: "sig"}
	f.signeur, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: prive, KeyID: f.cle.KeyID}}, nil)
	if err != nil {
		return nil, fmt.Errorf("demofournisseur: signer: %w", err)
	}
	f.route()
	return f, nil
}

func (r Reglages) check() error {
	subs := map[string]bool{}
	for _, p := range r.Personnes {
		if p.Sub == "" || p.Nom == "" || p.Titre == "" || subs[p.Sub] {
			return fault.New(fault.Invalid, "La personne de démonstration « %s » doit avoir un identifiant à elle seule, un nom et un titre.", p.Sub)
		}
		subs[p.Sub] = true
	}
	for _, c := range r.Clients {
		if c.Id == "" || c.Secret == "" || c.Retour == "" || c.ApresDeconnexion == "" {
			return fault.New(fault.Invalid, "Le client de démonstration « %s » doit avoir un identifiant, un secret et deux adresses de retour.", c.Id)
		}
	}
	return nil
}

// route is the map of the provider.
func (f *Fournisseur) route() {
	base := strings.TrimSuffix(f.origine.Path, "/")
	for route, h := range map[string]http.HandlerFunc{
		"GET /.well-known/openid-configuration": f.annuaire,
		"GET /jwks":                             f.jwks,
		"GET /authorize":                        f.montrer,
		"POST /authorize":                       f.choisir,
		"POST /token":                           f.echanger,
		"GET /userinfo":                         f.userinfo,
		"GET /logout":                           f.quitter,
		"GET /style.css":                        f.style,
		" /":                                    f.perdu,
	} {
		methode, chemin, _ := strings.Cut(route, " ")
		f.routes.HandleFunc(strings.TrimSpace(methode+" "+base+chemin), h)
	}
}

// ServeHTTP answers this machine only, under the name of Emetteur only.
func (f *Fournisseur) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "same-origin")
	w.Header().Set("Content-Security-Policy", politique("'self'"))
	ici, err := netip.ParseAddrPort(r.RemoteAddr)
	switch {
	case err != nil || !ici.Addr().IsLoopback():
		f.erreur(w, http.StatusForbidden, "Le fournisseur d’identité de démonstration ne répond qu’à la machine où il tourne.")
	case r.Host != f.origine.Host:
		f.erreur(w, http.StatusMisdirectedRequest, "Cette adresse n’est pas celle du fournisseur d’identité de démonstration.")
	default:
		r.Body = http.MaxBytesReader(w, r.Body, maxEnvoi)
		f.routes.ServeHTTP(w, r)
	}
}

// local reports whether hote is this machine.
func local(hote string) bool {
	ip, err := netip.ParseAddr(hote)
	return hote == "localhost" || err == nil && ip.IsLoopback()
}

// url is the address of one of the provider's pages.
func (f *Fournisseur) url(chemin string) string {
	return strings.TrimSuffix(f.reglages.Emetteur, "/") + chemin
}

func (f *Fournisseur) client(id string) (Client, bool) {
	i := slices.IndexFunc(f.reglages.Clients, func(c Client) bool { return c.Id == id })
	if i < 0 {
		return Client{}, false
	}
	return f.reglages.Clients[i], true
}

func (f *Fournisseur) personne(sub string) (Personne, bool) {
	i := slices.IndexFunc(f.reglages.Personnes, func(p Personne) bool { return p.Sub == sub })
	if i < 0 {
		return Personne{}, false
	}
	return f.reglages.Personnes[i], true
}

// An octroi is what a person agreed to: behind a code, then behind a token.
type octroi struct {
	demande  demande
	personne Personne
	finLe    time.Time
}

// garder puts o behind a new random name, in codes or in jetons, for a while.
// What is over is forgotten first.
func (f *Fournisseur) garder(dans map[string]octroi, o octroi, duree time.Duration) (string, error) {
	b := make([]byte, 32)
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := io.ReadFull(f.reglages.Alea, b); err != nil {
		return "", fmt.Errorf("demofournisseur: random: %w", err)
	}
	now := f.reglages.Now()
	for nom, vieux := range dans {
		if !now.Before(vieux.finLe) {
			delete(dans, nom)
		}
	}
	if len(dans) >= maxOctrois {
		return "", fault.New(fault.Unavailable, "Trop de connexions sont en cours : réessayez dans une minute.")
	}
	nom := base64.RawURLEncoding.EncodeToString(b)
	o.finLe = now.Add(duree)
	dans[nom] = o
	return nom, nil
}

// prendre returns what is behind nom, once.
func (f *Fournisseur) prendre(dans map[string]octroi, nom string) (octroi, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o, ok := dans[nom]
	delete(dans, nom)
	return o, ok && f.reglages.Now().Before(o.finLe)
}
