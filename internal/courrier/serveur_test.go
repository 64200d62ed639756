package courrier_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"guichet/internal/courrier"
)

// The certificates of the test servers: one that this machine trusts, one of
// an authority it does not know, one made for another name.
var trusted, unknown, misnamed tls.Certificate

// TestMain makes this process trust one authority, as an operator does.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "courrier")
	if err != nil {
		log.Fatal(err)
	}
	ca, stranger := authority(), authority()
	trusted, unknown, misnamed = ca.issue("localhost"), stranger.issue("localhost"), ca.issue("smtp.exemple.fr")
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw}), 0o600); err != nil {
		log.Fatal(err)
	}
	os.Setenv("SSL_CERT_FILE", file)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func authority() issuer {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return issuer{must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)))), key}
}

func (i issuer) issue(name string) tls.Certificate {
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return tls.Certificate{PrivateKey: key, Certificate: [][]byte{must(x509.CreateCertificate(rand.Reader, template, i.cert, &key.PublicKey, i.key))}}
}

func must[T any](x T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return x
}

// A received mail: its envelope and its octets.
type received struct {
	from string
	to   []string
	raw  string
}

// A serveur is a mail server on a port of this machine. Its fields are set
// before it listens.
type serveur struct {
	refuse map[string]*smtp.SMTPError // verb to answer
	logins []string                   // ways to log in; the account is agent:s€cret/@:
	certs  []tls.Certificate          // STARTTLS with the first one
	direct tls.Certificate            // encrypted from the start
	panne  *panne
	newest uint16 // version of TLS; 0 for what Go knows

	mu       sync.Mutex
	received []received
	verbs    []string // what sessions saw
	port     string
}

const compte, secret, secretURL = "agent", "s€cret/@:", "agent:s%E2%82%ACcret%2F%40%3A"

func (s *serveur) listen(t testing.TB) *serveur {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, s.port, _ = net.SplitHostPort(l.Addr().String())
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{serveur: s}, s.error("EHLO") }))
	server.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableSMTPUTF8 = true
	server.MaxMessageBytes = 1 << 20
	if s.direct.PrivateKey != nil {
		l = tls.NewListener(l, s.config(s.direct))
		server.AllowInsecureAuth = true // it is under the encryption
	}
	if s.certs != nil {
		server.TLSConfig = s.config(s.certs...)
	}
	if s.panne != nil {
		l = saboteur{l, s.panne}
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = l.Close(); _ = server.Close(); <-done })
	return s
}

func (s *serveur) config(certs ...tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: certs, MinVersion: tls.VersionTLS10, MaxVersion: s.newest}
}

// facteur talks to the server at localhost, with what the address adds.
func (s *serveur) facteur(t testing.TB, scheme, account, query string) *courrier.Facteur {
	t.Helper()
	if account != "" {
		account += "@"
	}
	r, err := courrier.Parse(scheme + "://" + account + "localhost:" + s.port + query)
	if err != nil {
		t.Fatal(err)
	}
	return courrier.New(r)
}

func (s *serveur) mails() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

func (s *serveur) saw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.verbs, " ")
}

func (s *serveur) error(verb string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verbs = append(s.verbs, verb)
	if e := s.refuse[verb]; e != nil {
		return e
	}
	return nil
}

type session struct {
	*serveur
	mail received
}

func (s *session) AuthMechanisms() []string { return s.logins }

func (s *session) Auth(mech string) (sasl.Server, error) {
	check := func(user, password string) error {
		if err := s.error("AUTH"); err != nil {
			return err
		}
		if user != compte || password != secret {
			return smtp.ErrAuthFailed
		}
		return nil
	}
	if mech == "LOGIN" {
		return &login{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// login is the server of the old LOGIN dialogue.
type login struct {
	answers []string
	check   func(user, password string) error
}

func (l *login) Next(answer []byte) ([]byte, bool, error) {
	if answer != nil {
		l.answers = append(l.answers, string(answer))
	}
	if len(l.answers) < 2 {
		return []byte([]string{"Username:", "Password:"}[len(l.answers)]), false, nil
	}
	return nil, true, l.check(l.answers[0], l.answers[1])
}

func (s *session) Reset()        { s.mail = received{} }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.mail.from = from
	if o.UTF8 {
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 6, 7}, Message: "no relay speaks SMTPUTF8"}
	}
	return s.error("MAIL")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = append(s.mail.to, to)
	return s.error("RCPT")
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.error("DATA"); err != nil {
		return err
	}
	s.mail.raw = string(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = append(s.received, s.mail)
	return nil
}

// A panne breaks the dialogue once, at one stage, in one way.
type panne struct {
	stage, outcome string
	done           atomic.Bool
	reached        chan struct{} // closed when the server falls silent
}

// A saboteur is a network in front of a server: it reads the dialogue line by
// line, and breaks it where the panne says.
type saboteur struct {
	net.Listener
	*panne
}

func (s saboteur) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &cable{Conn: c, panne: s.panne, r: bufio.NewReader(c), next: "greeting"}, nil
}

type cable struct {
	net.Conn
	*panne
	r       *bufio.Reader
	rest    []byte
	content bool
	secret  bool   // what follows is encrypted
	dead    bool   // nothing more is read, whatever came before
	next    string // the stage of the next answer, when it can break
}

// Write breaks the greeting, or the answer to a mail the server has taken.
func (c *cable) Write(p []byte) (int, error) {
	stage := c.next
	c.next = ""
	if stage != "" && c.breaks(stage) {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *cable) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		if c.dead {
			return 0, io.EOF
		}
		if c.secret {
			if _, err := c.r.Peek(1); err != nil { // the client is about to encrypt
				return 0, err
			}
			if c.breaks("handshake") {
				continue
			}
			return c.r.Read(p)
		}
		line, err := c.r.ReadBytes('\n')
		if err != nil {
			return 0, err
		}
		verb := c.verb(line)
		if c.breaks(verb) {
			continue
		}
		c.content = verb == "DATA" || verb == "content"
		c.secret = verb == "STARTTLS"
		if verb == "dot" {
			c.next = "answer"
		}
		c.rest = line
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *cable) verb(line []byte) string {
	if c.content && string(line) == ".\r\n" {
		return "dot"
	}
	if c.content {
		return "content"
	}
	verb, _, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
	return string(verb)
}

// breaks reports whether the dialogue was broken here: the line is lost.
func (c *cable) breaks(stage string) bool {
	if stage != c.stage || !c.done.CompareAndSwap(false, true) {
		return false
	}
	c.dead = c.outcome == "closed" || c.outcome == "silent"
	switch c.outcome {
	case "4xx":
		_, _ = c.Conn.Write([]byte("451 4.3.0 later\r\n"))
	case "5xx":
		_, _ = c.Conn.Write([]byte("550 5.1.1 never\r\n"))
	case "nonsense":
		_, _ = c.Conn.Write([]byte("good morning\r\n"))
	case "closed":
		_ = c.Conn.Close()
	case "silent":
		close(c.reached)
		_, _ = io.Copy(io.Discard, c.r)
	}
	return true
}
