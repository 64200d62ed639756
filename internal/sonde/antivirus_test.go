package sonde_test

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"guichet/internal/sonde"
	"guichet/internal/sonde/sondetest"
)

// serveur speaks the protocol of clamd as answer does, once it has read what
// was sent; answer may hang up, wait, or say anything.
func serveur(t *testing.T, read bool, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if read {
				if got := instream(c); got < 0 {
					t.Errorf("the server was sent something else than INSTREAM")
				}
			}
			answer(c)
			c.Close()
		}
	}()
	return "tcp://" + l.Addr().String()
}

// instream reads one command and returns the octets of the document, or -1.
func instream(c io.Reader) int {
	r := bufio.NewReader(c)
	if cmd, err := r.ReadString(0); err != nil || cmd != "zINSTREAM\x00" {
		return -1
	}
	for total := 0; ; {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return -1
		}
		n := int(binary.BigEndian.Uint32(head[:]))
		if n == 0 {
			return total
		}
		if _, err := r.Discard(n); err != nil {
			return -1
		}
		total += n
	}
}

// TestAnswers understands what clamd may answer: only two answers are clear.
func TestAnswers(t *testing.T) {
	for answer, want := range map[string]sonde.Verdict{
		"stream: OK\x00":                                               {Etat: sonde.Sain},
		"stream: Eicar-Test-Signature FOUND\x00":                       {Etat: sonde.Infecte, Signature: "Eicar-Test-Signature"},
		"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\x00":     {},
		"INSTREAM size limit exceeded. ERROR\x00":                      {},
		"stream: Can't allocate memory ERROR\x00":                      {},
		"stream: lstat() failed: No such file or directory. ERROR\x00": {},
		"UNKNOWN COMMAND\x00":                                          {},
		"stream: OK":                                                   {},
		"stream: O":                                                    {},
		"stream: OK\x00stream: Eicar FOUND\x00":                        {},
		"stream: OK\x00\x00":                                           {},
		"stream:  FOUND\x00":                                           {},
		"OK\x00":                                                       {},
		"other: OK\x00":                                                {},
		"HTTP/1.1 200 OK\r\n\r\nstream: OK\x00":                        {},
		"":                                                             {},
		"\x00":                                                         {},
		"stream: OK" + strings.Repeat(" ", 5000) + "\x00":              {},
	} {
		a := sonde.Antivirus{Adresse: serveur(t, true, func(c net.Conn) { io.WriteString(c, answer) })}
		got, err := a.Examine(t.Context(), strings.NewReader("bonjour"))
		if got != want || (err == nil) != (want.Etat != sonde.Indisponible) {
			t.Errorf("%q: got %+v, %v, want %+v", answer, got, err, want)
		}
	}
}

// TestUnavailable is every way in which nobody answers: never clean.
func TestUnavailable(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	wait := func(net.Conn) { <-hang }
	early := func(c net.Conn) { io.WriteString(c, "INSTREAM size limit exceeded. ERROR\x00") }
	big := bytes.Repeat([]byte("bonjour "), 1<<20)
	for quoi, c := range map[string]struct {
		a    sonde.Antivirus
		r    io.Reader
		want string
	}{
		"nobody listens":                       {sonde.Antivirus{Adresse: "tcp://" + closed.Addr().String()}, strings.NewReader("x"), "refused"},
		"no such socket":                       {sonde.Antivirus{Adresse: "unix:///nulle/part"}, strings.NewReader("x"), "no such file"},
		"no address":                           {sonde.Antivirus{}, strings.NewReader("x"), "unknown network"},
		"no address one can read":              {sonde.Antivirus{Adresse: "tcp://%"}, strings.NewReader("x"), "parse"},
		"it never reads":                       {sonde.Antivirus{Adresse: serveur(t, false, wait)}, bytes.NewReader(big), "deadline"},
		"it never answers":                     {sonde.Antivirus{Adresse: serveur(t, true, wait)}, strings.NewReader("x"), "deadline"},
		"it answers a part":                    {sonde.Antivirus{Adresse: serveur(t, true, func(c net.Conn) { io.WriteString(c, "stream: OK"); <-hang })}, strings.NewReader("x"), "deadline"},
		"it hangs up":                          {sonde.Antivirus{Adresse: serveur(t, false, func(net.Conn) {})}, bytes.NewReader(big), "send"},
		"it hangs up with a reason":            {sonde.Antivirus{Adresse: serveur(t, false, early)}, bytes.NewReader(big), "send"},
		"a document larger than it says":       {sonde.Antivirus{Adresse: serveur(t, false, wait), OctetsMax: 9}, strings.NewReader("bonjour !!"), "larger"},
		"a document larger than the default":   {sonde.Antivirus{Adresse: serveur(t, false, func(c net.Conn) { io.Copy(io.Discard, c) })}, io.LimitReader(zeros{}, 25_000_001), "larger"},
		"a document that cannot be read":       {sonde.Antivirus{Adresse: serveur(t, false, wait)}, iotest.ErrReader(errors.New("the disk is gone")), "disk is gone"},
		"a document that cannot be read, late": {sonde.Antivirus{Adresse: serveur(t, false, wait)}, io.MultiReader(strings.NewReader("x"), iotest.ErrReader(errors.New("the disk is gone"))), "disk is gone"},
	} {
		t.Run(quoi, func(t *testing.T) {
			t.Parallel()
			patience := time.Minute
			if c.want == "deadline" {
				patience = 300 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if got, err := c.a.Examine(ctx, c.r); got != (sonde.Verdict{}) || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %+v, %v, want « %s »", got, err, c.want)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestExact takes a document of exactly the size it may have.
func TestExact(t *testing.T) {
	a := sonde.Antivirus{Adresse: serveur(t, true, func(c net.Conn) { io.WriteString(c, "stream: OK\x00") }), OctetsMax: 1 << 17}
	for _, n := range []int64{0, 1, 1 << 16, 1<<16 + 1, 1 << 17} {
		if got, err := a.Examine(t.Context(), io.LimitReader(zeros{}, n)); err != nil || got.Etat != sonde.Sain {
			t.Errorf("%d octets: %+v, %v", n, got, err)
		}
	}
}

// TestClamd asks the real antivirus: alone, packed inside a PDF, at the end of
// a large document; a clean document; one it is too small for.
func TestClamd(t *testing.T) {
	a := sondetest.Clamd(t, "AlertExceedsMax yes\nStreamMaxLength 1M\nMaxFileSize 1M\nMaxScanSize 4M\n")
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	io.WriteString(w, sondetest.Eicar)
	w.Close()
	stream := fmt.Sprintf("%%PDF-1.4\n1 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%%%EOF\n", packed.Len(), packed.Bytes())
	infected := sonde.Verdict{Etat: sonde.Infecte, Signature: "Essai.Eicar.UNOFFICIAL"}
	for quoi, c := range map[string]struct {
		p    string
		want sonde.Verdict
	}{
		"EICAR alone":                 {sondetest.Eicar, infected},
		"EICAR in a PDF":              {"%PDF-1.4\n1 0 obj\n<< /Length 68 >>\nstream\n" + sondetest.Eicar + "\nendstream\nendobj\n%%EOF\n", infected},
		"EICAR packed in a PDF":       {stream, infected},
		"EICAR behind 900 000 octets": {strings.Repeat("bonjour ", 112_500) + sondetest.Eicar, infected},
		"a clean text":                {"bonjour", sonde.Verdict{Etat: sonde.Sain}},
		"a clean PDF":                 {string(pdf(1, []byte("<< >>"))), sonde.Verdict{Etat: sonde.Sain}},
		"a text larger than it takes": {strings.Repeat("bonjour ", 200_000) + sondetest.Eicar, sonde.Verdict{}},
		"a bomb":                      {string(pdf(14, bytes.Repeat([]byte{' '}, 1<<20))), sonde.Verdict{}},
	} {
		got, err := a.Examine(t.Context(), strings.NewReader(c.p))
		if got != c.want || (err == nil) != (got.Etat != sonde.Indisponible) {
			t.Errorf("%s: got %+v, %v, want %+v", quoi, got, err, c.want)
		}
	}
}

// TestClamdFailsOpen is why the settings matter: without AlertExceedsMax the
// same clamd calls clean what it was too small to look at; and why OctetsMax
// does: the document is then not even sent.
func TestClamdFailsOpen(t *testing.T) {
	a := sondetest.Clamd(t, "AlertExceedsMax no\nStreamMaxLength 4M\nMaxFileSize 1M\n")
	large := strings.Repeat("bonjour ", 200_000) + sondetest.Eicar
	if got, err := a.Examine(t.Context(), strings.NewReader(large)); err != nil || got.Etat != sonde.Sain {
		t.Errorf("this clamd does not fail open any more: %+v, %v", got, err)
	}
	a.OctetsMax = 1_000_000
	if got, err := a.Examine(t.Context(), strings.NewReader(large)); got.Etat != sonde.Indisponible || err == nil {
		t.Errorf("a document beyond OctetsMax: %+v, %v", got, err)
	}
}
