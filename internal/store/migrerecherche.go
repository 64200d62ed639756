package store

import (
	"context"
	"database/sql"
)

// prepareRecherche is the migration that gives the desk and the search what
// they read: columns to sort and filter by, the index of words, the saved
// views. The dossiers that are already there get a rank; Reprise writes the
// rest.
func (db *DB) prepareRecherche(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range append(schemaRecherche, db.indexeMots...) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// couvre are the columns that lists read: an index that has them all answers
// without the dossiers, whose contents are long.
const couvre = `dispositif, organisation, depose_le, etat, tour, instructeur, echeance, avis_attendus, issue, montant, numero`

var schemaRecherche = []string{
	`ALTER TABLE dossier ADD COLUMN rang BIGINT NOT NULL DEFAULT 0`, // grows with each dossier made
	`ALTER TABLE dossier ADD COLUMN avis_attendus BIGINT NOT NULL DEFAULT 0`,
	`ALTER TABLE dossier ADD COLUMN issue TEXT NOT NULL DEFAULT ''`,    // of the decision; empty: none
	`ALTER TABLE dossier ADD COLUMN montant BIGINT NOT NULL DEFAULT 0`, // granted, in cents
	`UPDATE dossier SET rang = r.n FROM (SELECT id, row_number() OVER (ORDER BY cree_le, id) AS n FROM dossier) AS r WHERE r.id = dossier.id`,
	`INSERT INTO compteur (nom, valeur) SELECT '` + serieRang + `', count(*) FROM dossier`,
	`CREATE UNIQUE INDEX dossier_rang ON dossier (rang)`,
	`CREATE INDEX dossier_liste_rang ON dossier (rang, departement, service, ` + couvre + `)`,
	`CREATE INDEX dossier_liste_departement ON dossier (departement, rang, service, ` + couvre + `)`,
	`CREATE INDEX dossier_liste_service ON dossier (service, rang, departement, ` + couvre + `)`,
	`CREATE INDEX dossier_cours_departement ON dossier (departement, rang, service, ` + couvre + `) WHERE ` + enCours,
	`CREATE INDEX dossier_cours_service ON dossier (service, rang, departement, ` + couvre + `) WHERE ` + enCours,
	`CREATE INDEX dossier_liste_organisation ON dossier (organisation, rang)`,
	`CREATE TABLE vue (
		id       TEXT NOT NULL PRIMARY KEY,
		personne TEXT NOT NULL REFERENCES personne,
		nom      TEXT NOT NULL,
		requete  TEXT NOT NULL, -- of the address of the list
		UNIQUE (personne, nom)
	)`,
	// What the index of words was made with: another one makes it again.
	`CREATE TABLE mots_version (
		seul    BIGINT NOT NULL PRIMARY KEY CHECK (seul = 1),
		version BIGINT NOT NULL
	)`,
	`INSERT INTO mots_version (seul, version) VALUES (1, 0)`,
}

// The index of words keeps roots that were computed before; the databases
// neither cut nor fold anything.
var (
	motsSqlite = []string{
		`CREATE VIRTUAL TABLE dossier_mots USING fts5(mots, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '=:/._-'")`,
	}
	motsPostgres = []string{
		`CREATE TABLE dossier_mots (rowid BIGINT PRIMARY KEY, mots TSVECTOR NOT NULL)`,
		// PostgreSQL chooses between the words and the order of the page by how
		// rare it believes the words are: the usual sample makes a rare word look
		// common, and the page reads every dossier.
		`ALTER TABLE dossier_mots ALTER COLUMN mots SET STATISTICS 1000`,
		`CREATE INDEX dossier_mots_gin ON dossier_mots USING gin (mots) WITH (fastupdate = off)`,
	}
)
