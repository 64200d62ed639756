package demofournisseur_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/demofournisseur"
	"guichet/internal/fault"
	"guichet/internal/oidc"
)

var midi = time.Date(2021, time.July, 1, 10, 0, 0, 0, time.UTC)

const (
	secret = "secret-de-demonstration"
	site   = "http://127.0.0.1:8080"
)

var (
	maire     = demofournisseur.Personne{Sub: "maire-900", Prenoms: "Jeanne", Nom: "Martin", Courriel: "mairie@exemple.fr", Siret: "21130055300016", Acr: "eidas1", Titre: "maire d’une commune de 900 habitants"}
	resident  = demofournisseur.Personne{Sub: "resident", Nom: "Roux", Courriel: "roux@exemple.fr", Acr: "eidas1", Titre: "habitant"}
	faible    = demofournisseur.Personne{Sub: "faible", Nom: "Petit", Acr: "eidas0", Titre: "agente venue par une porte trop faible"}
	malicieux = demofournisseur.Personne{Sub: `"><script>`, Prenoms: "<b>", Nom: `O'Neil & "fils"`, Acr: "eidas1", Titre: "<script>alert(1)</script>"}
)

func client(id, nom string) demofournisseur.Client {
	return demofournisseur.Client{Id: id, Secret: secret, Retour: site + "/connexion/" + nom + "/retour", ApresDeconnexion: site + "/deconnecte"}
}

func reglages(emetteur string) demofournisseur.Reglages {
	return demofournisseur.Reglages{Emetteur: emetteur, Imite: "ProConnect",
		Personnes: []demofournisseur.Personne{maire, resident, faible, malicieux},
		Clients:   []demofournisseur.Client{client("guichet", "proconnect"), client("guichet-fc", "franceconnect")},
		Now:       func() time.Time { return midi }, Alea: rand.Reader}
}

// A demo is a provider over real HTTP, and a browser that follows nothing.
type demo struct {
	t        *testing.T
	emetteur string
	heure    time.Time
	*http.Client
}

func lance(t *testing.T, change func(*demofournisseur.Reglages)) *demo {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	d := &demo{t: t, emetteur: "http://" + srv.Listener.Addr().String() + "/demonstration/proconnect", heure: midi,
		Client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	r := reglages(d.emetteur)
	r.Now = func() time.Time { return d.heure }
	change(&r)
	f, err := demofournisseur.New(r)
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = f
	srv.Start()
	t.Cleanup(srv.Close)
	return d
}

func tel(*demofournisseur.Reglages) {}

// va asks for a page and reads it.
func (d *demo) va(methode, adresse string, form url.Values) (*http.Response, string) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), methode, adresse, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := d.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp, string(text)
}

// choisit plays the person: opens the page, presses the button of sub, and
// brings back what the browser is sent with.
func (d *demo) choisit(depart, sub string) url.Values {
	d.t.Helper()
	resp, text := d.va(http.MethodGet, depart, nil)
	if resp.StatusCode != http.StatusOK {
		d.t.Fatalf("the page of the persons answers %s:\n%s", resp.Status, text)
	}
	p := lit(d.t, text)
	if _, ok := p.boutons[sub]; !ok {
		d.t.Fatalf("no button for %q among %v", sub, p.boutons)
	}
	p.caches.Set("sub", sub)
	resp, text = d.va(p.methode, p.action, p.caches)
	u, err := resp.Location()
	if err != nil || resp.StatusCode != http.StatusSeeOther {
		d.t.Fatalf("the choice answers %s (%v):\n%s", resp.Status, err, text)
	}
	if !strings.HasPrefix(u.String(), site+"/connexion/") {
		d.t.Fatalf("the browser is sent to %s", u)
	}
	return u.Query()
}

func (d *demo) acces(nom, id string) oidc.Acces {
	c := client(id, nom)
	return oidc.Acces{Emetteur: d.emetteur, Client: id, Secret: secret, Retour: c.Retour, ApresDeconnexion: c.ApresDeconnexion}
}

func (d *demo) fournisseur(r oidc.Reglages) *oidc.Fournisseur {
	d.t.Helper()
	f, err := oidc.New(r, nil, func() time.Time { return d.heure })
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

func (d *demo) connecte(f *oidc.Fournisseur, sub string) (oidc.Identite, error) {
	d.t.Helper()
	depart, err := f.Depart(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return f.Retour(d.t.Context(), depart.Attente, d.choisit(depart.URL, sub))
}

// TestThroughTheRealClient lets each person in by the strict client of
// guichet, as each of the two providers, with and without a proof key.
func TestThroughTheRealClient(t *testing.T) {
	d := lance(t, tel)
	avecPreuve := oidc.ProConnect(d.acces("proconnect", "guichet"))
	avecPreuve.Pkce = oidc.PkceSiOfferte
	for _, c := range []struct {
		nom      string
		reglages oidc.Reglages
		siret    bool
	}{
		{"ProConnect", oidc.ProConnect(d.acces("proconnect", "guichet")), true},
		{"ProConnect with a proof key", avecPreuve, true},
		{"FranceConnect, which knows no SIRET", oidc.FranceConnect(d.acces("franceconnect", "guichet-fc")), false},
	} {
		f := d.fournisseur(c.reglages)
		for _, p := range []demofournisseur.Personne{maire, resident, malicieux} {
			t.Run(c.nom+": "+p.Nom, func(t *testing.T) {
				got, err := d.connecte(f, p.Sub)
				if err != nil {
					t.Fatal(err)
				}
				want := oidc.Identite{Emetteur: d.emetteur, Sub: p.Sub, Prenoms: p.Prenoms, Nom: p.Nom, Courriel: p.Courriel, Acr: p.Acr, JetonId: got.JetonId}
				if c.siret {
					want.Siret = p.Siret
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("identity (-want +got):\n%s", diff)
				}
			})
		}
	}
	fc := d.fournisseur(oidc.FranceConnect(d.acces("franceconnect", "guichet-fc")))
	if _, err := d.connecte(fc, faible.Sub); !errors.Is(err, fault.Forbidden) || !strings.Contains(fault.Of(err).Message, "plus sûre") {
		t.Errorf("a person of a weak level: %v", err)
	}
	if _, err := d.connecte(fc, ""); !errors.Is(err, fault.Forbidden) || !strings.Contains(fault.Of(err).Message, "interrompue") {
		t.Errorf("a person who chooses nobody: %v", err)
	}
}

// TestCodeServesOnce and no longer than thirty seconds.
func TestCodeServesOnce(t *testing.T) {
	d := lance(t, tel)
	f := d.fournisseur(oidc.ProConnect(d.acces("proconnect", "guichet")))
	depart, err := f.Depart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q := d.choisit(depart.URL, maire.Sub)
	if _, err := f.Retour(t.Context(), depart.Attente, q); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Retour(t.Context(), depart.Attente, q); !errors.Is(err, fault.Forbidden) {
		t.Errorf("a second return: %v", err)
	}
	for secondes, want := range map[time.Duration]error{29: nil, 30: fault.Forbidden} {
		q := d.choisit(depart.URL, maire.Sub)
		d.heure = d.heure.Add(secondes * time.Second)
		if _, err := f.Retour(t.Context(), depart.Attente, q); !errors.Is(err, want) {
			t.Errorf("a return after %d seconds: %v, want %v", secondes, err, want)
		}
	}
}

// TestToken refuses whoever is not the site that asked.
func TestToken(t *testing.T) {
	d := lance(t, tel)
	r := oidc.ProConnect(d.acces("proconnect", "guichet"))
	r.Pkce = oidc.PkceSiOfferte
	f := d.fournisseur(r)
	sansPreuve := d.fournisseur(oidc.ProConnect(d.acces("proconnect", "guichet")))
	for _, c := range []struct {
		nom    string
		change func(url.Values)
		want   string
	}{
		{"a site that proves what it was not asked", func(q url.Values) {
			depart, err := sansPreuve.Depart(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			q.Set("code", d.choisit(depart.URL, maire.Sub).Get("code"))
		}, "invalid_grant"},
		{"the site that asked", func(url.Values) {}, ""},
		{"a site without its secret", func(q url.Values) { q.Del("client_secret") }, "invalid_client"},
		{"an unknown site", func(q url.Values) { q.Set("client_id", "autre") }, "invalid_client"},
		{"another site", func(q url.Values) {
			q.Set("client_id", "guichet-fc")
			q.Set("redirect_uri", client("guichet-fc", "franceconnect").Retour)
		}, "invalid_grant"},
		{"another address of return", func(q url.Values) { q.Set("redirect_uri", site) }, "invalid_grant"},
		{"another proof", func(q url.Values) { q.Set("code_verifier", strings.Repeat("x", 43)) }, "invalid_grant"},
		{"no proof", func(q url.Values) { q.Del("code_verifier") }, "invalid_grant"},
		{"no code", func(q url.Values) { q.Del("code") }, "invalid_grant"},
		{"a refresh", func(q url.Values) { q.Set("grant_type", "refresh_token") }, "unsupported_grant_type"},
	} {
		t.Run(c.nom, func(t *testing.T) {
			depart, err := f.Depart(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			q := url.Values{"grant_type": {"authorization_code"}, "client_id": {"guichet"}, "client_secret": {secret}, "redirect_uri": {r.Retour},
				"code": {d.choisit(depart.URL, maire.Sub).Get("code")}, "code_verifier": {depart.Attente.Verificateur}}
			c.change(q)
			_, text := d.va(http.MethodPost, d.emetteur+"/token", q)
			var got struct{ Error string }
			if err := json.Unmarshal([]byte(text), &got); err != nil || got.Error != c.want {
				t.Errorf("got %s, want the error %q", text, c.want)
			}
		})
	}
	resp, _ := d.va(http.MethodGet, d.emetteur+"/userinfo", nil)
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("userinfo without a token answers %s", resp.Status)
	}
}

// TestLogout goes back only where the site declared.
func TestLogout(t *testing.T) {
	d := lance(t, tel)
	f := d.fournisseur(oidc.ProConnect(d.acces("proconnect", "guichet")))
	id, err := d.connecte(f, maire.Sub)
	if err != nil {
		t.Fatal(err)
	}
	state := strings.Repeat("s", 32)
	adresse, err := f.Deconnexion(t.Context(), id.JetonId, state)
	if err != nil {
		t.Fatal(err)
	}
	d.heure = d.heure.Add(8 * time.Hour) // the id_token has long expired
	resp, text := d.va(http.MethodGet, adresse, nil)
	if got := resp.Header.Get("Location"); got != site+"/deconnecte?state="+state {
		t.Errorf("sent to %q: %s\n%s", got, resp.Status, text)
	}
	autre := lance(t, tel)
	ailleurs, err := autre.connecte(autre.fournisseur(oidc.ProConnect(autre.acces("proconnect", "guichet"))), maire.Sub)
	if err != nil {
		t.Fatal(err)
	}
	for nom, change := range map[string]func(url.Values){
		"another address":                  func(q url.Values) { q.Set("post_logout_redirect_uri", "https://autre.exemple.fr") },
		"no id_token":                      func(q url.Values) { q.Del("id_token_hint") },
		"the id_token of another provider": func(q url.Values) { q.Set("id_token_hint", ailleurs.JetonId) },
		"a short state":                    func(q url.Values) { q.Set("state", "court") },
	} {
		u, err := url.Parse(adresse)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		change(q)
		u.RawQuery = q.Encode()
		if resp, _ := d.va(http.MethodGet, u.String(), nil); resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Location") != "" {
			t.Errorf("%s: %s, sent to %q", nom, resp.Status, resp.Header.Get("Location"))
		}
	}
}

// TestOnlyHere refuses an issuer that others could reach, and requests that
// come from elsewhere or under another name.
func TestOnlyHere(t *testing.T) {
	for adresse, ok := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://127.8.9.10:1/x": true, "http://[::1]:8080": true, "http://localhost:8080/demo": true,
		"https://127.0.0.1": false, "http://0.0.0.0:8080": false, "http://10.0.0.1": false, "http://guichet.exemple.fr": false,
		"http://localhost.exemple.fr": false, "http://127.0.0.1.exemple.fr": false, "http://127.0.0.1@exemple.fr": false,
		"http://u@127.0.0.1": false, "http://127.0.0.1/?x=y": false, "": false, "http://%zz": false, "file://localhost/x": false,
	} {
		_, err := demofournisseur.New(reglages(adresse))
		if ok != (err == nil) || !ok && !errors.Is(err, fault.Invalid) {
			t.Errorf("New(%q): %v, want accepted %t", adresse, err, ok)
		}
	}
	f, err := demofournisseur.New(reglages("http://127.0.0.1:8080/demo"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		de, hote string
		want     int
	}{
		{"127.0.0.1:5000", "127.0.0.1:8080", http.StatusOK},
		{"[::1]:5000", "127.0.0.1:8080", http.StatusOK},
		{"[::ffff:127.0.0.1]:5000", "127.0.0.1:8080", http.StatusOK},
		{"192.0.2.1:5000", "127.0.0.1:8080", http.StatusForbidden},
		{"", "127.0.0.1:8080", http.StatusForbidden},
		{"127.0.0.1:5000", "pirate.exemple.fr", http.StatusMisdirectedRequest},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://"+c.hote+"/demo/jwks", nil)
		r.RemoteAddr = c.de
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.de, c.hote, w.Code, c.want)
		}
	}
}

// TestSettings refuses persons and clients that are not whole.
func TestSettings(t *testing.T) {
	for nom, change := range map[string]func(*demofournisseur.Reglages){
		"two persons with one identifier": func(r *demofournisseur.Reglages) { r.Personnes = append(r.Personnes, maire) },
		"a person without a title":        func(r *demofournisseur.Reglages) { r.Personnes[0].Titre = "" },
		"a client without a secret":       func(r *demofournisseur.Reglages) { r.Clients[0].Secret = "" },
	} {
		r := reglages("http://127.0.0.1:8080")
		change(&r)
		if _, err := demofournisseur.New(r); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", nom, err)
		}
	}
}

// TestCrowd refuses the thousand-and-first login of a minute, and forgets the
// old ones.
func TestCrowd(t *testing.T) {
	d := lance(t, tel)
	f := d.fournisseur(oidc.ProConnect(d.acces("proconnect", "guichet")))
	depart, err := f.Depart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(depart.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("sub", maire.Sub)
	choix := func() int {
		resp, _ := d.va(http.MethodPost, d.emetteur+"/authorize", q)
		return resp.StatusCode
	}
	for i := range 1000 {
		if got := choix(); got != http.StatusSeeOther {
			t.Fatalf("login %d: %d", i, got)
		}
	}
	if got := choix(); got != http.StatusServiceUnavailable {
		t.Errorf("one login more: %d, want 503", got)
	}
	d.heure = d.heure.Add(30 * time.Second)
	if got := choix(); got != http.StatusSeeOther {
		t.Errorf("half a minute later: %d, want 303", got)
	}
}

// TestNoRandom gives no code when there is nothing to make it of.
func TestNoRandom(t *testing.T) {
	d := lance(t, func(r *demofournisseur.Reglages) { r.Alea = iotest.ErrReader(io.ErrUnexpectedEOF) })
	depart, err := d.fournisseur(oidc.ProConnect(d.acces("proconnect", "guichet"))).Depart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(depart.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("sub", maire.Sub)
	if resp, text := d.va(http.MethodPost, d.emetteur+"/authorize", q); resp.StatusCode != http.StatusInternalServerError || strings.Contains(text, "EOF") {
		t.Errorf("%s:\n%s", resp.Status, text)
	}
}
