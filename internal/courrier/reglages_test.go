package courrier_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"guichet/internal/courrier"
	"guichet/internal/fault"
)

func TestParse(t *testing.T) {
	for address, want := range map[string]string{
		"smtp://agent:secret@smtp.exemple.fr":         "smtp.exemple.fr:587 (starttls, avec un compte)",
		"smtp://agent:secret@smtp.exemple.fr:25/":     "smtp.exemple.fr:25 (starttls, avec un compte)",
		"smtp://smtp.exemple.fr?tls=starttls":         "smtp.exemple.fr:587 (starttls, sans compte)",
		"smtps://agent:s%40cret@smtp.exemple.fr":      "smtp.exemple.fr:465 (smtps, avec un compte)",
		"smtps://agent:secret@smtp.exemple.fr:4650":   "smtp.exemple.fr:4650 (smtps, avec un compte)",
		"smtp://localhost:25":                         "localhost:25 (aucun, sans compte)",
		"smtp://127.0.0.1:25?tls=aucun":               "127.0.0.1:25 (aucun, sans compte)",
		"smtp://[::1]:25":                             "[::1]:25 (aucun, sans compte)",
		"smtp://localhost?tls=starttls":               "localhost:587 (starttls, sans compte)",
		"smtp://agent:secret@localhost":               "localhost:587 (starttls, avec un compte)",
		"smtp://agent%40exemple.fr:secret@exemple.fr": "exemple.fr:587 (starttls, avec un compte)",
	} {
		r, err := courrier.Parse(address)
		if got := fmt.Sprint(r); err != nil || got != want {
			t.Errorf("%s\n got %s, %v\nwant %s", address, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for situation, address := range map[string]string{
		"nothing":                            "",
		"a name alone":                       "smtp.exemple.fr",
		"another protocol":                   "https://agent:SECRET@smtp.exemple.fr",
		"no server":                          "smtp://agent:SECRET@",
		"a user without password":            "smtp://SECRET@smtp.exemple.fr",
		"an empty password":                  "smtp://SECRET:@smtp.exemple.fr",
		"a password without user":            "smtp://:SECRET@smtp.exemple.fr",
		"a slash in the password":            "smtp://agent:SECRET/suite@smtp.exemple.fr",
		"a hash in the password":             "smtp://agent:SECRET#suite@smtp.exemple.fr",
		"a wrong escape":                     "smtp://agent:SECRET%zz@smtp.exemple.fr",
		"a path":                             "smtp://agent:SECRET@smtp.exemple.fr/boite",
		"port 0":                             "smtp://agent:SECRET@smtp.exemple.fr:0",
		"port 70000":                         "smtp://agent:SECRET@smtp.exemple.fr:70000",
		"no encryption to another machine":   "smtp://smtp.exemple.fr?tls=aucun",
		"no encryption for a password":       "smtp://agent:SECRET@localhost?tls=aucun",
		"a private network is not this one":  "smtp://192.0.2.1:25?tls=aucun",
		"a name that starts like this one":   "smtp://localhost.exemple.fr?tls=aucun",
		"an unknown encryption":              "smtp://smtp.exemple.fr?tls=oui",
		"an unknown option":                  "smtp://smtp.exemple.fr?verifier=non",
		"one option twice":                   "smtp://smtp.exemple.fr?tls=starttls&tls=aucun",
		"a known option and another":         "smtp://smtp.exemple.fr?tls=starttls&x=1",
		"an option that smtps does not have": "smtps://agent:SECRET@smtp.exemple.fr?tls=aucun",
	} {
		_, err := courrier.Parse(address)
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want a fault.Invalid", situation, err)
			continue
		}
		if strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "%!") {
			t.Errorf("%s: the error says %v", situation, err)
		}
		if !strings.HasSuffix(fault.Of(err).Message, ".") {
			t.Errorf("%s: %q is not a sentence", situation, fault.Of(err).Message)
		}
	}
}

// TestSecretNeverPrinted prints settings and what holds them in every way.
func TestSecretNeverPrinted(t *testing.T) {
	const secret = "XY-mot-de-passe-ZT"
	r, err := courrier.Parse("smtp://agent:" + secret + "@smtp.exemple.fr")
	if err != nil {
		t.Fatal(err)
	}
	holder := struct{ R, r any }{r, &r}
	hidden := struct{ r courrier.Reglages }{r}
	var b bytes.Buffer
	ways := 0
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%T", "%p", "%t"} {
		for _, x := range []any{r, &r, holder, hidden, courrier.New(r), []courrier.Reglages{r}, map[string]any{"r": r}} {
			fmt.Fprintf(&b, verb+"\n", x)
			ways++
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(handler).Info("settings", "r", r, "holder", holder, "hidden", hidden)
		ways += 3
	}
	if text, err := json.Marshal(holder); err == nil {
		b.Write(text)
		ways++
	}
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), strings.Trim(fmt.Sprint([]byte(secret)), "[]")} {
		if strings.Contains(b.String(), form) {
			t.Errorf("the secret was printed as %s", form)
		}
	}
	if !strings.Contains(b.String(), "smtp.exemple.fr:587 (starttls, avec un compte)") {
		t.Error("the settings do not print at all")
	}
	t.Logf("%d ways to print, 0 secrets", ways)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"smtp://agent:secret@smtp.exemple.fr:587?tls=starttls", "smtps://h", "smtp://[::1]:25", "smtp://a:%zz@h", "://", "smtp://h?tls=aucun"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		r, err := courrier.Parse(address)
		if err != nil && !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v is not for a person", address, err)
		}
		if text := fmt.Sprint(r); err == nil && strings.Contains(text, "aucun") && strings.Contains(text, "avec un compte") {
			t.Errorf("%q sends a password in clear: %s", address, text)
		}
	})
}
