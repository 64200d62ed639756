package courrier_test

import (
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	mail "github.com/wneessen/go-mail"
	"pgregory.net/rapid"

	"guichet/internal/courrier"
	"guichet/internal/fault"
)

// deliver sends m to a server in clear on this machine.
func deliver(t testing.TB, s *serveur, m courrier.Message) received {
	t.Helper()
	if err := s.facteur(t, "smtp", "", "").Envoie(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	mails := s.mails()
	return mails[len(mails)-1]
}

// A part is a leaf of a mail, decoded.
type part struct{ kind, name, body string }

func leaves(t testing.TB, contentType, disposition, encoding string, r io.Reader) []part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatalf("%q: %v", contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		var all []part
		for parts := multipart.NewReader(r, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return all
			} else if err != nil {
				t.Fatal(err)
			}
			all = append(all, leaves(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Disposition"), p.Header.Get("Content-Transfer-Encoding"), p)...)
		}
	}
	switch encoding {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	default:
		t.Fatalf("the encoding %q is not expected", encoding)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	_, names, _ := mime.ParseMediaType(disposition)
	return []part{{contentType, names["filename"], string(body)}}
}

func body(t testing.TB, raw string) []part {
	t.Helper()
	m := parse(t, raw)
	return leaves(t, m.Header.Get("Content-Type"), "", m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

func decode(t testing.TB, s string) string {
	t.Helper()
	out, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWholeMail(t *testing.T) {
	s := new(serveur).listen(t)
	m := accuse()
	m.A.Courriel = "mairie@saint-étienne.example.fr"
	m.Objet = "Accusé de réception : « Tiers-lieux à 300 m d’un quartier » — dossier n° 42, vague du 15 août"
	m.HTML = "<p>Votre dossier est <b>déposé</b>.</p>"
	m.Desabonnement = "https://guichet.example.fr/courriels/arret?jeton=abc"
	m.Fil = []courrier.Identifiant{"ar-1@guichet.example.fr", "complement-2@guichet.example.fr"}
	pdf := strings.Repeat("\x00\xff%PDF", 1000)
	m.Jointes = []courrier.Jointe{
		{Nom: "Accusé de réception.pdf", Type: "application/pdf", Contenu: []byte(pdf)},
		{Nom: `C:\bureau\liste.csv`, Type: "text/csv; charset=utf-8", Contenu: []byte("a;b\r\n.\r\nc")},
	}
	got := deliver(t, s, m)
	if got.from != "ne-pas-repondre@prefecture.example.fr" || !slices.Equal(got.to, []string{"mairie@xn--saint-tienne-geb.example.fr"}) {
		t.Errorf("the envelope goes from %q to %q", got.from, got.to)
	}
	h := parse(t, got.raw).Header
	headers := map[string]string{}
	for key, values := range h {
		headers[key] = decode(t, strings.Join(values, " | "))
	}
	delete(headers, "Content-Type")
	want := map[string]string{
		"Auto-Submitted": "auto-generated", "Date": "Sun, 15 Aug 2021 23:59:59 +0200", "Message-Id": "<ar-1234@guichet.example.fr>", "Mime-Version": "1.0",
		"From": `Préfecture <ne-pas-repondre@prefecture.example.fr>`, "To": `Mairie d’Aix <mairie@xn--saint-tienne-geb.example.fr>`, "Subject": m.Objet,
		"In-Reply-To": "<complement-2@guichet.example.fr>", "References": "<ar-1@guichet.example.fr> <complement-2@guichet.example.fr>",
		"List-Unsubscribe": "<https://guichet.example.fr/courriels/arret?jeton=abc>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	}
	if diff := cmp.Diff(want, headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	parts := []part{
		{"text/plain; charset=UTF-8", "", "Votre dossier est déposé.\r\n"}, {"text/html; charset=UTF-8", "", m.HTML},
		{"application/pdf", "Accusé de réception.pdf", pdf}, {"text/csv; charset=utf-8", "liste.csv", "a;b\r\n.\r\nc"},
	}
	if diff := cmp.Diff(parts, body(t, got.raw), cmp.AllowUnexported(part{})); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	plainLines(t, got.raw)
}

// plainLines fails on what a relay may break: long lines, octets over 127.
func plainLines(t testing.TB, raw string) {
	t.Helper()
	for line := range strings.SplitSeq(raw, "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") || strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
			t.Fatalf("the line %q is not plain", line)
		}
	}
}

func TestTextAlone(t *testing.T) {
	m := accuse()
	m.Desabonnement = "http://localhost:8080/arret"
	got := deliver(t, new(serveur).listen(t), m)
	if diff := cmp.Diff([]part{{"text/plain; charset=UTF-8", "", "Votre dossier est déposé.\r\n"}}, body(t, got.raw), cmp.AllowUnexported(part{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h := parse(t, got.raw).Header
	if h.Get("List-Unsubscribe") == "" || h.Get("List-Unsubscribe-Post") != "" || h.Get("In-Reply-To") != "" {
		t.Errorf("one-click needs https, a thread needs mails before: %v", h)
	}
}

// TestLongFileName keeps the extension, which says how to open the file.
func TestLongFileName(t *testing.T) {
	m := accuse()
	m.Jointes = []courrier.Jointe{{Nom: strings.Repeat("😀", 300) + ".pdf", Type: "application/pdf"}, {Nom: strings.Repeat("é", 150) + "." + strings.Repeat("x", 300), Type: "text/plain"}}
	got := deliver(t, new(serveur).listen(t), m)
	parts := body(t, got.raw)
	if name := parts[1].name; name != strings.Repeat("😀", 56)+".pdf" {
		t.Errorf("the name became %q", name)
	}
	if name := parts[2].name; !strings.HasPrefix(name, "éé") || len([]rune(name)) != 60 {
		t.Errorf("the name became %q", name)
	}
	plainLines(t, got.raw)
}

// TestLines gives one line to what has one, and one kind of end to the others.
func TestLines(t *testing.T) {
	m := accuse()
	m.Objet = " =?utf-8?q?Gratuit?= \r\n pour\ttous "
	m.Texte, m.HTML = "a\r\nb\rc\nd\n", "\ré\nx\xff"
	got := deliver(t, new(serveur).listen(t), m)
	if subject := decode(t, parse(t, got.raw).Header.Get("Subject")); subject != "= ?utf-8?q?Gratuit?= pour tous" {
		t.Errorf("the subject is %q", subject)
	}
	want := []part{{"text/plain; charset=UTF-8", "", "a\r\nb\r\nc\r\nd\r\n"}, {"text/html; charset=UTF-8", "", "\r\né\r\nx\uFFFD"}}
	if diff := cmp.Diff(want, body(t, got.raw), cmp.AllowUnexported(part{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLongThread keeps the last mails of a long conversation.
func TestLongThread(t *testing.T) {
	m := accuse()
	for range 500 {
		m.Fil = append(m.Fil, "ancien@guichet.example.fr")
	}
	m.Fil = append(m.Fil, "dernier@guichet.example.fr")
	got := deliver(t, new(serveur).listen(t), m)
	refs := strings.Fields(parse(t, got.raw).Header.Get("References"))
	if len(refs) != 20 || refs[19] != "<dernier@guichet.example.fr>" {
		t.Errorf("%d references, the last one %q", len(refs), refs[len(refs)-1])
	}
	plainLines(t, got.raw)
}

func TestRefused(t *testing.T) {
	s := new(serveur).listen(t)
	f := s.facteur(t, "smtp", "", "")
	for situation, spoil := range map[string]func(*courrier.Message){
		"no recipient":                  func(m *courrier.Message) { m.A.Courriel = "" },
		"no domain":                     func(m *courrier.Message) { m.A.Courriel = "mairie@" },
		"no mailbox":                    func(m *courrier.Message) { m.A.Courriel = "@commune.fr" },
		"two addresses":                 func(m *courrier.Message) { m.A.Courriel = "a@x.fr,b@y.fr" },
		"two @":                         func(m *courrier.Message) { m.A.Courriel = "a@b@x.fr" },
		"a name around the address":     func(m *courrier.Message) { m.A.Courriel = "Mairie <a@x.fr>" },
		"a quoted mailbox":              func(m *courrier.Message) { m.A.Courriel = `"a b"@x.fr` },
		"accents before the @":          func(m *courrier.Message) { m.A.Courriel = "hélène@x.fr" },
		"two dots":                      func(m *courrier.Message) { m.A.Courriel = "a..b@x.fr" },
		"an option of the protocol":     func(m *courrier.Message) { m.A.Courriel = "a@x.fr> NOTIFY=NEVER" },
		"an address of the network":     func(m *courrier.Message) { m.A.Courriel = "a@[127.0.0.1]" },
		"a mailbox of 65 characters":    func(m *courrier.Message) { m.A.Courriel = strings.Repeat("a", 65) + "@x.fr" },
		"a domain of 300 characters":    func(m *courrier.Message) { m.A.Courriel = "a@" + strings.Repeat("abcdefghi.", 30) + "fr" },
		"a sender without domain":       func(m *courrier.Message) { m.De.Courriel = "prefecture" },
		"no identifier":                 func(m *courrier.Message) { m.Identifiant = "" },
		"an identifier without domain":  func(m *courrier.Message) { m.Identifiant = "ar-1234" },
		"an identifier in brackets":     func(m *courrier.Message) { m.Identifiant = "<a@b.fr>" },
		"a wrong thread":                func(m *courrier.Message) { m.Fil = []courrier.Identifiant{"a@b.fr", "c"} },
		"no date":                       func(m *courrier.Message) { m.Le = time.Time{} },
		"no text":                       func(m *courrier.Message) { m.Texte, m.HTML = " \n", "<p>x</p>" },
		"a relative address to stop":    func(m *courrier.Message) { m.Desabonnement = "/arret" },
		"a script to stop":              func(m *courrier.Message) { m.Desabonnement = "javascript://x/arret" },
		"an address to stop with a >":   func(m *courrier.Message) { m.Desabonnement = "https://x.fr/>,<mailto:a@b" },
		"a file without name":           func(m *courrier.Message) { m.Jointes = []courrier.Jointe{{Type: "text/plain"}} },
		"a file that is a folder":       func(m *courrier.Message) { m.Jointes = []courrier.Jointe{{Nom: "a/..", Type: "text/plain"}} },
		"a file without type":           func(m *courrier.Message) { m.Jointes = []courrier.Jointe{{Nom: "a.pdf"}} },
		"a file whose type is no type":  func(m *courrier.Message) { m.Jointes = []courrier.Jointe{{Nom: "a.pdf", Type: "pdf"}} },
		"a file that is another letter": func(m *courrier.Message) { m.Jointes = []courrier.Jointe{{Nom: "a.eml", Type: "message/rfc822"}} },
		"a file whose type is a book": func(m *courrier.Message) {
			m.Jointes = []courrier.Jointe{{Nom: "a", Type: "text/" + strings.Repeat("a", 1000)}}
		},
		"a file with a header": func(m *courrier.Message) {
			m.Jointes = []courrier.Jointe{{Nom: "a", Type: "text/plain\r\nBcc: x@y.fr"}}
		},
	} {
		m := accuse()
		spoil(&m)
		err := f.Envoie(t.Context(), m)
		if !errors.Is(err, fault.Invalid) || !courrier.Definitif(err) || courrier.Raison(err) == "" {
			t.Errorf("%s: %v, want a fault.Invalid", situation, err)
		}
	}
	if n := len(s.mails()); n != 0 {
		t.Errorf("%d wrong mails left", n)
	}
}

// hostile is what a person may type to make a mail of their own.
var hostile = []string{
	"x\r\nBcc: victime@example.fr", "x\nBcc: victime@example.fr", "x\rBcc: victime@example.fr", "x\r\n\r\nAutre texte", "x\r\n\tsuite",
	"x\x00y", "x\u2028Bcc: a@b.fr", "x\u0085Bcc: a@b.fr", "x\x0bBcc: a@b.fr", "x\r\n.\r\nMAIL FROM:<a@b.fr>\r\n", "=?utf-8?q?x=0D=0ABcc:_a@b.fr?=",
	`"x" <victime@example.fr>, <a@b.fr>`, "x>\r\nRCPT TO:<victime@example.fr>", "x\xff\xfe\r\nBcc: a@b.fr", strings.Repeat("é", 5000) + "\r\nBcc: a@b.fr", strings.Repeat("a", 5000),
}

// fields are the places a hostile text can reach.
var fields = map[string]func(*courrier.Message, string){
	"subject":     func(m *courrier.Message, s string) { m.Objet = s },
	"sender name": func(m *courrier.Message, s string) { m.De.Nom = s },
	"reader name": func(m *courrier.Message, s string) { m.A.Nom = s },
	"sender":      func(m *courrier.Message, s string) { m.De.Courriel = s },
	"mailbox":     func(m *courrier.Message, s string) { m.A.Courriel = s + "@example.fr" },
	"domain":      func(m *courrier.Message, s string) { m.A.Courriel = "a@" + s },
	"identifier":  func(m *courrier.Message, s string) { m.Identifiant = courrier.Identifiant(s + "@guichet.example.fr") },
	"thread":      func(m *courrier.Message, s string) { m.Fil = []courrier.Identifiant{courrier.Identifiant("a@" + s)} },
	"stop":        func(m *courrier.Message, s string) { m.Desabonnement = "https://guichet.example.fr/" + s },
	"file name":   func(m *courrier.Message, s string) { m.Jointes = []courrier.Jointe{{Nom: s, Type: "text/plain"}} },
	"file type":   func(m *courrier.Message, s string) { m.Jointes = []courrier.Jointe{{Nom: "a", Type: "text/" + s}} },
	"text":        func(m *courrier.Message, s string) { m.Texte = s },
	"HTML":        func(m *courrier.Message, s string) { m.HTML = s },
}

var expectedHeaders = []string{"Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "In-Reply-To", "List-Unsubscribe",
	"List-Unsubscribe-Post", "Message-Id", "Mime-Version", "References", "Subject", "To"}

// intruders counts what a mail has and should not: headers, recipients, parts.
func intruders(t testing.TB, got received) (n int) {
	t.Helper()
	m := parse(t, got.raw)
	for key, values := range m.Header {
		if !slices.Contains(expectedHeaders, key) {
			n++
		}
		n += len(values) - 1
	}
	if to, err := netmail.ParseAddressList(m.Header.Get("To")); err != nil || len(to) != 1 || len(got.to) != 1 || to[0].Address != got.to[0] {
		n++
	}
	if from, err := netmail.ParseAddressList(m.Header.Get("From")); err != nil || len(from) != 1 || from[0].Address != got.from {
		n++
	}
	return n
}

func TestInjection(t *testing.T) {
	s := new(serveur).listen(t)
	f := s.facteur(t, "smtp", "", "")
	refused, taken := 0, 0
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		for _, text := range hostile {
			m := accuse()
			fields[field](&m, text)
			before := len(s.mails())
			err := f.Envoie(t.Context(), m)
			mails := s.mails()[before:]
			switch {
			case errors.Is(err, fault.Invalid) && len(mails) == 0:
				refused++
			case err == nil && len(mails) == 1:
				taken++
				if n := intruders(t, mails[0]); n != 0 {
					t.Errorf("%q as %s: %d intruders in\n%s", text, field, n, mails[0].raw)
				}
				plainLines(t, mails[0].raw)
			default:
				t.Errorf("%q as %s: %v, %d mails", text, field, err, len(mails))
			}
		}
	}
	t.Logf("%d fields × %d hostile texts: %d refused, %d taken with 0 intruders", len(fields), len(hostile), refused, taken)
	if refused == 0 || taken == 0 {
		t.Error("one of the two ways was not tried")
	}
}

// TestNaiveInjection is the broken variant: a subject written as it is.
func TestNaiveInjection(t *testing.T) {
	caught := 0
	for _, text := range hostile {
		msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
		if err := errors.Join(msg.From("a@example.fr"), msg.To("b@example.fr")); err != nil {
			t.Fatal(err)
		}
		msg.SetGenHeaderPreformatted("Subject", text)
		msg.SetBodyString(mail.TypeTextPlain, "texte")
		var b strings.Builder
		if _, err := msg.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(strings.NewReader(b.String()))
		if err != nil || m.Header.Get("Bcc") != "" || m.Header.Get("To") == "" {
			caught++
		}
	}
	t.Logf("a subject written as it is: %d of %d hostile texts make another mail", caught, len(hostile))
	if caught == 0 {
		t.Error("no hostile text does anything: TestInjection cannot fail")
	}
}

// TestAnyText sends any text through the server and reads it back.
func TestAnyText(t *testing.T) {
	s := new(serveur).listen(t)
	f := s.facteur(t, "smtp", "", "")
	line := rapid.StringOfN(rapid.OneOf(rapid.RuneFrom([]rune("éàü’«»—€日😀 =?_\"\\()<>@,;:.")), rapid.RuneFrom([]rune("abc XYZ 019"))), 1, 150, -1)
	rapid.Check(t, func(rt *rapid.T) {
		m := accuse()
		m.Objet = strings.Join(strings.Fields(line.Draw(rt, "subject")), " ")
		m.A.Nom = strings.Join(strings.Fields(line.Draw(rt, "name")), " ")
		m.Texte = "x" + rapid.String().Draw(rt, "text")
		m.HTML = rapid.String().Draw(rt, "html")
		before := len(s.mails())
		if err := f.Envoie(t.Context(), m); err != nil {
			rt.Fatal(err)
		}
		got := s.mails()[before]
		plainLines(t, got.raw)
		h := parse(t, got.raw).Header
		to, err := h.AddressList("To")
		if err != nil || to[0].Name != strings.NewReplacer("=?", "= ?", `\`, "/").Replace(m.A.Nom) {
			rt.Fatalf("the name %q became %q, %v", m.A.Nom, to, err)
		}
		if subject := decode(t, h.Get("Subject")); subject != strings.ReplaceAll(m.Objet, "=?", "= ?") {
			rt.Fatalf("the subject %q became %q", m.Objet, subject)
		}
		want := []string{m.Texte}
		if m.HTML != "" {
			want = append(want, m.HTML)
		}
		parts := body(t, got.raw)
		for i := range want {
			if len(parts) != len(want) || lines(parts[i].body) != lines(want[i]) {
				rt.Fatalf("the text %q became %q", want[i], parts)
			}
		}
	})
}

// lines gives one kind of end of line, a mail has no other, and none at the
// end, where a mail always has one.
func lines(s string) string {
	return strings.TrimSuffix(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
}
