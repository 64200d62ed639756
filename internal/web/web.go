// Package web is the pages: each handler reads the request, asks the counter
// once and writes one page. It knows no rule and no scheme; what a page looks
// like belongs to package ui.
package web

import (
	"bytes"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/web/ui"
)

// Options are what the site is made of beside the counter.
type Options struct {
	Log     *slog.Logger
	Now     func() time.Time // for the durations of the log
	Adresse string           // public, as https://guichet.exemple.fr; "" when nobody signs in
	API     http.Handler     // answers under /api/, in its own format; nil for none

	Fournisseurs  []Fournisseur // by which one may sign in
	Demonstration http.Handler  // the provider of the demonstration, under /fournisseur/; nil for none
}

// secure reports whether the public address is https: browsers must keep to
// it.
func (o Options) secure() bool { return strings.HasPrefix(o.Adresse, "https://") }

// site holds what the handlers share. Only what it keeps to go faster changes.
type site struct {
	g       *guichet.Guichet
	log     *slog.Logger
	assets  assets
	options Options

	fragments fragments
}

// A handler answers one request; the page of an error is not its affair.
type handler func(w http.ResponseWriter, r *http.Request) error

// New returns the whole site: pages, assets, limits, headers, log. The error
// tells that an embedded file is missing.
func New(g *guichet.Guichet, o Options) (http.Handler, error) {
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	a, err := loadAssets(files)
	if err != nil {
		return nil, err
	}
	s := &site{g: g, log: o.Log, assets: a, options: o}
	return s.observe(s.protect(s.recover(s.limit(s.mux())))), nil
}

// routes is the map of the site.
func (s *site) routes() map[string]handler {
	return map[string]handler{
		"/{$}":                            s.accueil,
		"/recherche":                      s.recherche,
		"/suggestions":                    s.suggestions,
		"/communes/{code}":                s.commune,
		"/epci/{code}":                    s.epci,
		"/dispositifs":                    s.dispositifs,
		"/dispositifs/{code}":             s.dispositif,
		"/tableau":                        s.tableau,
		"/departements":                   s.departements,
		"/departements/{code}":            s.departement,
		"/departements/{code}/grille":     s.grille,
		"/departements/{code}/grille.csv": s.grilleCSV,
		"/a-propos":                       s.aPropos,
		"/accessibilite":                  s.accessibilite,
		"/sante":                          s.sante,
		"/sante/vie":                      s.vie,
		"/robots.txt":                     s.robots,
		"/favicon.ico":                    s.favicon,
		"/static/":                        s.serveStatic,
		"/":                               func(http.ResponseWriter, *http.Request) error { return errPage },
	}
}

func (s *site) mux() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range s.routes() {
		mux.Handle(pattern, s.page(readOnly(h)))
	}
	for pattern, h := range s.doorRoutes() {
		mux.Handle(pattern, s.page(h))
	}
	for pattern, h := range s.memberRoutes() {
		mux.Handle(pattern, s.page(s.member(h)))
	}
	if s.options.API != nil {
		mux.Handle("/api/", s.options.API)
	}
	if s.options.Demonstration != nil {
		mux.Handle("/fournisseur/", s.options.Demonstration)
	}
	return s.sameOrigin(mux)
}

// sameOrigin refuses what another site makes a browser send here, but for the
// one-click of RFC 8058, which a mail reader posts from wherever it runs: that
// route looks at no session, and its address holds a secret.
func (s *site) sameOrigin(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.AddInsecureBypassPattern("POST /courriels/arret")
	p.SetDenyHandler(s.page(func(http.ResponseWriter, *http.Request) error { return errOrigin }))
	return p.Handler(next)
}

// readOnly refuses what would write: every page is only read.
func readOnly(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			return errMethod
		}
		return h(w, r)
	}
}

// page turns a handler into one of net/http: an error becomes its page.
func (s *site) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// buffers are those of the pages being written.
var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 128<<10)) }}

// write answers with a page.
func (s *site) write(w http.ResponseWriter, r *http.Request, status int, l ui.Layout) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := l.Render(b); err != nil {
		s.log.ErrorContext(r.Context(), "page", slog.String("id", idOf(r.Context())), slog.Any("erreur", err))
		http.Error(w, "Un incident est survenu. Numéro : "+idOf(r.Context()), http.StatusInternalServerError)
		return
	}
	const kind = "text/html; charset=utf-8"
	if status != http.StatusOK {
		refuse(w, r, status, kind, b.Bytes())
		return
	}
	newWritten(kind, b.Bytes()).send(w, r)
}

// le reads the day that a request asks about; no day is the default one. The
// error is a fault.Invalid at the field le.
func (s *site) le(r *http.Request) (jour.Jour, error) {
	return s.g.Jour(strings.TrimSpace(r.URL.Query().Get("le")))
}

// context is what every page shows, even the page of an error.
func (s *site) context(r *http.Request) guichet.Contexte {
	le, err := s.le(r)
	if err != nil {
		le = 0
	}
	return s.g.Contexte(le)
}
