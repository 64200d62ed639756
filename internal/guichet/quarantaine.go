package guichet

import (
	"context"
	"errors"
	"io"
	"time"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/fichier"
	"guichet/internal/sonde"
	"guichet/internal/store"
)

// lotExamens is how many documents are examined again at once.
const lotExamens = 20

// attenteExamen and attenteExamenMax bound the time between two tries.
const (
	attenteExamen    = time.Minute
	attenteExamenMax = time.Hour
)

// A provenance is who sends a document, in which dossier.
type provenance struct {
	dossier  dossier.ID
	personne compte.PersonneID
}

// isole remembers a document to examine again.
func (g *Guichet) isole(ctx context.Context, from provenance, p dossier.Piece) error {
	return g.write(ctx, func(tx *store.Tx) error {
		return tx.PoseQuarantaine(dossier.Quarantaine{Cle: p.Cle, Dossier: from.dossier, Personne: from.personne, Nom: p.Nom, Etat: dossier.ExamenAttendu}, g.maintenant())
	})
}

// Reexamine asks the antivirus again about the documents that were set apart,
// and returns how many it could tell about: a sound one is served from then on,
// a harmful one is destroyed and its sender told. Nothing passes by default:
// when the antivirus cannot tell, the next try waits longer.
func (g *Guichet) Reexamine(ctx context.Context) (told int, err error) {
	if g.coffre.Antivirus == nil || g.store == nil {
		return 0, nil
	}
	var due []dossier.Quarantaine
	err = g.store.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.QuarantainesDues(g.maintenant(), lotExamens)
		return err
	})
	for _, q := range due {
		settled, failed := g.reexamine(ctx, q)
		if err = errors.Join(err, failed); failed != nil {
			return told, err
		}
		if settled {
			told++
		}
	}
	return told, err
}

func (g *Guichet) reexamine(ctx context.Context, q dossier.Quarantaine) (settled bool, err error) {
	r, err := g.coffre.Depot.Ouvre(ctx, fichier.Cle(q.Cle))
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		return false, g.write(ctx, func(tx *store.Tx) error { return tx.OublieQuarantaine(q.Cle) })
	}
	if err != nil {
		return false, err
	}
	v, unknown := g.coffre.Antivirus.Examine(ctx, io.Reader(r))
	if err := r.Close(); err != nil {
		return false, err
	}
	switch v.Etat {
	case sonde.Sain:
		q.Etat = dossier.ExamenSain
	case sonde.Infecte:
		q.Etat, q.Signature = dossier.ExamenInfecte, borne(v.Signature, 200)
	default:
		if g.alerte != nil && unknown != nil {
			g.alerte("", "antivirus", unknown)
		}
		wait := min(attenteExamen<<min(q.Essais, 10), attenteExamenMax)
		return false, g.write(ctx, func(tx *store.Tx) error { return tx.ReporteQuarantaine(q.Cle, g.maintenant().Add(wait)) })
	}
	if err := g.write(ctx, func(tx *store.Tx) error { return g.tranche(tx, q) }); err != nil {
		return false, err
	}
	if q.Etat == dossier.ExamenInfecte {
		return true, g.coffre.Depot.Efface(ctx, fichier.Cle(q.Cle))
	}
	return true, nil
}

// tranche writes what the antivirus said, in the register too, and tells the
// sender of a harmful document.
func (g *Guichet) tranche(tx *store.Tx, q dossier.Quarantaine) error {
	if err := errors.Join(tx.TrancheQuarantaine(q), g.inscrit(tx, "", "examiner_piece", "piece/"+q.Cle, string(dossier.ExamenAttendu), string(q.Etat))); err != nil {
		return err
	}
	if q.Etat != dossier.ExamenInfecte {
		return nil
	}
	return g.ecrit(tx, dossier.Courriel{Dossier: q.Dossier, Genre: courriel.Message, Objet: "Un document refusé par l’antivirus",
		Texte: "Le document « " + q.Nom + " » que vous aviez envoyé contient un programme nuisible (" + q.Signature + "). Il a été détruit et personne ne l’a lu. " +
			"Nettoyez votre poste, puis remplacez ce document dans le dossier.\n"}, []compte.PersonneID{q.Personne})
}

// examens says what is known of the documents of a dossier that were set
// apart, by their key in the store.
func examens(tx *store.Tx, id dossier.ID) (map[string]dossier.EtatExamen, error) {
	all, err := tx.Quarantaines(id)
	out := make(map[string]dossier.EtatExamen, len(all))
	for _, q := range all {
		out[q.Cle] = q.Etat
	}
	return out, err
}

// lisible refuses a document that nobody examined, or that was destroyed.
func lisible(p dossier.Piece, examen dossier.EtatExamen) error {
	switch {
	case p.Etat == saine || examen == dossier.ExamenSain:
		return nil
	case examen == dossier.ExamenInfecte:
		return fault.New(fault.Forbidden, "L’antivirus a trouvé un programme nuisible dans ce document : il a été détruit.")
	}
	return fault.New(fault.Forbidden, "Ce document attend d’être examiné par l’antivirus : revenez plus tard.")
}

// sains refuses to file a dossier with a document that was destroyed.
func sains(tx *store.Tx, d *dossier.Dossier) error {
	known, err := examens(tx, d.ID)
	if err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "Un document a été refusé par l’antivirus : retirez-le et joignez-en un autre.")
	for _, p := range d.Pieces {
		if known[p.Cle] == dossier.ExamenInfecte {
			f.Field(p.Piece, "À remplacer : « "+p.Nom+" » contenait un programme nuisible.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
