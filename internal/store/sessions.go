package store

import (
	"time"

	"guichet/internal/compte"
)

const sessionColumns = `empreinte, personne, niveau, fournisseur, jeton_id, appareil, creee_le, vue_le`

// PoseSession keeps a new session.
func (tx *Tx) PoseSession(s compte.Session) error {
	_, err := tx.exec(`INSERT INTO session (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.Empreinte, string(s.Personne), int64(s.Niveau), s.Fournisseur, s.JetonID, s.Appareil, instant(s.CreeeLe), instant(s.VueLe))
	return err
}

// Session returns the session of that digest. The error is a fault.NotFound.
func (tx *Tx) Session(empreinte string) (compte.Session, error) {
	s, err := scanSession(tx.queryRow(`SELECT `+sessionColumns+` FROM session WHERE empreinte = $1`, empreinte))
	return s, absent(err, "Cette session est finie : reconnectez-vous.")
}

// Sessions returns the sessions of a person, the last used first.
func (tx *Tx) Sessions(p compte.PersonneID) (all []compte.Session, err error) {
	rows, err := tx.query(`SELECT `+sessionColumns+` FROM session WHERE personne = $1 ORDER BY vue_le DESC`, string(p))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		s, err := scanSession(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

func scanSession(row interface{ Scan(...any) error }) (s compte.Session, err error) {
	var niveau int64
	var creee, vue string
	if err = row.Scan(&s.Empreinte, &s.Personne, &niveau, &s.Fournisseur, &s.JetonID, &s.Appareil, &creee, &vue); err != nil {
		return s, err
	}
	s.Niveau = compte.Niveau(niveau)
	if s.CreeeLe, err = parseInstant(creee); err != nil {
		return s, err
	}
	s.VueLe, err = parseInstant(vue)
	return s, err
}

// VoitSession writes that the session was used.
func (tx *Tx) VoitSession(empreinte string, le time.Time) error {
	_, err := tx.exec(`UPDATE session SET vue_le = $1 WHERE empreinte = $2`, instant(le), empreinte)
	return err
}

// FinitSession ends a session of that person; one that is already over is no
// fault.
func (tx *Tx) FinitSession(empreinte string, p compte.PersonneID) error {
	_, err := tx.exec(`DELETE FROM session WHERE empreinte = $1 AND personne = $2`, empreinte, string(p))
	return err
}

// FinitVieilles ends the sessions last used before one instant, or begun
// before another, and forgets the logins never finished.
func (tx *Tx) FinitVieilles(vueAvant, creeeAvant, le time.Time) error {
	if _, err := tx.exec(`DELETE FROM session WHERE vue_le < $1 OR creee_le < $2`, instant(vueAvant), instant(creeeAvant)); err != nil {
		return err
	}
	_, err := tx.exec(`DELETE FROM attente WHERE expire_le < $1`, instant(le))
	return err
}

// PoseAttente keeps what a login waits for.
func (tx *Tx) PoseAttente(empreinte, contenu string, expireLe time.Time) error {
	_, err := tx.exec(`INSERT INTO attente (empreinte, contenu, expire_le) VALUES ($1, $2, $3)`, empreinte, contenu, instant(expireLe))
	return err
}

// PrendAttente returns what a login waits for and forgets it: it serves once.
// The error is a fault.NotFound.
func (tx *Tx) PrendAttente(empreinte string) (contenu string, err error) {
	err = tx.queryRow(`DELETE FROM attente WHERE empreinte = $1 RETURNING contenu`, empreinte).Scan(&contenu)
	return contenu, absent(err, "Cette connexion a déjà servi ou a trop attendu : recommencez.")
}
