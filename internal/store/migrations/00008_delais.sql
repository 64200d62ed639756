-- Delays: the day to look at the reminders of a dossier, the reminders sent,
-- the calendar feeds.

-- +goose Up
-- A dossier made before this migration is looked at as soon as possible.
ALTER TABLE dossier ADD COLUMN rappel_le TEXT NOT NULL DEFAULT '0001-01-01'; -- empty: never
CREATE INDEX dossier_rappel ON dossier (rappel_le) WHERE rappel_le <> '';

-- A reminder leaves once: its line is written with its mails.
CREATE TABLE rappel (
    dossier   TEXT NOT NULL REFERENCES dossier,
    delai     TEXT NOT NULL,
    jour      TEXT NOT NULL, -- that it was planned for
    envoye_le TEXT NOT NULL,
    PRIMARY KEY (dossier, delai, jour)
);

-- A feed gives what its person may read when it is asked.
CREATE TABLE flux (
    empreinte TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the secret of its address
    personne  TEXT NOT NULL REFERENCES personne,
    service   TEXT NOT NULL,             -- empty: all that the person may read
    cree_le   TEXT NOT NULL,
    UNIQUE (personne, service)
);

-- +goose Down
DROP TABLE flux;
DROP TABLE rappel;
DROP INDEX dossier_rappel;
ALTER TABLE dossier DROP COLUMN rappel_le;
