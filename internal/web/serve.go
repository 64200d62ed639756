package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Limits of what a request may hold.
const (
	maxQuery = 8 << 10
	maxBody  = 2 << 20
)

// policy is what a browser may do with our pages: nothing but our own style,
// script, icon and forms.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

var headers = [][2]string{
	{"Content-Security-Policy", policy},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
}

// protect sets the security headers of every answer.
func (s *site) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, x := range headers {
			w.Header().Set(x[0], x[1])
		}
		if s.options.secure() {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

type requestID struct{}

// idOf returns the identifier of the request, which is also the number of an
// incident.
func idOf(ctx context.Context) string {
	id, _ := ctx.Value(requestID{}).(string)
	return id
}

// observe gives the request an identifier and logs one line about it.
func (s *site) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:10]
		start := s.options.Now()
		seen := &recorder{ResponseWriter: w, status: http.StatusOK}
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), requestID{}, id)))
		s.log.LogAttrs(r.Context(), slog.LevelInfo, "requête",
			slog.String("id", id), slog.String("methode", r.Method), slog.String("chemin", cut(sansSecret(r.URL.Path), 200)),
			slog.Int("statut", seen.status), slog.Int("octets", seen.bytes),
			slog.Duration("duree", s.options.Now().Sub(start)))
	})
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status, bytes int
	begun         bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.begun {
		r.status, r.begun = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.begun = true
	n, err := r.ResponseWriter.Write(p)
	r.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// recover turns a panic into an incident page.
func (s *site) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.fail(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// limit refuses what is too long or not text before anything reads it.
func (s *site) limit(next http.Handler) http.Handler {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		switch {
		case len(r.URL.RawQuery)+len(r.URL.Path) > maxQuery:
			return errTooLong
		case r.ContentLength > maxBody && !sendsFile(r.URL.Path):
			return errBody
		case !utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0):
			return errEncoding
		}
		if !sendsFile(r.URL.Path) { // documents have a bound of their own
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return errEncoding
		}
		for _, vv := range query {
			for _, v := range vv {
				if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
					return errEncoding
				}
			}
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// cut shortens a text that somebody else chose.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

var zippers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return z }}

// empreinte digests the bodies. Another process has another one: a reader then
// receives again what it has.
var empreinte = maphash.MakeSeed()

// newWritten makes an answer of a body: its digest is its ETag.
func newWritten(kind string, body []byte) *written {
	return &written{kind: kind, tag: `W/"` + strconv.FormatUint(maphash.Bytes(empreinte, body), 36) + `"`, body: body}
}

// send writes the answer: nothing when the reader has it already, compressed
// when the reader can.
func (a *written) send(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Type", a.kind)
	head.Add("Vary", "Accept-Encoding")
	head.Set("ETag", a.tag)
	head.Set("Cache-Control", "no-cache")
	if strings.Contains(r.Header.Get("If-None-Match"), a.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if zipped := a.gzip(); zipped != nil {
			head.Set("Content-Encoding", "gzip")
			body = zipped
		}
	}
	finish(w, r, http.StatusOK, body)
}

// refuse writes an answer that nobody may keep.
func refuse(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	finish(w, r, status, body)
}

func finish(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) // the reader left: nothing to do about it
	}
}

func zip(body []byte) []byte {
	var out bytes.Buffer
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(&out)
	z.Write(body)
	z.Close()
	return out.Bytes()
}
