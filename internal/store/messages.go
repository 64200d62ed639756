package store

import (
	"encoding/json"
	"fmt"

	"guichet/internal/compte"
	"guichet/internal/dossier"
)

const messageColumns = `id, dossier, genre, cle, par, nom, role, texte, piece, le`

// InsereMessage adds m, and reports whether it is new: the same form sends
// one message.
func (tx *Tx) InsereMessage(m dossier.Message) (bool, error) {
	piece := ""
	if m.Piece != nil {
		text, err := json.Marshal(m.Piece)
		if err != nil {
			return false, err
		}
		piece = string(text)
	}
	res, err := tx.exec(`INSERT INTO message (`+messageColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (cle) DO NOTHING`,
		m.ID, string(m.Dossier), string(m.Genre), m.Cle, string(m.Par), m.Nom, string(m.Role), m.Texte, piece, instant(m.Le))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Messages returns what was said about a dossier, in order.
func (tx *Tx) Messages(id dossier.ID) (all []dossier.Message, err error) {
	rows, err := tx.query(`SELECT `+messageColumns+` FROM message WHERE dossier = $1 ORDER BY le, id`, string(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m dossier.Message
		var genre, par, role, piece, le string
		if err := rows.Scan(&m.ID, &m.Dossier, &genre, &m.Cle, &par, &m.Nom, &role, &m.Texte, &piece, &le); err != nil {
			return nil, err
		}
		m.Genre, m.Par, m.Role = dossier.GenreMessage(genre), compte.PersonneID(par), compte.Role(role)
		if piece != "" {
			if err := json.Unmarshal([]byte(piece), &m.Piece); err != nil {
				return nil, fmt.Errorf("message %s: %w", m.ID, err)
			}
		}
		if m.Le, err = parseInstant(le); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, rows.Err()
}
