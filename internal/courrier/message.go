package courrier

import (
	"bytes"
	"mime"
	netmail "net/mail"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode"

	mail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"guichet/internal/fault"
)

// An Identifiant names one mail for ever, like an address of the sender's
// domain: "ar-1234@guichet.example.fr". It becomes the Message-ID, the same at
// each try, so that a mail received twice is seen once.
type Identifiant string

// An Adresse is a mailbox and, optionally, the name of its reader. The domain
// may have accents; what comes before the @ may not.
type Adresse struct {
	Nom      string
	Courriel string
}

// A Jointe is an attached file. Type is its media type: "application/pdf".
type Jointe struct {
	Nom     string
	Type    string
	Contenu []byte
}

// A Message is one mail to one person: with several recipients a server may
// take some and refuse others, and no try would be right.
type Message struct {
	Identifiant   Identifiant
	Le            time.Time // when it was written: the Date, the same at each try
	De, A         Adresse
	Objet         string // one line: ends of line become spaces, the end of a long one is cut
	Texte         string
	HTML          string        // optional; the same as Texte, with a layout
	Desabonnement string        // optional; the address that ends these mails, on its own when it is https
	Fil           []Identifiant // the mails that this one follows, oldest first
	Jointes       []Jointe
}

// maxLigne is the longest subject or name, in characters: far below the 998
// octets that a line of a mail may have.
const maxLigne = 200

// maxFichier is the longest name of a file, in characters.
const maxFichier = 60

// maxFil bounds what a long conversation repeats in each mail.
const maxFil = 20

// compose builds the mail. The error is a fault.Invalid that names what is
// wrong. Nothing a person typed can start a header: what is not one line
// becomes one, and addresses that are not plain are refused.
func (m Message) compose() (*mail.Msg, error) {
	de, err := m.De.parse("expéditeur")
	if err != nil {
		return nil, err
	}
	a, err := m.A.parse("destinataire")
	if err != nil {
		return nil, err
	}
	if m.Le.IsZero() || strings.TrimSpace(m.Texte) == "" {
		return nil, fault.New(fault.Invalid, "Le courriel n’a pas de date ou pas de texte.")
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(de)
	msg.ToMailAddress(a)
	msg.Subject(abrege(m.Objet))
	msg.SetDateWithValue(m.Le)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no automatic answer
	if err := m.thread(msg); err != nil {
		return nil, err
	}
	if err := m.unsubscribe(msg); err != nil {
		return nil, err
	}
	if err := m.attach(msg); err != nil {
		return nil, err
	}
	msg.SetBodyString(mail.TypeTextPlain, corps(m.Texte))
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, corps(m.HTML))
	}
	return msg, nil
}

// parse checks an address and writes its domain as the network does.
func (a Adresse) parse(role string) (*netmail.Address, error) {
	wrong := fault.New(fault.Invalid, "L’adresse du %s n’est pas une adresse électronique : écrivez par exemple mairie@commune.fr.", role)
	avant, domaine, ok := strings.Cut(a.Courriel, "@")
	if !ok || len(avant) > 64 || !atoms(avant) {
		return nil, wrong
	}
	domaine, err := idna.Lookup.ToASCII(domaine)
	if err != nil || !atoms(domaine) || len(domaine) > 253 {
		return nil, wrong.Because(err)
	}
	nom := strings.ReplaceAll(abrege(a.Nom), `\`, "/") // net/mail leaves it bare in an encoded word, where it is not allowed
	return &netmail.Address{Name: nom, Address: avant + "@" + domaine}, nil
}

// atoms reports whether s is a dot-atom of RFC 5322: words of plain ASCII
// between dots.
func atoms(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r))
		}) {
			return false
		}
	}
	return true
}

// ligne makes one line of s: blanks and control characters become one space.
// An ASCII text that looks like an encoded word stays what was typed.
func ligne(s string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsControl(r) || r == ' ' || r == '\u2028' || r == '\u2029'
	})
	return strings.ReplaceAll(strings.Join(words, " "), "=?", "= ?")
}

// corps gives one kind of end of line: a lone carriage return makes the
// standard library drop the next line feed.
func corps(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
}

// abrege makes one line that is not too long.
func abrege(s string) string {
	s = ligne(s)
	if runes := []rune(s); len(runes) > maxLigne {
		s = string(runes[:maxLigne-1]) + "…"
	}
	return s
}

func (id Identifiant) check() error {
	gauche, droite, _ := strings.Cut(string(id), "@")
	if !atoms(gauche) || !atoms(droite) || len(id) > 250 {
		return fault.New(fault.Invalid, "L’identifiant « %s » du courriel n’a pas la forme identifiant@domaine.", abrege(string(id)))
	}
	return nil
}

// thread writes the names of this mail and of those it follows.
func (m Message) thread(msg *mail.Msg) error {
	if err := m.Identifiant.check(); err != nil {
		return err
	}
	msg.SetMessageIDWithValue(string(m.Identifiant))
	fil := m.Fil[max(0, len(m.Fil)-maxFil):]
	if len(fil) == 0 {
		return nil
	}
	refs := make([]string, len(fil))
	for i, id := range fil {
		if err := id.check(); err != nil {
			return err
		}
		refs[i] = "<" + string(id) + ">"
	}
	msg.SetGenHeader(mail.HeaderInReplyTo, refs[len(refs)-1])
	msg.SetGenHeader(mail.HeaderReferences, strings.Join(refs, " "))
	return nil
}

// unsubscribe writes the two headers of RFC 8058, which asks for https.
func (m Message) unsubscribe(msg *mail.Msg) error {
	if m.Desabonnement == "" {
		return nil
	}
	u, err := url.Parse(m.Desabonnement)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(m.Desabonnement) > 900 ||
		strings.ContainsFunc(m.Desabonnement, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' || r == ',' }) {
		return fault.New(fault.Invalid, "L’adresse de désabonnement du courriel n’est pas une adresse web complète.")
	}
	msg.SetListUnsubscribe(m.Desabonnement)
	if u.Scheme == "https" {
		msg.SetListUnsubscribePost()
	}
	return nil
}

func (m Message) attach(msg *mail.Msg) error {
	for _, j := range m.Jointes {
		nom := fichier(j.Nom)
		kind, params, err := mime.ParseMediaType(j.Type)
		top, _, _ := strings.Cut(kind, "/")
		if err != nil || nom == "" || len(j.Type) > 200 || top == kind || top == "multipart" || top == "message" {
			return fault.New(fault.Invalid, "La pièce jointe « %s » n’a pas de nom ou pas de type.", nom).Because(err)
		}
		msg.AttachReadSeeker(nom, bytes.NewReader(j.Contenu), func(f *mail.File) {
			f.Header.Set("Content-Type", mime.FormatMediaType(kind, params))
			f.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": nom}))
		})
	}
	return nil
}

// fichier keeps the last name of a path, or "". A long one is cut before its
// extension: encoded, it has to fit in a line.
func fichier(s string) string {
	nom := path.Base(strings.ReplaceAll(ligne(s), `\`, "/"))
	if strings.Trim(nom, "./") == "" {
		return ""
	}
	if runes := []rune(nom); len(runes) > maxFichier {
		ext := []rune(path.Ext(nom))
		ext = ext[:min(len(ext), 10)]
		nom = string(runes[:maxFichier-len(ext)]) + string(ext)
	}
	return nom
}
