package guichet

import (
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/courriel"
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
	c := dossier.Courriel{Dossier: d.ID, Genre: genre(d, s, t), Objet: fmt.Sprintf("Dossier %s : %s", d.Numero, s.LibelleEtat(d.Etat)), Texte: g.nouvelle(d, s, ev)}
	if c.Genre == courriel.Accuse {
		c.Objet = "Accusé de réception du dossier " + d.Numero
		if c.Texte, err = g.accuse(tx, d, s); err != nil {
			return err
		}
	}
	if err := g.ecrit(tx, c, g.valables(members)); err != nil {
		return err
	}
	if t.Phase == "" {
		return nil
	}
	return g.annonce(tx, d, s)
}

// genre is the kind of mail that an act causes for the applicant.
func genre(d *dossier.Dossier, s *dispositif.Dispositif, t dispositif.Transition) courriel.Genre {
	switch role := tour(s, d.Etat); {
	case t.Phase != "":
		return courriel.Accuse
	case t.Issue != "":
		return courriel.Decision
	case role == "preparateur" || role == "porteur":
		return courriel.Demande
	}
	return courriel.Suite
}

// valables are the persons whose grant gives rights today, each once.
func (g *Guichet) valables(grants []compte.Habilitation) (out []compte.PersonneID) {
	for _, h := range grants {
		if h.Vaut(g.Aujourdhui()) && !slices.Contains(out, h.Personne) {
			out = append(out, h.Personne)
		}
	}
	return out
}

// ecrit keeps the mail for each person.
func (g *Guichet) ecrit(tx *store.Tx, c dossier.Courriel, to []compte.PersonneID) error {
	for _, id := range to {
		p, err := tx.Personne(id)
		if err != nil {
			return err
		}
		c.Personne, c.Adresse = p.ID, p.Courriel
		if err := g.pose(tx, c); err != nil {
			return err
		}
	}
	return nil
}

// annonce tells a filing to the mailboxes of the services, and to the agents
// who may take it.
func (g *Guichet) annonce(tx *store.Tx, d *dossier.Dossier, s *dispositif.Dispositif) error {
	c := dossier.Courriel{Dossier: d.ID, Genre: courriel.Depot, Objet: "Nouveau dossier " + d.Numero,
		Texte: fmt.Sprintf("%s a déposé le dossier %s, « %s ».\n\nIl attend votre service dans le guichet.\n", d.Nom, d.Numero, s.Nom)}
	for _, address := range g.destinataires(d, s) {
		c.Adresse = address
		if err := g.pose(tx, c); err != nil {
			return err
		}
	}
	grants, err := tx.Agents(d.Service)
	if err != nil {
		return err
	}
	o := d.Objet()
	grants = slices.DeleteFunc(grants, func(h compte.Habilitation) bool {
		a := compte.Acteur{Personne: compte.Personne{ID: h.Personne}, Habilitations: []compte.Habilitation{h}, Niveau: compte.Fort, Le: g.Aujourdhui()}
		_, err := g.politique.Peut(a, "dossier.prendre", o)
		return err != nil
	})
	return g.ecrit(tx, c, g.valables(grants))
}

// destinataires are the addresses that a filing is sent to: the service that
// instructs, and those that the scheme names.
func (g *Guichet) destinataires(d *dossier.Dossier, s *dispositif.Dispositif) []string {
	out := g.boites(d)
	for _, e := range s.Exigences {
		for _, i := range e.Items {
			if e.Nature == "destinataire" && strings.Contains(i.ID, "@") {
				out = append(out, i.ID)
			}
		}
	}
	return out
}

// boites are the mailboxes of the service that instructs. A doubtful address
// is not one.
func (g *Guichet) boites(d *dossier.Dossier) []string {
	local := g.catalogue.Pour(d.Departement)
	var out []string
	if service := local.Services[d.Service]; service != nil {
		for _, id := range service.Contacts {
			if c := local.Contacts[id]; c != nil && c.Type == "courriel" {
				out = append(out, c.Adresse())
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
	x, _ := s.Delai(dispositif.Silence)
	return fmt.Sprintf("Le service a %s pour répondre, à compter de cette date. %s\n", x.Delai, x.Effet)
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
func droitDe(t dispositif.Transition) compte.Droit {
	if t.Efface {
		return "brouillon.supprimer"
	}
	return compte.Droit("acte." + t.Role)
}
