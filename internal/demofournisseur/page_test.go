package demofournisseur_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet/internal/oidc"
)

// A page is what a browser and a screen reader find.
type page struct {
	langue, titre, h1 string
	methode, action   string
	caches            url.Values        // hidden fields
	boutons           map[string]string // value to name
	fautes            []string
}

// lit reads a page, and notes what a person could not use.
func lit(t *testing.T, text string) page {
	t.Helper()
	if !strings.HasPrefix(text, "<!doctype html>") {
		t.Errorf("no doctype: %.80s", text)
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	p := page{caches: url.Values{}, boutons: map[string]string{}}
	for {
		jeton, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if e, ok := jeton.(xml.StartElement); ok {
			p.element(d, e)
		}
	}
}

func (p *page) element(d *xml.Decoder, e xml.StartElement) {
	a := map[string]string{}
	for _, attr := range e.Attr {
		a[attr.Name.Local] = attr.Value
		if attr.Name.Local == "style" || strings.HasPrefix(attr.Name.Local, "on") {
			p.fautes = append(p.fautes, "inline "+attr.Name.Local)
		}
	}
	switch e.Name.Local {
	case "html":
		p.langue = a["lang"]
	case "title":
		p.titre = texte(d)
	case "h1":
		p.h1 += texte(d)
	case "form":
		p.methode, p.action = strings.ToUpper(a["method"]), a["action"]
	case "input":
		if a["type"] != "hidden" {
			p.fautes = append(p.fautes, "a field without label")
		}
		p.caches.Add(a["name"], a["value"])
	case "button":
		if a["type"] != "submit" || a["name"] != "sub" {
			p.fautes = append(p.fautes, "a button that sends nothing")
		}
		p.boutons[a["value"]] = texte(d)
	case "legend":
		if texte(d) == "" {
			p.fautes = append(p.fautes, "a list without a name")
		}
	case "script", "style", "iframe", "img", "object":
		p.fautes = append(p.fautes, "a "+e.Name.Local)
	}
}

// texte reads until the end of the element.
func texte(d *xml.Decoder) string {
	var b strings.Builder
	for depth := 1; depth > 0; {
		jeton, err := d.Token()
		if err != nil {
			return b.String()
		}
		switch x := jeton.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			b.Write(x)
		}
	}
	return b.String()
}

const titre = "Fournisseur d’identité de démonstration"

func (d *demo) depart() *url.URL {
	d.t.Helper()
	depart, err := d.fournisseur(oidc.ProConnect(d.acces("proconnect", "guichet"))).Depart(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	u, err := url.Parse(depart.URL)
	if err != nil {
		d.t.Fatal(err)
	}
	return u
}

// TestPage shows every person as a button, in a page that says what it is.
func TestPage(t *testing.T) {
	d := lance(t, tel)
	resp, text := d.va(http.MethodGet, d.depart().String(), nil)
	p := lit(t, text)
	if p.langue != "fr" || p.titre != titre || p.h1 != titre || !strings.Contains(text, "Ceci n’est pas ProConnect.") {
		t.Errorf("the page does not say what it is: %+v", p)
	}
	if len(p.fautes) > 0 {
		t.Errorf("faults: %v", p.fautes)
	}
	for sub, nom := range map[string]string{
		"maire-900":  "Jeanne Martin, maire d’une commune de 900 habitants",
		"resident":   "Roux, habitant",
		`"><script>`: `<b> O'Neil & "fils", <script>alert(1)</script>`,
		"":           "Ne pas se connecter",
	} {
		if p.boutons[sub] != nom {
			t.Errorf("the button of %q is named %q, want %q", sub, p.boutons[sub], nom)
		}
	}
	if len(p.boutons) != 5 || p.methode != http.MethodPost || p.action != d.emetteur+"/authorize" {
		t.Errorf("%d buttons, form %s %s", len(p.boutons), p.methode, p.action)
	}
	want := "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' " + site
	if got := resp.Header.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy %q, want %q", got, want)
	}
	resp, text = d.va(http.MethodGet, d.emetteur+"/style.css", nil)
	if resp.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(text, ":focus-visible") {
		t.Errorf("style: %v\n%s", resp.Header, text)
	}
}

// TestPageCanFail gives the reader of pages what it must find.
func TestPageCanFail(t *testing.T) {
	p := lit(t, `<!doctype html><html><body><form style="x"><input name="nom"><button>Ok</button><legend></legend></form><script>x</script></body></html>`)
	if len(p.fautes) != 5 || p.langue != "" || p.titre != "" || p.h1 != "" {
		t.Errorf("faults found: %v", p.fautes)
	}
}

// TestRequestIsVerified answers a page, never a redirection, to a request
// that the real providers would refuse.
func TestRequestIsVerified(t *testing.T) {
	d := lance(t, tel)
	for _, c := range []struct {
		nom, phrase string
		change      func(url.Values)
	}{
		{"an unknown site", "client_id", func(q url.Values) { q.Set("client_id", "autre") }},
		{"the return of another site", "redirect_uri", func(q url.Values) { q.Set("redirect_uri", client("", "franceconnect").Retour) }},
		{"a return elsewhere", "redirect_uri", func(q url.Values) { q.Set("redirect_uri", "https://autre.exemple.fr") }},
		{"an implicit login", "response_type=code", func(q url.Values) { q.Set("response_type", "token") }},
		{"no openid", "openid", func(q url.Values) { q.Set("scope", "email") }},
		{"a short state", "32 caractères", func(q url.Values) { q.Set("state", "court") }},
		{"no nonce", "32 caractères", func(q url.Values) { q.Del("nonce") }},
		{"a plain proof", "S256", func(q url.Values) { q.Set("code_challenge", "x"); q.Set("code_challenge_method", "plain") }},
		{"a method without proof", "S256", func(q url.Values) { q.Set("code_challenge_method", "S256") }},
		{"an unknown parameter", "« login_hint »", func(q url.Values) { q.Set("login_hint", "x") }},
		{"a parameter given twice", "« state »", func(q url.Values) { q.Add("state", "x") }},
		{"a parameter without end", "« nonce »", func(q url.Values) { q.Set("nonce", strings.Repeat("n", 2000)) }},
	} {
		t.Run(c.nom, func(t *testing.T) {
			u := d.depart()
			q := u.Query()
			c.change(q)
			u.RawQuery = q.Encode()
			envoi := url.Values{"sub": {maire.Sub}}
			for k, v := range q {
				envoi[k] = v
			}
			for methode, adresse := range map[string]string{http.MethodGet: u.String(), http.MethodPost: d.emetteur + "/authorize"} {
				resp, text := d.va(methode, adresse, envoi)
				if p := lit(t, text); resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Location") != "" || p.h1 != titre || !strings.Contains(text, c.phrase) {
					t.Errorf("%s: %s, want a page that says %q:\n%s", methode, resp.Status, c.phrase, text)
				}
			}
		})
	}
	q := d.depart().Query()
	q.Set("sub", "inconnue")
	if resp, text := d.va(http.MethodPost, d.emetteur+"/authorize", q); resp.StatusCode != http.StatusBadRequest || !strings.Contains(text, "n’existe pas") {
		t.Errorf("an unknown person: %s\n%s", resp.Status, text)
	}
	if resp, text := d.va(http.MethodPost, d.emetteur+"/authorize", url.Values{"x": {strings.Repeat("x", 20<<10)}}); resp.StatusCode != http.StatusBadRequest || lit(t, text).langue != "fr" || !strings.Contains(text, "illisible") {
		t.Errorf("a huge form: %s\n%s", resp.Status, text)
	}
	if resp, text := d.va(http.MethodGet, d.emetteur+"/ailleurs", nil); resp.StatusCode != http.StatusNotFound || lit(t, text).langue != "fr" {
		t.Errorf("another page: %s\n%s", resp.Status, text)
	}
}
