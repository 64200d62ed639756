package main

import (
	"bytes"
	"fmt"
	"net"
)

// enFrancais is a listener whose connections refuse in French what the server
// refuses before any page: a request line or headers beyond the limit.
type enFrancais struct{ net.Listener }

// Accept waits for the next connection.
func (l enFrancais) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return connexion{c}, nil
}

// A connexion replaces the server's own refusal of what is too long.
type connexion struct{ net.Conn }

var (
	tropLong = []byte("HTTP/1.1 431 ")
	refus    = func() []byte {
		const page = `<!doctype html><html lang="fr"><meta charset="utf-8"><title>Adresse trop longue – guichet</title>` +
			`<h1>Adresse trop longue</h1><p>L’adresse demandée est trop longue : raccourcissez la recherche ou les réponses données.</p></html>`
		return fmt.Appendf(nil, "HTTP/1.1 414 URI Too Long\r\nContent-Type: text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'\r\n"+
			"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(page), page)
	}()
)

// Write sends p, or the French refusal in its place.
func (c connexion) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(p, tropLong) {
		return c.Conn.Write(p)
	}
	if _, err := c.Conn.Write(refus); err != nil {
		return 0, err
	}
	return len(p), nil
}

// CloseWrite lets the server close gently, so that the refusal is read.
func (c connexion) CloseWrite() error {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		return tcp.CloseWrite()
	}
	return nil
}
