// Package fichier keeps documents: in a folder of this machine, or in an S3
// bucket. It keeps bytes under names the service made; it does not know what
// they are, whose they are, nor whether they may be read.
package fichier

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"strings"

	"guichet/internal/fault"
)

// A Cle names one document: 64 lower-case hexadecimal characters, made by the
// service. What a person typed is never one.
type Cle string

// NouvelleCle returns a Cle nobody can guess.
func NouvelleCle() Cle {
	var p [32]byte
	rand.Read(p[:]) // never fails: it stops the program instead
	return Cle(hex.EncodeToString(p[:]))
}

// verifie refuses anything but a Cle, as a document that does not exist.
func (c Cle) verifie() error {
	if len(c) != 64 || strings.Trim(string(c), "0123456789abcdef") != "" {
		return absent()
	}
	return nil
}

func absent() *fault.Fault {
	return fault.New(fault.NotFound, "Ce document n’existe pas, ou il a été retiré.").Code("FICHIER_ABSENT")
}

// A Depot keeps documents. Its methods may be called at once from anywhere.
type Depot interface {
	// Pose keeps all that r gives, up to its end, under c, in place of what
	// was there. When r fails or ctx ends first, it returns that error and
	// keeps nothing of it: what was there stays. The caller bounds r.
	Pose(ctx context.Context, c Cle, r io.Reader) error
	// Ouvre reads the document c; the caller closes it before ctx ends. One
	// that is not there is a fault.NotFound with the code FICHIER_ABSENT.
	Ouvre(ctx context.Context, c Cle) (io.ReadCloser, error)
	// Efface forgets the document c. One that is not there is not an error.
	Efface(ctx context.Context, c Cle) error
}

// Acces is what S3 asks to be let in.
type Acces struct {
	Cle    string
	Secret string
}

// Ouvrir returns the Depot at adresse: the path of a folder, made when it is
// missing, « documents » when adresse is empty; or
// s3://seau?endpoint=https://hote&region=nom, with acces. An address that
// cannot be understood is a fault.Invalid. Nothing is asked of S3 yet.
func Ouvrir(adresse string, acces Acces) (Depot, error) {
	switch {
	case strings.HasPrefix(adresse, "s3:"):
		return ouvrirSeau(adresse, acces)
	case strings.Contains(adresse, "://"):
		return nil, fault.New(fault.Invalid, "« %s » n’est pas un dépôt de documents : écrivez le chemin d’un dossier, ou s3://seau?endpoint=…&region=….", adresse)
	case adresse == "":
		adresse = "documents"
	}
	return ouvrirDossier(adresse)
}
