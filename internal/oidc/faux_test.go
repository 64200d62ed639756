package oidc_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"guichet/internal/oidc"
)

// midi is when every test happens, unless it says otherwise.
var midi = time.Date(2026, time.March, 2, 11, 0, 0, 0, time.UTC)

const (
	clientId = "guichet-13"
	motDe    = "un-secret-tres-long"
)

type claims = map[string]any

// Keys are slow to make: the tests share them.
var (
	cleEs   = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	autreEs = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	cleRs   = must(rsa.GenerateKey(rand.Reader, 2048))
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A faux is a provider over real HTTP that behaves well until a test spoils
// one of its answers.
type faux struct {
	*httptest.Server
	mu                    sync.Mutex
	codes                 map[string]url.Values   // what the authorize request of each code said
	lus                   map[string]int          // requests by path
	place                 map[string]http.Handler // answers of the test instead of ours
	cles                  []jose.JSONWebKey       // published
	signe                 func(claims) string     // signs an id_token
	scelle                func(claims) string     // signs a userinfo
	annuaire, jeton, info func(claims)            // spoil what is published, signed

	sansPkce bool         // forgets the proof key
	volees   atomic.Int32 // requests that followed a redirection elsewhere
}

func signeur(alg jose.SignatureAlgorithm, key any, kid string) func(claims) string {
	return func(c claims) string {
		s := must(jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil))
		return must(must(s.Sign(must(json.Marshal(c)))).CompactSerialize())
	}
}

func publie(key crypto.PublicKey, kid string) jose.JSONWebKey {
	return jose.JSONWebKey{Key: key, KeyID: kid, Use: "sig"}
}

func nouveauFaux(t *testing.T) *faux {
	rien := func(claims) {}
	p := &faux{codes: map[string]url.Values{}, lus: map[string]int{}, place: map[string]http.Handler{},
		cles:  []jose.JSONWebKey{publie(cleEs.Public(), "es-1"), publie(cleRs.Public(), "rs-1")},
		signe: signeur(jose.ES256, cleEs, "es-1"), scelle: signeur(jose.ES256, cleEs, "es-1"),
		annuaire: rien, jeton: rien, info: rien}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *faux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.lus[r.URL.Path]++
	h := p.place[r.URL.Path]
	p.mu.Unlock()
	switch {
	case h != nil:
		h.ServeHTTP(w, r)
	case r.URL.Path == "/.well-known/openid-configuration":
		c := claims{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"userinfo_endpoint": p.URL + "/userinfo", "jwks_uri": p.URL + "/jwks", "end_session_endpoint": p.URL + "/logout?theme=fr",
			"code_challenge_methods_supported": []string{"S256"}, "id_token_signing_alg_values_supported": []string{"ES256", "RS256"}}
		p.annuaire(c)
		repondre(w, c)
	case r.URL.Path == "/jwks":
		repondre(w, jose.JSONWebKeySet{Keys: p.cles})
	case r.URL.Path == "/token":
		p.token(w, r)
	case r.URL.Path == "/userinfo":
		p.userinfo(w, r)
	default:
		http.NotFound(w, r)
	}
}

func repondre(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	json.NewEncoder(w).Encode(v)
}

func refuser(w http.ResponseWriter, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(claims{"error": code})
}

// autorise is the browser at the provider: the person says yes.
func (p *faux) autorise(t *testing.T, depart string) url.Values {
	t.Helper()
	u, err := url.Parse(depart)
	if err != nil {
		t.Fatal(err)
	}
	code := rand.Text()
	p.codes[code] = u.Query()
	return url.Values{"code": {code}, "state": {u.Query().Get("state")}}
}

func (p *faux) token(w http.ResponseWriter, r *http.Request) {
	code := r.PostFormValue("code")
	demande, ok := p.codes[code]
	delete(p.codes, code)
	somme := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	defi := base64.RawURLEncoding.EncodeToString(somme[:])
	switch {
	case r.PostFormValue("client_id") != clientId || r.PostFormValue("client_secret") != motDe || r.Header.Get("Authorization") != "":
		refuser(w, "invalid_client")
		return
	case !ok || r.PostFormValue("redirect_uri") != demande.Get("redirect_uri") || r.PostFormValue("grant_type") != "authorization_code":
		refuser(w, "invalid_grant")
		return
	case !p.sansPkce && demande.Has("code_challenge") && demande.Get("code_challenge") != defi:
		refuser(w, "invalid_grant")
		return
	}
	acces := "acces-" + code
	c := claims{"iss": p.URL, "aud": clientId, "sub": "agent-1", "exp": midi.Unix() + 60, "iat": midi.Unix(),
		"nonce": demande.Get("nonce"), "acr": "eidas1", "amr": []string{"pwd", "mfa"}, "at_hash": hache(acces)}
	p.jeton(c)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	repondre(w, claims{"access_token": acces, "token_type": "Bearer", "expires_in": 60, "id_token": p.signe(c)})
}

func hache(acces string) string {
	somme := sha256.Sum256([]byte(acces))
	return base64.RawURLEncoding.EncodeToString(somme[:16])
}

func (p *faux) userinfo(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer acces-") {
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	w.Write([]byte(p.scelle(p.personne())))
}

func (p *faux) personne() claims {
	c := claims{"iss": p.URL, "aud": clientId, "sub": "agent-1", "given_name": "Jeanne Élise", "usual_name": "Martin",
		"email": "jeanne@exemple.fr", "siret": "21130055300016"}
	p.info(c)
	return c
}

// lectures is how often a path was asked.
func (p *faux) lectures(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lus[path]
}

func (p *faux) acces() oidc.Acces {
	return oidc.Acces{Emetteur: p.URL, Client: clientId, Secret: motDe,
		Retour: "https://guichet.exemple.fr/connexion/proconnect/retour", ApresDeconnexion: "https://guichet.exemple.fr/deconnecte"}
}

// reglages are those of ProConnect, with a proof key and a level.
func (p *faux) reglages() oidc.Reglages {
	r := oidc.ProConnect(p.acces())
	r.Pkce, r.AcrAcceptes = oidc.PkceSiOfferte, []string{"eidas1", "eidas2"}
	return r
}

// A scene is one login, as seen from guichet and from the browser.
type scene struct {
	t       *testing.T
	ctx     context.Context
	p       *faux
	heure   time.Time
	f       *oidc.Fournisseur
	depart  oidc.Depart
	attente oidc.Attente
	q       url.Values
}

// nouvelleScene has a provider that behaves well, and nothing begun.
func nouvelleScene(t *testing.T) *scene {
	s := &scene{t: t, ctx: t.Context(), p: nouveauFaux(t), heure: midi}
	s.regle(s.p.reglages())
	return s
}

func (s *scene) regle(r oidc.Reglages) {
	s.t.Helper()
	f, err := oidc.New(r, s.p.Client(), func() time.Time { return s.heure })
	if err != nil {
		s.t.Fatal(err)
	}
	s.f = f
}

// part begins a login and lets the person say yes.
func (s *scene) part() error {
	d, err := s.f.Depart(s.ctx)
	if err != nil {
		return err
	}
	s.depart, s.attente, s.q = d, d.Attente, s.p.autorise(s.t, d.URL)
	return nil
}

func (s *scene) revient() (oidc.Identite, error) {
	return s.f.Retour(s.ctx, s.attente, s.q)
}
