package guichet

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/journal"
	"guichet/internal/siren"
	"guichet/internal/store"
)

// An Identite is what an identity provider vouches for.
type Identite struct {
	Fournisseur            string
	Emetteur, Sub          string // together, who it is for ever
	Prenoms, Nom, Courriel string
	Siret                  string // of the employer, "" when not said
	Niveau                 compte.Niveau
	JetonID                string // for the logout
	Appareil               string
	Ancienne               string // secret of the session that the browser had, which ends
}

// attenteMax is how long a login may take.
const attenteMax = 10 * time.Minute

// Attend keeps what a login waits for, and returns the secret that lets the
// same browser take it back, once.
func (g *Guichet) Attend(ctx context.Context, contenu string) (secret string, err error) {
	secret = rand.Text()
	err = g.write(ctx, func(tx *store.Tx) error {
		return tx.PoseAttente(empreinte(secret), contenu, g.maintenant().Add(attenteMax))
	})
	return secret, err
}

// Reprend returns what a login waits for. The error is a fault.NotFound when
// it already served or waited too long.
func (g *Guichet) Reprend(ctx context.Context, secret string) (contenu string, err error) {
	err = g.write(ctx, func(tx *store.Tx) (err error) {
		contenu, err = tx.PrendAttente(empreinte(secret))
		return err
	})
	return contenu, err
}

// Connecte opens a session and returns the secret that the browser keeps. The
// employer that the provider names proposes a membership; it grants none.
func (g *Guichet) Connecte(ctx context.Context, i Identite) (secret string, err error) {
	secret = rand.Text()
	now := g.maintenant()
	err = g.write(ctx, func(tx *store.Tx) error {
		p, err := tx.PosePersonne(compte.Personne{ID: compte.PersonneID(rand.Text()), Emetteur: i.Emetteur, Sub: i.Sub,
			Prenoms: i.Prenoms, Nom: i.Nom, Courriel: i.Courriel}, now)
		if err != nil {
			return err
		}
		if err := g.suitEmployeur(tx, p.ID, i.Siret); err != nil {
			return err
		}
		if err := tx.FinitVieilles(now.Add(-compte.InactiviteMax), now.Add(-compte.DureeMax), now); err != nil {
			return err
		}
		if err := tx.OublieSession(empreinte(i.Ancienne)); err != nil {
			return err
		}
		if err := tx.PoseSession(compte.Session{Empreinte: empreinte(secret), Personne: p.ID, Niveau: i.Niveau, Fournisseur: i.Fournisseur,
			JetonID: i.JetonID, Appareil: borne(i.Appareil, 200), CreeeLe: now, VueLe: now}); err != nil {
			return err
		}
		return g.inscrit(tx, p.ID, "connexion", "personne/"+string(p.ID), "", "")
	})
	return secret, err
}

// proposeMembre proposes that the person belongs to the territory of their
// employer, when guichet knows it and nobody proposed it yet.
func (g *Guichet) proposeMembre(tx *store.Tx, p compte.PersonneID, siret string) error {
	number, err := siren.ParseSiret(siret)
	if err != nil {
		return nil // no employer, or one that is no organisation of ours
	}
	o, ok := g.organisation(string(number)[:9])
	if !ok {
		return nil
	}
	held, err := tx.Habilitations(p)
	if err != nil || slices.ContainsFunc(held, func(h compte.Habilitation) bool { return h.Organisation == o.Siren }) {
		return err
	}
	if err := tx.PoseOrganisation(o); err != nil {
		return err
	}
	return tx.PoseHabilitation(compte.Habilitation{ID: rand.Text(), Personne: p, Role: "agent_coll", Organisation: o.Siren, Etat: compte.Demandee})
}

// organisation finds a commune or an EPCI of today by its INSEE code or SIREN.
func (g *Guichet) organisation(code string) (o compte.Organisation, ok bool) {
	v, err := identite(g.carte(g.Aujourdhui()), Consultation{Code: code})
	if err != nil {
		return o, false
	}
	o = compte.Organisation{Nom: v.Nom, Type: v.Type, Departement: v.departement()}
	if v.Commune != nil {
		o.Siren, o.Insee = v.Commune.Siren, string(v.Commune.Insee)
	} else {
		o.Siren = v.Epci.Siren
	}
	return o, o.Siren != ""
}

// Acteur returns who holds the secret of a session, with every grant; nobody
// when it is unknown or over.
func (g *Guichet) Acteur(ctx context.Context, secret string) (compte.Acteur, error) {
	a := compte.Acteur{Le: g.Aujourdhui()}
	if g.store == nil || secret == "" {
		return a, nil
	}
	var s compte.Session
	err := g.store.View(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.Session(empreinte(secret)); err != nil {
			return err
		}
		if a.Personne, err = tx.Personne(s.Personne); err != nil {
			return err
		}
		a.Habilitations, err = tx.Habilitations(s.Personne)
		return err
	})
	now := g.maintenant()
	switch {
	case fault.Of(err) != nil && fault.Of(err).Kind == fault.NotFound, err == nil && s.Finie(now, g.politique.Inactivite(a)):
		return compte.Acteur{Le: g.Aujourdhui()}, nil
	case err != nil:
		return compte.Acteur{Le: g.Aujourdhui()}, err
	}
	a.Niveau, a.Session = s.Niveau, s.Empreinte
	if now.Sub(s.VueLe) < time.Minute {
		return a, nil
	}
	return a, g.write(ctx, func(tx *store.Tx) error { return tx.VoitSession(s.Empreinte, now) })
}

// Sessions returns the sessions of the person that are not over, the last used
// first.
func (g *Guichet) Sessions(ctx context.Context, a compte.Acteur) (all []compte.Session, err error) {
	err = g.store.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Sessions(a.Personne.ID)
		return err
	})
	now, limit := g.maintenant(), g.politique.Inactivite(a)
	return slices.DeleteFunc(all, func(s compte.Session) bool { return s.Finie(now, limit) }), err
}

// FinitSession ends one session of the person, at once.
func (g *Guichet) FinitSession(ctx context.Context, a compte.Acteur, session string) (fournisseur, jetonID string, err error) {
	err = g.write(ctx, func(tx *store.Tx) error {
		if err := tx.Verrouille(a.Personne.ID); err != nil { // an act under way ends first
			return err
		}
		s, err := tx.Session(session)
		if f := fault.Of(err); f != nil && f.Kind == fault.NotFound || err == nil && s.Personne != a.Personne.ID {
			return nil // already over, or not theirs: nothing to say
		} else if err != nil {
			return err
		}
		fournisseur, jetonID = s.Fournisseur, s.JetonID
		if err := tx.FinitSession(session, a.Personne.ID); err != nil {
			return err
		}
		return g.inscrit(tx, a.Personne.ID, "deconnexion", "personne/"+string(a.Personne.ID), "", "")
	})
	return fournisseur, jetonID, err
}

// empreinte is what the base keeps of a secret.
func empreinte(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// borne cuts a text to n bytes, on a character.
func borne(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// inscrit adds a line to the register of acts.
func (g *Guichet) inscrit(tx *store.Tx, par compte.PersonneID, acte, objet, avant, apres string) error {
	_, err := tx.Inscrit(journal.Entree{Le: g.maintenant(), Acteur: string(par), Acte: acte, Objet: objet, Avant: avant, Apres: apres})
	return err
}

// maintenant is the instant of an act. In the demonstration, the clock runs
// from the day on which it opens.
func (g *Guichet) maintenant() time.Time {
	return g.now().Add(g.decalage).UTC().Truncate(time.Microsecond)
}

// decale is how far the clock of the demonstration is from the true one.
func decale(now time.Time, ouvre jour.Jour) time.Duration {
	return ouvre.Debut().Sub(jour.DeTemps(now).Debut())
}

// Personnages returns the made-up persons of the demonstration, none for a
// real service.
func (g *Guichet) Personnages() []dispositif.Personnage {
	if g.demo == nil {
		return nil
	}
	return g.demo.Personnages
}

// PeupleDemonstration gives the made-up persons of the demonstration their
// roles, once. emetteur is the provider that vouches for them.
func (g *Guichet) PeupleDemonstration(ctx context.Context, emetteur string) error {
	if g.demo == nil {
		return nil
	}
	return g.write(ctx, func(tx *store.Tx) error {
		for _, x := range g.demo.Personnages {
			p, err := tx.PosePersonne(compte.Personne{ID: compte.PersonneID(rand.Text()), Emetteur: emetteur, Sub: x.Sub, Prenoms: x.Prenoms, Nom: x.Nom,
				Courriel: x.Sub + "@exemple.invalid"}, g.maintenant())
			if err != nil {
				return err
			}
			h := compte.Habilitation{ID: "demo-" + x.Sub, Personne: p.ID, Role: compte.Role(x.Role), Service: x.Service, Etat: compte.Active}
			if o, ok := g.organisation(x.Organisation); ok {
				if err := tx.PoseOrganisation(o); err != nil {
					return err
				}
				h.Organisation = o.Siren
			} else if !x.National {
				h.Departement = g.demo.Departements[0]
			}
			if err := tx.PoseHabilitation(h); err != nil {
				return err
			}
		}
		return nil
	})
}
