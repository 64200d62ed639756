package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet/internal/compte"
	"guichet/internal/guichet"
	"guichet/internal/oidc"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// A porte is a provider that lets in whoever its address names.
type porte struct{}

func (porte) Nom() string   { return "essai" }
func (porte) Titre() string { return "Essai" }
func (porte) Depart(context.Context) (oidc.Depart, error) {
	return oidc.Depart{URL: "https://idp.exemple/entrer"}, nil
}
func (porte) Retour(_ context.Context, _ oidc.Attente, q url.Values) (oidc.Identite, error) {
	return oidc.Identite{Emetteur: issuer, Sub: q.Get("sub"), Nom: q.Get("sub"), Acr: q.Get("acr"), JetonId: "jeton"}, nil
}
func (porte) Deconnexion(context.Context, string, string) (string, error) { return "", errPage }

// A salle is the site on a base, with its clock in hand.
type salle struct {
	http.Handler
	g    *guichet.Guichet
	db   *store.DB
	now  time.Time
	host string
}

func newSalle(t *testing.T, dsn, adresse string) *salle {
	t.Helper()
	c, a := loaded(t)
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &salle{db: db, now: time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC), host: strings.TrimPrefix(strings.TrimPrefix(adresse, "https://"), "http://")}
	s.g = guichet.New(guichet.Options{Catalogue: c, Atlas: a, Now: func() time.Time { return s.now }, Demonstration: true, Adresse: adresse, Store: db})
	if err := s.g.PeupleDemonstration(t.Context(), issuer); err != nil {
		t.Fatal(err)
	}
	if s.Handler, err = New(s.g, Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return s.now }, Adresse: adresse, Fournisseurs: []Fournisseur{porte{}}}); err != nil {
		t.Fatal(err)
	}
	return s
}

// A navigateur keeps the cookies that the site gives it.
type navigateur struct {
	t       *testing.T
	s       *salle
	cookies map[string]string
	last    []*http.Cookie // of the last answer
}

func (s *salle) browser(t *testing.T) *navigateur {
	return &navigateur{t: t, s: s, cookies: make(map[string]string)}
}

func (n *navigateur) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = n.s.host
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range n.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	n.s.ServeHTTP(w, r)
	n.last = w.Result().Cookies()
	for _, c := range n.last {
		if n.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(n.cookies, c.Name)
		}
	}
	return w
}

// enter signs in, and returns the secret of the session.
func (n *navigateur) enter(sub, acr string) string {
	n.t.Helper()
	n.ask("POST", "/connexion/essai", url.Values{"vers": {"/compte"}})
	if w := n.ask("GET", "/connexion/essai/retour?sub="+sub+"&acr="+acr, nil); w.Code != http.StatusSeeOther {
		n.t.Fatalf("%s is not let in: %d", sub, w.Code)
	}
	return n.secret()
}

func (n *navigateur) secret() string { return n.cookies["session"] + n.cookies["__Host-session"] }

// in reports whether the browser is signed in.
func (n *navigateur) in() bool { return n.ask("GET", "/compte", nil).Code == http.StatusOK }

// with is another browser that holds the secret.
func (s *salle) with(t *testing.T, secret string) *navigateur {
	n := s.browser(t)
	n.cookies["session"] = secret
	return n
}

// given is the cookie of that name in the last answer.
func (n *navigateur) given(name string) *http.Cookie {
	for _, c := range n.last {
		if c.Name == name {
			return c
		}
	}
	return &http.Cookie{}
}

// lives reports whether a session of the person, unused for so long, lives.
func (s *salle) lives(t *testing.T, sub string, unused time.Duration) bool {
	n := s.browser(t)
	n.enter(sub, "eidas2")
	s.now = s.now.Add(unused)
	return n.in()
}

// TestSessionPoints is the eighteen points of a session, over HTTP on both
// databases.
func TestSessionPoints(t *testing.T) {
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		s := newSalle(t, dsn, "http://exemple.fr")
		secure := newSalle(t, dsn, "https://exemple.fr")
		points := []struct {
			name string
			held func(t *testing.T) bool
		}{
			{"a secret that nobody gave opens nothing", func(t *testing.T) bool { return !s.with(t, "invente").in() }},
			{"a secret planted before the login is not taken", func(t *testing.T) bool {
				n := s.with(t, "plante")
				return n.enter("sciat", "eidas2") != "plante" && !s.with(t, "plante").in() && n.in()
			}},
			{"each login has a secret of its own, of 128 bits at least", func(t *testing.T) bool {
				one, two := s.browser(t).enter("sciat", "eidas2"), s.browser(t).enter("sciat", "eidas2")
				return one != two && len(one) >= 26 && len(two) >= 26
			}},
			{"a login ends the session that the browser had", func(t *testing.T) bool {
				n := s.browser(t)
				old := n.enter("sciat", "eidas2")
				n.enter("prefet", "eidas2")
				return !s.with(t, old).in() && n.in()
			}},
			{"a second factor gives another secret, and the right that asked for it", func(t *testing.T) bool {
				n, grant := s.browser(t), url.Values{"personne": {issuer + " sciat"}, "role": {"pilote"}, "departement": {"13"}, "cle": {"second-facteur"}}
				weak := n.enter("administrateur", "eidas1")
				refused := n.ask("POST", "/bureau/droits", grant).Code == http.StatusForbidden
				strong := n.enter("administrateur", "eidas2")
				return refused && weak != strong && !s.with(t, weak).in() && n.ask("POST", "/bureau/droits", grant).Code == http.StatusSeeOther
			}},
			{"the base keeps a digest, which opens nothing", func(t *testing.T) bool {
				n := s.browser(t)
				secret := n.enter("sciat", "eidas2")
				a, err := s.g.Acteur(t.Context(), secret)
				return err == nil && a.Session != secret && a.Session != "" && !s.with(t, a.Session).in()
			}},
			{"the cookie is out of reach of scripts and of other sites", func(t *testing.T) bool {
				n := s.browser(t)
				n.enter("sciat", "eidas2")
				c := n.given("session")
				return c.HttpOnly && c.SameSite == http.SameSiteLaxMode && c.Path == "/" && c.Domain == ""
			}},
			{"in https, it is a __Host- cookie", func(t *testing.T) bool {
				n := secure.browser(t)
				n.enter("sciat", "eidas2")
				c := n.given("__Host-session")
				return c.Value != "" && c.Secure && c.Path == "/" && c.Domain == "" && n.given("session").Value == "" && n.in()
			}},
			{"in https, a cookie without the prefix opens nothing", func(t *testing.T) bool {
				return !secure.with(t, secure.browser(t).enter("sciat", "eidas2")).in()
			}},
			{"the browser forgets it when it closes", func(t *testing.T) bool {
				n := s.browser(t)
				n.enter("sciat", "eidas2")
				c := n.given("session")
				return c.MaxAge == 0 && c.Expires.IsZero()
			}},
			{"an agent is signed in for an hour without use, no more", func(t *testing.T) bool {
				return s.lives(t, "sciat", time.Hour-time.Second) && !s.lives(t, "sciat", time.Hour)
			}},
			{"a payer for half an hour", func(t *testing.T) bool {
				return s.lives(t, "payeur", 30*time.Minute-time.Second) && !s.lives(t, "payeur", 30*time.Minute)
			}},
			{"use keeps a session", func(t *testing.T) bool {
				n := s.browser(t)
				n.enter("payeur", "eidas2")
				for range 6 {
					if s.now = s.now.Add(20 * time.Minute); !n.in() {
						return false
					}
				}
				return true
			}},
			{"twelve hours in all, whatever the use", func(t *testing.T) bool {
				n := s.browser(t)
				n.enter("sciat", "eidas2")
				for range 23 {
					if s.now = s.now.Add(30 * time.Minute); !n.in() {
						return false
					}
				}
				s.now = s.now.Add(30 * time.Minute)
				return !n.in()
			}},
			{"signing out ends it here, a copy of the cookie too", func(t *testing.T) bool {
				n := s.browser(t)
				secret := n.enter("sciat", "eidas2")
				n.ask("POST", "/deconnexion", nil)
				return !s.with(t, secret).in()
			}},
			{"signing out takes the cookie back", func(t *testing.T) bool {
				n := s.browser(t)
				n.enter("sciat", "eidas2")
				n.ask("POST", "/deconnexion", nil)
				return n.given("session").MaxAge < 0 && n.secret() == ""
			}},
			{"one's own sessions are listed, and no others", func(t *testing.T) bool {
				one, two, other := s.browser(t), s.browser(t), s.browser(t)
				s.now = s.now.Add(2 * time.Hour) // those before are over
				keys := []string{one.enter("prefet", "eidas2"), two.enter("prefet", "eidas2"), other.enter("sciat", "eidas2")}
				page := one.ask("GET", "/compte", nil).Body.String()
				var shown []bool
				for _, k := range keys {
					a, err := s.g.Acteur(t.Context(), k)
					shown = append(shown, err == nil && strings.Contains(page, a.Session))
				}
				return shown[0] && shown[1] && !shown[2] && strings.Count(page, `action="/compte/sessions/finir"`) == 2
			}},
			{"one is ended from another, that of somebody else is not", func(t *testing.T) bool {
				one, two, other := s.browser(t), s.browser(t), s.browser(t)
				one.enter("prefet", "eidas2")
				ends := func(secret string) {
					a, err := s.g.Acteur(t.Context(), secret)
					if err != nil {
						t.Fatal(err)
					}
					one.ask("POST", "/compte/sessions/finir", url.Values{"session": {a.Session}})
				}
				ends(two.enter("prefet", "eidas2"))
				ends(other.enter("sciat", "eidas2"))
				return one.in() && !two.in() && other.in()
			}},
		}
		held := 0
		for _, p := range points {
			s.now = s.now.Add(13 * time.Hour)
			secure.now = s.now
			if p.held(t) {
				held++
			} else {
				t.Errorf("not so: %s", p.name)
			}
		}
		t.Logf("%d/%d", held, len(points))
		if len(points) != 18 {
			t.Errorf("%d points, want 18", len(points))
		}
	})
}

// TestPayerWithTwoRoles: the shortest time of one's roles counts, as long as
// one holds the role.
func TestPayerWithTwoRoles(t *testing.T) {
	p, err := compte.LoadPolitique()
	if err != nil {
		t.Fatal(err)
	}
	payer, agent := compte.Habilitation{Role: "payeur", Etat: compte.Active}, compte.Habilitation{Role: "sciat", Etat: compte.Active}
	over := payer
	over.Etat = compte.Retiree
	for name, c := range map[string]struct {
		held []compte.Habilitation
		want time.Duration
	}{
		"an agent": {[]compte.Habilitation{agent}, time.Hour}, "a payer who also instructs": {[]compte.Habilitation{agent, payer}, 30 * time.Minute},
		"who was a payer": {[]compte.Habilitation{agent, over}, time.Hour}, "nobody": {nil, time.Hour},
	} {
		if got := p.Inactivite(compte.Acteur{Habilitations: c.held}); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
