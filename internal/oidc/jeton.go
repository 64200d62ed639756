package oidc

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	derive     = 30 * time.Second // between two honest clocks
	ageJeton   = 10 * time.Minute // an older id_token was not made for this login
	maxSub     = 255              // characters, in the specification
	maxTexte   = 255
	typeJwt    = "application/jwt"
	typeSimple = "application/json"
)

// A jeton is what is kept of a verified id_token.
type jeton struct {
	Sub string   `json:"sub"`
	Azp string   `json:"azp"`
	Acr string   `json:"acr"`
	Amr []string `json:"amr"`

	brut string
}

// lireJeton verifies the id_token that came with the access token.
func (f *Fournisseur) lireJeton(ctx context.Context, a Attente, acces *oauth2.Token) (jeton, error) {
	brut, ok := acces.Extra("id_token").(string)
	if !ok {
		return jeton{}, f.refus(errors.New("no id_token"))
	}
	s := &signature{f: f}
	t, err := f.verificateur(s, false).Verify(ctx, brut)
	if err != nil {
		return jeton{}, f.echec(cmp.Or(s.err, err))
	}
	j := jeton{brut: brut}
	if err := t.Claims(&j); err != nil {
		return jeton{}, f.refus(err)
	}
	if err := f.checkJeton(t, j, a.Nonce); err != nil {
		return jeton{}, f.refus(fmt.Errorf("id_token: %w", err))
	}
	if t.AccessTokenHash != "" {
		if err := t.VerifyAccessToken(acces.AccessToken); err != nil {
			return jeton{}, f.refus(err)
		}
	}
	if len(f.reglages.AcrAcceptes) > 0 && !slices.Contains(f.reglages.AcrAcceptes, j.Acr) {
		return jeton{}, f.insuffisante(fmt.Errorf("id_token: acr %.60q", j.Acr))
	}
	return j, nil
}

// verificateur is the library's half of the work, with our keys and clock.
func (f *Fournisseur) verificateur(s *signature, sansFin bool) *oidc.IDTokenVerifier {
	return oidc.NewVerifier(f.reglages.Emetteur, s, &oidc.Config{ClientID: f.reglages.Client,
		SupportedSigningAlgs: f.reglages.Algorithmes, SkipExpiryCheck: sansFin, Now: f.now})
}

// checkJeton is what the library leaves to its user.
func (f *Fournisseur) checkJeton(t *oidc.IDToken, j jeton, nonce string) error {
	now := f.now()
	switch {
	case !subValide(t.Subject):
		return errors.New("sub")
	case len(t.Audience) != 1 || t.Audience[0] != f.reglages.Client:
		return fmt.Errorf("aud has %d values", len(t.Audience))
	case j.Azp != "" && j.Azp != f.reglages.Client:
		return fmt.Errorf("azp %.60q", j.Azp)
	case t.IssuedAt.After(now.Add(derive)):
		return fmt.Errorf("iat %v is to come", t.IssuedAt)
	case t.IssuedAt.Before(now.Add(-ageJeton)):
		return fmt.Errorf("iat %v is old", t.IssuedAt)
	case !t.Expiry.After(t.IssuedAt):
		return fmt.Errorf("exp %v is before iat", t.Expiry)
	case subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(nonce)) != 1:
		return errors.New("nonce of another login")
	}
	return nil
}

// subValide reports whether s can name a person: 255 printable ASCII
// characters at most.
func subValide(s string) bool {
	return s != "" && len(s) <= maxSub && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// A personne is what userinfo says.
type personne struct {
	Sub       string `json:"sub"`
	Prenoms   string `json:"given_name"`
	NomUsage  string `json:"usual_name"`
	NomNaitre string `json:"family_name"`
	Courriel  string `json:"email"`
	Siret     string `json:"siret"`
}

func (p personne) identite() Identite {
	return Identite{Sub: p.Sub, Prenoms: p.Prenoms, Nom: cmp.Or(p.NomUsage, p.NomNaitre), Courriel: p.Courriel, Siret: p.Siret}
}

// lirePersonne reads a userinfo, signed or, when the settings allow it, not.
func (f *Fournisseur) lirePersonne(ctx context.Context, body []byte, media string) (p personne, err error) {
	switch {
	case media == typeJwt:
		err = f.lireSigne(ctx, strings.TrimSpace(string(body)), &p)
	case media == typeSimple && !f.reglages.UserinfoSigne:
		err = json.Unmarshal(body, &p)
	default:
		err = fmt.Errorf("type %.60q", media)
	}
	if err == nil {
		err = p.check()
	}
	if err != nil {
		return personne{}, f.echec(fmt.Errorf("userinfo: %w", err))
	}
	return p, nil
}

// lireSigne verifies a signed userinfo: by this issuer, for this client, and
// within its dates when it has some.
func (f *Fournisseur) lireSigne(ctx context.Context, jwt string, p *personne) error {
	s := &signature{f: f}
	t, err := f.verificateur(s, true).Verify(ctx, jwt)
	if err != nil {
		return cmp.Or(s.err, err)
	}
	now := f.now()
	switch {
	case len(t.Audience) != 1:
		return fmt.Errorf("aud has %d values", len(t.Audience))
	case t.Expiry.Unix() > 0 && !t.Expiry.After(now):
		return fmt.Errorf("expired at %v", t.Expiry)
	case t.IssuedAt.After(now.Add(derive)):
		return fmt.Errorf("iat %v is to come", t.IssuedAt)
	}
	return t.Claims(p)
}

// check refuses what no directory holds: texts that are long, or that would
// break a line of a log or of a mail.
func (p personne) check() error {
	for _, s := range []string{p.Prenoms, p.NomUsage, p.NomNaitre, p.Courriel, p.Siret} {
		if len(s) > maxTexte || strings.IndexFunc(s, unicode.IsControl) >= 0 {
			return fmt.Errorf("text %.40q", s)
		}
	}
	return nil
}
