package store

import (
	"context"
	"database/sql"

	"guichet/internal/journal"
)

// Inscrit adds an entry to the register, after the last one. Moving the head
// first makes two writers wait for one another.
func (tx *Tx) Inscrit(e journal.Entree) (journal.Entree, error) {
	var numero int64
	var head string
	if err := tx.queryRow(`UPDATE journal_tete SET numero = numero + 1 RETURNING numero - 1, empreinte`).Scan(&numero, &head); err != nil {
		return e, err
	}
	e = journal.Suit(e, numero, head)
	_, err := tx.exec(`INSERT INTO journal (numero, le, acteur, acte, objet, avant, apres, precedent, empreinte) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Numero, instant(e.Le), e.Acteur, e.Acte, e.Objet, e.Avant, e.Apres, e.Precedent, e.Empreinte)
	if err != nil {
		return e, err
	}
	_, err = tx.exec(`UPDATE journal_tete SET empreinte = $1`, e.Empreinte)
	return e, err
}

// TeteJournal returns the number and the digest of the last entry.
func (tx *Tx) TeteJournal() (numero int64, empreinte string, err error) {
	err = tx.queryRow(`SELECT numero, empreinte FROM journal_tete`).Scan(&numero, &empreinte)
	return numero, empreinte, err
}

// Journal gives every entry, in order, to f until it fails.
func (tx *Tx) Journal(f func(journal.Entree) error) error {
	rows, err := tx.query(`SELECT numero, le, acteur, acte, objet, avant, apres, precedent, empreinte FROM journal ORDER BY numero`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e journal.Entree
		var le string
		if err := rows.Scan(&e.Numero, &le, &e.Acteur, &e.Acte, &e.Objet, &e.Avant, &e.Apres, &e.Precedent, &e.Empreinte); err != nil {
			return err
		}
		if e.Le, err = parseInstant(le); err != nil {
			return err
		}
		if err := f(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// protege is the migration after which the database itself refuses to change
// or remove an entry of the register and an event of a dossier.
func (db *DB) protege(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range db.protections {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// protectionsSqlite and protectionsPostgres say the same: what was written in
// these tables stays.
var (
	protectionsSqlite = []string{
		`CREATE TRIGGER journal_fige BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal: append only'); END`,
		`CREATE TRIGGER journal_garde BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal: append only'); END`,
		`CREATE TRIGGER evenement_fige BEFORE UPDATE ON evenement BEGIN SELECT RAISE(ABORT, 'evenement: append only'); END`,
	}
	protectionsPostgres = []string{
		`CREATE FUNCTION refuse_changement() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''append only''; END'`,
		`CREATE TRIGGER journal_fige BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_changement()`,
		`CREATE TRIGGER journal_garde BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_changement()`,
		`CREATE TRIGGER evenement_fige BEFORE UPDATE ON evenement FOR EACH ROW EXECUTE FUNCTION refuse_changement()`,
	}
)
