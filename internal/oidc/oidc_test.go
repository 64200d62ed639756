package oidc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"guichet/internal/fault"
	"guichet/internal/oidc"
)

const decouverte = "/.well-known/openid-configuration"

// entre plays one whole login.
func (s *scene) entre() (oidc.Identite, error) {
	if err := s.part(); err != nil {
		return oidc.Identite{}, err
	}
	return s.revient()
}

// TestLogin lets a person in, whatever the signature, the proof key and the
// form of userinfo that the provider and the settings agree on.
func TestLogin(t *testing.T) {
	for _, c := range []struct {
		nom   string
		avant func(*scene)
		defi  bool
	}{
		{"ES256, with a proof key", func(*scene) {}, true},
		{"RS256", func(s *scene) {
			s.p.signe, s.p.scelle = signeur(jose.RS256, cleRs, "rs-1"), signeur(jose.RS256, cleRs, "rs-1")
		}, true},
		{"the provider offers no proof key", annuaire(func(c claims) { delete(c, "code_challenge_methods_supported") }), false},
		{"the provider offers only a weak proof key", annuaire(func(c claims) { c["code_challenge_methods_supported"] = []string{"plain"} }), false},
		{"the settings want no proof key", func(s *scene) { r := s.p.reglages(); r.Pkce = oidc.SansPkce; s.regle(r) }, false},
		{"the userinfo is not signed and need not be", func(s *scene) {
			r := s.p.reglages()
			r.UserinfoSigne = false
			s.regle(r)
			s.p.place["/userinfo"] = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { repondre(w, s.p.personne()) })
		}, true},
		{"the only key has no name", func(s *scene) {
			s.p.cles = []jose.JSONWebKey{publie(cleEs.Public(), "")}
			s.p.signe, s.p.scelle = signeur(jose.ES256, cleEs, ""), signeur(jose.ES256, cleEs, "")
		}, true},
		{"the clocks differ by ten seconds", jeton(func(c claims) { c["iat"] = midi.Unix() + 10 }), true},
		{"keys that guichet cannot use are among the others", func(s *scene) { s.p.place["/jwks"] = melange(s) }, true},
	} {
		t.Run(c.nom, func(t *testing.T) {
			s := nouvelleScene(t)
			c.avant(s)
			got, err := s.entre()
			if err != nil {
				t.Fatal(err)
			}
			want := oidc.Identite{Emetteur: s.p.URL, Sub: "agent-1", Prenoms: "Jeanne Élise", Nom: "Martin",
				Courriel: "jeanne@exemple.fr", Siret: "21130055300016", Acr: "eidas1", Amr: []string{"pwd", "mfa"}, JetonId: got.JetonId}
			if diff := cmp.Diff(want, got); diff != "" || strings.Count(got.JetonId, ".") != 2 {
				t.Errorf("identity (-want +got), with an id_token %q:\n%s", got.JetonId, diff)
			}
			if has := s.attente.Verificateur != ""; has != c.defi || strings.Contains(s.depart.URL, "code_challenge") != c.defi {
				t.Errorf("proof key %t, want %t: %s", has, c.defi, s.depart.URL)
			}
		})
	}
}

// melange publishes good keys between strange ones.
func melange(s *scene) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cles := []any{claims{"kty": "OKP", "crv": "Ed448", "x": "AA"}, claims{"kty": "EC"}, claims{"kty": "oct", "k": "AAAA"}}
		for _, c := range s.p.cles {
			cles = append(cles, c)
		}
		repondre(w, claims{"keys": cles})
	})
}

// TestDepart sends exactly the parameters that the provider documents.
func TestDepart(t *testing.T) {
	p := nouveauFaux(t)
	fc := p.acces()
	fc.Retour = "https://guichet.exemple.fr/connexion/franceconnect/retour"
	for _, c := range []struct {
		reglages oidc.Reglages
		scope    string
		autres   url.Values
	}{
		{oidc.ProConnect(p.acces()), "openid given_name usual_name email siret", url.Values{"claims": {`{"id_token":{"amr":{"essential":true}}}`}}},
		{oidc.FranceConnect(fc), "openid given_name family_name email", url.Values{"acr_values": {"eidas1"}}},
	} {
		t.Run(c.reglages.Titre, func(t *testing.T) {
			f, err := oidc.New(c.reglages, p.Client(), func() time.Time { return midi })
			if err != nil {
				t.Fatal(err)
			}
			d, err := f.Depart(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(d.URL)
			if err != nil {
				t.Fatal(err)
			}
			want := url.Values{"response_type": {"code"}, "client_id": {clientId}, "redirect_uri": {c.reglages.Retour},
				"scope": {c.scope}, "state": {d.Attente.State}, "nonce": {d.Attente.Nonce}}
			maps.Copy(want, c.autres)
			if diff := cmp.Diff(want, u.Query()); diff != "" || !strings.HasPrefix(d.URL, p.URL+"/authorize?") {
				t.Errorf("%s (-want +got):\n%s", d.URL, diff)
			}
			if len(d.Attente.State) < 32 || len(d.Attente.Nonce) < 32 || d.Attente.State == d.Attente.Nonce {
				t.Errorf("state %q, nonce %q", d.Attente.State, d.Attente.Nonce)
			}
			if f.Nom() != d.Attente.Fournisseur || !d.Attente.ExpireLe.Equal(midi.Add(10*time.Minute)) {
				t.Errorf("login of %q until %v", d.Attente.Fournisseur, d.Attente.ExpireLe)
			}
			again, err := f.Depart(t.Context())
			if err != nil || again.Attente.State == d.Attente.State || again.Attente.Nonce == d.Attente.Nonce {
				t.Errorf("a second login gives the same state or nonce, or %v", err)
			}
		})
	}
}

// TestAttenteIsKept goes through JSON, as the counter keeps it.
func TestAttenteIsKept(t *testing.T) {
	s := nouvelleScene(t)
	if err := s.part(); err != nil {
		t.Fatal(err)
	}
	var got oidc.Attente
	if err := json.Unmarshal(must(json.Marshal(s.attente)), &got); err != nil {
		t.Fatal(err)
	}
	s.attente = got
	if _, err := s.revient(); err != nil {
		t.Errorf("a login kept as JSON: %v", err)
	}
}

// TestAnswerNamesItsIssuer accepts the provider's own name (RFC 9207).
func TestAnswerNamesItsIssuer(t *testing.T) {
	s := nouvelleScene(t)
	s.p.annuaire = func(c claims) { c["authorization_response_iss_parameter_supported"] = true }
	if err := s.part(); err != nil {
		t.Fatal(err)
	}
	s.q.Set("iss", s.p.URL)
	if _, err := s.revient(); err != nil {
		t.Error(err)
	}
}

// TestSameEmailTwoIssuers keeps two people apart who have one address.
func TestSameEmailTwoIssuers(t *testing.T) {
	un, err := nouvelleScene(t).entre()
	if err != nil {
		t.Fatal(err)
	}
	deux, err := nouvelleScene(t).entre()
	if err != nil {
		t.Fatal(err)
	}
	if un.Courriel != deux.Courriel || un.Sub != deux.Sub || un.Emetteur == deux.Emetteur {
		t.Errorf("got %+v and %+v, want one e-mail, one sub, two issuers", un, deux)
	}
}

// TestDiscoveryIsShared reads the discovery once for many, again after an
// hour, and again after a failure.
func TestDiscoveryIsShared(t *testing.T) {
	s := nouvelleScene(t)
	if s.p.lectures(decouverte) != 0 {
		t.Error("New calls the provider")
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := s.f.Depart(s.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := s.p.lectures(decouverte); n != 1 {
		t.Errorf("20 people at once read the discovery %d times, want 1", n)
	}
	s.heure = midi.Add(61 * time.Minute)
	if _, err := s.f.Depart(s.ctx); err != nil || s.p.lectures(decouverte) != 2 {
		t.Errorf("after an hour: %d readings, %v, want 2", s.p.lectures(decouverte), err)
	}
}

// TestProviderComesBack lets people in as soon as a provider that was down
// answers again, even elsewhere.
func TestProviderComesBack(t *testing.T) {
	s := nouvelleScene(t)
	panne := http.HandlerFunc(statut(http.StatusServiceUnavailable))
	s.p.place[decouverte] = panne
	if err := s.part(); !errors.Is(err, fault.Unavailable) {
		t.Fatalf("discovery down: %v", err)
	}
	delete(s.p.place, decouverte)
	if _, err := s.entre(); err != nil {
		t.Errorf("discovery up again: %v", err)
	}

	s.p.place["/userinfo"] = panne
	if _, err := s.entre(); !errors.Is(err, fault.Unavailable) {
		t.Fatalf("userinfo down: %v", err)
	}
	s.p.annuaire = func(c claims) { c["userinfo_endpoint"] = s.p.URL + "/nouveau" }
	s.p.place["/nouveau"] = http.HandlerFunc(s.p.userinfo)
	if _, err := s.entre(); err != nil {
		t.Errorf("userinfo moved: %v", err)
	}
}

// TestWaitingHasAnEnd answers a person whose browser leaves while another
// reads a discovery that does not come.
func TestWaitingHasAnEnd(t *testing.T) {
	s := nouvelleScene(t)
	arrive, fin := make(chan struct{}), make(chan struct{})
	s.p.place[decouverte] = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(arrive); <-fin })
	premier := make(chan error)
	go func() { _, err := s.f.Depart(s.ctx); premier <- err }()
	<-arrive
	parti, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := s.f.Depart(parti); !errors.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("the second: %v, want a fault.Unavailable because the wait was cancelled", err)
	}
	select {
	case <-premier:
		t.Error("the second waited for the first")
	default:
	}
	close(fin)
	if err := <-premier; err == nil {
		t.Error("an empty discovery is accepted")
	}
}

// TestKeysRotate follows a provider that changes its key, and bounds what a
// flood of unknown keys makes guichet fetch.
func TestKeysRotate(t *testing.T) {
	s := nouvelleScene(t)
	if _, err := s.entre(); err != nil {
		t.Fatal(err)
	}
	s.p.cles = []jose.JSONWebKey{publie(autreEs.Public(), "es-2")}
	s.p.signe, s.p.scelle = signeur(jose.ES256, autreEs, "es-2"), signeur(jose.ES256, autreEs, "es-2")
	s.heure = midi.Add(2 * time.Minute)
	s.p.jeton = func(c claims) { c["iat"], c["exp"] = s.heure.Unix(), s.heure.Unix()+60 }
	if _, err := s.entre(); err != nil || s.p.lectures("/jwks") != 2 {
		t.Errorf("after a rotation: %v, keys read %d times, want 2", err, s.p.lectures("/jwks"))
	}
	for i := range 200 {
		s.p.signe = signeur(jose.ES256, cleEs, fmt.Sprint("inconnue-", i))
		if _, err := s.entre(); !errors.Is(err, fault.Forbidden) {
			t.Fatalf("unknown key %d: %v", i, err)
		}
	}
	if n := s.p.lectures("/jwks"); n != 2 {
		t.Errorf("200 unknown keys in a minute: keys read %d times, want 2", n)
	}
	s.heure = midi.Add(4 * time.Minute)
	if _, err := s.entre(); !errors.Is(err, fault.Forbidden) || s.p.lectures("/jwks") != 3 {
		t.Errorf("a minute later: %v, keys read %d times, want 3", err, s.p.lectures("/jwks"))
	}
}

// TestKeysOutage lets people in with the keys of the last hour, no longer.
func TestKeysOutage(t *testing.T) {
	s := nouvelleScene(t)
	s.p.jeton = func(c claims) { c["iat"], c["exp"] = s.heure.Unix(), s.heure.Unix()+60 }
	if _, err := s.entre(); err != nil {
		t.Fatal(err)
	}
	s.p.place["/jwks"] = http.HandlerFunc(statut(http.StatusServiceUnavailable))
	s.heure = midi.Add(50 * time.Minute)
	if _, err := s.entre(); err != nil {
		t.Errorf("keys down for 50 minutes: %v", err)
	}
	s.heure = midi.Add(61 * time.Minute)
	if _, err := s.entre(); !errors.Is(err, fault.Unavailable) {
		t.Errorf("keys down for more than an hour: %v, want a fault.Unavailable", err)
	}
}

// TestDeconnexion builds the address that the provider documents.
func TestDeconnexion(t *testing.T) {
	s := nouvelleScene(t)
	state := strings.Repeat("s", 32)
	got, err := s.f.Deconnexion(s.ctx, "a.b.c", state)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"theme": {"fr"}, "id_token_hint": {"a.b.c"}, "state": {state}, "post_logout_redirect_uri": {"https://guichet.exemple.fr/deconnecte"}}
	if u := must(url.Parse(got)); !strings.HasPrefix(got, s.p.URL+"/logout?") || !cmp.Equal(want, u.Query()) {
		t.Errorf("got %s, want %v", got, want)
	}
	for _, mal := range [][2]string{{"", state}, {"a.b.c", "court"}} {
		if got, err := s.f.Deconnexion(s.ctx, mal[0], mal[1]); err == nil {
			t.Errorf("Deconnexion(%q, %q) = %s", mal[0], mal[1], got)
		}
	}
	autre := nouvelleScene(t)
	autre.p.annuaire = func(c claims) { delete(c, "end_session_endpoint") }
	if got, err := autre.f.Deconnexion(s.ctx, "a.b.c", state); err != nil || got != "https://guichet.exemple.fr/deconnecte?state="+state {
		t.Errorf("without a logout page: %s, %v", got, err)
	}
}

// TestCheck names the field to correct, one fault at a time.
func TestCheck(t *testing.T) {
	bon := oidc.Acces{Emetteur: "https://idp.exemple.fr/api/v2", Client: "c", Secret: "s",
		Retour: "https://guichet.exemple.fr/connexion/proconnect/retour", ApresDeconnexion: "https://guichet.exemple.fr/"}
	for _, c := range []struct {
		nom    string
		change func(*oidc.Reglages)
		champs []string
	}{
		{"the settings of ProConnect are good", func(*oidc.Reglages) {}, nil},
		{"a provider on this machine may speak http", func(r *oidc.Reglages) { r.Emetteur = "http://127.0.0.1:8080" }, nil},
		{"a provider on this machine may be named", func(r *oidc.Reglages) { r.Emetteur = "http://localhost:8080" }, nil},
		{"a provider on this machine may be in IPv6", func(r *oidc.Reglages) { r.Emetteur = "http://[::1]:8080" }, nil},
		{"a provider elsewhere may not speak http", func(r *oidc.Reglages) { r.Emetteur = "http://idp.exemple.fr" }, []string{"emetteur"}},
		{"a machine that only looks local", func(r *oidc.Reglages) { r.Emetteur = "http://127.0.0.1.exemple.fr" }, []string{"emetteur"}},
		{"a machine of the local network may not speak http", func(r *oidc.Reglages) { r.Emetteur = "http://10.0.0.1" }, []string{"emetteur"}},
		{"a password in the address", func(r *oidc.Reglages) { r.Emetteur = "https://u:p@idp.exemple.fr" }, []string{"emetteur"}},
		{"a return with a parameter", func(r *oidc.Reglages) { r.Retour += "?a=b" }, []string{"retour"}},
		{"a return that another provider could share", func(r *oidc.Reglages) { r.Retour = "https://guichet.exemple.fr/retour" }, []string{"retour"}},
		{"a return to a scheme of its own", func(r *oidc.Reglages) { r.Retour = "guichet://hote/proconnect/" }, []string{"retour"}},
		{"no page after logout", func(r *oidc.Reglages) { r.ApresDeconnexion = "" }, []string{"apres_deconnexion"}},
		{"no client, no secret", func(r *oidc.Reglages) { r.Client, r.Secret = "", "" }, []string{"client", "secret"}},
		{"a name that is not for an address", func(r *oidc.Reglages) { r.Nom = "Pro Connect" }, []string{"nom", "retour"}},
		{"no title", func(r *oidc.Reglages) { r.Titre = "" }, []string{"titre"}},
		{"no openid", func(r *oidc.Reglages) { r.Portees = []string{"email"} }, []string{"portees"}},
		{"a shared secret as signature", func(r *oidc.Reglages) { r.Algorithmes = []string{"ES256", "HS256"} }, []string{"algorithmes"}},
		{"no signature", func(r *oidc.Reglages) { r.Algorithmes = nil }, []string{"algorithmes"}},
	} {
		t.Run(c.nom, func(t *testing.T) {
			r := oidc.ProConnect(bon)
			c.change(&r)
			_, err := oidc.New(r, nil, time.Now)
			var got []string
			if err != nil {
				got = slices.Sorted(maps.Keys(fault.Of(err).Fields))
			}
			if diff := cmp.Diff(c.champs, got); diff != "" || err != nil && !errors.Is(err, fault.Invalid) {
				t.Errorf("%v: fields (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestSecretIsNeverWritten tries every way that a secret could reach a log.
func TestSecretIsNeverWritten(t *testing.T) {
	s := nouvelleScene(t)
	r := s.p.reglages()
	var journal strings.Builder
	log := slog.New(slog.NewJSONHandler(&journal, nil))
	log.Info("x", "secret", r.Secret, "reglages", r, "acces", r.Acces, "fournisseur", s.f, "deref", fmt.Sprintf("%+v", s.f))
	slog.New(slog.NewTextHandler(&journal, nil)).Info("x", "secret", r.Secret, "reglages", r, "fournisseur", s.f)
	for _, verbe := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&journal, verbe+"\n", r)
		fmt.Fprintf(&journal, verbe+"\n", r.Secret)
		fmt.Fprintf(&journal, verbe+"\n", s.f)
	}
	journal.Write(must(json.Marshal(r)))
	journal.WriteString(r.Secret.String())
	if text := journal.String(); strings.Contains(text, motDe) || strings.Contains(text, fmt.Sprintf("%x", motDe)) || strings.Count(text, "***") < 15 {
		t.Errorf("the secret is written, or nothing is:\n%s", text)
	}
}
