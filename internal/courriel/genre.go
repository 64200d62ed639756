// Package courriel decides how a mail reaches its reader, at once, in the digest
// of the day or on the site only, and writes its two texts. It does not know
// what a mail is about, who keeps it nor who hands it to the server.
package courriel

// A Genre is a kind of mail.
type Genre string

// The kinds of mails. Those that ask for an act of the person, have a legal
// effect or tell of rights leave at once, whatever was chosen.
const (
	Accuse        Genre = "accuse"        // acknowledgement of receipt, compulsory (CRPA L112-11)
	Decision      Genre = "decision"      // granted or refused
	Demande       Genre = "demande"       // the dossier waits for its reader
	Droits        Genre = "droits"        // rights were given or taken
	Suite         Genre = "suite"         // a dossier went on
	Message       Genre = "message"       // somebody wrote
	Rappel        Genre = "rappel"        // a day comes near
	Depot         Genre = "depot"         // a dossier was filed, for who instructs
	Recapitulatif Genre = "recapitulatif" // the digest itself
	Invitation    Genre = "invitation"    // somebody is invited to an organisation; it leaves at once
	Membre        Genre = "membre"        // who may act for an organisation changed; it leaves at once
)

var libelles = map[Genre]string{
	Accuse: "Accusés de réception", Decision: "Décisions", Demande: "Demandes qui vous attendent",
	Droits: "Droits accordés et retirés",
	Suite:  "Suites données à vos dossiers", Message: "Messages", Rappel: "Rappels d’échéance",
	Depot: "Nouveaux dossiers de votre service", Recapitulatif: "Récapitulatif du jour",
	Invitation: "Invitations", Membre: "Membres de vos organisations",
}

// Libelle names the kind as a person reads it.
func (g Genre) Libelle() string { return libelles[g] }

// Nouvelles are the kinds that a person may turn down, in the order shown.
func Nouvelles() []Genre { return []Genre{Suite, Message, Rappel, Depot} }

// Nouvelle reports whether a person may turn the kind down.
func (g Genre) Nouvelle() bool {
	return g == Suite || g == Message || g == Rappel || g == Depot
}

// A Choix is what a person wants of a kind of news; "" is Groupe.
type Choix string

// The choices.
const (
	Immediat Choix = "immediat" // one mail each time
	Groupe   Choix = "groupe"   // in the digest of the day
	Aucun    Choix = "aucun"    // nothing: read on the site
)

// Valide reports whether c is one of the three choices.
func (c Choix) Valide() bool { return c == Immediat || c == Groupe || c == Aucun }

// An Etat is the life of a mail.
type Etat string

// The states of a mail.
const (
	AEnvoyer    Etat = "a_envoyer"
	Envoye      Etat = "envoye"
	Abandonne   Etat = "abandonne"      // the server will never take it
	ARegrouper  Etat = "a_regrouper"    // waits for a digest
	Regroupe    Etat = "regroupe"       // told by a digest
	LuSurLeSite Etat = "lu_sur_le_site" // never sent
)

var etats = map[Etat]string{AEnvoyer: "à envoyer", Envoye: "envoyé", Abandonne: "non remis",
	ARegrouper: "attend le récapitulatif", Regroupe: "dans un récapitulatif", LuSurLeSite: "à lire sur le site seulement"}

// Libelle names the state as a person reads it.
func (e Etat) Libelle() string { return etats[e] }

// Sort returns how a mail of the kind begins, for who made the choice.
func Sort(g Genre, c Choix) Etat {
	switch {
	case !g.Nouvelle() || c == Immediat:
		return AEnvoyer
	case c == Aucun:
		return LuSurLeSite
	}
	return ARegrouper
}
