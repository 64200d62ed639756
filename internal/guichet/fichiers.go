package guichet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/fichier"
	"guichet/internal/piece"
)

// A Fichier is a document that goes with a message, an opinion or a decision,
// as a person sends it.
type Fichier struct {
	Nom     string
	Contenu io.Reader
}

// maxJoint bounds a document that goes with a message, in bytes.
const maxJoint = 20 << 20

// champFichier is the field of such a document.
const champFichier = "fichier"

// avecFichier measures and keeps the document, then lets f write it. When f
// fails, the bytes go. Without a document, f gets nil.
func (g *Guichet) avecFichier(ctx context.Context, from provenance, x *Fichier, f func(*dossier.Piece) error) error {
	if x == nil {
		return f(nil)
	}
	if g.coffre.Depot == nil {
		return fault.New(fault.NotFound, "Cette instance ne reçoit pas de documents.")
	}
	path, err := g.recoit(x.Contenu)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	p, err := g.controle(ctx, path, x.Nom, piece.Regle{OctetsMax: maxJoint})
	if err != nil {
		return champ(err, champFichier)
	}
	return g.entrepose(ctx, from, p, path, func() error { return f(&p) })
}

// controle measures a document in another process and has it examined: what
// the rule refuses or what is harmful goes no further.
func (g *Guichet) controle(ctx context.Context, path, name string, rule piece.Regle) (p dossier.Piece, err error) {
	m, err := g.coffre.Sondeur.Sonder(ctx, path, name)
	if err != nil {
		return p, err
	}
	if err := rule.Verifie(m); err != nil {
		return p, err
	}
	p = dossier.Piece{ID: strings.ToLower(rand.Text()), Nom: borne(name, 200), Type: m.Type, Octets: m.Octets, Pages: m.Pages,
		Duree: m.Duree, Empreinte: m.SHA256, Cle: string(fichier.NouvelleCle()), Le: g.maintenant()}
	p.Etat, err = g.examine(ctx, path)
	return p, err
}

// entrepose keeps the bytes of one document, then lets f write it. When f
// fails, even by a panic, the bytes go.
func (g *Guichet) entrepose(ctx context.Context, from provenance, p dossier.Piece, path string, f func() error) (err error) {
	content, err := os.Open(path)
	if err != nil {
		return err
	}
	defer content.Close()
	if err := g.coffre.Depot.Pose(ctx, fichier.Cle(p.Cle), content); err != nil {
		return fmt.Errorf("pose: %w", err)
	}
	written := false
	defer func() {
		if !written {
			err = errors.Join(err, g.coffre.Depot.Efface(context.WithoutCancel(ctx), fichier.Cle(p.Cle)))
		}
	}()
	if p.Etat == quarantaine {
		if err := g.isole(ctx, from, p); err != nil {
			return err
		}
	}
	err = f()
	written = err == nil
	return err
}
