package store

import (
	"cmp"
	"time"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
)

const courrielColumns = `id, dossier, personne, adresse, genre, objet, texte, etat, essais, prochain_le, cree_le, envoye_le, erreur, recapitulatif`

// PoseCourriel keeps a mail to send, in the transaction of the act that causes
// it.
func (tx *Tx) PoseCourriel(c dossier.Courriel) error {
	_, err := tx.exec(`INSERT INTO courriel (`+courrielColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9, '', '', '')`,
		c.ID, string(c.Dossier), string(c.Personne), c.Adresse, string(c.Genre), c.Objet, c.Texte, string(cmp.Or(c.Etat, courriel.AEnvoyer)), instant(c.CreeLe))
	return err
}

// CourrielsDus takes at most n mails whose turn has come and pushes their next
// turn, so that another sender leaves them alone meanwhile.
func (tx *Tx) CourrielsDus(le, prochain time.Time, n int) ([]dossier.Courriel, error) {
	return tx.courriels(`
		UPDATE courriel SET essais = essais + 1, prochain_le = $2
		WHERE id IN (SELECT id FROM courriel WHERE etat = 'a_envoyer' AND prochain_le <= $1 ORDER BY prochain_le, id LIMIT $3) AND prochain_le <= $1
		RETURNING `+courrielColumns, instant(le), instant(prochain), n)
}

// Courriels returns the mails about a dossier, in order.
func (tx *Tx) Courriels(id dossier.ID) ([]dossier.Courriel, error) {
	return tx.courriels(`SELECT `+courrielColumns+` FROM courriel WHERE dossier = $1 ORDER BY cree_le, id`, string(id))
}

func (tx *Tx) courriels(query string, args ...any) (all []dossier.Courriel, err error) {
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c dossier.Courriel
		var id, personne, prochain, cree, envoye string
		if err := rows.Scan(&c.ID, &id, &personne, &c.Adresse, &c.Genre, &c.Objet, &c.Texte, &c.Etat, &c.Essais, &prochain, &cree, &envoye, &c.Erreur, &c.Recapitulatif); err != nil {
			return nil, err
		}
		c.Dossier, c.Personne = dossier.ID(id), compte.PersonneID(personne)
		if c.CreeLe, err = parseInstant(cree); err != nil {
			return nil, err
		}
		if c.EnvoyeLe, err = parseInstant(envoye); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// CourrielEnvoye writes that a mail left.
func (tx *Tx) CourrielEnvoye(id string, le time.Time) error {
	_, err := tx.exec(`UPDATE courriel SET etat = 'envoye', envoye_le = $1, erreur = '' WHERE id = $2`, instant(le), id)
	return err
}

// CourrielRefuse writes why a mail did not leave, and when to try again; never,
// when prochain is zero. A mail that was switched off meanwhile stays so.
func (tx *Tx) CourrielRefuse(id, erreur string, prochain time.Time) error {
	etat := "a_envoyer"
	if prochain.IsZero() {
		etat = "abandonne"
	}
	_, err := tx.exec(`UPDATE courriel SET etat = $1, erreur = $2, prochain_le = $3 WHERE id = $4 AND etat = 'a_envoyer'`, etat, erreur, instant(prochain), id)
	return err
}
