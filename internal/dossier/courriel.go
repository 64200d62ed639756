package dossier

import (
	"time"

	"guichet/internal/compte"
	"guichet/internal/courriel"
)

// A Courriel is a mail that an act causes: kept with it, sent later, readable
// on the site.
type Courriel struct {
	ID       string // also the Message-ID, the same at each try
	Dossier  ID
	Personne compte.PersonneID // to whom, when they signed in; "" for a service
	Adresse  string
	Genre    courriel.Genre
	Objet    string
	Texte    string
	Etat     courriel.Etat // "" is AEnvoyer
	Essais   int
	Erreur   string
	CreeLe   time.Time
	EnvoyeLe time.Time

	Recapitulatif string // the digest that tells it, "" for none
}
