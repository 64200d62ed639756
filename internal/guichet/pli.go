package guichet

import (
	"crypto/rand"
	"slices"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/store"
)

// A Pli is a mail ready to leave: Texte is complete by itself, HTML is the
// same.
type Pli struct {
	dossier.Courriel
	HTML          string
	Desabonnement string // where RFC 8058 switches the kind off; "" when it cannot be
}

// plie writes a mail as it leaves, with its links to the site.
func (g *Guichet) plie(tx *store.Tx, c dossier.Courriel) (Pli, error) {
	p := Pli{Courriel: c}
	l := courriel.Lettre{Objet: c.Objet, Corps: courriel.Blocs(c.Texte)}
	told, err := tx.Racontes(c.ID)
	if err != nil {
		return p, err
	}
	for _, n := range told {
		l.Corps = append(append(append(l.Corps, courriel.Titre(n.Objet)), courriel.Blocs(n.Texte)...), g.lienDossier("Ouvrir ce dossier", n.Dossier)...)
	}
	l.Corps = append(l.Corps, g.lienDossier("Ouvrir le dossier sur le site", c.Dossier)...)
	if c.Genre == courriel.Invitation {
		opens, err := g.lienInvitation(tx, compte.InvitationID(c.ID))
		if err != nil {
			return p, err
		}
		l.Corps = append(l.Corps, opens)
	}
	if c.Personne != "" && g.adresse != "" {
		if l.Pied, p.Desabonnement, err = g.pied(tx, c, told); err != nil {
			return p, err
		}
	}
	p.Texte, p.HTML = l.Texte(), l.HTML()
	return p, nil
}

func (g *Guichet) lienDossier(texte string, id dossier.ID) []courriel.Bloc {
	if id == "" || g.adresse == "" {
		return nil
	}
	return []courriel.Bloc{courriel.Lien{Texte: texte, Vers: g.adresse + "/dossiers/" + string(id)}}
}

// pied ends a mail: where to read it again, and how to receive fewer.
func (g *Guichet) pied(tx *store.Tx, c dossier.Courriel, told []dossier.Courriel) (out []courriel.Bloc, off string, err error) {
	out = []courriel.Bloc{courriel.Lien{Texte: "Tous vos courriels et vos choix, sur le site", Vers: g.adresse + "/compte/courriels"}}
	var kinds []courriel.Genre
	switch {
	case c.Genre.Nouvelle():
		kinds = []courriel.Genre{c.Genre}
	case c.Genre == courriel.Recapitulatif:
		for _, n := range told {
			if !slices.Contains(kinds, n.Genre) {
				kinds = append(kinds, n.Genre)
			}
		}
		if off, err = g.arret(tx, c, c.Genre); err != nil {
			return nil, "", err
		}
		out = append(out, courriel.Lien{Texte: "Ne plus recevoir ce récapitulatif", Vers: off})
	default:
		return append(out, courriel.Paragraphe("Ce courriel a un effet sur "+effet(c)+" : il est toujours envoyé.")), "", nil
	}
	for _, k := range kinds {
		to, err := g.arret(tx, c, k)
		if err != nil {
			return nil, "", err
		}
		if off == "" {
			off = to
		}
		out = append(out, courriel.Lien{Texte: "Ne plus recevoir : " + k.Libelle(), Vers: to})
	}
	return out, off, nil
}

// arret is the address that switches a kind of mail off, for its reader.
func (g *Guichet) arret(tx *store.Tx, c dossier.Courriel, genre courriel.Genre) (string, error) {
	secret, err := tx.PoseSecretCourriel(store.ChoixCourriel{Personne: c.Personne, Genre: genre, Secret: rand.Text()})
	return g.adresse + "/courriels/arret?cle=" + secret, err
}

// effet says what a mail that always leaves has an effect on.
func effet(c dossier.Courriel) string {
	if c.Genre == courriel.Membre {
		return "vos droits ou ceux de votre organisation"
	}
	return "votre dossier"
}
