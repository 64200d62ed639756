// Package journal chains the entries of a register so that a change of any of
// them shows: each holds the digest of the one before. It keeps nothing.
package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"guichet/internal/fault"
)

// An Entree is one line of the register: who did what to what, and the digests
// of the thing before and after. It holds no text that a person typed.
type Entree struct {
	Numero    int64
	Le        time.Time // UTC, to the microsecond
	Acteur    string    // identifier of the person; "" for the program
	Acte      string
	Objet     string // kind and identifier: « dossier/… »
	Avant     string // digest of the object before, "" when it did not exist
	Apres     string
	Precedent string // Empreinte of the entry before; "" for the first
	Empreinte string
}

// Suit returns e after the entry whose number and digest are given, sealed.
func Suit(e Entree, numero int64, empreinte string) Entree {
	e.Numero, e.Precedent = numero+1, empreinte
	e.Le = e.Le.UTC().Truncate(time.Microsecond)
	e.Empreinte = e.empreinte()
	return e
}

// empreinte digests every field, each preceded by its length: no two entries
// have the same text to digest.
func (e Entree) empreinte() string {
	h := sha256.New()
	for _, field := range []string{strconv.FormatInt(e.Numero, 10), e.Le.Format(time.RFC3339Nano), e.Acteur, e.Acte, e.Objet, e.Avant, e.Apres, e.Precedent} {
		fmt.Fprintf(h, "%d:%s,", len(field), field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// A Verificateur checks entries given in order. Its zero value waits for the
// first one.
type Verificateur struct {
	numero    int64
	empreinte string
}

// Suivante checks that e follows. The error is a fault.Conflict that names the
// first entry that does not.
func (v *Verificateur) Suivante(e Entree) error {
	switch {
	case e.Numero != v.numero+1:
		return fault.New(fault.Conflict, "Journal : l’entrée %d suit l’entrée %d : une entrée manque ou est de trop.", e.Numero, v.numero)
	case e.Precedent != v.empreinte:
		return fault.New(fault.Conflict, "Journal : l’entrée %d ne suit pas celle qui la précède.", e.Numero)
	case e.Empreinte != e.empreinte():
		return fault.New(fault.Conflict, "Journal : l’entrée %d a été modifiée.", e.Numero)
	}
	v.numero, v.empreinte = e.Numero, e.Empreinte
	return nil
}

// Tete returns the number and the digest of the last entry checked.
func (v *Verificateur) Tete() (numero int64, empreinte string) { return v.numero, v.empreinte }
