// Package courrier hands mails to a mail server, one at a time, and says of a
// failure whether to try again. It does not know who writes, nor why, nor what
// was sent before: the caller keeps the mails and counts the tries.
package courrier

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	mail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// limite ends a dialogue with a server that stays silent.
const limite = 2 * time.Minute

// adieu ends the good-bye to a server that already has the mail.
const adieu = 5 * time.Second

// A Facteur hands mails to one server. It may be used by several goroutines;
// each mail has a connection of its own.
type Facteur struct{ reglages Reglages }

// New returns the Facteur of the server described by r.
func New(r Reglages) *Facteur { return &Facteur{r} }

// Envoie hands m to the server. It returns nil once the server has taken the
// mail, and then only. An error is a fault.Invalid when the mail itself is
// wrong; Temporaire and Definitif say of any error whether to try again. A mail
// may reach its reader twice when the answer of the server was lost: both have
// the same Message-ID. The end of ctx ends the dialogue.
func (f *Facteur) Envoie(ctx context.Context, m Message) error {
	msg, err := m.compose()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limite)
	defer cancel()
	d := &dialogue{reglages: f.reglages, etape: connexion, hangUp: func() {}}
	// Without a word: after a failure, a good-bye would make the library close
	// the content, and the server take half a mail.
	defer func() { d.hangUp() }()
	client, err := mail.NewClient(f.reglages.hote, d.options(ctx)...)
	if err != nil {
		return d.failure(err)
	}
	server, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return d.failure(err)
	}
	d.etape = expediteur
	if err := client.SendWithSMTPClient(server, msg); err != nil {
		return d.failure(err)
	}
	if server.UpdateDeadline(adieu) == nil {
		_ = server.Quit() // the mail is taken: nothing that follows matters
	}
	return nil
}

// A dialogue is one connection to the server, and how far it went.
type dialogue struct {
	reglages Reglages
	etape    etape
	hangUp   func() // closes the connection, once there is one
	auth     smtp.Auth
}

func (d *dialogue) options(ctx context.Context) []mail.Option {
	policy := mail.NoTLS // also when the connection is encrypted from its start
	if d.reglages.chiffrement == starttls {
		policy = mail.TLSMandatory
	}
	options := []mail.Option{
		mail.WithTLSPolicy(policy),
		mail.WithTLSConfig(d.reglages.tls()),
		mail.WithTimeout(limite),
		mail.WithoutNoop(),
		mail.WithoutRset(),     // it would report the failure of a mail already taken
		mail.WithoutSMTPUTF8(), // everything we send is ASCII, so no relay needs it
		mail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return d.dial(ctx) }),
	}
	if d.reglages.utilisateur != "" {
		options = append(options, mail.WithSMTPAuthCustom(d))
	}
	return options
}

// dial connects for as long as ctx, which outlives the dialling, allows.
func (d *dialogue) dial(ctx context.Context) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(d.reglages.hote, strconv.Itoa(d.reglages.port)))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	d.hangUp = func() { stop(); _ = conn.Close() }
	d.etape = accueil
	if d.reglages.chiffrement != tlsDirect {
		return conn, nil
	}
	secure := tls.Client(conn, d.reglages.tls())
	return secure, secure.HandshakeContext(ctx)
}

// Start picks how to log in. The connection is encrypted whenever there is a
// password, so the two plain ways are enough: every server knows one of them.
func (d *dialogue) Start(server *smtp.ServerInfo) (string, []byte, error) {
	d.etape = identification
	r := d.reglages
	switch {
	case slices.Contains(server.Auth, "PLAIN"):
		d.auth = smtp.PlainAuth("", r.utilisateur, r.motDePasse(), r.hote, false)
	case slices.Contains(server.Auth, "LOGIN"):
		d.auth = smtp.LoginAuth(r.utilisateur, r.motDePasse(), r.hote, false)
	default:
		return "", nil, fmt.Errorf("the server offers %q to log in, neither PLAIN nor LOGIN", server.Auth)
	}
	return d.auth.Start(server)
}

// Next goes on with the way that Start picked.
func (d *dialogue) Next(fromServer []byte, more bool) ([]byte, error) {
	return d.auth.Next(fromServer, more)
}
