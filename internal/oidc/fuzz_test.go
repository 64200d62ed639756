package oidc

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"testing"
)

// FuzzCle reads what a provider publishes as a key: whatever it is, guichet
// keeps a public key of a known strength, or nothing.
func FuzzCle(f *testing.F) {
	for _, seed := range []string{
		`{"kty":"EC","crv":"P-256","kid":"a","use":"sig","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}`,
		`{"kty":"RSA","kid":"b","alg":"RS256","n":"AQAB","e":"AQAB"}`,
		`{"kty":"oct","k":"AAAA"}`,
		`{"kty":"EC","crv":"P-256","x5c":["AA"]}`,
		`{}`, `null`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, texte []byte) {
		c, ok := lireCle(texte)
		if !ok {
			return
		}
		switch k := c.publique.(type) {
		case *ecdsa.PublicKey:
			if k.Curve.Params().BitSize != 256 {
				t.Errorf("curve of %d bits", k.Curve.Params().BitSize)
			}
		case *rsa.PublicKey:
			if k.N.BitLen() < minimumRSA || k.N.BitLen() > maximumRSA {
				t.Errorf("modulus of %d bits", k.N.BitLen())
			}
		default:
			t.Errorf("a key of type %T", k)
		}
	})
}
