package oidc_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	bibliotheque "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"

	"guichet/internal/fault"
	"guichet/internal/oidc"
)

// A piege is what a hostile provider, or somebody between it and guichet,
// does to one login.
type piege struct {
	nom    string
	avant  func(*scene) // spoils the provider
	apres  func(*scene) // spoils what the browser brings back
	genre  fault.Kind
	phrase string // part of what the person reads
}

const (
	nonVerifiee  = "n’a pas pu être vérifiée"
	reessayez    = "Réessayez dans quelques minutes"
	interrompue  = "interrompue ou refusée"
	tropTard     = "plus de dix minutes"
	plusSure     = "plus sûre"
	siteInconnu  = "ne reconnaît pas ce site"
	autreSite    = "https://autre.exemple.fr"
	longSecretRs = 1024
)

func jeton(change func(claims)) func(*scene) { return func(s *scene) { s.p.jeton = change } }
func info(change func(claims)) func(*scene)  { return func(s *scene) { s.p.info = change } }
func annuaire(change func(claims)) func(*scene) {
	return func(s *scene) { s.p.annuaire = change }
}
func retour(change func(url.Values)) func(*scene) { return func(s *scene) { change(s.q) } }

// place answers path instead of the provider.
func place(path string, h http.HandlerFunc) func(*scene) {
	return func(s *scene) { s.p.place[path] = h }
}

func statut(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, strings.Repeat("détail ", 200), code) }
}

func corps(media, texte string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.Write([]byte(texte))
	}
}

func sansSignature(c claims) string {
	b := base64.RawURLEncoding.EncodeToString
	return b([]byte(`{"alg":"none"}`)) + "." + b(must(json.Marshal(c))) + "."
}

// voleur is a host that counts what it is sent.
func voleur(s *scene, path string) {
	autre := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		s.p.volees.Add(1)
	}))
	s.t.Cleanup(autre.Close)
	s.p.place[path] = http.RedirectHandler(autre.URL, http.StatusTemporaryRedirect)
}

var pieges = []piege{
	{"the id_token has the nonce of another login", jeton(func(c claims) { c["nonce"] = "de-quelqu-un-d-autre-de-quelqu-un-d-autre" }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token has no nonce", jeton(func(c claims) { c["nonce"] = nil }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token was asked by another client", jeton(func(c claims) { c["azp"] = "autre" }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token is for another client", jeton(func(c claims) { c["aud"] = "autre" }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token is for us and for another", jeton(func(c claims) { c["aud"] = []string{clientId, "autre"} }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token is of another issuer", jeton(func(c claims) { c["iss"] = autreSite }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token has expired", jeton(func(c claims) { c["iat"], c["exp"] = midi.Unix()-120, midi.Unix()-60 }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token never expires", jeton(func(c claims) { c["exp"] = nil }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token expires before it is made", jeton(func(c claims) { c["iat"], c["exp"] = midi.Unix()+20, midi.Unix()+10 }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token comes from the future", jeton(func(c claims) { c["iat"], c["exp"] = midi.Unix()+3600, midi.Unix()+7200 }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token is of yesterday", jeton(func(c claims) { c["iat"] = midi.Unix() - 86400 }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token has no date", jeton(func(c claims) { c["iat"] = nil }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token names nobody", jeton(func(c claims) { c["sub"] = nil }), nil, fault.Forbidden, nonVerifiee},
	{"the id_token and the userinfo name a person with a line break", func(s *scene) {
		s.p.jeton = func(c claims) { c["sub"] = "agent\n1" }
		s.p.info = s.p.jeton
	}, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is not signed", func(s *scene) { s.p.signe = sansSignature }, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is signed with the public key as a shared secret", func(s *scene) {
		s.p.signe = signeur(jose.HS256, must(x509.MarshalPKIXPublicKey(cleEs.Public())), "es-1")
	}, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is signed with the client's secret", func(s *scene) {
		s.p.signe = signeur(jose.HS256, []byte(motDe+motDe), "es-1")
		s.p.annuaire = func(c claims) { c["id_token_signing_alg_values_supported"] = []string{"HS256", "ES256"} }
	}, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is signed by a shared key among the published ones", func(s *scene) {
		s.p.signe = signeur(jose.HS256, []byte(motDe+motDe), "hs-1")
		s.p.cles = append(s.p.cles, jose.JSONWebKey{Key: []byte(motDe + motDe), KeyID: "hs-1"})
	}, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is signed by a key that is not published", func(s *scene) { s.p.signe = signeur(jose.ES256, autreEs, "es-9") }, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is signed by another key under a published name", func(s *scene) { s.p.signe = signeur(jose.ES256, autreEs, "es-1") }, nil, fault.Forbidden, nonVerifiee},
	{"the id_token does not say which key signed it", func(s *scene) { s.p.signe = signeur(jose.ES256, cleEs, "") }, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is signed with a key meant to encrypt", func(s *scene) { s.p.cles[0].Use = "enc" }, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is signed with a short RSA key", func(s *scene) {
		courte := must(rsa.GenerateKey(rand.Reader, longSecretRs))
		s.p.cles = append(s.p.cles, publie(courte.Public(), "rs-court"))
		s.p.signe = signeur(jose.RS256, courte, "rs-court")
	}, nil, fault.Forbidden, nonVerifiee},
	{"the id_token is signed with PS256, which is not expected", func(s *scene) {
		s.p.signe = signeur(jose.PS256, cleRs, "rs-1")
		s.p.annuaire = func(c claims) { c["id_token_signing_alg_values_supported"] = []string{"PS256", "ES256"} }
	}, nil, fault.Forbidden, nonVerifiee},
	{"the access token is not the one of the id_token", jeton(func(c claims) { c["at_hash"] = hache("autre") }), nil, fault.Forbidden, nonVerifiee},
	{"the person came in by a weaker door", jeton(func(c claims) { c["acr"] = "eidas0" }), nil, fault.Forbidden, plusSure},
	{"the provider does not say by which door", jeton(func(c claims) { c["acr"] = nil }), nil, fault.Forbidden, plusSure},
	{"the token has no id_token", place("/token", corps("application/json", `{"access_token":"a","token_type":"Bearer"}`)), nil, fault.Forbidden, nonVerifiee},
	{"the id_token is a number", place("/token", corps("application/json", `{"access_token":"a","token_type":"Bearer","id_token":4}`)), nil, fault.Forbidden, nonVerifiee},
	{"the token is of another kind", func(s *scene) {
		s.p.place["/token"] = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			c := claims{"iss": s.p.URL, "aud": clientId, "sub": "agent-1", "exp": midi.Unix() + 60, "iat": midi.Unix(), "nonce": s.attente.Nonce, "acr": "eidas1"}
			repondre(w, claims{"access_token": "acces-" + strings.Repeat("x", 30), "token_type": "DPoP", "id_token": s.p.signe(c)})
		})
	}, nil, fault.Forbidden, nonVerifiee},
	{"the token endpoint sends the secret elsewhere", func(s *scene) { voleur(s, "/token") }, nil, fault.Forbidden, nonVerifiee},
	{"the token endpoint is broken", place("/token", statut(http.StatusBadGateway)), nil, fault.Unavailable, reessayez},
	{"the token endpoint does not know us", place("/token", func(w http.ResponseWriter, _ *http.Request) { refuser(w, "invalid_client") }), nil, fault.Unavailable, siteInconnu},
	{"the token endpoint answers without end", place("/token", corps("application/json", strings.Repeat(" ", 2<<20))), nil, fault.Forbidden, nonVerifiee},

	{"the userinfo is not signed", func(s *scene) {
		s.p.place["/userinfo"] = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { repondre(w, s.p.personne()) })
	}, nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is a JWT with alg none", func(s *scene) { s.p.scelle = sansSignature }, nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is of another person", info(func(c claims) { c["sub"] = "agent-2" }), nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is for another client", info(func(c claims) { c["aud"] = "autre" }), nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is for us and for another", info(func(c claims) { c["aud"] = []string{clientId, "autre"} }), nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is of another issuer", info(func(c claims) { c["iss"] = autreSite }), nil, fault.Forbidden, nonVerifiee},
	{"the userinfo has expired", info(func(c claims) { c["exp"] = midi.Unix() - 1 }), nil, fault.Forbidden, nonVerifiee},
	{"the userinfo comes from the future", info(func(c claims) { c["iat"] = midi.Unix() + 3600 }), nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is signed with another key", func(s *scene) { s.p.scelle = signeur(jose.ES256, autreEs, "es-1") }, nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is signed with a shared secret", func(s *scene) { s.p.scelle = signeur(jose.HS256, []byte(motDe+motDe), "es-1") }, nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is a web page", place("/userinfo", corps("text/html", "<h1>Bonjour</h1>")), nil, fault.Forbidden, nonVerifiee},
	{"the userinfo is huge", info(func(c claims) { c["given_name"] = strings.Repeat("J", 1<<20) }), nil, fault.Forbidden, nonVerifiee},
	{"the name holds a line break", info(func(c claims) { c["usual_name"] = "Martin\r\nBcc: tous@exemple.fr" }), nil, fault.Forbidden, nonVerifiee},
	{"the name is a page long", info(func(c claims) { c["given_name"] = strings.Repeat("J", 2000) }), nil, fault.Forbidden, nonVerifiee},
	{"the userinfo never ends", func(s *scene) {
		ctx, cancel := context.WithCancel(s.ctx)
		s.ctx = ctx
		s.p.place["/userinfo"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/jwt")
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			cancel() // the deadline passes while the body is read
			<-r.Context().Done()
		})
	}, nil, fault.Unavailable, reessayez},
	{"the userinfo is broken", place("/userinfo", statut(http.StatusInternalServerError)), nil, fault.Unavailable, reessayez},
	{"the userinfo sends the token elsewhere", func(s *scene) { voleur(s, "/userinfo") }, nil, fault.Forbidden, nonVerifiee},
	{"the userinfo refuses its own token", place("/userinfo", statut(http.StatusUnauthorized)), nil, fault.Forbidden, nonVerifiee},

	{"the keys cannot be read", place("/jwks", statut(http.StatusServiceUnavailable)), nil, fault.Unavailable, reessayez},
	{"the keys are nonsense", place("/jwks", corps("application/json", "<keys>")), nil, fault.Forbidden, nonVerifiee},
	{"the keys are a flood", func(s *scene) { s.p.cles = slices.Repeat(s.p.cles, 30) }, nil, fault.Forbidden, nonVerifiee},
	{"the keys are huge", place("/jwks", corps("application/json", strings.Repeat(" ", 2<<20))), nil, fault.Forbidden, nonVerifiee},
	{"the keys are at another host", func(s *scene) { voleur(s, "/jwks") }, nil, fault.Forbidden, nonVerifiee},

	{"the discovery is of another issuer", annuaire(func(c claims) { c["issuer"] = autreSite }), nil, fault.Forbidden, nonVerifiee},
	{"the discovery sends the secret in the clear", annuaire(func(c claims) { c["token_endpoint"] = "http://autre.exemple.fr/token" }), nil, fault.Forbidden, nonVerifiee},
	{"the discovery sends the secret by another protocol", annuaire(func(c claims) { c["token_endpoint"] = "ftp://127.0.0.1/token" }), nil, fault.Forbidden, nonVerifiee},
	{"the discovery of this machine sends the secret elsewhere", annuaire(func(c claims) { c["token_endpoint"] = autreSite + "/token" }), nil, fault.Forbidden, nonVerifiee},
	{"the discovery is broken, at length", place("/.well-known/openid-configuration", statut(http.StatusInternalServerError)), nil, fault.Unavailable, reessayez},
	{"the discovery forgets where the keys are", annuaire(func(c claims) { delete(c, "jwks_uri") }), nil, fault.Forbidden, nonVerifiee},
	{"the discovery is nonsense", place("/.well-known/openid-configuration", corps("text/html", "<h1>Maintenance</h1>")), nil, fault.Unavailable, reessayez},
	{"the discovery is huge", place("/.well-known/openid-configuration", corps("application/json", strings.Repeat(" ", 2<<20))), nil, fault.Forbidden, nonVerifiee},
	{"the provider is down from the start", func(s *scene) { s.p.Close() }, nil, fault.Unavailable, reessayez},
	{"the provider goes down before the return", nil, func(s *scene) { s.p.Close() }, fault.Unavailable, reessayez},

	{"the state is of another browser", nil, retour(func(q url.Values) { q.Set("state", strings.Repeat("s", 43)) }), fault.Forbidden, nonVerifiee},
	{"there is no state", nil, retour(func(q url.Values) { q.Del("state") }), fault.Forbidden, nonVerifiee},
	{"there is no login under way, and no state", nil, func(s *scene) { s.attente = oidc.Attente{}; s.q.Del("state") }, fault.Forbidden, nonVerifiee},
	{"the login under way is empty but for the provider", func(s *scene) {
		s.p.sansPkce = true
		s.p.jeton = func(c claims) { c["nonce"] = nil }
	}, func(s *scene) {
		s.attente = oidc.Attente{Fournisseur: "proconnect", ExpireLe: midi.Add(time.Minute)}
		s.q.Set("state", "")
	}, fault.Forbidden, nonVerifiee},
	{"the state is given twice", nil, retour(func(q url.Values) { q.Add("state", q.Get("state")) }), fault.Forbidden, nonVerifiee},
	{"the code is given twice", nil, retour(func(q url.Values) { q.Add("code", "autre") }), fault.Forbidden, nonVerifiee},
	{"there is no code, and the provider wants none", nil, func(s *scene) {
		s.p.codes[""] = s.p.codes[s.q.Get("code")]
		s.q.Del("code")
	}, fault.Forbidden, nonVerifiee},
	{"the code is invented", nil, retour(func(q url.Values) { q.Set("code", "invente") }), fault.Forbidden, nonVerifiee},
	{"the login took eleven minutes", nil, func(s *scene) { s.heure = midi.Add(11 * time.Minute) }, fault.Closed, tropTard},
	{"the same return comes twice", nil, func(s *scene) {
		if s.revientSeule() != nil {
			s.t.Error("the first return is refused")
		}
	}, fault.Forbidden, nonVerifiee},
	{"the code was made for another person's login", nil, injecte, fault.Forbidden, nonVerifiee},
	{"the code was made for another person's login, and the provider forgets the proof key", func(s *scene) { s.p.sansPkce = true }, injecte, fault.Forbidden, nonVerifiee},
	{"the code is accepted without its proof key", func(s *scene) { s.p.sansPkce = true }, func(s *scene) { s.attente.Nonce = strings.Repeat("n", 43) }, fault.Forbidden, nonVerifiee},
	{"the login was begun with another provider", nil, func(s *scene) { s.attente.Fournisseur = "franceconnect" }, fault.Forbidden, nonVerifiee},
	{"the return says it is of another issuer", nil, retour(func(q url.Values) { q.Set("iss", autreSite) }), fault.Forbidden, nonVerifiee},
	{"the return does not say its issuer though it should", annuaire(func(c claims) { c["authorization_response_iss_parameter_supported"] = true }), nil, fault.Forbidden, nonVerifiee},
	{"the person says no", nil, func(s *scene) {
		s.q = url.Values{"error": {"access_denied"}, "error_description": {"<script>"}, "state": s.q["state"]}
	}, fault.Forbidden, interrompue},
	{"the provider says no and brings a code all the same", nil, retour(func(q url.Values) { q.Set("error", "login_required") }), fault.Forbidden, interrompue},
	{"the provider says it is in trouble", nil, func(s *scene) { s.q = url.Values{"error": {"server_error"}, "state": s.q["state"]} }, fault.Unavailable, reessayez},
	{"the provider does not know the site", nil, func(s *scene) { s.q = url.Values{"error": {"unauthorized_client"}, "state": s.q["state"]} }, fault.Unavailable, siteInconnu},
	{"somebody says no without a state", nil, func(s *scene) { s.q = url.Values{"error": {"access_denied"}} }, fault.Forbidden, nonVerifiee},
}

// injecte gives the victim's browser a code obtained by somebody else.
func injecte(s *scene) {
	d, err := s.f.Depart(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	s.q.Set("code", s.p.autorise(s.t, d.URL).Get("code"))
}

// joue plays the login with the trap.
func (p piege) joue(s *scene, part, revient func() error) error {
	if p.avant != nil {
		p.avant(s)
	}
	if err := part(); err != nil {
		return err
	}
	if p.apres != nil {
		p.apres(s)
	}
	return revient()
}

// TestHostile refuses every trap with a sentence for the person, and keeps
// the cause for the log.
func TestHostile(t *testing.T) {
	refusees := 0
	for _, p := range pieges {
		t.Run(p.nom, func(t *testing.T) {
			s := nouvelleScene(t)
			err := p.joue(s, s.part, func() error {
				id, err := s.revient()
				if err == nil {
					t.Errorf("somebody came in: %+v", id)
				}
				return err
			})
			f := fault.Of(err)
			switch {
			case err == nil || f.Kind != p.genre:
				t.Errorf("error = %v, want a fault.%v", err, p.genre)
			case !strings.Contains(f.Message, p.phrase) || !strings.Contains(f.Message, "ProConnect"):
				t.Errorf("message %q, want %q and the name of the provider", f.Message, p.phrase)
			case strings.Contains(err.Error(), motDe) || len(err.Error()) > 700:
				t.Errorf("the log gets too much: %q", err)
			case s.p.volees.Load() > 0:
				t.Error("a redirection to another host was followed")
			default:
				refusees++
			}
		})
	}
	t.Logf("hostile provider: %d cases, %d refused or handled", len(pieges), refusees)
	if refusees < 60 {
		t.Errorf("%d cases refused, want 60 at least", refusees)
	}
}

// TestLibraryAlone is the negative control: what the library lets through
// when nothing is added to it. The same login, well behaved, succeeds.
func TestLibraryAlone(t *testing.T) {
	if s := nouvelleScene(t); (piege{}).joue(s, s.partSeule, s.revientSeule) != nil {
		t.Fatal("the library alone refuses a good login")
	}
	var passees []string
	for _, p := range pieges {
		s := nouvelleScene(t)
		if err := p.joue(s, s.partSeule, s.revientSeule); err == nil {
			passees = append(passees, p.nom)
		}
	}
	t.Logf("the library alone: %d cases, %d let through:\n  %s", len(pieges), len(passees), strings.Join(passees, "\n  "))
	if len(passees) < 30 {
		t.Errorf("the library alone lets %d cases through: the traps are not traps", len(passees))
	}
}

// partSeule and revientSeule are the example of the library's documentation.
func (s *scene) partSeule() error {
	conf, _, err := s.seule()
	if err != nil {
		return err
	}
	s.attente = oidc.Attente{Fournisseur: "proconnect", State: rand.Text(), Nonce: rand.Text(), Verificateur: oauth2.GenerateVerifier()}
	s.q = s.p.autorise(s.t, conf.AuthCodeURL(s.attente.State, bibliotheque.Nonce(s.attente.Nonce), oauth2.S256ChallengeOption(s.attente.Verificateur)))
	return nil
}

func (s *scene) revientSeule() error {
	conf, p, err := s.seule()
	if err != nil {
		return err
	}
	ctx := bibliotheque.ClientContext(s.ctx, s.p.Client())
	acces, err := conf.Exchange(ctx, s.q.Get("code"), oauth2.VerifierOption(s.attente.Verificateur))
	if err != nil {
		return err
	}
	brut, ok := acces.Extra("id_token").(string)
	if !ok {
		return errors.New("no id_token")
	}
	if _, err := p.Verifier(&bibliotheque.Config{ClientID: clientId, Now: func() time.Time { return s.heure }}).Verify(ctx, brut); err != nil {
		return err
	}
	_, err = p.UserInfo(ctx, oauth2.StaticTokenSource(acces))
	return err
}

func (s *scene) seule() (*oauth2.Config, *bibliotheque.Provider, error) {
	p, err := bibliotheque.NewProvider(bibliotheque.ClientContext(s.ctx, s.p.Client()), s.p.URL)
	if err != nil {
		return nil, nil, err
	}
	conf := &oauth2.Config{ClientID: clientId, ClientSecret: motDe, RedirectURL: s.p.acces().Retour, Endpoint: p.Endpoint()}
	conf.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	return conf, p, nil
}
