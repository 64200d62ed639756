package web

import (
	"testing"

	"guichet/internal/compte"
	"guichet/internal/oidc"
)

// TestNiveau: only a second factor makes a strong level, whatever says it.
func TestNiveau(t *testing.T) {
	for _, c := range []struct {
		when string
		i    oidc.Identite
		want compte.Niveau
	}{
		{"a password, by its acr", oidc.Identite{Acr: "eidas1"}, compte.Simple},
		{"a declared identity, a password", oidc.Identite{Acr: "eidas0"}, compte.Simple},
		{"a password, by its amr", oidc.Identite{Acr: "eidas1", Amr: []string{"pwd"}}, compte.Simple},
		{"a provider that says nothing", oidc.Identite{}, compte.Simple},
		{"an acr that only looks like one", oidc.Identite{Acr: "eidas1-mfa-x"}, compte.Simple},
		{"the old name of a password", oidc.Identite{Acr: "https://proconnect.gouv.fr/assurance/consistency-checked"}, compte.Simple},
		{"an amr of two factors", oidc.Identite{Acr: "eidas1", Amr: []string{"pwd", "mfa"}}, compte.Fort},
		{"a factor that the person manages, identity declared", oidc.Identite{Acr: "eidas0-mfa"}, compte.Fort},
		{"a factor that the person manages", oidc.Identite{Acr: "eidas1-mfa"}, compte.Fort},
		{"a factor that the organisation manages", oidc.Identite{Acr: "eidas2"}, compte.Fort},
		{"a card", oidc.Identite{Acr: "eidas3"}, compte.Fort},
		{"the old name of two factors", oidc.Identite{Acr: "https://proconnect.gouv.fr/assurance/self-asserted-2fa"}, compte.Fort},
	} {
		if got := niveau(c.i); got != c.want {
			t.Errorf("%s: %v, want %v", c.when, got, c.want)
		}
	}
}
