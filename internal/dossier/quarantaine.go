package dossier

import "guichet/internal/compte"

// A Quarantaine is a document that no antivirus could examine when it came.
type Quarantaine struct {
	Cle       string // in the store of documents
	Dossier   ID
	Personne  compte.PersonneID // who sent it
	Nom       string            // of the file
	Etat      EtatExamen
	Signature string // of the harmful program
	Essais    int
}

// An EtatExamen is what is known of a document that was set apart.
type EtatExamen string

// What an examination says in the end.
const (
	ExamenAttendu EtatExamen = "attend"
	ExamenSain    EtatExamen = "saine"
	ExamenInfecte EtatExamen = "infectee"
)
