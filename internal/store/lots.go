package store

import (
	"encoding/json"
	"fmt"

	"guichet/internal/compte"
	"guichet/internal/dossier"
)

// gesteLot is what the acte column of a lot holds.
type gesteLot struct {
	Acte  string `json:"acte"`
	Texte string `json:"texte,omitempty"`
}

// InsereLot adds a lot with its lines, and returns its ID: the one that the
// same form already made, when it did.
func (tx *Tx) InsereLot(l *dossier.Lot) (id string, err error) {
	text, err := json.Marshal(gesteLot{l.Acte, l.Texte})
	if err != nil {
		return "", err
	}
	res, err := tx.exec(`INSERT INTO lot (id, cle, personne, niveau, acte, cree_le) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (cle) DO NOTHING`,
		l.ID, l.Cle, string(l.Personne), int(l.Niveau), string(text), instant(l.CreeLe))
	if err != nil {
		return "", err
	}
	if n, err := res.RowsAffected(); err != nil {
		return "", err
	} else if n == 0 {
		err = tx.queryRow(`SELECT id FROM lot WHERE cle = $1 AND personne = $2`, l.Cle, string(l.Personne)).Scan(&id)
		return id, err
	}
	for _, x := range l.Lignes {
		if _, err := tx.exec(`INSERT INTO lot_ligne (lot, rang, dossier, etat, raison) VALUES ($1, $2, $3, $4, $5)`,
			l.ID, x.Rang, string(x.Dossier), x.Etat, x.Raison); err != nil {
			return "", err
		}
	}
	return l.ID, nil
}

// Lot returns the lot of that ID with its lines. The error is a
// fault.NotFound.
func (tx *Tx) Lot(id string) (*dossier.Lot, error) {
	var l dossier.Lot
	var personne, text, cree string
	err := tx.queryRow(`SELECT id, cle, personne, niveau, acte, cree_le FROM lot WHERE id = $1`, id).
		Scan(&l.ID, &l.Cle, &personne, &l.Niveau, &text, &cree)
	if err != nil {
		return nil, absent(err, "Ce traitement par lot n’existe pas.")
	}
	var g gesteLot
	if err := json.Unmarshal([]byte(text), &g); err != nil {
		return nil, fmt.Errorf("lot %s: %w", id, err)
	}
	l.Personne, l.Acte, l.Texte = compte.PersonneID(personne), g.Acte, g.Texte
	if l.CreeLe, err = parseInstant(cree); err != nil {
		return nil, err
	}
	rows, err := tx.query(`SELECT l.rang, l.dossier, l.etat, l.raison, COALESCE(d.numero, '')
		FROM lot_ligne l LEFT JOIN dossier d ON d.id = l.dossier WHERE l.lot = $1 ORDER BY l.rang`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x dossier.Ligne
		if err := rows.Scan(&x.Rang, &x.Dossier, &x.Etat, &x.Raison, &x.Numero); err != nil {
			return nil, err
		}
		l.Lignes = append(l.Lignes, x)
	}
	return &l, rows.Err()
}

// LotsInacheves returns the IDs of the lots that have lines to do, the oldest
// first.
func (tx *Tx) LotsInacheves() (all []string, err error) {
	rows, err := tx.query(`SELECT id FROM lot WHERE id IN (SELECT lot FROM lot_ligne WHERE etat = 'a_faire') ORDER BY cree_le, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, rows.Err()
}

// FinitLigne writes how a line went.
func (tx *Tx) FinitLigne(lot string, l dossier.Ligne) error {
	_, err := tx.exec(`UPDATE lot_ligne SET etat = $1, raison = $2 WHERE lot = $3 AND rang = $4 AND etat = 'a_faire'`, l.Etat, l.Raison, lot, l.Rang)
	return err
}
