package main

import (
	"crypto/rand"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"guichet/internal/demofournisseur"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/oidc"
	"guichet/internal/web"
)

// identiteOptions are an identity provider.
type identiteOptions struct {
	Emetteur string `help:"Adresse de l’émetteur." placeholder:"URL"`
	Client   string `help:"Identifiant donné par le fournisseur." placeholder:"TEXTE"`
	Secret   string `help:"Secret donné par le fournisseur ; de préférence par l’environnement." placeholder:"TEXTE"`
}

// fournisseurs returns the providers by which one may sign in: those of the
// options, or the one of the demonstration with its pages.
func (c *serveCmd) fournisseurs(k *console, g *guichet.Guichet) (out []web.Fournisseur, demo http.Handler, err error) {
	add := func(make func(oidc.Acces) oidc.Reglages, name string, o identiteOptions) error {
		f, err := oidc.New(make(oidc.Acces{Emetteur: o.Emetteur, Client: o.Client, Secret: oidc.Secret(o.Secret),
			Retour: c.Adresse + "/connexion/" + name + "/retour", ApresDeconnexion: c.Adresse + "/"}), http.DefaultClient, k.now)
		if err == nil {
			out = append(out, f)
		}
		return err
	}
	if c.Demo {
		o := identiteOptions{Emetteur: c.Adresse + "/fournisseur", Client: "guichet", Secret: rand.Text()}
		if demo, err = c.demonstration(k, g, o); err != nil {
			return nil, nil, err
		}
		return out, demo, add(oidc.ProConnect, "proconnect", o)
	}
	if c.Proconnect.Emetteur != "" {
		if err := add(oidc.ProConnect, "proconnect", c.Proconnect); err != nil {
			return nil, nil, err
		}
	}
	if c.Franceconnect.Emetteur != "" {
		err = add(oidc.FranceConnect, "franceconnect", c.Franceconnect)
	}
	return out, nil, err
}

// demonstration is the provider that shows ready persons. It refuses to exist
// elsewhere than on this machine.
func (c *serveCmd) demonstration(k *console, g *guichet.Guichet, o identiteOptions) (http.Handler, error) {
	r := demofournisseur.Reglages{Emetteur: o.Emetteur, Imite: "ProConnect", Now: k.now, Alea: rand.Reader,
		Clients: []demofournisseur.Client{{Id: o.Client, Secret: o.Secret, Retour: c.Adresse + "/connexion/proconnect/retour", ApresDeconnexion: c.Adresse + "/"}}}
	for _, p := range g.Personnages() {
		r.Personnes = append(r.Personnes, demofournisseur.Personne{Sub: p.Sub, Prenoms: p.Prenoms, Nom: p.Nom, Titre: p.Titre,
			Courriel: p.Sub + "@exemple.invalid", Acr: "eidas2"})
	}
	if err := g.PeupleDemonstration(k.ctx, o.Emetteur); err != nil {
		return nil, err
	}
	return demofournisseur.New(r)
}

// adresse checks the public address, or takes the one listened to: that of this
// machine when it listens everywhere.
func (c *serveCmd) adresse(listened string) error {
	if c.Adresse == "" {
		host, port, err := net.SplitHostPort(listened)
		if err != nil {
			return err
		}
		if ip, err := netip.ParseAddr(host); err == nil && (ip.IsUnspecified() || c.Demo && ip.IsLoopback()) {
			host = "localhost"
		}
		c.Adresse = "http://" + net.JoinHostPort(host, port)
	}
	c.Adresse = strings.TrimSuffix(c.Adresse, "/")
	u, err := url.Parse(c.Adresse)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" {
		return fault.New(fault.Invalid, "--adresse : écrivez l’adresse publique du service, comme https://guichet.exemple.fr.")
	}
	return nil
}
