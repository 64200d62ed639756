package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// A serveurSMTP is a real mail server that fails in turn: it refuses for a
// while, hangs up before or after it took the mail, stays silent.
type serveurSMTP struct {
	mu      sync.Mutex
	turn    int
	silent  context.CancelFunc // ends the dialogue with a server that stays silent
	closed  bool
	healed  bool
	failing map[string]int      // how, how many times
	got     map[string][]string // by Message-ID, the octets received
}

func (s *serveurSMTP) listen(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closed {
			c.Close()
			return nil, errors.New("closed")
		}
		return &sessionSMTP{s: s, conn: c}, nil
	}))
	server.ErrorLog = log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return "smtp://" + l.Addr().String()
}

type sessionSMTP struct {
	s    *serveurSMTP
	conn *smtp.Conn
}

func (x *sessionSMTP) Reset()                               {}
func (x *sessionSMTP) Logout() error                        { return nil }
func (x *sessionSMTP) Mail(string, *smtp.MailOptions) error { return nil }
func (x *sessionSMTP) Rcpt(_ string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.healed {
		x.s.turn = 0
		return nil
	}
	if x.s.turn++; x.s.turn%5 == 1 {
		x.s.failing["451"]++
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	}
	return nil
}

func (x *sessionSMTP) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	keep := func() {
		m, err := netmail.ReadMessage(strings.NewReader(string(raw)))
		if err == nil {
			id := m.Header.Get("Message-Id")
			x.s.got[id] = append(x.s.got[id], string(raw))
		}
	}
	switch x.s.turn % 5 {
	case 2:
		x.s.failing["hung up"]++
		x.conn.Close()
		return errors.New("hung up")
	case 3:
		keep()
		x.s.failing["answer lost"]++
		x.conn.Close()
		return errors.New("the answer is lost")
	case 4:
		x.s.failing["silent"]++
		x.s.silent()
		x.s.mu.Unlock()
		_, _ = io.Copy(io.Discard, x.conn.Conn()) // until the sender gives up: an answer could come first
		x.s.mu.Lock()
		return errors.New("too late")
	}
	keep()
	return nil
}

// A patient hands mails over, and gives up when the server falls silent. With
// fault "menteur" it says that every mail left; with "renommeur" it renames the
// mail at each try: the tests must see both.
type patient struct {
	*facteur
	server *serveurSMTP
	fault  string
	tries  int
}

func (p *patient) Envoie(ctx context.Context, c guichet.Pli) guichet.Remise {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.server.mu.Lock()
	p.server.silent = cancel
	p.server.mu.Unlock()
	p.tries++
	if p.fault == "renommeur" {
		c.ID += fmt.Sprint(p.tries)
	}
	r := p.facteur.Envoie(ctx, c)
	if p.fault == "menteur" {
		return guichet.Remise{Faite: true}
	}
	return r
}

// A bilan is what a hard day did to the mails.
type bilan struct{ mails, perdus, doubles, inconnus, depots, sansAccuse, essais int }

// dureJournee files dossiers, closes the mail server for an hour, lets it fail
// in every way for two weeks, heals it, and counts.
func dureJournee(t *testing.T, dsn, fault string) bilan {
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Date(2021, 7, 1, 8, 0, 0, 0, time.UTC)
	c, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas()
	if err != nil {
		t.Fatal(err)
	}
	g := guichet.New(guichet.Options{Catalogue: c, Atlas: a, Store: db, Now: func() time.Time { return now }, Demonstration: true, Adresse: "https://guichet.example"})
	if err := g.PeupleDemonstration(t.Context(), "essai"); err != nil {
		t.Fatal(err)
	}
	server := &serveurSMTP{failing: map[string]int{}, got: map[string][]string{}, closed: true}
	f, err := courrielOptions{Courrier: server.listen(t), Expediteur: "guichet@exemple.fr"}.facteur("guichet.example")
	if err != nil {
		t.Fatal(err)
	}
	p := &patient{facteur: f, server: server, fault: fault}
	ids := deposeTout(t, g)
	for step := range 130 {
		server.mu.Lock()
		server.closed, server.healed = step < 2, step >= 110
		server.mu.Unlock()
		if _, err := g.Recapitule(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := g.EnvoieCourriels(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		now = now.Add(30 * time.Minute)
		if step > 50 { // by then, tries are a day apart
			now = now.Add(6 * time.Hour)
		}
	}
	if len(server.failing) != 4 && fault == "" {
		t.Errorf("the server failed %v; want four ways", server.failing)
	}
	return compare(t, db, server, ids, p.tries)
}

// compare sets what the base holds against what the server received.
func compare(t *testing.T, db *store.DB, server *serveurSMTP, ids []dossier.ID, tries int) (b bilan) {
	known := make(map[string]bool)
	err := db.View(t.Context(), func(tx *store.Tx) error {
		for _, id := range ids {
			mails, err := tx.Courriels(id)
			if err != nil {
				return err
			}
			acknowledged := false
			for _, c := range mails {
				name := "<" + c.ID + "@guichet.example>"
				known[name] = true
				received := server.got[name]
				if c.Etat != courriel.Regroupe {
					b.mails++
				}
				switch {
				case c.Etat == courriel.Regroupe:
					name = "<" + c.Recapitulatif + "@guichet.example>"
					known[name] = true
					received = server.got[name]
					fallthrough
				default:
					if len(received) == 0 {
						b.perdus++
					}
				}
				acknowledged = acknowledged || c.Genre == courriel.Accuse && len(received) > 0
			}
			b.depots++
			if !acknowledged {
				b.sansAccuse++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, all := range server.got {
		for _, raw := range all {
			checkMail(t, raw)
		}
		if len(all) > 1 {
			b.doubles++
		}
		if !known[name] {
			b.inconnus++
		}
	}
	b.essais = tries
	return b
}

// checkMail reads the headers of a mail: each once, none that a name made, two
// texts.
func checkMail(t *testing.T, raw string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range m.Header {
		if len(values) != 1 || name == "Bcc" {
			t.Errorf("header %s: %q", name, values)
		}
	}
	if kind := m.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/alternative") || !strings.Contains(raw, "text/html") {
		t.Errorf("a mail of type %q", kind)
	}
	if (m.Header.Get("List-Unsubscribe") == "") != (m.Header.Get("List-Unsubscribe-Post") == "") {
		t.Error("one header of RFC 8058 without the other")
	}
}

// deposeTout files a few dossiers whose applicant has a hostile name.
func deposeTout(t *testing.T, g *guichet.Guichet) (ids []dossier.ID) {
	secret, err := g.Connecte(t.Context(), guichet.Identite{Fournisseur: "essai", Emetteur: "essai", Sub: "maire-aureille", Prenoms: "A\r\nBcc: tous@exemple.fr", Nom: "\"><b>", Courriel: "maire@exemple.fr", Niveau: compte.Fort})
	if err != nil {
		t.Fatal(err)
	}
	a, err := g.Acteur(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		id, err := g.CreeDossier(t.Context(), a, guichet.NouveauDossier{Dispositif: "anct-sur-mesure", Territoire: "13006", Cle: fmt.Sprint("k", i)})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			v, err := g.Dossier(t.Context(), a, id)
			if err != nil {
				t.Fatal(err)
			}
			fields := make(map[string]string)
			for _, q := range v.Questions {
				switch {
				case q.Cle == "cout":
					fields[q.Cle] = "20000"
				case q.Fait != nil && q.Fait.Type == "booleen":
					fields[q.Cle] = "oui"
				default:
					fields[q.Cle] = "Texte"
				}
			}
			if _, err := g.Enregistre(t.Context(), a, guichet.Saisie{Dossier: id, Version: v.Dossier.Version, Champs: fields}); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Agir(t.Context(), a, guichet.Acte{Dossier: id, Acte: "deposer", Cle: fmt.Sprint("d", i)}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// TestAucunCourrielPerdu: whatever the mail server does for two weeks, every
// filed dossier has its acknowledgement, no mail is lost, and one that comes
// twice comes under one Message-ID. Two faults are seen: a sender that notes a
// mail as sent before it left, one that renames it at each try.
func TestAucunCourrielPerdu(t *testing.T) {
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		b := dureJournee(t, dsn, "")
		if b.perdus != 0 || b.sansAccuse != 0 || b.inconnus != 0 || b.doubles == 0 || b.depots == 0 {
			t.Errorf("%+v", b)
		}
		t.Logf("%d filings, %d mails in %d tries: %d lost, %d filings without acknowledgement, %d twice under one Message-ID, %d under another", b.depots, b.mails, b.essais, b.perdus, b.sansAccuse, b.doubles, b.inconnus)
	})
}

func TestAucunCourrielPerduCanFail(t *testing.T) {
	for _, fault := range []string{"menteur", "renommeur"} {
		b := dureJournee(t, storetest.Sqlite(t), fault)
		if fault == "menteur" && b.perdus == 0 || fault == "renommeur" && b.inconnus == 0 {
			t.Errorf("%s is not seen: %+v", fault, b)
		}
		t.Logf("%s: %+v", fault, b)
	}
}
