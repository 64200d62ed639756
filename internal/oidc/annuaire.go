package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// ageAnnuaire is how long a discovery, or a set of keys, is trusted.
const ageAnnuaire = time.Hour

// An annuaire is what the provider publishes of itself.
type annuaire struct {
	Autorisation string   `json:"authorization_endpoint"`
	Jeton        string   `json:"token_endpoint"`
	Userinfo     string   `json:"userinfo_endpoint"`
	Cles         string   `json:"jwks_uri"`
	FinDeSession string   `json:"end_session_endpoint"`
	Defis        []string `json:"code_challenge_methods_supported"`
	IssAnnonce   bool     `json:"authorization_response_iss_parameter_supported"`
}

func (a annuaire) offreS256() bool { return slices.Contains(a.Defis, "S256") }

// decouvrir returns the annuaire, read at most an hour ago.
func (f *Fournisseur) decouvrir(ctx context.Context) (annuaire, error) {
	a, err := f.annuaire.prendre(ctx, f.now().Add(-ageAnnuaire), f.lireAnnuaire)
	if err != nil {
		return a, f.echec(err)
	}
	return a, nil
}

func (f *Fournisseur) lireAnnuaire(ctx context.Context) (a annuaire, le time.Time, err error) {
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, f.client), f.reglages.Emetteur)
	if autre, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return a, le, f.refus(autre)
	}
	if errors.Is(err, errTropGros) {
		return a, le, f.refus(err)
	}
	if err != nil {
		return a, le, f.injoignable(fmt.Errorf("discovery: %w", err))
	}
	if err := p.Claims(&a); err != nil {
		return a, le, f.refus(fmt.Errorf("discovery: %w", err))
	}
	if err := a.check(f.reglages.Emetteur); err != nil {
		return a, le, f.refus(err)
	}
	return a, f.now(), nil
}

// check verifies the addresses: all are safe, and only an issuer of this
// machine sends to this machine.
func (a annuaire) check(emetteur string) error {
	e, err := url.Parse(emetteur)
	if err != nil {
		return err
	}
	for nom, adresse := range map[string]string{"authorization_endpoint": a.Autorisation, "token_endpoint": a.Jeton,
		"userinfo_endpoint": a.Userinfo, "jwks_uri": a.Cles, "end_session_endpoint": a.FinDeSession} {
		if nom == "end_session_endpoint" && adresse == "" {
			continue // optional
		}
		u, err := url.Parse(adresse)
		if err != nil || u.Host == "" || !sure(u) || local(u) != local(e) {
			return fmt.Errorf("discovery: %s %q cannot be trusted", nom, adresse)
		}
	}
	return nil
}
