package store

import "strings"

// Explique tells how the database finds a page, by finding it.
func (tx *Tx) Explique(f Filtre) (string, error) {
	if err := tx.ajuste(); err != nil {
		return "", err
	}
	q := &requete{}
	rows, err := tx.query(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) `+q.liste(tx, f), q.args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), rows.Err()
}
