-- Who granted a right and who confirmed it; the exemptions from a separation
-- of duties; the acts made thanks to one.

-- +goose Up
ALTER TABLE habilitation ADD COLUMN par TEXT NOT NULL DEFAULT '';
ALTER TABLE habilitation ADD COLUMN confirme_par TEXT NOT NULL DEFAULT '';
CREATE INDEX habilitation_departement ON habilitation (departement);
CREATE INDEX personne_courriel ON personne (lower(courriel));

CREATE TABLE derogation (
    id          TEXT NOT NULL PRIMARY KEY,
    departement TEXT NOT NULL,
    separation  TEXT NOT NULL, -- SOD1
    motif       TEXT NOT NULL,
    du          TEXT NOT NULL, -- days
    au          TEXT NOT NULL,
    par         TEXT NOT NULL REFERENCES personne,
    etat        TEXT NOT NULL  -- active, retiree
);
CREATE INDEX derogation_departement ON derogation (departement);

ALTER TABLE evenement ADD COLUMN derogation TEXT NOT NULL DEFAULT ''; -- the separation set aside

-- +goose Down
ALTER TABLE evenement DROP COLUMN derogation;
DROP TABLE derogation;
DROP INDEX personne_courriel;
DROP INDEX habilitation_departement;
ALTER TABLE habilitation DROP COLUMN confirme_par;
ALTER TABLE habilitation DROP COLUMN par;
