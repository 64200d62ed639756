package oidc

import (
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"guichet/internal/fault"
)

// A Secret is the password of guichet at a provider. Whatever writes it, a
// log, a format or an encoder, writes three stars.
type Secret string

const cache = "***"

// String hides the secret.
func (Secret) String() string { return cache }

// Format hides the secret from every verb.
func (Secret) Format(w fmt.State, _ rune) { io.WriteString(w, cache) }

// LogValue hides the secret from logs.
func (Secret) LogValue() slog.Value { return slog.StringValue(cache) }

// MarshalText hides the secret from JSON and other encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte(cache), nil }

// An Acces is what a provider gives to one site, and what the site declared.
type Acces struct {
	Emetteur         string // URL of the issuer, exactly as it signs it
	Client           string
	Secret           Secret
	Retour           string // where the browser comes back; declared to the provider, exact
	ApresDeconnexion string // where the browser comes back after logout; declared, exact
}

// A Pkce says whether a login carries a proof key.
type Pkce int

// The choices of proof key.
const (
	PkceSiOfferte Pkce = iota // S256 when the discovery offers it
	SansPkce                  // never: the provider refuses the parameter though it announces it
)

// Reglages are one provider as configured.
type Reglages struct {
	Acces
	Nom           string // "proconnect": lower case, a segment of the path of Retour
	Titre         string // "ProConnect": as a person reads it
	Portees       []string
	AcrDemandes   []string // sent only when there are some
	AcrAcceptes   []string // a login with another acr is refused; none accepts any
	Demandes      string   // the claims parameter, JSON; sent only when there is one
	Algorithmes   []string // of id_token and userinfo: ES256, RS256
	Pkce          Pkce
	UserinfoSigne bool // a userinfo that is not a signed JWT is refused
}

// algorithmes are the signatures that guichet verifies: never a shared secret.
var algorithmes = []string{"ES256", "RS256"}

// demandeAmr asks for how the person proved who they are: ProConnect leaves amr
// out of the id_token unless it is asked for, in these very words (its page
// « Implémentation technique », parameter claims of authorize, and « claim_amr »).
const demandeAmr = `{"id_token":{"amr":{"essential":true}}}`

// ProConnect is the identity of public servants and of companies. It refuses
// the parameters that it does not document, so nothing else optional is sent.
func ProConnect(a Acces) Reglages {
	return Reglages{Acces: a, Nom: "proconnect", Titre: "ProConnect",
		Portees:     []string{"openid", "given_name", "usual_name", "email", "siret"},
		Demandes:    demandeAmr,
		Algorithmes: algorithmes, Pkce: SansPkce, UserinfoSigne: true}
}

// FranceConnect is the identity of residents, version 2, level eidas1 or
// higher. It does not document a proof key either.
func FranceConnect(a Acces) Reglages {
	return Reglages{Acces: a, Nom: "franceconnect", Titre: "FranceConnect",
		Portees:     []string{"openid", "given_name", "family_name", "email"},
		AcrDemandes: []string{"eidas1"}, AcrAcceptes: []string{"eidas1", "eidas2", "eidas3"},
		Algorithmes: algorithmes, Pkce: SansPkce, UserinfoSigne: true}
}

var nomValide = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// Check verifies the settings. The error is a fault.Invalid that names every
// field to correct.
func (r Reglages) Check() error {
	f := fault.New(fault.Invalid, "Les réglages du fournisseur d’identité « %s » sont à corriger.", r.Nom)
	if !nomValide.MatchString(r.Nom) {
		f.Field("nom", "Écrivez un nom court en minuscules, par exemple proconnect.")
	}
	if r.Titre == "" {
		f.Field("titre", "Écrivez le nom que lira la personne, par exemple ProConnect.")
	}
	checkURL(f, "emetteur", r.Emetteur)
	checkURL(f, "apres_deconnexion", r.ApresDeconnexion)
	if u := checkURL(f, "retour", r.Retour); u != nil && !slices.Contains(strings.Split(u.Path, "/"), r.Nom) {
		f.Field("retour", fmt.Sprintf("Chaque fournisseur a sa propre adresse de retour : son chemin doit contenir « /%s/ ».", r.Nom))
	}
	if r.Client == "" {
		f.Field("client", "Écrivez l’identifiant donné par le fournisseur.")
	}
	if r.Secret == "" {
		f.Field("secret", "Écrivez le secret donné par le fournisseur.")
	}
	if !slices.Contains(r.Portees, "openid") {
		f.Field("portees", "La portée openid est obligatoire.")
	}
	if len(r.Algorithmes) == 0 || slices.ContainsFunc(r.Algorithmes, func(a string) bool { return !slices.Contains(algorithmes, a) }) {
		f.Field("algorithmes", "Seules les signatures ES256 et RS256 sont acceptées.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// checkURL adds to f what is wrong with the address.
func checkURL(f *fault.Fault, champ, adresse string) *url.URL {
	u, err := url.Parse(adresse)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		f.Field(champ, "Écrivez une adresse complète, sans paramètre, par exemple https://exemple.fr/chemin.")
	case !sure(u):
		f.Field(champ, "L’adresse doit être en https ; http n’est accepté que sur la machine elle-même.")
	default:
		return u
	}
	return nil
}

// sure reports whether nobody can listen on the way to u.
func sure(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && local(u)
}

// local reports whether u stays on this machine.
func local(u *url.URL) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}
