-- Persons, organisations and grants; sessions; dossiers with their events; the
-- register of acts; the mails to send.

-- +goose Up
CREATE TABLE personne (
    id       TEXT NOT NULL PRIMARY KEY,
    emetteur TEXT NOT NULL,
    sub      TEXT NOT NULL,
    prenoms  TEXT NOT NULL,
    nom      TEXT NOT NULL,
    courriel TEXT NOT NULL,
    vue_le   TEXT NOT NULL,
    UNIQUE (emetteur, sub)
);

CREATE TABLE organisation (
    siren       TEXT NOT NULL PRIMARY KEY,
    nom         TEXT NOT NULL,
    type        TEXT NOT NULL,
    insee       TEXT NOT NULL,
    departement TEXT NOT NULL
);

CREATE TABLE habilitation (
    id           TEXT   NOT NULL PRIMARY KEY,
    personne     TEXT   NOT NULL REFERENCES personne,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL, -- SIREN, or empty
    departement  TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    dispositif   TEXT   NOT NULL,
    du           TEXT   NOT NULL, -- days, or empty
    au           TEXT   NOT NULL,
    plafond      BIGINT NOT NULL, -- cents; 0: none
    etat         TEXT   NOT NULL
);
CREATE INDEX habilitation_personne ON habilitation (personne);
CREATE INDEX habilitation_organisation ON habilitation (organisation);

CREATE TABLE session (
    empreinte TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the secret that the browser holds
    personne  TEXT   NOT NULL REFERENCES personne,
    niveau    BIGINT NOT NULL,
    fournisseur TEXT NOT NULL,
    jeton_id  TEXT   NOT NULL, -- for the provider's logout
    appareil  TEXT   NOT NULL,
    creee_le  TEXT   NOT NULL,
    vue_le    TEXT   NOT NULL
);
CREATE INDEX session_personne ON session (personne);

-- What a login that is not finished waits for.
CREATE TABLE attente (
    empreinte TEXT NOT NULL PRIMARY KEY,
    contenu   TEXT NOT NULL,
    expire_le TEXT NOT NULL
);

CREATE TABLE dossier (
    id           TEXT   NOT NULL PRIMARY KEY,
    cle          TEXT   NOT NULL UNIQUE, -- of the form that made it, used once
    numero       TEXT   NOT NULL,
    dispositif   TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    departement  TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    etat         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    instructeur  TEXT   NOT NULL,
    contenu      TEXT   NOT NULL, -- JSON: answers, documents, frozen answer, decision
    cree_le      TEXT   NOT NULL,
    modifie_le   TEXT   NOT NULL,
    depose_le    TEXT   NOT NULL  -- empty: a draft
);
CREATE UNIQUE INDEX dossier_numero ON dossier (numero) WHERE numero <> '';
CREATE INDEX dossier_organisation ON dossier (organisation, modifie_le);
CREATE INDEX dossier_service ON dossier (departement, service, depose_le);

CREATE TABLE evenement (
    dossier TEXT   NOT NULL REFERENCES dossier,
    numero  BIGINT NOT NULL, -- the version that the act made
    cle     TEXT   NOT NULL, -- of the form that asked, used once
    acte    TEXT   NOT NULL,
    libelle TEXT   NOT NULL,
    de      TEXT   NOT NULL,
    vers    TEXT   NOT NULL,
    motif   TEXT   NOT NULL,
    par     TEXT   NOT NULL,
    nom     TEXT   NOT NULL,
    role    TEXT   NOT NULL,
    le      TEXT   NOT NULL,
    PRIMARY KEY (dossier, numero)
);
CREATE UNIQUE INDEX evenement_cle ON evenement (cle) WHERE cle <> '';

-- A row per series of numbers; taking one locks the row.
CREATE TABLE compteur (
    nom    TEXT   NOT NULL PRIMARY KEY,
    valeur BIGINT NOT NULL
);

CREATE TABLE journal (
    numero    BIGINT NOT NULL PRIMARY KEY,
    le        TEXT   NOT NULL,
    acteur    TEXT   NOT NULL,
    acte      TEXT   NOT NULL,
    objet     TEXT   NOT NULL,
    avant     TEXT   NOT NULL,
    apres     TEXT   NOT NULL,
    precedent TEXT   NOT NULL,
    empreinte TEXT   NOT NULL
);
CREATE TABLE journal_tete (
    seul      BIGINT NOT NULL PRIMARY KEY CHECK (seul = 1),
    numero    BIGINT NOT NULL,
    empreinte TEXT   NOT NULL
);
INSERT INTO journal_tete (seul, numero, empreinte) VALUES (1, 0, '');

CREATE TABLE courriel (
    id         TEXT   NOT NULL PRIMARY KEY, -- also the Message-ID
    dossier    TEXT   NOT NULL,
    personne   TEXT   NOT NULL, -- to whom, when it is somebody who signed in
    adresse    TEXT   NOT NULL,
    genre      TEXT   NOT NULL,
    objet      TEXT   NOT NULL,
    texte      TEXT   NOT NULL,
    etat       TEXT   NOT NULL, -- a_envoyer, envoye, abandonne
    essais     BIGINT NOT NULL,
    prochain_le TEXT  NOT NULL,
    cree_le    TEXT   NOT NULL,
    envoye_le  TEXT   NOT NULL,
    erreur     TEXT   NOT NULL
);
CREATE INDEX courriel_du ON courriel (prochain_le) WHERE etat = 'a_envoyer';
CREATE INDEX courriel_dossier ON courriel (dossier);

-- +goose Down
DROP TABLE courriel;
DROP TABLE journal_tete;
DROP TABLE journal;
DROP TABLE compteur;
DROP TABLE evenement;
DROP TABLE dossier;
DROP TABLE attente;
DROP TABLE session;
DROP TABLE habilitation;
DROP TABLE organisation;
DROP TABLE personne;
