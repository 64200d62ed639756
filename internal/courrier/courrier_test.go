package courrier_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	mail "github.com/wneessen/go-mail"

	"guichet/internal/courrier"
	"guichet/internal/fault"
)

var ecrit = time.Date(2021, 8, 15, 23, 59, 59, 0, time.FixedZone("", 2*60*60))

func accuse() courrier.Message {
	return courrier.Message{
		Identifiant: "ar-1234@guichet.example.fr", Le: ecrit,
		De:    courrier.Adresse{Nom: "Préfecture", Courriel: "ne-pas-repondre@prefecture.example.fr"},
		A:     courrier.Adresse{Nom: "Mairie d’Aix", Courriel: "mairie@aix.example.fr"},
		Objet: "Accusé de réception", Texte: "Votre dossier est déposé.\n",
	}
}

func verdict(err error) string {
	switch {
	case err == nil:
		return "taken"
	case courrier.Temporaire(err) == courrier.Definitif(err):
		return "both"
	case courrier.Definitif(err):
		return "definitive"
	}
	return "temporary"
}

// TestDialogueBroken breaks the dialogue at every stage, in every way, on real
// connections, then tries again when it should: no mail is lost, a mail comes
// twice only when the server had taken it and its answer was lost, and both
// have the same Message-ID.
func TestDialogueBroken(t *testing.T) {
	all := []string{"4xx", "5xx", "closed", "silent", "nonsense"}
	stages := []struct {
		name     string
		outcomes []string
	}{
		{"greeting", all}, {"EHLO", all}, {"STARTTLS", all}, {"handshake", []string{"closed", "silent", "nonsense"}},
		{"AUTH", all}, {"MAIL", all}, {"RCPT", all}, {"DATA", all}, {"content", []string{"closed", "silent"}}, {"dot", all},
		{"answer", []string{"closed", "silent", "nonsense"}}, {"QUIT", all},
	}
	cells, tries, retried, came, twice, libraryWrong := 0, 0, 0, 0, 0, 0
	for i, stage := range stages {
		for _, outcome := range stage.outcomes {
			want, copies := "temporary", 1
			switch {
			case stage.name == "QUIT":
				want = "taken"
			case outcome == "5xx" && (stage.name == "RCPT" || stage.name == "DATA" || stage.name == "dot"):
				want, copies = "definitive", 0
			case stage.name == "answer":
				copies = 2
			}
			s := &serveur{logins: []string{"PLAIN"}, panne: &panne{stage: stage.name, outcome: outcome, reached: make(chan struct{})}}
			scheme := "smtp" // the stages before the encryption, then those under it
			if i > 3 {
				scheme, s.direct = "smtps", trusted
			} else {
				s.certs = []tls.Certificate{trusted}
			}
			s.listen(t)
			f := s.facteur(t, scheme, secretURL, "")
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				select {
				case <-s.panne.reached: // instead of waiting for a limit
					cancel()
				case <-ctx.Done():
				}
			}()
			err := f.Envoie(ctx, accuse())
			cancel()
			tries++
			if got := verdict(err); got != want {
				t.Errorf("%s at %s: %s, want %s: %v", outcome, stage.name, got, want, err)
			}
			if !s.panne.done.Load() {
				t.Errorf("%s at %s: the dialogue was not broken", outcome, stage.name)
			}
			if err != nil && (courrier.Raison(err) == "" || strings.Contains(courrier.Raison(err), "@")) {
				t.Errorf("%s at %s: the operator reads %q", outcome, stage.name, courrier.Raison(err))
			}
			libraryWrong += libraryDisagrees(err, want)
			if want == "temporary" {
				tries++
				retried++
				if err := f.Envoie(t.Context(), accuse()); err != nil {
					t.Errorf("%s at %s: the second try fails: %v", outcome, stage.name, err)
				}
			}
			mails := s.mails()
			if len(mails) != copies {
				t.Errorf("%s at %s: %d mails came, want %d", outcome, stage.name, len(mails), copies)
			}
			for _, m := range mails {
				if id := parse(t, m.raw).Header.Get("Message-Id"); id != "<ar-1234@guichet.example.fr>" {
					t.Errorf("%s at %s: the Message-ID is %s", outcome, stage.name, id)
				}
			}
			came += len(mails)
			twice += max(0, len(mails)-1)
			cells++
		}
	}
	t.Logf("%d stages, %d stages × outcomes, %d tries, %d retried, %d mails came, %d of them for the second time; the library's own opinion is wrong on %d failures",
		len(stages), cells, tries, retried, came, twice, libraryWrong)
	if libraryWrong == 0 {
		t.Error("the library's own opinion is always right: this test cannot fail")
	}
}

// libraryDisagrees is the broken variant: what go-mail says of its own error.
func libraryDisagrees(err error, want string) int {
	e, ok := errors.AsType[*mail.SendError](err)
	if ok && e.IsTemp() != (want == "temporary") {
		return 1
	}
	return 0
}

func parse(t testing.TB, raw string) *netmail.Message {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestLibraryIdentifier is the broken variant of the retry: a library that
// names the mail itself names it anew at each try.
func TestLibraryIdentifier(t *testing.T) {
	names := map[string]bool{}
	for range 2 {
		msg := mail.NewMsg()
		if err := errors.Join(msg.From("a@example.fr"), msg.To("b@example.fr")); err != nil {
			t.Fatal(err)
		}
		if _, err := msg.WriteTo(io.Discard); err != nil {
			t.Fatal(err)
		}
		names[msg.GetMessageID()] = true
	}
	if len(names) != 2 {
		t.Error("the library gives one name to two tries: the check of the Message-ID cannot fail")
	}
}

// TestRefusals answers as servers do, with and without the extended codes.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		situation, verb string
		code            int
		extended        smtp.EnhancedCode
		want            string
	}{
		{"no such mailbox", "RCPT", 550, smtp.EnhancedCode{5, 1, 1}, "definitive"},
		{"mailbox disabled", "RCPT", 550, smtp.EnhancedCode{5, 2, 1}, "definitive"},
		{"mailbox full for good", "RCPT", 552, smtp.EnhancedCode{5, 2, 2}, "definitive"},
		{"wrong syntax of the address", "RCPT", 501, smtp.EnhancedCode{5, 1, 3}, "definitive"},
		{"unknown, said without detail", "RCPT", 550, smtp.EnhancedCodeNotSet, "definitive"},
		{"greylisting", "RCPT", 451, smtp.EnhancedCode{4, 7, 1}, "temporary"},
		{"mailbox full", "RCPT", 452, smtp.EnhancedCode{4, 2, 2}, "temporary"},
		{"a temporary detail under a definitive code", "RCPT", 550, smtp.EnhancedCode{4, 2, 1}, "temporary"},
		{"no right to relay: every mail would be refused", "RCPT", 554, smtp.EnhancedCode{5, 7, 1}, "temporary"},
		{"login asked at the recipient", "RCPT", 530, smtp.EnhancedCodeNotSet, "temporary"},
		{"the name of this machine displeases", "RCPT", 504, smtp.EnhancedCode{5, 5, 2}, "temporary"},
		{"commands out of order", "RCPT", 503, smtp.EnhancedCodeNotSet, "temporary"},
		{"too big", "DATA", 552, smtp.EnhancedCode{5, 3, 4}, "definitive"},
		{"content refused", "DATA", 554, smtp.EnhancedCode{5, 6, 0}, "definitive"},
		{"taken for spam: a rule of the server", "DATA", 554, smtp.EnhancedCode{5, 7, 1}, "temporary"},
		{"disk of the server full", "DATA", 452, smtp.EnhancedCode{4, 3, 1}, "temporary"},
		{"sender refused: the account has no right to it", "MAIL", 550, smtp.EnhancedCode{5, 1, 7}, "temporary"},
		{"sender refused for now", "MAIL", 451, smtp.EnhancedCode{4, 3, 0}, "temporary"},
		{"login refused", "AUTH", 535, smtp.EnhancedCode{5, 7, 8}, "temporary"},
		{"login refused for now", "AUTH", 454, smtp.EnhancedCode{4, 7, 0}, "temporary"},
		{"server closed to us", "EHLO", 554, smtp.EnhancedCode{5, 3, 2}, "temporary"},
	} {
		s := (&serveur{direct: trusted, logins: []string{"PLAIN"}, refuse: map[string]*smtp.SMTPError{
			test.verb: {Code: test.code, EnhancedCode: test.extended, Message: "no"}}}).listen(t)
		err := s.facteur(t, "smtps", secretURL, "").Envoie(t.Context(), accuse())
		if got := verdict(err); got != test.want || len(s.mails()) != 0 {
			t.Errorf("%s: %s, want %s, %d mails: %v", test.situation, got, test.want, len(s.mails()), err)
		}
	}
}

// TestRaison tells the operator, or the person, what to look at.
func TestRaison(t *testing.T) {
	for _, test := range []struct {
		verb     string
		code     int
		extended smtp.EnhancedCode
		want     string
	}{
		{"RCPT", 550, smtp.EnhancedCode{5, 1, 1}, "Le serveur de messagerie refuse cette adresse : vérifiez-la auprès de la personne."},
		{"RCPT", 554, smtp.EnhancedCode{5, 7, 1}, "Le serveur de messagerie refuse de transmettre à cette adresse : vérifiez qu’il accepte les courriels de ce compte ou de cette machine."},
		{"RCPT", 451, smtp.EnhancedCode{4, 7, 1}, "Le serveur de messagerie demande d’attendre : guichet réessaiera."},
		{"AUTH", 454, smtp.EnhancedCode{4, 7, 0}, "Le serveur de messagerie demande d’attendre : guichet réessaiera."},
		{"DATA", 552, smtp.EnhancedCode{5, 3, 4}, "Le serveur de messagerie refuse ce courriel pour toujours : vérifiez sa taille et son contenu."},
		{"DATA", 554, smtp.EnhancedCode{5, 7, 1}, "Le serveur de messagerie refuse ce courriel par une règle qui lui est propre : demandez laquelle à son exploitant."},
		{"MAIL", 550, smtp.EnhancedCode{5, 1, 7}, "Le serveur de messagerie refuse l’adresse de l’expéditeur : vérifiez que le compte a le droit de l’utiliser."},
		{"EHLO", 554, smtp.EnhancedCode{5, 3, 2}, "Le serveur de messagerie n’ouvre pas la liaison : vérifiez son nom, son port, son certificat et le chiffrement choisi dans les réglages."},
	} {
		s := (&serveur{direct: trusted, logins: []string{"PLAIN"}, refuse: map[string]*smtp.SMTPError{
			test.verb: {Code: test.code, EnhancedCode: test.extended, Message: "no mairie@aix.example.fr"}}}).listen(t)
		err := s.facteur(t, "smtps", secretURL, "").Envoie(t.Context(), accuse())
		if diff := cmp.Diff(test.want, courrier.Raison(err)); diff != "" {
			t.Errorf("%s %d (-want +got):\n%s", test.verb, test.code, diff)
		}
	}
}

// TestLogin tries the two ways to log in, right and wrong.
func TestLogin(t *testing.T) {
	for _, test := range []struct {
		situation, account string
		logins             []string
		want               string
	}{
		{"PLAIN", secretURL, []string{"PLAIN"}, "taken"},
		{"LOGIN alone", secretURL, []string{"LOGIN"}, "taken"},
		{"both", secretURL, []string{"LOGIN", "PLAIN"}, "taken"},
		{"wrong password", "agent:faux", []string{"PLAIN"}, "temporary"},
		{"wrong password, LOGIN", "agent:faux", []string{"LOGIN"}, "temporary"},
		{"no login at all", secretURL, nil, "temporary"},
		{"no account needed", "", []string{"PLAIN"}, "taken"},
	} {
		s := (&serveur{certs: []tls.Certificate{trusted}, logins: test.logins}).listen(t)
		err := s.facteur(t, "smtp", test.account, "?tls=starttls").Envoie(t.Context(), accuse())
		if got := verdict(err); got != test.want {
			t.Errorf("%s: %s, want %s: %v", test.situation, got, test.want, err)
		}
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v", err, err), "faux") {
			t.Errorf("%s: the password is in %v", test.situation, err)
		}
		if err != nil && courrier.Raison(err) != "Le serveur de messagerie n’accepte pas le compte : vérifiez l’utilisateur et le mot de passe dans les réglages." {
			t.Errorf("%s: the operator reads %q", test.situation, courrier.Raison(err))
		}
	}
}

// TestEncryption refuses every server that is not the one it says: nothing
// goes out in clear, neither the password nor the mail.
func TestEncryption(t *testing.T) {
	for _, test := range []struct {
		situation, scheme string
		server            *serveur
		want              string
	}{
		{"STARTTLS", "smtp", &serveur{certs: []tls.Certificate{trusted}}, "taken"},
		{"from the start", "smtps", &serveur{direct: trusted}, "taken"},
		{"STARTTLS not offered", "smtp", &serveur{}, "temporary"},
		{"STARTTLS of an unknown authority", "smtp", &serveur{certs: []tls.Certificate{unknown}}, "temporary"},
		{"STARTTLS for another name", "smtp", &serveur{certs: []tls.Certificate{misnamed}}, "temporary"},
		{"an unknown authority", "smtps", &serveur{direct: unknown}, "temporary"},
		{"another name", "smtps", &serveur{direct: misnamed}, "temporary"},
		{"an encryption of 2006", "smtps", &serveur{direct: trusted, newest: tls.VersionTLS11}, "temporary"},
		{"STARTTLS of 2006", "smtp", &serveur{certs: []tls.Certificate{trusted}, newest: tls.VersionTLS11}, "temporary"},
		{"a server in clear", "smtps", &serveur{}, "temporary"},
	} {
		test.server.logins = []string{"PLAIN"}
		s := test.server.listen(t)
		query := map[string]string{"smtp": "?tls=starttls"}[test.scheme]
		for _, account := range []string{secretURL, ""} {
			err := s.facteur(t, test.scheme, account, query).Envoie(t.Context(), accuse())
			if got := verdict(err); got != test.want {
				t.Errorf("%s, account %q: %s, want %s: %v", test.situation, account, got, test.want, err)
			}
			if err != nil && (strings.Contains(s.saw(), "AUTH") || strings.Contains(s.saw(), "MAIL")) {
				t.Errorf("%s, account %q: the server saw %s", test.situation, account, s.saw())
			}
		}
	}
}

func TestNobodyListens(t *testing.T) {
	for _, address := range []string{"smtp://localhost:1", "smtps://[::1]:1", "smtp://nulle-part.invalid"} {
		r, err := courrier.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		err = courrier.New(r).Envoie(t.Context(), accuse())
		if verdict(err) != "temporary" || courrier.Raison(err) != "Le serveur de messagerie ne répond pas : vérifiez son nom, son port et le réseau." {
			t.Errorf("%s: %s, %q: %v", address, verdict(err), courrier.Raison(err), err)
		}
	}
}

// TestDeadline ends with its context, also when the server never says a word.
func TestDeadline(t *testing.T) {
	s := (&serveur{panne: &panne{stage: "greeting", outcome: "silent", reached: make(chan struct{})}}).listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.facteur(t, "smtp", "", "").Envoie(ctx, accuse()); verdict(err) != "temporary" {
		t.Errorf("%s: %v", verdict(err), err)
	}
}

// TestTogether sends from many goroutines with one Facteur.
func TestTogether(t *testing.T) {
	const n = 50
	s := (&serveur{certs: []tls.Certificate{trusted}, logins: []string{"PLAIN"}}).listen(t)
	f := s.facteur(t, "smtp", secretURL, "")
	errs := make(chan error, n)
	for i := range n {
		m := accuse()
		m.Identifiant = courrier.Identifiant(fmt.Sprintf("ar-%d@guichet.example.fr", i))
		go func() { errs <- f.Envoie(t.Context(), m) }()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	names := map[string]bool{}
	for _, m := range s.mails() {
		names[parse(t, m.raw).Header.Get("Message-Id")] = true
	}
	if len(names) != n {
		t.Errorf("%d different mails, want %d", len(names), n)
	}
}

func TestOpinions(t *testing.T) {
	if courrier.Temporaire(nil) || courrier.Definitif(nil) {
		t.Error("no error calls for something")
	}
	wrong := fault.New(fault.Invalid, "L’adresse est fausse.")
	if !courrier.Definitif(wrong) || courrier.Temporaire(wrong) || courrier.Raison(wrong) != wrong.Message {
		t.Error("a wrong mail would be tried again")
	}
	if !courrier.Temporaire(context.Canceled) {
		t.Error("an unknown error would lose the mail")
	}
}

func TestReessai(t *testing.T) {
	bounds := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour}
	const mails, slots = 10_000, 10
	for n, low := range bounds {
		var spread [slots + 1]int
		for i := range mails {
			id := courrier.Identifiant(fmt.Sprintf("ar-%d@guichet.example.fr", i))
			d := courrier.Reessai(id, n+1)
			if d < low || d > low+low/10 || d != courrier.Reessai(id, n+1) {
				t.Fatalf("failure %d of %s: wait %v, want %v to %v, always the same", n+1, id, d, low, low+low/10)
			}
			spread[(d-low)*slots/(low/10)]++
		}
		for slot, count := range spread {
			if count > mails/slots*12/10 {
				t.Errorf("failure %d: %d of %d mails come back in slot %d of %d", n+1, count, mails, slot, slots)
			}
		}
	}
	for _, n := range []int{-3, 0} {
		if d := courrier.Reessai("a@b", n); d < time.Minute || d > 66*time.Second {
			t.Errorf("failure %d waits %v", n, d)
		}
	}
	if diff := cmp.Diff(courrier.Reessai("ar-1@guichet.example.fr", 1), courrier.Reessai("ar-2@guichet.example.fr", 1)); diff == "" {
		t.Error("two mails come back together")
	}
}
