-- The instruction of a dossier: what the desk sorts it by, what is said about
-- it, the acts made on many dossiers at once.

-- +goose Up
-- Both follow from the dossier and its scheme, and are written again with it.
ALTER TABLE dossier ADD COLUMN tour TEXT NOT NULL DEFAULT '';     -- role that acts next; empty: nobody
ALTER TABLE dossier ADD COLUMN echeance TEXT NOT NULL DEFAULT ''; -- day by which; empty: none
ALTER TABLE dossier ADD COLUMN operateur TEXT NOT NULL DEFAULT ''; -- national service that makes some acts; empty: none
CREATE INDEX dossier_operateur ON dossier (operateur, depose_le) WHERE operateur <> '';

-- The services asked for an opinion: they may read the dossier.
CREATE TABLE saisine (
    service TEXT NOT NULL,
    dossier TEXT NOT NULL REFERENCES dossier,
    pour    TEXT NOT NULL, -- day by which; empty when nothing is awaited any more
    PRIMARY KEY (service, dossier)
);
CREATE INDEX saisine_dossier ON saisine (dossier);

CREATE TABLE message (
    id      TEXT NOT NULL PRIMARY KEY,
    dossier TEXT NOT NULL REFERENCES dossier,
    genre   TEXT NOT NULL, -- message: both sides read it; note: the services alone
    cle     TEXT NOT NULL UNIQUE, -- of the form that sent it, used once
    par     TEXT NOT NULL,
    nom     TEXT NOT NULL,
    role    TEXT NOT NULL,
    texte   TEXT NOT NULL,
    piece   TEXT NOT NULL, -- JSON: the document joined; empty: none
    le      TEXT NOT NULL
);
CREATE INDEX message_dossier ON message (dossier, le);

-- One act on many dossiers, made one dossier at a time: whoever stops in the
-- middle goes on where they were.
CREATE TABLE lot (
    id      TEXT   NOT NULL PRIMARY KEY,
    cle     TEXT   NOT NULL UNIQUE,
    personne TEXT  NOT NULL REFERENCES personne,
    niveau  BIGINT NOT NULL,
    acte    TEXT   NOT NULL, -- JSON: what to do
    cree_le TEXT   NOT NULL
);
CREATE INDEX lot_personne ON lot (personne, cree_le);
CREATE TABLE lot_ligne (
    lot     TEXT   NOT NULL REFERENCES lot,
    rang    BIGINT NOT NULL,
    dossier TEXT   NOT NULL,
    etat    TEXT   NOT NULL, -- a_faire, fait, refuse
    raison  TEXT   NOT NULL,
    PRIMARY KEY (lot, rang)
);
CREATE INDEX lot_ligne_a_faire ON lot_ligne (lot, rang) WHERE etat = 'a_faire';

-- +goose Down
DROP TABLE lot_ligne;
DROP TABLE lot;
DROP TABLE message;
DROP TABLE saisine;
DROP INDEX dossier_operateur;
ALTER TABLE dossier DROP COLUMN operateur;
ALTER TABLE dossier DROP COLUMN echeance;
ALTER TABLE dossier DROP COLUMN tour;
