package e2e

import (
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// mails is the mail server of the product under test.
var mails = &mailServer{came: make(chan struct{})}

// decoder reads the words of a header.
var decoder = new(mime.WordDecoder)

// A mailServer takes every mail and keeps it.
type mailServer struct {
	addr   string
	server *smtp.Server
	mu     sync.Mutex
	got    []received
	came   chan struct{} // closed when the next mail comes
}

// A received is a mail as a person reads it: to whom, what about, its text.
type received struct{ to, subject, text string }

func (s *mailServer) listen() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{s: s}, nil }))
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	go s.server.Serve(l)
	return nil
}

type mailSession struct {
	s  *mailServer
	to string
}

func (x *mailSession) Reset()                                    {}
func (x *mailSession) Logout() error                             { return nil }
func (x *mailSession) Mail(string, *smtp.MailOptions) error      { return nil }
func (x *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error { x.to = to; return nil }
func (x *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	subject, err := decoder.DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	text, err := plain(m)
	if err != nil {
		return err
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.got = append(x.s.got, received{x.to, subject, text})
	close(x.s.came)
	x.s.came = make(chan struct{})
	return nil
}

// plain is the first of the texts of a mail.
func plain(m *mail.Message) (string, error) {
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextPart() // decodes quoted-printable
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(part)
	return string(text), err
}

// wait returns the mail that fits, which may still be on its way.
func (s *mailServer) wait(t *testing.T, what string, fits func(received) bool) received {
	t.Helper()
	for limit := time.After(30 * time.Second); ; {
		s.mu.Lock()
		for _, m := range s.got {
			if fits(m) {
				s.mu.Unlock()
				return m
			}
		}
		came, got := s.came, s.got
		s.mu.Unlock()
		select {
		case <-came:
		case <-limit:
			var subjects []string
			for _, m := range got {
				subjects = append(subjects, m.to+": "+m.subject)
			}
			t.Fatalf("no mail %s among %q", what, subjects)
		}
	}
}
