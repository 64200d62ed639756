-- The digests of news, what each person chose to receive, and the secrets that
-- switch a kind of mail off without signing in. A mail that a digest tells
-- names it. More states: a_regrouper, regroupe, lu_sur_le_site.

-- +goose Up
ALTER TABLE courriel ADD COLUMN recapitulatif TEXT NOT NULL DEFAULT ''; -- the digest that tells it
CREATE INDEX courriel_attente ON courriel (personne, cree_le) WHERE etat = 'a_regrouper';
CREATE INDEX courriel_personne ON courriel (personne, cree_le, id);
CREATE INDEX courriel_recapitulatif ON courriel (recapitulatif) WHERE recapitulatif <> '';

CREATE TABLE choix_courriel (
    personne TEXT NOT NULL REFERENCES personne,
    genre    TEXT NOT NULL,
    choix    TEXT NOT NULL, -- immediat, groupe, aucun; empty: groupe
    secret   TEXT NOT NULL UNIQUE,
    PRIMARY KEY (personne, genre)
);

-- +goose Down
DROP TABLE choix_courriel;
DROP INDEX courriel_recapitulatif;
DROP INDEX courriel_personne;
DROP INDEX courriel_attente;
ALTER TABLE courriel DROP COLUMN recapitulatif;
