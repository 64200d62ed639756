package demofournisseur

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"guichet/internal/fault"
)

const (
	dureeCode  = 30 * time.Second
	dureeJeton = time.Minute
	maxOctrois = 1000
)

// A document is a JSON object of the protocol.
type document map[string]any

func (f *Fournisseur) annuaire(w http.ResponseWriter, _ *http.Request) {
	ecrire(w, http.StatusOK, document{
		"issuer":                                         f.reglages.Emetteur,
		"authorization_endpoint":                         f.url("/authorize"),
		"token_endpoint":                                 f.url("/token"),
		"userinfo_endpoint":                              f.url("/userinfo"),
		"jwks_uri":                                       f.url("/jwks"),
		"end_session_endpoint":                           f.url("/logout"),
		"response_types_supported":                       []string{"code"},
		"grant_types_supported":                          []string{"authorization_code"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"ES256"},
		"userinfo_signing_alg_values_supported":          []string{"ES256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_post"},
		"code_challenge_methods_supported":               []string{"S256"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (f *Fournisseur) jwks(w http.ResponseWriter, _ *http.Request) {
	ecrire(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{f.cle}})
}

// echanger gives the tokens against a code, once.
func (f *Fournisseur) echanger(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		ecrire(w, http.StatusBadRequest, document{"error": "invalid_request"})
		return
	}
	c, ok := f.client(r.PostForm.Get("client_id"))
	if !ok || subtle.ConstantTimeCompare([]byte(c.Secret), []byte(r.PostForm.Get("client_secret"))) != 1 {
		ecrire(w, http.StatusUnauthorized, document{"error": "invalid_client"})
		return
	}
	if r.PostForm.Get("grant_type") != "authorization_code" {
		ecrire(w, http.StatusBadRequest, document{"error": "unsupported_grant_type"})
		return
	}
	o, ok := f.prendre(f.codes, r.PostForm.Get("code"))
	if !ok || o.demande.client != c || r.PostForm.Get("redirect_uri") != c.Retour || !o.demande.prouve(r.PostForm.Get("code_verifier")) {
		ecrire(w, http.StatusBadRequest, document{"error": "invalid_grant"})
		return
	}
	reponse, err := f.jetonsDe(o)
	if err != nil {
		ecrire(w, http.StatusServiceUnavailable, document{"error": "temporarily_unavailable"})
		return
	}
	ecrire(w, http.StatusOK, reponse)
}

// prouve reports whether the code comes back from where it was asked.
func (d demande) prouve(verificateur string) bool {
	somme := sha256.Sum256([]byte(verificateur))
	return d.defi == "" && verificateur == "" || d.defi == base64.RawURLEncoding.EncodeToString(somme[:])
}

func (f *Fournisseur) jetonsDe(o octroi) (document, error) {
	acces, err := f.garder(f.jetons, o, dureeJeton)
	if err != nil {
		return nil, err
	}
	somme := sha256.Sum256([]byte(acces))
	now := f.reglages.Now()
	jeton, err := f.signer(document{"iss": f.reglages.Emetteur, "aud": o.demande.client.Id, "sub": o.personne.Sub,
		"iat": now.Unix(), "auth_time": now.Unix(), "exp": now.Add(dureeJeton).Unix(), "nonce": o.demande.nonce,
		"acr": o.personne.Acr, "at_hash": base64.RawURLEncoding.EncodeToString(somme[:len(somme)/2])})
	if err != nil {
		return nil, err
	}
	return document{"access_token": acces, "token_type": "Bearer", "expires_in": int(dureeJeton.Seconds()), "id_token": jeton}, nil
}

// userinfo says who the person is, as a signed JWT.
func (f *Fournisseur) userinfo(w http.ResponseWriter, r *http.Request) {
	acces, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	o, ok := f.prendre(f.jetons, acces)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		ecrire(w, http.StatusUnauthorized, document{"error": "invalid_token"})
		return
	}
	jeton, err := f.signer(f.revendications(o))
	if err != nil {
		ecrire(w, http.StatusInternalServerError, document{"error": "server_error"})
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	w.Write([]byte(jeton))
}

// revendications are what the scopes asked for, no more.
func (f *Fournisseur) revendications(o octroi) document {
	d := document{"iss": f.reglages.Emetteur, "aud": o.demande.client.Id, "sub": o.personne.Sub}
	for portee, valeur := range map[string]string{"given_name": o.personne.Prenoms, "usual_name": o.personne.Nom,
		"family_name": o.personne.Nom, "email": o.personne.Courriel, "siret": o.personne.Siret} {
		if valeur != "" && slices.Contains(o.demande.portees, portee) {
			d[portee] = valeur
		}
	}
	return d
}

func (f *Fournisseur) signer(d document) (string, error) {
	texte, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("demofournisseur: %w", err)
	}
	jws, err := f.signeur.Sign(texte)
	if err != nil {
		return "", fmt.Errorf("demofournisseur: %w", err)
	}
	return jws.CompactSerialize()
}

// clientDe returns the client for which this provider signed an id_token,
// whenever that was.
func (f *Fournisseur) clientDe(jeton string) (Client, error) {
	mauvais := fault.New(fault.Invalid, "Le jeton de la connexion à fermer n’est pas le nôtre : vérifiez id_token_hint.")
	jws, err := jose.ParseSignedCompact(jeton, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return Client{}, mauvais.Because(err)
	}
	texte, err := jws.Verify(f.cle)
	if err != nil {
		return Client{}, mauvais.Because(err)
	}
	var d struct {
		Aud string `json:"aud"`
	}
	if err := json.Unmarshal(texte, &d); err != nil {
		return Client{}, mauvais.Because(err)
	}
	c, ok := f.client(d.Aud)
	if !ok {
		return Client{}, mauvais
	}
	return c, nil
}

// ecrire answers a program.
func ecrire(w http.ResponseWriter, statut int, v any) {
	texte, err := json.Marshal(v)
	if err != nil {
		statut, texte = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(statut)
	w.Write(texte)
}
