package guichet

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/fichier"
	"guichet/internal/piece"
	"guichet/internal/regle"
	"guichet/internal/sonde"
	"guichet/internal/store"
)

// A Sondeur measures a document that may be hostile.
type Sondeur interface {
	Sonder(ctx context.Context, chemin, nom string) (piece.Mesure, error)
}

// An Antivirus says whether a document is harmful.
type Antivirus interface {
	Examine(context.Context, io.Reader) (sonde.Verdict, error)
}

// Coffre is where documents go, and what looks at them on the way.
type Coffre struct {
	Depot      fichier.Depot
	Sondeur    Sondeur
	Antivirus  Antivirus // nil when the operator has none
	Temporaire string    // folder of the documents on their way
}

// MaxPiece bounds one document, in bytes.
const MaxPiece = 200 << 20

// The states of a joined document.
const (
	saine       = "saine"
	quarantaine = "quarantaine" // no antivirus could tell: kept, never served
)

// An Envoi is a document as a person sends it.
type Envoi struct {
	Dossier dossier.ID
	Piece   string // requirement that it answers
	Pour    string // INSEE code of the partner whose document it is, "" for the applicant
	Nom     string // of the file
	Contenu io.Reader
}

// Attendue names what the document answers, as [dossier.PieceDue.Cle] does.
func (e Envoi) Attendue() string {
	return dossier.PieceDue{Piece: dispositif.Piece{ID: e.Piece}, Pour: e.Pour}.Cle()
}

// Joint adds a document to a dossier: measured by another process, looked at by
// the antivirus, checked against the rules of the scheme, kept, then written
// in the dossier. The error is a fault.Invalid that gives the measured value,
// a fault.TooLarge, or that of the rights.
func (g *Guichet) Joint(ctx context.Context, a compte.Acteur, e Envoi) error {
	d, s, err := g.recevable(ctx, a, e.Dossier, e.Piece)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(s.Pieces, func(p dispositif.Piece) bool { return p.ID == e.Piece })
	if i < 0 || !slices.ContainsFunc(d.Dues(s, s.Pieces[i]), func(x dossier.PieceDue) bool { return x.Pour == e.Pour }) {
		return fault.New(fault.Invalid, "Ce dossier n’attend pas ce document.")
	}
	path, err := g.recoit(e.Contenu)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	p, err := g.controle(ctx, path, e.Nom, admise(s.Pieces[i]))
	if err != nil {
		return champ(err, e.Attendue())
	}
	p.Piece, p.Pour = e.Piece, e.Pour
	if err := g.permise(d, s, s.Pieces[i], p); err != nil {
		return champ(err, e.Attendue())
	}
	return g.garde(ctx, a, e.Dossier, p, path)
}

// recevable returns the dossier when the person may change the documents of
// the requirement now.
func (g *Guichet) recevable(ctx context.Context, a compte.Acteur, id dossier.ID, exigence string) (d *dossier.Dossier, s *dispositif.Dispositif, err error) {
	if g.coffre.Depot == nil {
		return nil, nil, fault.New(fault.NotFound, "Cette instance ne reçoit pas de documents.")
	}
	err = g.view(ctx, func(tx *store.Tx) error {
		if d, _, err = g.ouvre(tx, a, id, "piece.deposer"); err != nil {
			return err
		}
		if s, err = g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif); err != nil {
			return err
		}
		return changeable(d, s, exigence)
	})
	return d, s, err
}

// changeable refuses when the documents of the requirement may not change in
// the state of the dossier.
func changeable(d *dossier.Dossier, s *dispositif.Dispositif, exigence string) error {
	due := slices.ContainsFunc(s.Pieces, func(p dispositif.Piece) bool { return p.ID == exigence && s.Attend(d.Etat, p) })
	if due || modifiable(d, s) || d.Instruction.Corrigeable(exigence) {
		return nil
	}
	return fault.New(fault.Conflict, "Le dossier est « %s » : ses documents ne changent plus.", s.LibelleEtat(d.Etat))
}

// remise reports whether a document of the requirement reaches the service as
// soon as it is joined: it is owed after the filing, and nothing else changes.
func remise(d *dossier.Dossier, s *dispositif.Dispositif, exigence string) bool {
	return d.Gel != nil && !modifiable(d, s) && !d.Instruction.Corrigeable(exigence)
}

// recoit writes what arrives in a file of its own.
func (g *Guichet) recoit(r io.Reader) (path string, err error) {
	f, err := os.CreateTemp(g.coffre.Temporaire, "piece-")
	if err != nil {
		return "", err
	}
	n, err := io.Copy(f, io.LimitReader(r, MaxPiece+1))
	if err = errors.Join(err, f.Close()); err == nil && n > MaxPiece {
		err = fault.New(fault.TooLarge, "Le document dépasse 200 Mo : réduisez-le.")
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// admise is what the requirement admits.
func admise(p dispositif.Piece) piece.Regle {
	r := piece.Regle{OctetsMax: MaxPiece}
	for _, g := range p.Genres {
		r.Genres = append(r.Genres, piece.Genre(g))
	}
	return r
}

// examine asks the antivirus: a harmful document is refused, one about which
// nothing is known is set apart.
func (g *Guichet) examine(ctx context.Context, path string) (etat string, err error) {
	if g.coffre.Antivirus == nil {
		return saine, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	v, err := g.coffre.Antivirus.Examine(ctx, f)
	switch v.Etat {
	case sonde.Sain:
		return saine, nil
	case sonde.Infecte:
		return "", fault.New(fault.Invalid, "Ce document contient un programme nuisible (%s) : il n’a pas été gardé. Nettoyez votre poste, puis envoyez un autre fichier.", v.Signature)
	}
	if g.alerte != nil && err != nil {
		g.alerte("", "antivirus", err)
	}
	return quarantaine, nil
}

// permise checks the document against the conditions of the scheme that look
// at what it measures.
func (g *Guichet) permise(d *dossier.Dossier, s *dispositif.Dispositif, wanted dispositif.Piece, p dossier.Piece) error {
	next := d.Clone()
	next.Pieces = append(next.Pieces, p)
	r, err := g.evalue(next, s)
	if err != nil && fault.Of(err).Kind != fault.Invalid {
		return err
	}
	for _, c := range append(slices.Clone(r.Conditions), r.Reste...) {
		if c.Verdict != regle.Non {
			continue
		}
		for _, f := range c.Faits() {
			if n := f.Fait.Nom; n != "" && (n == wanted.Mesures.Pages || n == wanted.Mesures.Secondes) {
				return fault.New(fault.Invalid, "%s Ce document mesure : %s.", c.Texte, f.Fait.Affiche(f.Donnee.Valeur))
			}
		}
	}
	return nil
}

// garde keeps the bytes, then writes the document in the dossier. When the
// second fails, the first is undone.
func (g *Guichet) garde(ctx context.Context, a compte.Acteur, id dossier.ID, p dossier.Piece, path string) error {
	return g.entrepose(ctx, provenance{id, a.Personne.ID}, p, path, func() error {
		return g.changePieces(ctx, a, id, "joindre", "Document joint : "+p.Nom, func(d *dossier.Dossier, s *dispositif.Dispositif) error {
			if err := changeable(d, s, p.Piece); err != nil {
				return err
			}
			d.Pieces = append(d.Pieces, p)
			if remise(d, s, p.Piece) {
				d.Remet(append(slices.Clone(d.Gel.Pieces), p))
			}
			return nil
		})
	})
}

// changePieces changes the documents of a dossier that may still change.
func (g *Guichet) changePieces(ctx context.Context, a compte.Acteur, id dossier.ID, acte, libelle string, change func(*dossier.Dossier, *dispositif.Dispositif) error) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		d, h, err := g.ouvre(tx, a, id, "piece.deposer")
		if err != nil {
			return err
		}
		s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
		if err != nil {
			return err
		}
		next := d.Clone()
		if err := change(next, s); err != nil {
			return err
		}
		ev := next.Noter(acte, libelle, dossier.Auteur{Personne: a.Personne, Role: h.Role, Le: g.maintenant()})
		return g.sauve(tx, d, next, ev)
	})
}

// RetirePiece takes a document out of a dossier that may still change. What
// was once filed stays in the store: an acknowledgement cites it.
func (g *Guichet) RetirePiece(ctx context.Context, a compte.Acteur, id dossier.ID, pieceID string) error {
	if g.coffre.Depot == nil {
		return fault.New(fault.NotFound, "Cette instance ne garde pas de documents.")
	}
	var gone dossier.Piece
	draft := false
	err := g.changePieces(ctx, a, id, "retirer_piece", "Document retiré", func(d *dossier.Dossier, s *dispositif.Dispositif) error {
		i := slices.IndexFunc(d.Pieces, func(p dossier.Piece) bool { return p.ID == pieceID })
		if i < 0 {
			return fault.New(fault.NotFound, "Ce document n’est plus dans le dossier.")
		}
		gone, draft = d.Pieces[i], d.Brouillon()
		if err := changeable(d, s, gone.Piece); err != nil {
			return err
		}
		if d.Pieces = slices.Delete(d.Pieces, i, i+1); len(d.Pieces) == 0 {
			d.Pieces = nil // as it is read back: the register digests it
		}
		if remise(d, s, gone.Piece) {
			d.Remet(slices.DeleteFunc(slices.Clone(d.Gel.Pieces), func(p dossier.Piece) bool { return p.ID == gone.ID }))
		}
		return nil
	})
	if err != nil || !draft {
		return err
	}
	return g.jette(ctx, []dossier.Piece{gone})
}

// OuvrePiece reads a joined document; the caller closes it. The error is a
// fault.NotFound for whoever may not know of it, and a fault.Forbidden while it
// is in quarantine.
func (g *Guichet) OuvrePiece(ctx context.Context, a compte.Acteur, id dossier.ID, pieceID string) (p dossier.Piece, r io.ReadCloser, err error) {
	err = g.view(ctx, func(tx *store.Tx) error {
		d, _, err := g.ouvre(tx, a, id, "piece.lire")
		if err != nil {
			return err
		}
		if p, err = g.trouvePiece(tx, a, d, pieceID); err != nil {
			return err
		}
		known, err := examens(tx, d.ID)
		return errors.Join(err, lisible(p, known[p.Cle]))
	})
	switch {
	case err != nil:
		return p, nil, err
	case g.coffre.Depot == nil:
		return p, nil, fault.New(fault.NotFound, "Cette instance ne garde pas de documents.")
	}
	r, err = g.coffre.Depot.Ouvre(ctx, fichier.Cle(p.Cle))
	return p, r, err
}

// champ puts what a person can correct at the field of the document.
func champ(err error, piece string) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return err
	}
	return f.Field(piece, f.Message)
}

// trouvePiece finds a document of the dossier that the person may read: one of
// the request, of a message, of an opinion, of a decision made elsewhere. What
// they may not read is not there.
func (g *Guichet) trouvePiece(tx *store.Tx, a compte.Acteur, d *dossier.Dossier, id string) (dossier.Piece, error) {
	all := slices.Clone(d.Pieces)
	if d.Gel != nil {
		all = append(all, d.Gel.Pieces...)
	}
	if z := d.Decision; z != nil && z.Externe != nil {
		all = append(all, z.Externe.Piece)
	}
	o, err := g.objet(tx, d)
	if err != nil {
		return dossier.Piece{}, err
	}
	if _, err := g.politique.Peut(a, "avis.lire", o); err == nil {
		for _, v := range d.Instruction.Avis {
			if v.Piece != nil {
				all = append(all, *v.Piece)
			}
		}
	}
	messages, err := g.messages(tx, a, o, d.ID)
	if err != nil {
		return dossier.Piece{}, err
	}
	for _, m := range messages {
		if m.Piece != nil {
			all = append(all, *m.Piece)
		}
	}
	i := slices.IndexFunc(all, func(p dossier.Piece) bool { return p.ID == id })
	if i < 0 {
		return dossier.Piece{}, fault.New(fault.NotFound, "Ce document n’est pas dans le dossier.")
	}
	return all[i], nil
}
