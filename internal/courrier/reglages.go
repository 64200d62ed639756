package courrier

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strconv"

	"guichet/internal/fault"
)

// A chiffrement is how the connection to the server is encrypted.
type chiffrement string

const (
	starttls  chiffrement = "starttls" // required after the greeting
	tlsDirect chiffrement = "smtps"    // from the first octet
	aucun     chiffrement = "aucun"    // only towards this very machine
)

// Reglages say which server takes the mails. They print without their secret,
// whatever the verb.
type Reglages struct {
	hote        string
	port        int
	chiffrement chiffrement
	utilisateur string
	motDePasse  func() string // a function, which fmt and encoders cannot look into
}

// Parse reads the address of a mail server:
//
//	smtp://user:password@smtp.example.fr:587    STARTTLS required
//	smtps://user:password@smtp.example.fr:465   encrypted from the start
//	smtp://localhost:25                         not encrypted: this machine, no password
//
// ?tls=starttls asks for STARTTLS on this machine too; ?tls=aucun is refused
// where it would matter. Special characters of the password are written as in
// any address (%40 for @). The server's certificate must be known to the
// machine. The error is a fault.Invalid, without the address that was read.
func Parse(s string) (Reglages, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return Reglages{}, fault.New(fault.Invalid, "L’adresse du serveur de messagerie n’est pas lisible : écrivez par exemple smtp://utilisateur:motdepasse@smtp.exemple.fr:587, et dans le mot de passe %%40 pour @, %%2F pour /, %%3A pour deux-points.")
	}
	secret, withSecret := u.User.Password()
	r := Reglages{hote: u.Hostname(), utilisateur: u.User.Username(), motDePasse: func() string { return secret }}
	if (r.utilisateur != "") != (withSecret && secret != "") {
		return Reglages{}, fault.New(fault.Invalid, "L’adresse du serveur de messagerie doit avoir un utilisateur et un mot de passe, ou aucun des deux.")
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" || u.Opaque != "" {
		return Reglages{}, fault.New(fault.Invalid, "L’adresse du serveur de messagerie s’arrête après le port : retirez ce qui suit, ou écrivez %%2F pour / et %%23 pour # dans le mot de passe.")
	}
	if r.port, err = port(u); err != nil {
		return Reglages{}, err
	}
	r.chiffrement, err = r.encryption(u)
	return r, err
}

// port is 465 for smtps, 587 for smtp, unless written.
func port(u *url.URL) (int, error) {
	if u.Port() == "" && u.Scheme == "smtps" {
		return 465, nil
	}
	if u.Port() == "" {
		return 587, nil
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || n == 0 {
		return 0, fault.New(fault.Invalid, "Le port du serveur de messagerie est un nombre de 1 à 65535.")
	}
	return int(n), nil
}

func (r Reglages) encryption(u *url.URL) (chiffrement, error) {
	query, err := url.ParseQuery(u.RawQuery)
	choix := chiffrement(query.Get("tls"))
	_, asked := query["tls"]
	if err != nil || len(query) > 1 || len(query) == 1 && !asked || len(query["tls"]) > 1 || asked && choix != starttls && choix != aucun {
		return "", fault.New(fault.Invalid, "Après l’adresse du serveur de messagerie, seul ?tls=starttls ou ?tls=aucun est possible.")
	}
	open := loopback(r.hote) && r.utilisateur == ""
	switch {
	case u.Scheme == "smtps" && asked:
		return "", fault.New(fault.Invalid, "Une adresse smtps est toujours chiffrée : retirez ?tls=, ou écrivez smtp.")
	case u.Scheme == "smtps":
		return tlsDirect, nil
	case choix == aucun && !open:
		return "", fault.New(fault.Invalid, "Un courriel ne quitte pas cette machine sans chiffrement, et un mot de passe jamais : retirez ?tls=aucun.")
	case choix == starttls || !open:
		return starttls, nil
	}
	return aucun, nil
}

func loopback(hote string) bool {
	ip := net.ParseIP(hote)
	return hote == "localhost" || ip != nil && ip.IsLoopback()
}

func (r Reglages) tls() *tls.Config {
	return &tls.Config{ServerName: r.hote, MinVersion: tls.VersionTLS12}
}

// Format writes the server, how it is encrypted, and whether there is an
// account: never the account.
func (r Reglages) Format(f fmt.State, _ rune) {
	compte := "sans compte"
	if r.utilisateur != "" {
		compte = "avec un compte"
	}
	fmt.Fprintf(f, "%s (%s, %s)", net.JoinHostPort(r.hote, strconv.Itoa(r.port)), r.chiffrement, compte)
}
