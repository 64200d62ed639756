package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// ageCleInconnue bounds what a provider, or somebody who imitates it, can
	// make guichet fetch: a key that is not known is looked for once a minute.
	ageCleInconnue = time.Minute
	maxCles        = 50
	minimumRSA     = 2048 // bits
	maximumRSA     = 8192 // bits: longer only costs time
)

// A cle is a public key of the provider, and its name.
type cle struct {
	kid      string
	publique any
}

// A signature verifies with the keys of the provider, for the library, and
// remembers why it refused: the library keeps only the text.
type signature struct {
	f   *Fournisseur
	err error
}

// VerifySignature returns the payload of a compact JWT.
func (s *signature) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := s.f.verifier(ctx, jwt)
	s.err = err
	return payload, err
}

func (f *Fournisseur) verifier(ctx context.Context, jwt string) ([]byte, error) {
	jws, err := jose.ParseSignedCompact(jwt, f.algorithmes())
	if err != nil {
		return nil, err
	}
	cles, err := f.clesDe(ctx, jws.Signatures[0].Header.KeyID)
	if err != nil {
		return nil, err
	}
	for _, c := range cles {
		if payload, err := jws.Verify(c.publique); err == nil {
			return payload, nil
		}
	}
	return nil, errors.New("no key of the provider made this signature")
}

func (f *Fournisseur) algorithmes() []jose.SignatureAlgorithm {
	var all []jose.SignatureAlgorithm
	for _, a := range f.reglages.Algorithmes {
		all = append(all, jose.SignatureAlgorithm(a))
	}
	return all
}

// clesDe returns the keys that may have signed: those read in the last hour,
// then, for a key that is not among them, in the last minute.
func (f *Fournisseur) clesDe(ctx context.Context, kid string) ([]cle, error) {
	for _, age := range []time.Duration{ageAnnuaire, ageCleInconnue} {
		toutes, err := f.cles.prendre(ctx, f.now().Add(-age), f.lireCles)
		if err != nil {
			return nil, err
		}
		if bonnes := choisir(toutes, kid); len(bonnes) > 0 {
			return bonnes, nil
		}
	}
	return nil, fmt.Errorf("no key %.40q", kid)
}

// choisir keeps the keys of that name. A signature without the
// name of its key is accepted only when there is no choice.
func choisir(toutes []cle, kid string) (bonnes []cle) {
	for _, c := range toutes {
		if c.kid == kid || kid == "" && len(toutes) == 1 {
			bonnes = append(bonnes, c)
		}
	}
	return bonnes
}

func (f *Fournisseur) lireCles(ctx context.Context) ([]cle, time.Time, error) {
	a, err := f.decouvrir(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.Cles, nil)
	if err != nil {
		return nil, time.Time{}, err
	}
	body, _, err := f.lire(req)
	if err != nil {
		return nil, time.Time{}, err
	}
	var brut struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &brut); err != nil {
		return nil, time.Time{}, f.refus(fmt.Errorf("jwks: %w", err))
	}
	if len(brut.Keys) > maxCles {
		return nil, time.Time{}, f.refus(fmt.Errorf("jwks: %d keys", len(brut.Keys)))
	}
	var cles []cle
	for _, texte := range brut.Keys {
		if c, ok := lireCle(texte); ok {
			cles = append(cles, c)
		}
	}
	return cles, f.now(), nil
}

// lireCle reads one key. A key that guichet cannot use is not an error:
// providers publish others too.
func lireCle(texte []byte) (cle, bool) {
	var secret struct{ D, K json.RawMessage }
	if err := json.Unmarshal(texte, &secret); err != nil || secret.D != nil || secret.K != nil {
		return cle{}, false // proves nothing, and costs time to read
	}
	var k jose.JSONWebKey
	if err := k.UnmarshalJSON(texte); err != nil || !k.Valid() || k.Use != "" && k.Use != "sig" {
		return cle{}, false
	}
	alg := ""
	switch p := k.Key.(type) {
	case *ecdsa.PublicKey:
		if p.Curve == elliptic.P256() {
			alg = string(jose.ES256)
		}
	case *rsa.PublicKey:
		if bits := p.N.BitLen(); bits >= minimumRSA && bits <= maximumRSA {
			alg = string(jose.RS256)
		}
	}
	if alg == "" || k.Algorithm != "" && k.Algorithm != alg {
		return cle{}, false
	}
	return cle{k.KeyID, k.Key}, true
}
