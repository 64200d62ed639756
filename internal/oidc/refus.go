package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"guichet/internal/fault"
)

// maxCause is what the log keeps of a cause: a provider could write a novel.
const maxCause = 300

// A cause is an error whose text is short.
type cause struct{ error }

func (c cause) Error() string {
	s := c.error.Error()
	if len(s) > maxCause {
		return s[:maxCause] + "…"
	}
	return s
}

func (c cause) Unwrap() error { return c.error }

// faute keeps err for the log only. An err that is already told stays.
func faute(f *fault.Fault, err error) error {
	if told := fault.Of(err); told.Kind != fault.Internal {
		return err
	}
	return f.Because(cause{err})
}

// refus is told when an answer cannot be trusted.
func (f *Fournisseur) refus(err error) error {
	return faute(fault.New(fault.Forbidden,
		"La connexion avec %s n’a pas pu être vérifiée : vous n’êtes pas connecté. Recommencez depuis la page de connexion.", f.reglages.Titre), err)
}

// injoignable is told when the provider does not answer.
func (f *Fournisseur) injoignable(err error) error {
	return faute(fault.New(fault.Unavailable,
		"%s ne répond pas pour le moment : vous n’êtes pas connecté. Réessayez dans quelques minutes.", f.reglages.Titre), err)
}

// inconnu is told when the provider does not know this site.
func (f *Fournisseur) inconnu(err error) error {
	return faute(fault.New(fault.Unavailable,
		"%s ne reconnaît pas ce site : personne ne peut se connecter pour le moment. Prévenez le service qui tient ce site.", f.reglages.Titre), err)
}

// interrompue is told when the person, or the provider for them, said no.
func (f *Fournisseur) interrompue(err error) error {
	return faute(fault.New(fault.Forbidden,
		"La connexion avec %s a été interrompue ou refusée. Vous pouvez la recommencer depuis la page de connexion.", f.reglages.Titre), err)
}

// expiree is told when the person came back too late.
func (f *Fournisseur) expiree(err error) error {
	return faute(fault.New(fault.Closed,
		"La connexion avec %s a duré plus de dix minutes : elle n’est plus valable. Recommencez depuis la page de connexion.", f.reglages.Titre), err)
}

// insuffisante is told when the person came in by a door that is too weak.
func (f *Fournisseur) insuffisante(err error) error {
	return faute(fault.New(fault.Forbidden,
		"Ce service demande une connexion plus sûre que celle que vous avez choisie avec %s. Recommencez avec un autre moyen de connexion.", f.reglages.Titre), err)
}

// echec tells apart a provider that is down and one that answers wrongly.
func (f *Fournisseur) echec(err error) error {
	var s statut
	var reseau *url.Error
	switch {
	case errors.Is(err, errTropGros):
		return f.refus(err)
	case errors.As(err, &reseau), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return f.injoignable(err)
	case errors.As(err, &s) && enPanne(int(s)):
		return f.injoignable(err)
	}
	return f.refus(err)
}

// echange tells what went wrong when the code was exchanged. The body of the
// answer is not kept: only its status and the code of its error.
func (f *Fournisseur) echange(err error) error {
	reponse, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return f.echec(err)
	}
	court := errors.Join(statut(reponse.Response.StatusCode), errors.New("token: "+cause{errors.New(reponse.ErrorCode)}.Error()))
	switch {
	case reponse.ErrorCode == "invalid_client" || reponse.ErrorCode == "unauthorized_client":
		return f.inconnu(court)
	default:
		return f.echec(court)
	}
}

func enPanne(code int) bool {
	return code >= http.StatusInternalServerError || code == http.StatusTooManyRequests
}
