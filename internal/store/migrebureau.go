package store

import (
	"context"
	"database/sql"
	"slices"
)

// prepareBureau is the migration that lets the desk be counted from an index
// alone.
func (db *DB) prepareBureau(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range slices.Concat(schemaBureau, db.motsBureau) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// couvreBureau are the columns that the desk reads: the national service and
// the dossier itself say whether a service was asked to act.
const couvreBureau = couvre + `, operateur, id`

var schemaBureau = []string{
	`DROP INDEX dossier_cours_departement`,
	`DROP INDEX dossier_cours_service`,
	`CREATE INDEX dossier_cours_departement ON dossier (departement, rang, service, ` + couvreBureau + `) WHERE ` + enCours,
	`CREATE INDEX dossier_cours_service ON dossier (service, rang, departement, ` + couvreBureau + `) WHERE ` + enCours,
}

// motsBureauPostgres: a search counts by itself how rare its words are, and a
// large sample of them is long to read at each query.
var motsBureauPostgres = []string{`ALTER TABLE dossier_mots ALTER COLUMN mots SET STATISTICS 10`}
