package main

import "testing"

// TestAdresse derives the public address from the one listened to, or checks
// the one that was given.
func TestAdresse(t *testing.T) {
	for name, c := range map[string]struct {
		cmd      serveCmd
		listened string
		want     string // "" when refused
	}{
		"the demonstration on this machine": {serveCmd{Demo: true}, "127.0.0.1:8080", "http://localhost:8080"},
		"the demonstration everywhere":      {serveCmd{Demo: true}, "[::]:8080", "http://localhost:8080"},
		"a service on this machine":         {serveCmd{}, "127.0.0.1:8080", "http://127.0.0.1:8080"},
		"a service on one address":          {serveCmd{}, "192.0.2.7:80", "http://192.0.2.7:80"},
		"a public address":                  {serveCmd{Adresse: "https://guichet.exemple.fr/"}, "127.0.0.1:8080", "https://guichet.exemple.fr"},
		"an address with a path":            {serveCmd{Adresse: "https://exemple.fr/guichet"}, "127.0.0.1:8080", ""},
		"an address of another kind":        {serveCmd{Adresse: "ftp://exemple.fr"}, "127.0.0.1:8080", ""},
		"no address at all":                 {serveCmd{Adresse: "exemple"}, "127.0.0.1:8080", ""},
	} {
		err := c.cmd.adresse(c.listened)
		if c.want == "" && err == nil || c.want != "" && (err != nil || c.cmd.Adresse != c.want) {
			t.Errorf("%s: %q, %v; want %q", name, c.cmd.Adresse, err, c.want)
		}
	}
}
