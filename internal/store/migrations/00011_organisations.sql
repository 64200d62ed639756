-- The members of an organisation: the employer that the provider last vouched
-- for, and the invitations. One more state of a grant: suspendue.

-- +goose Up
ALTER TABLE personne ADD COLUMN siret TEXT NOT NULL DEFAULT ''; -- last one that the provider gave; empty: none yet

CREATE TABLE invitation (
    id           TEXT NOT NULL PRIMARY KEY, -- also that of its mail
    organisation TEXT NOT NULL REFERENCES organisation,
    role         TEXT NOT NULL,
    adresse      TEXT NOT NULL,
    par          TEXT NOT NULL REFERENCES personne,
    cree_le      TEXT NOT NULL,
    expire_le    TEXT NOT NULL, -- last day on which it can be accepted
    etat         TEXT NOT NULL, -- envoyee, acceptee, annulee
    personne     TEXT NOT NULL  -- who accepted; empty: nobody
);
CREATE INDEX invitation_organisation ON invitation (organisation, cree_le);
CREATE UNIQUE INDEX invitation_attente ON invitation (organisation, adresse, role) WHERE etat = 'envoyee';

-- Each try to send the mail draws a secret: the base never holds one.
CREATE TABLE invitation_secret (
    empreinte  TEXT NOT NULL PRIMARY KEY, -- SHA-256
    invitation TEXT NOT NULL REFERENCES invitation
);

-- +goose Down
DROP TABLE invitation_secret;
DROP TABLE invitation;
ALTER TABLE personne DROP COLUMN siret;
