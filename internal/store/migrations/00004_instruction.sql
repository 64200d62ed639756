-- What the desk sorts dossiers by: whose turn it is and by what day. Both
-- follow from the dossier and its scheme, and are written again with it.

-- +goose Up
ALTER TABLE dossier ADD COLUMN tour TEXT NOT NULL DEFAULT '';     -- role that acts next; empty: nobody
ALTER TABLE dossier ADD COLUMN echeance TEXT NOT NULL DEFAULT ''; -- day by which; empty: none

-- +goose Down
ALTER TABLE dossier DROP COLUMN echeance;
ALTER TABLE dossier DROP COLUMN tour;
