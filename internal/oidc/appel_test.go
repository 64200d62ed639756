package oidc

import (
	"net/http"
	"testing"
	"time"
)

// TestStrictClient never waits longer than ten seconds for an answer, and
// keeps a shorter patience.
func TestStrictClient(t *testing.T) {
	for given, want := range map[*http.Client]time.Duration{
		nil:                        10 * time.Second,
		{}:                         10 * time.Second,
		{Timeout: time.Hour}:       10 * time.Second,
		{Timeout: 3 * time.Second}: 3 * time.Second,
	} {
		if got := strict(given).Timeout; got != want {
			t.Errorf("strict(%+v) waits %v, want %v", given, got, want)
		}
	}
}

// TestAnnuaireCheck accepts only addresses that nobody can listen to.
func TestAnnuaireCheck(t *testing.T) {
	const ailleurs = "https://idp.exemple.fr"
	for _, c := range []struct {
		nom, emetteur, adresse string
		ok                     bool
	}{
		{"https, elsewhere", ailleurs, ailleurs + "/x", true},
		{"https, at another host of the provider", ailleurs, "https://jetons.exemple.fr/x", true},
		{"http, elsewhere", ailleurs, "http://idp.exemple.fr/x", false},
		{"this machine, said by another", ailleurs, "http://127.0.0.1/x", false},
		{"this machine in https, said by another", ailleurs, "https://localhost/x", false},
		{"http, on this machine, said by this machine", "http://127.0.0.1", "http://localhost/x", true},
		{"elsewhere, said by this machine", "http://127.0.0.1", ailleurs + "/x", false},
		{"no host", ailleurs, "https:///x", false},
		{"nothing", ailleurs, "", false},
		{"not an address", ailleurs, "https://%zz", false},
	} {
		bon := c.emetteur + "/x"
		for i, a := range []annuaire{{c.adresse, bon, bon, bon, bon, nil, false}, {bon, c.adresse, bon, bon, bon, nil, false},
			{bon, bon, c.adresse, bon, bon, nil, false}, {bon, bon, bon, c.adresse, bon, nil, false}, {bon, bon, bon, bon, c.adresse, nil, false}} {
			ok := c.ok || i == 4 && c.adresse == "" // a logout page is optional
			if err := a.check(c.emetteur); (err == nil) != ok {
				t.Errorf("%s, address %d: %v, want accepted %t", c.nom, i, err, ok)
			}
		}
	}
}
