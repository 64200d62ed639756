// Package sonde looks at documents that may be hostile, from a distance: it
// measures them in a process of its own, which may die, and asks an antivirus
// about them.
//
// It knows neither who sent a document nor where it will be kept.
package sonde

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"guichet/internal/fault"
	"guichet/internal/piece"
)

// Limits of one measure. Those of the child are in limites.go.
const (
	delai      = 5 * time.Second
	maxReponse = 16 << 10 // bytes of an answer
	maxPlainte = 4 << 10  // bytes kept of what a dying child writes
)

// places bounds the measures under way: whatever is uploaded at once, two
// children of the whole program use at most two processors and a gigabyte.
var places = make(chan struct{}, 2)

// pret is what the child writes once it is limited, before it reads anything.
// Without it the program could not be started, which is nobody's document's
// fault.
const pret = "sonde 1\n"

// A reponse is what the child says: one of the three.
type reponse struct {
	Mesure piece.Mesure
	Refus  *refus
	Panne  string // of the disk
}

// A refus is a fault.Invalid on its way between processes.
type refus struct {
	Message string
	Codes   []string
}

// A Sonde measures documents by running a program again: this one, whose
// arguments Args lead to Enfant.
type Sonde struct {
	Programme string
	Args      []string
}

// Sonder measures the document of the file chemin, to which a person gave the
// name nom. It returns what piece.Mesurer returns; a document that exhausts
// the memory or the time of the child is a fault.Invalid with the code
// PIECE_LIMITE. Any other error is that of the machine, or of ctx.
func (s Sonde) Sonder(ctx context.Context, chemin, nom string) (piece.Mesure, error) {
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	case <-ctx.Done():
		return piece.Mesure{}, fmt.Errorf("sonde: wait: %w", ctx.Err())
	}
	f, err := os.Open(chemin)
	if err != nil {
		return piece.Mesure{}, fmt.Errorf("sonde: %w", err)
	}
	defer f.Close()
	out, err := s.lance(ctx, f)
	if err != nil {
		return piece.Mesure{}, err
	}
	m, err := comprend(out)
	if err != nil {
		return piece.Mesure{}, err
	}
	return m.Sous(nom)
}

// lance runs the child on f and returns its answer.
func (s Sonde) lance(ctx context.Context, f *os.File) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, delai)
	defer cancel()
	out, errs := &bornee{reste: maxReponse, plein: cancel}, &bornee{reste: maxPlainte}
	cmd := exec.CommandContext(limited, s.Programme, s.Args...)
	cmd.Env = []string{} // nothing of ours: no key, no address
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{f} // descriptor 3: the child learns no name
	cmd.Stdout, cmd.Stderr = out, errs
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	answer, started := bytes.CutPrefix(out.buf, []byte(pret))
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("sonde: %w", ctx.Err())
	case !started:
		return nil, fmt.Errorf("sonde: %s did not start: %v: %q", s.Programme, err, errs.buf)
	case err != nil:
		return nil, fault.New(fault.Invalid, "Ce document n’a pas pu être lu en sécurité : il demande trop de mémoire ou de temps. "+
			"Ouvrez-le, choisissez « Imprimer » puis « Enregistrer en PDF », et envoyez le PDF obtenu.").Code("PIECE_LIMITE").
			Because(fmt.Errorf("%w: %s", err, premiere(string(errs.buf))))
	}
	return answer, nil
}

// premiere is the first line of what a dying child wrote.
func premiere(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// comprend reads the answer of a child, which is not believed more than the
// document it has read.
func comprend(answer []byte) (piece.Mesure, error) {
	var r reponse
	d := json.NewDecoder(bytes.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return piece.Mesure{}, fmt.Errorf("sonde: answer: %w", err)
	}
	switch {
	case r.Panne != "":
		return piece.Mesure{}, fmt.Errorf("sonde: child: %s", r.Panne)
	case r.Refus != nil:
		f := fault.New(fault.Invalid, "%s", r.Refus.Message)
		for _, c := range r.Refus.Codes {
			f.Code(c)
		}
		return piece.Mesure{}, f
	}
	return r.Mesure, nil
}

// A bornee keeps the first bytes written to it and drops the others, after it
// called plein, if any. It holds its buffer apart: a buffer that can read for itself would know no bound.
type bornee struct {
	buf   []byte
	reste int
	plein func()
}

func (b *bornee) Write(p []byte) (int, error) {
	n := min(len(p), b.reste)
	if n < len(p) && b.plein != nil {
		b.plein()
	}
	b.reste -= n
	b.buf = append(b.buf, p[:n]...)
	return len(p), nil
}
