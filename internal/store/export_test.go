package store

import "context"

// ExecPourTest runs a statement as somebody who reached the database would.
func (db *DB) ExecPourTest(ctx context.Context, query string) error {
	_, err := db.writes.ExecContext(ctx, query)
	return err
}
