package store

import (
	"guichet/internal/compte"
	"guichet/internal/fault"
)

const derogationColumns = `id, departement, separation, motif, du, au, par, etat`

// PoseDerogation keeps an exemption, new or withdrawn.
func (tx *Tx) PoseDerogation(d compte.Derogation) error {
	_, err := tx.exec(`
		INSERT INTO derogation (`+derogationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET etat = excluded.etat`,
		d.ID, d.Departement, d.Separation, d.Motif, day(d.Du), day(d.Au), string(d.Par), string(d.Etat))
	return err
}

// Derogations returns every exemption of the département, the last to end
// first.
func (tx *Tx) Derogations(departement string) ([]compte.Derogation, error) {
	return tx.derogations(`departement = $1 ORDER BY au DESC, id`, departement)
}

// Derogation returns the exemption of that ID. The error is a fault.NotFound.
func (tx *Tx) Derogation(id string) (d compte.Derogation, err error) {
	found, err := tx.derogations(`id = $1`, id)
	if err != nil {
		return d, err
	}
	if len(found) == 0 {
		return d, fault.New(fault.NotFound, "Cette dérogation n’existe pas.")
	}
	return found[0], nil
}

func (tx *Tx) derogations(where string, args ...any) (all []compte.Derogation, err error) {
	rows, err := tx.query(`SELECT `+derogationColumns+` FROM derogation WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d compte.Derogation
		var du, au string
		if err := rows.Scan(&d.ID, &d.Departement, &d.Separation, &d.Motif, &du, &au, &d.Par, &d.Etat); err != nil {
			return nil, err
		}
		if d.Du, err = parseDay(du); err != nil {
			return nil, err
		}
		if d.Au, err = parseDay(au); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, rows.Err()
}
