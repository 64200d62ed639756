package guichet

import (
	"context"
	"crypto/rand"
	"errors"
	"net/mail"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/store"
)

// The bounds of the invitations of an organisation.
const (
	joursInvitation   = 14 // after the day on which it is made
	invitationsMax    = 20 // that wait at once
	invitationsParDem = 50 // mails a day
)

// An InvitationVue is an invitation that waits, as a page shows it.
type InvitationVue struct {
	compte.Invitation
	Libelle string // of the role
	Auteur  string // who invites
	Etat    compte.EtatInvitation
}

// invitations are those that nobody answered, in order; the expired ones are
// among them.
func (g *Guichet) invitations(tx *store.Tx, number siren.Siren, people map[compte.PersonneID]compte.Personne) ([]InvitationVue, error) {
	sent, err := tx.InvitationsEnvoyees(number)
	var out []InvitationVue
	for _, i := range sent {
		out = append(out, InvitationVue{i, g.politique.Roles[i.Role].Libelle, people[i.Par].NomComplet(), i.EtatAu(g.Aujourdhui())})
	}
	return out, err
}

// Invite invites the address to take the role in the organisation; whether
// somebody known has this address changes nothing. Asked twice, it is asked
// once. The error is a fault.Invalid at each field, a fault.TooLarge past the
// bounds, a fault.Forbidden or a fault.NotFound.
func (g *Guichet) Invite(ctx context.Context, a compte.Acteur, number siren.Siren, role compte.Role, adresse string) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		o, err := g.tient(tx, a, number, "organisation.inviter")
		if err != nil {
			return err
		}
		i := compte.Invitation{Organisation: number, Role: role, Adresse: strings.ToLower(strings.TrimSpace(adresse))}
		if err := g.verifie(i); err != nil {
			return err
		}
		sent, err := tx.InvitationsEnvoyees(number)
		if err != nil {
			return err
		}
		for _, s := range sent {
			if s.Role != i.Role || s.Adresse != i.Adresse {
				continue
			}
			if s.EtatAu(g.Aujourdhui()) == compte.Envoyee {
				return nil
			}
			if err := g.annule(tx, a.Personne.ID, s); err != nil {
				return err
			}
		}
		return g.envoieInvitation(tx, a, o, i)
	})
}

// verifie refuses a role that nobody may be invited to, and what is not an
// address or a doubtful one.
func (g *Guichet) verifie(i compte.Invitation) error {
	f := fault.New(fault.Invalid, "L’invitation n’est pas partie : corrigez ce qui suit.")
	if !slices.Contains(demandables, i.Role) {
		f.Field("role", "Choisissez un des rôles proposés.")
	}
	switch {
	case !estAdresse(i.Adresse):
		f.Field("adresse", "Ce n’est pas une adresse électronique : écrivez par exemple prenom.nom@commune.fr.")
	case g.catalogue.Douteuse(i.Adresse):
		f.Field("adresse", "Cette adresse est marquée douteuse dans le catalogue : rien ne lui est envoyé. Vérifiez-la.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// estAdresse reports whether the text is one plain address, which a mail
// server can take as it is.
func estAdresse(s string) bool {
	parsed, err := mail.ParseAddress(s)
	before, domain, _ := strings.Cut(s, "@")
	plain := !strings.ContainsFunc(before, func(r rune) bool { return r <= ' ' || r > '~' })
	return err == nil && parsed.Name == "" && parsed.Address == s && plain && len(before) <= 64 && len(s) <= 254 && strings.Contains(strings.Trim(domain, "."), ".")
}

// envoieInvitation makes the invitation and its mail. The link of the mail is
// drawn when it leaves.
func (g *Guichet) envoieInvitation(tx *store.Tx, a compte.Acteur, o compte.Organisation, i compte.Invitation) error {
	if g.adresse == "" {
		return fault.New(fault.Unavailable, "Ce service n’a pas d’adresse publique : aucune invitation ne peut partir.")
	}
	if err := g.borneInvitations(tx, o.Siren); err != nil {
		return err
	}
	i.ID, i.Par, i.CreeLe = compte.InvitationID(strings.ToLower(rand.Text())), a.Personne.ID, g.maintenant()
	i.Etat, i.ExpireLe = compte.Envoyee, g.Aujourdhui().AddJours(joursInvitation)
	if err := tx.PoseInvitation(i); err != nil {
		return err
	}
	r := g.politique.Roles[i.Role]
	text := a.Personne.NomComplet() + " vous invite à rejoindre " + o.Nom + " dans guichet, avec le rôle « " + r.Libelle + " ». " + r.Texte +
		"\n\nL’invitation vaut jusqu’au " + i.ExpireLe.Long() + " compris et sert une fois. Vous vous connecterez avec ProConnect. Si vous ne l’attendiez pas, ne faites rien.\n"
	if err := tx.PoseCourriel(dossier.Courriel{ID: string(i.ID), Adresse: i.Adresse, Genre: courriel.Invitation,
		Objet: "Invitation à rejoindre " + o.Nom, Texte: text, CreeLe: i.CreeLe}); err != nil {
		return err
	}
	return g.inscrit(tx, a.Personne.ID, "inviter", "invitation/"+string(i.ID), "", string(i.Etat))
}

// borneInvitations refuses one invitation too many.
func (g *Guichet) borneInvitations(tx *store.Tx, number siren.Siren) error {
	sent, err := tx.InvitationsEnvoyees(number)
	if err != nil {
		return err
	}
	sent = slices.DeleteFunc(sent, func(i compte.Invitation) bool { return i.EtatAu(g.Aujourdhui()) != compte.Envoyee })
	if len(sent) >= invitationsMax {
		return fault.New(fault.TooLarge, "%d invitations attendent déjà une réponse : annulez-en une, ou attendez qu’une soit acceptée.", invitationsMax)
	}
	made, err := tx.CompteInvitations(number, g.Aujourdhui().Debut())
	if err == nil && made >= invitationsParDem {
		return fault.New(fault.TooLarge, "%d invitations sont parties aujourd’hui : recommencez demain.", invitationsParDem)
	}
	return err
}

// lienInvitation draws one more secret that opens the invitation, and returns
// the link to it: the base keeps its digest alone.
func (g *Guichet) lienInvitation(tx *store.Tx, id compte.InvitationID) (courriel.Bloc, error) {
	secret := strings.ToLower(rand.Text())
	return courriel.Lien{Texte: "Voir l’invitation et l’accepter", Vers: g.adresse + "/invitations/" + secret}, tx.PoseSecretInvitation(empreinte(secret), id)
}

// RenvoieInvitation cancels an invitation that nobody answered and makes the
// same again: the links of the first lead nowhere. The errors are those of
// Invite.
func (g *Guichet) RenvoieInvitation(ctx context.Context, a compte.Acteur, number siren.Siren, id compte.InvitationID) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		o, i, err := g.invitation(tx, a, number, id)
		if err != nil {
			return err
		}
		if i.Etat != compte.Envoyee {
			return fault.New(fault.Conflict, "Cette invitation a été acceptée, annulée ou déjà renvoyée.")
		}
		if err := g.annule(tx, a.Personne.ID, i); err != nil {
			return err
		}
		return g.envoieInvitation(tx, a, o, compte.Invitation{Organisation: number, Role: i.Role, Adresse: i.Adresse})
	})
}

// AnnuleInvitation makes the links of an invitation lead nowhere. Done twice,
// it is done once. The error is a fault.Conflict when it was accepted, a
// fault.Forbidden or a fault.NotFound.
func (g *Guichet) AnnuleInvitation(ctx context.Context, a compte.Acteur, number siren.Siren, id compte.InvitationID) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		_, i, err := g.invitation(tx, a, number, id)
		switch {
		case err != nil || i.Etat == compte.Annulee:
			return err
		case i.Etat == compte.Acceptee:
			return fault.New(fault.Conflict, "Cette invitation est déjà acceptée : retirez plutôt ce membre.")
		}
		return g.annule(tx, a.Personne.ID, i)
	})
}

// invitation returns an invitation that the person may change.
func (g *Guichet) invitation(tx *store.Tx, a compte.Acteur, number siren.Siren, id compte.InvitationID) (o compte.Organisation, i compte.Invitation, err error) {
	if o, err = g.tient(tx, a, number, "organisation.inviter"); err != nil {
		return o, i, err
	}
	i, err = tx.Invitation(number, id)
	return o, i, err
}

func (g *Guichet) annule(tx *store.Tx, par compte.PersonneID, i compte.Invitation) error {
	i.Etat = compte.Annulee
	if err := tx.FinitInvitation(i); err != nil {
		return err
	}
	return g.inscrit(tx, par, "annuler_invitation", "invitation/"+string(i.ID), string(compte.Envoyee), string(i.Etat))
}

// annuleInvitations cancels what a person who belongs no more had invited.
func (g *Guichet) annuleInvitations(tx *store.Tx, number siren.Siren, par compte.PersonneID) error {
	sent, err := tx.InvitationsEnvoyees(number)
	for _, i := range sent {
		if i.Par != par || err != nil {
			continue
		}
		err = g.annule(tx, "", i)
	}
	return err
}

// A VueInvitation is what an invitation proposes.
type VueInvitation struct {
	Contexte
	Organisation compte.Organisation
	Role         string // in French
	Texte        string // what the role does
	Mandat       bool   // the prefecture will have to validate it
	Auteur       string // who invites
	ExpireLe     jour.Jour
}

// Invitation returns what the secret proposes. The error is one and the same
// fault.NotFound for a secret that is unknown, expired, cancelled or used.
func (g *Guichet) Invitation(ctx context.Context, secret string) (*VueInvitation, error) {
	v := &VueInvitation{Contexte: g.Contexte(0)}
	err := g.view(ctx, func(tx *store.Tx) error {
		i, o, err := g.valable(tx, secret)
		if err != nil {
			return err
		}
		par, err := tx.Personne(i.Par)
		r := g.politique.Roles[i.Role]
		v.Organisation, v.Auteur, v.ExpireLe = o, par.NomComplet(), i.ExpireLe
		v.Role, v.Texte, v.Mandat = r.Libelle, r.Texte, g.represente(i.Role)
		return err
	})
	return v, err
}

// valable returns the invitation that the secret opens now: it waits, its days
// are not over, and who made it may still invite.
func (g *Guichet) valable(tx *store.Tx, secret string) (i compte.Invitation, o compte.Organisation, err error) {
	unknown := fault.New(fault.NotFound, "Cette invitation n’existe pas, a expiré, a été annulée ou a déjà servi. Demandez à la personne qui vous l’a envoyée de vous inviter de nouveau.")
	i, err = tx.InvitationSecrete(empreinte(secret))
	if errors.Is(err, fault.NotFound) {
		return i, o, unknown
	}
	if err != nil {
		return i, o, err
	}
	if o, err = tx.Organisation(i.Organisation); err != nil {
		return i, o, err
	}
	par, err := g.acteurDe(tx, i.Par)
	if err != nil {
		return i, o, err
	}
	par.Niveau = compte.Fort // as when they invited
	if _, err := g.politique.Peut(par, "organisation.inviter", objetOrganisation(o)); err != nil || i.EtatAu(g.Aujourdhui()) != compte.Envoyee {
		return i, o, unknown
	}
	return i, o, nil
}

// AccepteInvitation gives the person the role that the secret proposes: at
// once, or once the prefecture validates it when the role signs. The secret
// serves once; the person who used it may send it again, and nothing more
// happens. The error is that of Invitation, or a fault.Conflict for who may
// not accept this one.
func (g *Guichet) AccepteInvitation(ctx context.Context, a compte.Acteur, secret string) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		known, err := tx.InvitationSecrete(empreinte(secret))
		if err == nil {
			err = tx.TientOrganisation(known.Organisation)
		}
		if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		i, o, err := g.valable(tx, secret)
		if i.Etat == compte.Acceptee && i.Personne == a.Personne.ID {
			return nil
		}
		if err != nil {
			return err
		}
		held, err := tenues(tx, i.Organisation, a.Personne.ID)
		switch {
		case err != nil && !errors.Is(err, fault.NotFound):
			return err
		case i.Par == a.Personne.ID:
			return fault.New(fault.Conflict, "Vous avez envoyé cette invitation : une autre personne doit l’accepter.")
		case len(suspendues(held)) > 0:
			return fault.New(fault.Conflict, "Vos droits pour %s sont suspendus : un représentant de l’organisation ou la préfecture doit d’abord les confirmer ou les retirer.", o.Nom)
		}
		i.Etat, i.Personne = compte.Acceptee, a.Personne.ID
		if err := tx.FinitInvitation(i); err != nil {
			return err
		}
		if err := g.inscrit(tx, a.Personne.ID, "accepter_invitation", "invitation/"+string(i.ID), string(compte.Envoyee), string(i.Etat)); err != nil {
			return err
		}
		return g.accueille(tx, a, o, i, held)
	})
}

// accueille gives the role of the invitation, unless the person has it, and
// tells the members.
func (g *Guichet) accueille(tx *store.Tx, a compte.Acteur, o compte.Organisation, i compte.Invitation, held []compte.Habilitation) error {
	h := compte.Habilitation{ID: rand.Text(), Personne: a.Personne.ID, Role: i.Role, Organisation: i.Organisation}
	if k := slices.IndexFunc(held, func(h compte.Habilitation) bool { return h.Role == i.Role }); k >= 0 {
		h = held[k]
	}
	next := compte.Active
	if g.represente(i.Role) {
		next = compte.Demandee
	}
	if h.Etat == compte.Active || h.Etat == next {
		return nil
	}
	if next == compte.Active {
		h.Du = g.Aujourdhui()
	}
	if err := g.change(tx, a.Personne.ID, "rejoindre_organisation", h, next); err != nil {
		return err
	}
	return g.annonceMembre(tx, o, h, next, i.Par)
}

// annonceMembre tells the person that they have a role or wait for it, and
// every other member and who invited them that they do.
func (g *Guichet) annonceMembre(tx *store.Tx, o compte.Organisation, h compte.Habilitation, etat compte.EtatHabilitation, par compte.PersonneID) error {
	p, err := tx.Personne(h.Personne)
	if err != nil {
		return err
	}
	grants, err := tx.Membres(o.Siren)
	if err != nil {
		return err
	}
	role := "« " + g.politique.Roles[h.Role].Libelle + " » pour " + o.Nom
	theirs, others := "Vous avez maintenant le rôle "+role+".\n"+g.pageDe(o), p.NomComplet()+" a maintenant le rôle "+role+"."
	if etat == compte.Demandee {
		const waits = " La préfecture doit le valider ; jusque-là, il ne donne aucun droit."
		theirs, others = "Vous avez accepté le rôle "+role+"."+waits+"\n", p.NomComplet()+" a accepté le rôle "+role+"."+waits
	}
	if err := g.ecrit(tx, membre("Votre rôle pour "+o.Nom, theirs), []compte.PersonneID{h.Personne}); err != nil {
		return err
	}
	to := g.valables(grants)
	if par != "" && !slices.Contains(to, par) {
		to = append(to, par)
	}
	return g.ecrit(tx, membre(o.Nom+" : un nouveau membre", others+
		"\n\nSi vous ne connaissez pas cette personne, prévenez un représentant de l’organisation ou la préfecture : ils peuvent la retirer.\n"+g.pageDe(o)), sauf(to, h.Personne))
}

// annonceMandat tells what the prefecture decided of a role: the person, and
// the members when there is one more.
func (g *Guichet) annonceMandat(tx *store.Tx, m Mandat, etat compte.EtatHabilitation) error {
	if etat == compte.Active {
		return g.annonceMembre(tx, m.Organisation, m.Habilitation, etat, "")
	}
	return g.ecrit(tx, membre("Votre rôle pour "+m.Organisation.Nom, "La préfecture n’a pas validé le rôle « "+m.Role+" » pour "+m.Organisation.Nom+".\n"), []compte.PersonneID{m.Personne.ID})
}
