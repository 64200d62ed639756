package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"guichet/internal/fault"
)

// An Identite is a person as the provider knows them. The pair (Emetteur, Sub)
// identifies them; everything else is what the provider says today. Siret is
// not verified: it proposes an organisation, it gives no right.
type Identite struct {
	Emetteur, Sub string
	Prenoms, Nom  string
	Courriel      string
	Siret         string
	Acr           string   // how strongly the person was identified
	Amr           []string // by what means, when the provider says it
	JetonId       string   // to give to Deconnexion
}

// Retour ends the login a with the parameters that the browser brought back.
// The caller has forgotten a before: a login ends once, well or not. The error
// is a fault: Closed when it comes too late, Unavailable when the provider
// does not answer, Forbidden for everything that cannot be trusted.
func (f *Fournisseur) Retour(ctx context.Context, a Attente, q url.Values) (Identite, error) {
	ctx, cancel := context.WithTimeout(ctx, dureeAppels)
	defer cancel()
	id, err := f.retour(ctx, a, q)
	if errors.Is(err, fault.Unavailable) {
		f.annuaire.oublier() // the provider may have moved
	}
	if err != nil {
		return Identite{}, f.echec(err)
	}
	return id, nil
}

func (f *Fournisseur) retour(ctx context.Context, a Attente, q url.Values) (Identite, error) {
	if err := f.checkNavigateur(a, q); err != nil {
		return Identite{}, err
	}
	ann, err := f.decouvrir(ctx)
	if err != nil {
		return Identite{}, err
	}
	if err := f.checkReponse(ann, q); err != nil {
		return Identite{}, err
	}
	acces, err := f.echanger(ctx, ann, a, q.Get("code"))
	if err != nil {
		return Identite{}, err
	}
	jeton, err := f.lireJeton(ctx, a, acces)
	if err != nil {
		return Identite{}, err
	}
	return f.lireUserinfo(ctx, ann, jeton, acces)
}

// checkNavigateur verifies that this browser began this login, here, and not
// long ago. No parameter is given twice.
func (f *Fournisseur) checkNavigateur(a Attente, q url.Values) error {
	for nom, valeurs := range q {
		if len(valeurs) != 1 {
			return f.refus(fmt.Errorf("parameter %.40q is given %d times", nom, len(valeurs)))
		}
	}
	switch {
	case a.Fournisseur != f.reglages.Nom:
		return f.refus(fmt.Errorf("login begun with %.40q", a.Fournisseur))
	case len(a.State) < minimumEtat || len(a.Nonce) < minimumEtat:
		return f.refus(errors.New("no login under way"))
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(a.State)) != 1:
		return f.refus(errors.New("state of another browser"))
	case !f.now().Before(a.ExpireLe):
		return f.expiree(fmt.Errorf("login expired at %v", a.ExpireLe))
	}
	return nil
}

// checkReponse verifies who answers (RFC 9207), then what.
func (f *Fournisseur) checkReponse(ann annuaire, q url.Values) error {
	if (ann.IssAnnonce || q.Has("iss")) && q.Get("iss") != f.reglages.Emetteur {
		return f.refus(fmt.Errorf("answer of issuer %.100q", q.Get("iss")))
	}
	if q.Has("error") {
		err := fmt.Errorf("error %.60q", q.Get("error"))
		switch q.Get("error") {
		case "server_error", "temporarily_unavailable":
			return f.injoignable(err)
		case "unauthorized_client":
			return f.inconnu(err)
		}
		return f.interrompue(err)
	}
	if q.Get("code") == "" {
		return f.refus(errors.New("no code"))
	}
	return nil
}

// echanger gives the code back against the tokens.
func (f *Fournisseur) echanger(ctx context.Context, ann annuaire, a Attente, code string) (*oauth2.Token, error) {
	var options []oauth2.AuthCodeOption
	if a.Verificateur != "" {
		options = append(options, oauth2.VerifierOption(a.Verificateur))
	}
	acces, err := f.oauth(ann).Exchange(oidc.ClientContext(ctx, f.client), code, options...)
	if err != nil {
		return nil, f.echange(err)
	}
	if !strings.EqualFold(acces.TokenType, "Bearer") {
		return nil, f.refus(fmt.Errorf("token type %.40q", acces.TokenType))
	}
	return acces, nil
}

// lireUserinfo asks who the person is, and verifies that it is the person of
// the id_token.
func (f *Fournisseur) lireUserinfo(ctx context.Context, ann annuaire, j jeton, acces *oauth2.Token) (Identite, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ann.Userinfo, nil)
	if err != nil {
		return Identite{}, err
	}
	acces.SetAuthHeader(req)
	body, media, err := f.lire(req)
	if err != nil {
		return Identite{}, err
	}
	p, err := f.lirePersonne(ctx, body, media)
	if err != nil {
		return Identite{}, err
	}
	if p.Sub != j.Sub {
		return Identite{}, f.refus(errors.New("userinfo of another person"))
	}
	id := p.identite()
	id.Emetteur, id.Acr, id.Amr, id.JetonId = f.reglages.Emetteur, j.Acr, j.Amr, j.brut
	return id, nil
}
