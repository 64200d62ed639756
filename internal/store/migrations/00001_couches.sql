-- The layers that were imported: official lists, zonings, outlines. A layer
-- that another one replaced stays, with the moment it was replaced.

-- +goose Up
CREATE TABLE couche (
    numero      BIGINT  NOT NULL PRIMARY KEY, -- grows with each import
    cle         TEXT    NOT NULL,             -- what it takes the place of
    genre       TEXT    NOT NULL,
    titre       TEXT    NOT NULL,
    source      TEXT    NOT NULL,             -- JSON: title, publisher, address, licence, date
    millesime   BIGINT  NOT NULL,
    lignes      BIGINT  NOT NULL,
    empreinte   TEXT    NOT NULL,             -- SHA-256 of the file, hexadecimal
    contenu     BYTEA   NOT NULL,             -- the layer, JSON, gzip
    importee_le TEXT    NOT NULL,
    retiree_le  TEXT    NOT NULL DEFAULT ''   -- empty: in use
);
CREATE UNIQUE INDEX couche_en_usage ON couche (cle) WHERE retiree_le = '';

-- Each change of the layers moves the version: a node that knows an older one
-- reads them again.
CREATE TABLE couches_version (
    seul    BIGINT NOT NULL PRIMARY KEY CHECK (seul = 1),
    version BIGINT NOT NULL
);
INSERT INTO couches_version (seul, version) VALUES (1, 0);

-- +goose Down
DROP TABLE couches_version;
DROP TABLE couche;
