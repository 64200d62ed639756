package sonde

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

// An Etat is what is known of a document. Not knowing is the zero value: a
// document nobody examined is kept apart, never served.
type Etat int

// What an antivirus may say.
const (
	Indisponible Etat = iota // unreachable, slow, or not able to tell
	Sain
	Infecte
)

// A Verdict is the answer about one document.
type Verdict struct {
	Etat      Etat
	Signature string // the name of what was found, when Infecte
}

// An Antivirus is a clamd. Its clamd.conf has to say « AlertExceedsMax yes »:
// without it, clamd answers OK for what it was too large to look at.
type Antivirus struct {
	Adresse   string // tcp://host:port or unix:///path
	OctetsMax int64  // what clamd takes: the smallest of StreamMaxLength and MaxFileSize; 25 million when zero
}

const (
	delaiAntivirus = 2 * time.Minute
	octetsMax      = 25_000_000
	bloc           = 64 << 10
)

// errTaille is a document clamd would not look at whole.
var errTaille = errors.New("larger than the antivirus takes")

// Examine sends r to clamd and returns its verdict. Whatever is not a clear
// answer is Indisponible, with the reason in the error, for the log; the error
// is nil when and only when the Etat is Sain or Infecte.
func (a Antivirus) Examine(ctx context.Context, r io.Reader) (Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, delaiAntivirus)
	defer cancel()
	c, err := a.dial(ctx)
	if err != nil {
		return Verdict{}, fmt.Errorf("antivirus: %w", err)
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	answer, err := a.demande(c, r)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("antivirus: %w", err)
	}
	return juge(answer)
}

func (a Antivirus) dial(ctx context.Context) (net.Conn, error) {
	u, err := url.Parse(a.Adresse)
	if err != nil {
		return nil, err
	}
	where := u.Host
	if u.Scheme == "unix" {
		where = u.Path
	}
	return new(net.Dialer).DialContext(ctx, u.Scheme, where)
}

// demande sends the document, and returns the answer. A clamd that refuses a
// document answers and hangs up before its end: what it said is read then.
func (a Antivirus) demande(c io.ReadWriter, r io.Reader) ([]byte, error) {
	sent := a.envoie(c, r)
	if sent != nil && !errors.Is(sent, errEnvoi) {
		return nil, sent
	}
	answer, err := io.ReadAll(io.LimitReader(c, 4096))
	if sent != nil {
		return nil, fmt.Errorf("%w: %q", sent, answer)
	}
	return answer, err
}

var errEnvoi = errors.New("send")

// envoie writes the INSTREAM command: chunks, each after its length, then a
// length of zero.
func (a Antivirus) envoie(w io.Writer, r io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return fmt.Errorf("%w: %w", errEnvoi, err)
	}
	most := a.OctetsMax
	if most == 0 {
		most = octetsMax
	}
	for buf := make([]byte, 4+bloc); ; {
		n, err := io.ReadFull(r, buf[4:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return fmt.Errorf("read the document: %w", err)
		}
		if most -= int64(n); most < 0 {
			return errTaille
		}
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := w.Write(buf[:4+n]); err != nil {
				return fmt.Errorf("%w: %w", errEnvoi, err)
			}
		}
		if err == nil {
			continue
		}
		if _, err := w.Write([]byte{0, 0, 0, 0}); err != nil {
			return fmt.Errorf("%w: %w", errEnvoi, err)
		}
		return nil
	}
}

// juge understands an answer: exactly one, ended by a zero.
func juge(answer []byte) (Verdict, error) {
	text, ended := bytes.CutSuffix(answer, []byte{0})
	found, ok := strings.CutPrefix(string(text), "stream: ")
	nom, infected := strings.CutSuffix(found, " FOUND")
	switch {
	case !ended || !ok || bytes.IndexByte(text, 0) >= 0:
	case found == "OK":
		return Verdict{Etat: Sain}, nil
	case infected && nom != "" && !strings.HasPrefix(nom, "Heuristics.Limits.Exceeded"):
		return Verdict{Infecte, nom}, nil
	}
	return Verdict{}, fmt.Errorf("antivirus: answer %q", answer)
}
