package guichet

import (
	"crypto/rand"
	"fmt"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/jour"
	"guichet/internal/store"
)

// previent writes the mails that an act causes, in its transaction: an
// acknowledgement to who filed, a notice to the services, the news of every
// other act to the applicant.
func (g *Guichet) previent(tx *store.Tx, d *dossier.Dossier, s *dispositif.Dispositif, ev dossier.Evenement, t dispositif.Transition) error {
	members, err := tx.Membres(d.Organisation)
	if err != nil {
		return err
	}
	genre, objet, texte := "suite", fmt.Sprintf("Dossier %s : %s", d.Numero, s.LibelleEtat(d.Etat)), g.nouvelle(d, s, ev)
	if t.Phase != "" {
		genre, objet, texte = "accuse", "Accusé de réception du dossier "+d.Numero, ""
		if texte, err = g.accuse(tx, d, s); err != nil {
			return err
		}
	}
	for _, h := range members {
		if !h.Vaut(g.Aujourdhui()) {
			continue
		}
		p, err := tx.Personne(h.Personne)
		if err != nil {
			return err
		}
		if err := g.pose(tx, dossier.Courriel{Dossier: d.ID, Personne: p.ID, Adresse: p.Courriel, Genre: genre, Objet: objet, Texte: texte}); err != nil {
			return err
		}
	}
	if t.Phase == "" {
		return nil
	}
	for _, address := range g.destinataires(d, s) {
		notice := fmt.Sprintf("%s a déposé le dossier %s, « %s ».\n\nIl attend votre service dans le guichet.\n", d.Nom, d.Numero, s.Nom)
		if err := g.pose(tx, dossier.Courriel{Dossier: d.ID, Adresse: address, Genre: "depot", Objet: "Nouveau dossier " + d.Numero, Texte: notice}); err != nil {
			return err
		}
	}
	return nil
}

// pose keeps a mail; somebody without an address reads it on the site.
func (g *Guichet) pose(tx *store.Tx, c dossier.Courriel) error {
	if c.Adresse == "" {
		return nil
	}
	c.ID, c.CreeLe = strings.ToLower(rand.Text()), g.maintenant()
	return tx.PoseCourriel(c)
}

// destinataires are the addresses that a filing is sent to: the service that
// instructs, and those that the scheme names. A doubtful address gets nothing.
func (g *Guichet) destinataires(d *dossier.Dossier, s *dispositif.Dispositif) []string {
	local := g.catalogue.Pour(d.Departement)
	var out []string
	if service := local.Services[d.Service]; service != nil {
		for _, id := range service.Contacts {
			if c := local.Contacts[id]; c != nil && c.Envoyable() {
				out = append(out, c.Adresse())
			}
		}
	}
	for _, e := range s.Exigences {
		for _, i := range e.Items {
			if e.Nature == "destinataire" && strings.Contains(i.ID, "@") {
				out = append(out, i.ID)
			}
		}
	}
	return out
}

// accuse is the text of the acknowledgement of receipt: number, instant,
// documents with their digests, what comes next, the head of the register.
func (g *Guichet) accuse(tx *store.Tx, d *dossier.Dossier, s *dispositif.Dispositif) (string, error) {
	numero, head, err := tx.TeteJournal()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Le dossier %s de %s, « %s », a été reçu le %s.\n\n", d.Numero, d.Nom, s.Nom, moment(d))
	if service := g.catalogue.Pour(d.Departement).Services[d.Service]; service != nil {
		fmt.Fprintf(&b, "Service chargé du dossier : %s.\n\n", service.Nom)
	}
	if len(d.Pieces) > 0 {
		b.WriteString("Documents reçus :\n")
		for _, p := range d.Pieces {
			fmt.Fprintf(&b, "- %s (SHA-256 %s)\n", p.Nom, p.Empreinte)
		}
		b.WriteString("\n")
	}
	if next := attente(s, d.Etat); next != "" {
		fmt.Fprintf(&b, "Prochain acte attendu : celui que doit faire %s.\n\n", next)
	}
	b.WriteString(silence(s))
	if n := len(d.Lettres); n > 0 {
		fmt.Fprintf(&b, "\nCet accusé en PDF : %s/dossiers/%s/lettres/%d\n", g.adresse, d.ID, n)
	}
	fmt.Fprintf(&b, "\nTête du registre avant ce dépôt : %d, %s.\n", numero, head)
	return b.String(), nil
}

// silence is the legal effect of a silence of the service.
func silence(s *dispositif.Dispositif) string {
	if s.Silence != "" {
		return s.Silence + "\n"
	}
	return "Sans réponse deux mois après cette date, la demande est réputée refusée. Ce refus peut être contesté dans les deux mois devant le tribunal administratif.\n"
}

// nouvelle is the text that tells the applicant of an act.
func (g *Guichet) nouvelle(d *dossier.Dossier, s *dispositif.Dispositif, ev dossier.Evenement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Le dossier %s, « %s », est maintenant : %s.\n", d.Numero, s.Nom, s.LibelleEtat(d.Etat))
	if z := d.Decision; z != nil && z.Le.Equal(ev.Le) && z.Issue == "accord" && z.Montant > 0 {
		fmt.Fprintf(&b, "Montant accordé : %s.\n", z.Montant)
	}
	if ev.Motif != "" {
		fmt.Fprintf(&b, "\nMotif : %s\n", ev.Motif)
	}
	if n := len(d.Lettres); d.Decision != nil && d.Decision.Le.Equal(ev.Le) && n > 0 {
		fmt.Fprintf(&b, "\nLa lettre qui porte cette décision : %s/dossiers/%s/lettres/%d\n", g.adresse, d.ID, n)
	}
	if z := d.Decision; z != nil && z.Le.Equal(ev.Le) && z.Issue == "refus" {
		b.WriteString("\nVous pouvez contester cette décision dans les deux mois, devant le service ou devant le tribunal administratif.\n")
	}
	return b.String()
}

// moment is the instant of a filing, in Paris.
func moment(d *dossier.Dossier) string {
	return jour.DeTemps(d.DeposeLe).Long() + " à " + jour.Heure(d.DeposeLe)
}

// droitDe is the right that an act of the scheme asks for.
func droitDe(t dispositif.Transition) compte.Droit { return compte.Droit("acte." + t.Role) }
