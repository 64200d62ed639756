package store

import (
	"time"

	"guichet/internal/dossier"
)

const quarantaineColumns = `cle, dossier, personne, nom, etat, signature, essais`

// PoseQuarantaine keeps a document to examine from that instant on.
func (tx *Tx) PoseQuarantaine(q dossier.Quarantaine, le time.Time) error {
	_, err := tx.exec(`INSERT INTO quarantaine (`+quarantaineColumns+`, prochain_le) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		q.Cle, string(q.Dossier), string(q.Personne), q.Nom, string(q.Etat), q.Signature, q.Essais, instant(le))
	return err
}

// QuarantainesDues returns at most n documents whose turn has come, the first
// one first.
func (tx *Tx) QuarantainesDues(le time.Time, n int) ([]dossier.Quarantaine, error) {
	return tx.quarantaines(`etat = 'attend' AND prochain_le <= $1 ORDER BY prochain_le, cle LIMIT $2`, instant(le), n)
}

// Quarantaines returns what became of the documents of a dossier that were set
// apart.
func (tx *Tx) Quarantaines(id dossier.ID) ([]dossier.Quarantaine, error) {
	return tx.quarantaines(`dossier = $1 ORDER BY cle`, string(id))
}

func (tx *Tx) quarantaines(where string, args ...any) (all []dossier.Quarantaine, err error) {
	rows, err := tx.query(`SELECT `+quarantaineColumns+` FROM quarantaine WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var q dossier.Quarantaine
		if err := rows.Scan(&q.Cle, &q.Dossier, &q.Personne, &q.Nom, &q.Etat, &q.Signature, &q.Essais); err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, rows.Err()
}

// ReporteQuarantaine counts a try that told nothing; the next one is not before
// le.
func (tx *Tx) ReporteQuarantaine(cle string, le time.Time) error {
	_, err := tx.exec(`UPDATE quarantaine SET essais = essais + 1, prochain_le = $1 WHERE cle = $2`, instant(le), cle)
	return err
}

// TrancheQuarantaine keeps what the antivirus said.
func (tx *Tx) TrancheQuarantaine(q dossier.Quarantaine) error {
	_, err := tx.exec(`UPDATE quarantaine SET etat = $1, signature = $2 WHERE cle = $3`, string(q.Etat), q.Signature, q.Cle)
	return err
}

// OublieQuarantaine forgets a document that is no longer kept.
func (tx *Tx) OublieQuarantaine(cle string) error {
	_, err := tx.exec(`DELETE FROM quarantaine WHERE cle = $1`, cle)
	return err
}
