package guichet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/eligibilite"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/journal"
	"guichet/internal/store"
)

// An Anomalie is something that the base holds and that no act of guichet can
// have made.
type Anomalie struct {
	Objet string // dossier/…, journal
	Texte string // in French
}

// A Bilan is what an audit looked at and found.
type Bilan struct {
	Entrees   int64 // of the register
	Dossiers  int
	Tete      string // digest of the last entry
	Anomalies []Anomalie
}

// Audite computes again everything that can be: the chain of the register,
// the state of each dossier from its acts, its digest, the frozen answer from
// the rules of its day, the amount decided.
func (g *Guichet) Audite(ctx context.Context) (*Bilan, error) {
	b := &Bilan{}
	err := g.view(ctx, func(tx *store.Tx) error {
		last, err := b.registre(tx)
		if err != nil {
			return err
		}
		after := ""
		for first := true; first || after != ""; first = false {
			list, next, err := tx.Dossiers(store.FiltreDossiers{Effaces: true, Limite: 200, Apres: after})
			if err != nil {
				return err
			}
			for _, d := range list {
				if err := g.auditeDossier(tx, b, d, last); err != nil {
					return err
				}
			}
			after = next
		}
		return nil
	})
	return b, err
}

func objetDe(d *dossier.Dossier) string { return "dossier/" + string(d.ID) }

// registre checks the chain, and returns the digest that the register last
// gave of each object.
func (b *Bilan) registre(tx *store.Tx) (last map[string]string, err error) {
	last = make(map[string]string)
	var v journal.Verificateur
	broken := false
	err = tx.Journal(func(e journal.Entree) error {
		b.Entrees++
		if err := v.Suivante(e); err != nil && !broken {
			broken = true // what follows says nothing more
			b.anomalie("journal", "%s", fault.Of(err).Message)
		}
		if before, known := last[e.Objet]; known && e.Avant != before && e.Avant != "" {
			b.anomalie(e.Objet, "l’entrée %d du journal part d’un état qui n’est pas celui de l’acte précédent.", e.Numero)
		}
		if e.Apres != "" {
			last[e.Objet] = e.Apres
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	numero, head, err := tx.TeteJournal()
	n, computed := v.Tete()
	if !broken && (n != numero || computed != head) {
		b.anomalie("journal", "la tête du journal n’est pas sa dernière entrée : des entrées manquent à la fin.")
	}
	b.Tete = head
	return last, err
}

func (b *Bilan) anomalie(objet, format string, args ...any) {
	b.Anomalies = append(b.Anomalies, Anomalie{objet, fmt.Sprintf(format, args...)})
}

// auditeDossier checks one dossier and its messages; digests are what the
// register last said of each object.
func (g *Guichet) auditeDossier(tx *store.Tx, b *Bilan, d *dossier.Dossier, digests map[string]string) error {
	b.Dossiers++
	fail := func(format string, args ...any) { b.anomalie(objetDe(d), format, args...) }
	s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
	if err != nil {
		fail("son dispositif « %s » n’existe pas.", d.Dispositif)
		return nil
	}
	if d.Empreinte() != digests[objetDe(d)] {
		fail("son contenu n’est pas celui que le journal a scellé.")
	}
	events, err := tx.Evenements(d.ID)
	if err != nil {
		return err
	}
	histoire(s, d, events, fail)
	messages, err := tx.Messages(d.ID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Empreinte() != digests["message/"+m.ID] {
			fail("le message du %s n’est pas celui que son auteur a envoyé.", jour.DeTemps(m.Le).Long())
		}
	}
	for i, l := range d.Lettres {
		digest := sha256.New()
		if err := imprime(digest, l); err != nil || hex.EncodeToString(digest.Sum(nil)) != l.Empreinte {
			fail("la lettre %d n’est pas celle qui a été signée.", i+1)
		}
	}
	if d.Gel != nil {
		g.auditeGel(s, d, fail)
	}
	if z := d.Decision; z != nil && z.Issue == "accord" && z.Montant != z.Calcule && z.Motif == "" {
		fail("le montant accordé (%s) n’est pas celui du calcul (%s), sans motif.", z.Montant, z.Calcule)
	}
	return nil
}

// histoire plays the acts again.
func histoire(s *dispositif.Dispositif, d *dossier.Dossier, events []dossier.Evenement, fail func(string, ...any)) {
	etat, quitte := s.Initial(), ""
	for i, ev := range events {
		if ev.Numero != i+1 {
			fail("l’acte %d manque à son histoire.", i+1)
			return
		}
		if ev.De != etat {
			fail("l’acte « %s » part de « %s » alors que le dossier est « %s ».", ev.Acte, ev.De, etat)
		}
		t, ok := s.Transition(etat, ev.Acte)
		if ok && dossier.Arrivee(t, quitte) != ev.Vers || !ok && ev.Vers != ev.De {
			fail("l’acte « %s » ne peut pas mener de « %s » à « %s ».", ev.Acte, ev.De, ev.Vers)
		}
		if ok {
			quitte = dossier.Quitte(s, t, etat, quitte)
		}
		etat = ev.Vers
	}
	if etat != d.Etat {
		fail("il est « %s », et ses actes mènent à « %s ».", d.Etat, etat)
	}
	if len(events) != d.Version {
		fail("il est à la version %d après %d actes.", d.Version, len(events))
	}
}

// auditeGel answers again with the rules and the territories of the day of the
// filing.
func (g *Guichet) auditeGel(s *dispositif.Dispositif, d *dossier.Dossier, fail func(string, ...any)) {
	if d.Gel.Edition != g.catalogue.Edition.Code {
		return // the rules of another edition are not in this program
	}
	values, err := d.Depose().Faits(s, g.catalogue.Dictionnaire)
	if err != nil {
		fail("ses réponses ne se lisent plus.")
		return
	}
	carte, who := g.carte(d.Gel.Le), d.Demandeur
	if who.Membres, err = g.groupees(d.Depose(), s, carte); err != nil {
		fail("ses communes partenaires ne se lisent plus.")
		return
	}
	r, err := eligibilite.Of(s, g.catalogue.Dictionnaire, carte, eligibilite.Situation{Demandeur: who, Faits: values, Le: d.Gel.Le})
	if err != nil {
		fail("ses réponses ne se calculent plus : %s", fault.Of(err).Message)
		return
	}
	amount, _ := r.Montant("montant")
	if r.Verdict.String() != d.Gel.Verdict || amount != d.Gel.Montant {
		fail("la réponse figée (%s, %s) n’est pas celle des règles (%s, %s).", d.Gel.Verdict, d.Gel.Montant, r.Verdict, amount)
	}
}
