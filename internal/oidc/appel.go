package oidc

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	maxReponse = 256 << 10 // bytes: a hundred times what a provider sends
	dureeAppel = 10 * time.Second
)

// errTropGros is an answer longer than any provider's.
var errTropGros = errors.New("the answer is too large")

// A statut is an answer other than 200.
type statut int

func (s statut) Error() string { return fmt.Sprintf("status %d", int(s)) }

// strict returns a client like c that follows no redirection, keeps no cookie
// and reads little.
func strict(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
	}
	transport := c.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &http.Client{
		Transport:     borne{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       min(cmp.Or(c.Timeout, dureeAppel), dureeAppel),
	}
}

// A borne reads whole answers, up to a limit, so that a slow or endless body
// fails like a connection that breaks.
type borne struct{ next http.RoundTripper }

// RoundTrip answers a request.
func (b borne) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReponse+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxReponse {
		return nil, errTropGros
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// lire returns the body of a good answer and its media type, or a fault.
func (f *Fournisseur) lire(req *http.Request) ([]byte, string, error) {
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, "", f.echec(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", f.echec(fmt.Errorf("%s: %w", req.URL.Path, statut(resp.StatusCode)))
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, "", f.echec(err)
	}
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return nil, "", f.refus(fmt.Errorf("%s: content type: %w", req.URL.Path, err))
	}
	return body, media, nil
}
