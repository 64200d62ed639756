-- The documents that no antivirus could examine when they came, and what became
-- of them.

-- +goose Up
CREATE TABLE quarantaine (
    cle         TEXT   NOT NULL PRIMARY KEY, -- of the document in its store
    dossier     TEXT   NOT NULL,
    personne    TEXT   NOT NULL, -- who sent it
    nom         TEXT   NOT NULL,
    etat        TEXT   NOT NULL, -- attend, saine, infectee
    signature   TEXT   NOT NULL, -- of the harmful program
    essais      BIGINT NOT NULL,
    prochain_le TEXT   NOT NULL
);
CREATE INDEX quarantaine_due ON quarantaine (prochain_le) WHERE etat = 'attend';
CREATE INDEX quarantaine_dossier ON quarantaine (dossier);

-- +goose Down
DROP TABLE quarantaine;
