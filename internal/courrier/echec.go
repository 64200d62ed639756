package courrier

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	mail "github.com/wneessen/go-mail"

	"guichet/internal/fault"
)

// An etape is how far a dialogue went.
type etape int

const (
	connexion etape = iota
	accueil         // greeting and encryption
	identification
	expediteur
	destinataire
	contenu
)

var etapes = [...]string{"connection", "greeting", "login", "sender", "recipient", "content"}

// raisons tell the operator what to look at when the server says no.
var raisons = [...]string{
	"Le serveur de messagerie ne répond pas : vérifiez son nom, son port et le réseau.",
	"Le serveur de messagerie n’ouvre pas la liaison : vérifiez son nom, son port, son certificat et le chiffrement choisi dans les réglages.",
	"Le serveur de messagerie n’accepte pas le compte : vérifiez l’utilisateur et le mot de passe dans les réglages.",
	"Le serveur de messagerie refuse l’adresse de l’expéditeur : vérifiez que le compte a le droit de l’utiliser.",
	"Le serveur de messagerie refuse de transmettre à cette adresse : vérifiez qu’il accepte les courriels de ce compte ou de cette machine.",
	"Le serveur de messagerie refuse ce courriel par une règle qui lui est propre : demandez laquelle à son exploitant.",
}

// An echec is a mail that the server did not take.
type echec struct {
	etape  etape
	code   int    // of the answer; 0 when there was none
	etendu string // RFC 3463, such as "5.1.1"; often empty
	err    error
}

// Error gives the stage and the cause: for logs.
func (e *echec) Error() string { return fmt.Sprintf("mail: %s: %v", etapes[e.etape], e.err) }

// Unwrap gives the cause.
func (e *echec) Unwrap() error { return e.err }

// failure classifies err. The library's own opinion is not used: it takes a
// broken connection for a definitive refusal.
func (d *dialogue) failure(err error) error {
	e := &echec{etape: d.etape, err: err}
	if reponse, ok := errors.AsType[*textproto.Error](err); ok {
		e.code = reponse.Code
	}
	if refus, ok := errors.AsType[*mail.SendError](err); ok {
		e.code, e.etendu = refus.ErrorCode(), refus.EnhancedStatusCode()
		switch refus.Reason {
		case mail.ErrSMTPRcptTo:
			e.etape = destinataire
		case mail.ErrSMTPData, mail.ErrSMTPDataClose, mail.ErrWriteContent:
			e.etape = contenu
		}
	}
	return e
}

// definitif holds for a refusal of this recipient or of this content. A refusal
// of the dialogue (5.5.x, 500 to 504) or by a policy (5.7.x, 530 to 539: no
// login, no right to relay) would hit every mail: the operator acts, and the
// mail leaves later.
func (e *echec) definitif() bool {
	if e.etape < destinataire || e.code < 500 {
		return false
	}
	if classe, detail, _ := strings.Cut(e.etendu, "."); detail != "" && detail != "0.0" {
		sujet, _, _ := strings.Cut(detail, ".")
		return classe == "5" && sujet != "5" && sujet != "7"
	}
	return e.code > 504 && e.code/10 != 53
}

// Definitif reports whether another try of the same mail would fail too: the
// mail is wrong, or the server refuses its recipient or its content for good.
func Definitif(err error) bool {
	if e, ok := errors.AsType[*echec](err); ok {
		return e.definitif()
	}
	return errors.Is(err, fault.Invalid)
}

// Temporaire reports whether err calls for another try: no answer, a refusal
// for now, or something the operator has to repair.
func Temporaire(err error) bool { return err != nil && !Definitif(err) }

// Raison says in French, for the operator, why Envoie returned err and what to
// look at. It never holds an address, a password or the words of the server.
func Raison(err error) string {
	e, ok := errors.AsType[*echec](err)
	switch {
	case !ok:
		return fault.Of(err).Message
	case e.definitif() && e.etape == destinataire:
		return "Le serveur de messagerie refuse cette adresse : vérifiez-la auprès de la personne."
	case e.definitif():
		return "Le serveur de messagerie refuse ce courriel pour toujours : vérifiez sa taille et son contenu."
	case e.code/100 == 4:
		return "Le serveur de messagerie demande d’attendre : guichet réessaiera."
	case e.code == 0 && e.etape > identification:
		return "La liaison avec le serveur de messagerie s’est rompue avant qu’il prenne le courriel : guichet réessaiera."
	}
	return raisons[e.etape]
}
