package guichet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/eligibilite"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/fichier"
	"guichet/internal/francais"
	"guichet/internal/regle"
	"guichet/internal/store"
)

// An Acte is what a person asks to do to a dossier.
type Acte struct {
	Dossier dossier.ID
	Acte    string
	Cle     string // of the form, used once
	Motif   string
	Montant string // of a decision, as typed

	Base       string   // expense retained, as typed
	Motifs     []string // codes ticked
	Conditions string   // a line each
	Corps      string   // of the letter, as edited; "" for the letter as it comes

	Demandes map[string]string // of an act that sends the dossier back: what to change, by key
	Pour     string            // by when, as typed

	ailleurs *dossier.Ailleurs // the decision was made elsewhere
}

// Agir makes an act of the scheme: the state, the event, the register and the
// mails change together or not at all. Asked twice by one form, it is made
// once. The error is a fault.Conflict when the state forbids it, Closed when
// the filing window is, Invalid with a message at each thing missing.
func (g *Guichet) Agir(ctx context.Context, a compte.Acteur, x Acte) error {
	var gone []dossier.Piece
	err := g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		gone = nil
		d, _, err := g.ouvre(tx, a, x.Dossier, "")
		if err != nil {
			return err
		}
		if err := tropLong(map[string]string{"motif": x.Motif}); err != nil {
			return err
		}
		if ev, made, err := tx.EvenementDe(x.Cle); err != nil || made && ev.Dossier == d.ID {
			return err
		}
		s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
		if err != nil {
			return err
		}
		next := d.Clone()
		ev, t, err := next.Jouer(s, x.Acte, dossier.Auteur{Personne: a.Personne, Le: g.maintenant(), Cle: x.Cle, Motif: x.Motif})
		if err != nil {
			return g.deja(tx, d, err)
		}
		if t.Issue != "" {
			if err := g.decide(next, s, t, x, a); err != nil {
				return err
			}
			ev.Motif, next.Decision.Le = g.motifs(next.Decision), ev.Le // one act, one instant: the mail knows the decision by it
		}
		o, err := g.objet(tx, next)
		if err != nil {
			return err
		}
		h, err := g.politique.Peut(a, droitDe(t), o)
		if err != nil {
			return err
		}
		ev.Role, ev.Derogation = h.Role, g.politique.Deroge(a, h, droitDe(t), o)
		if t.Efface {
			gone = next.Efface()
		}
		if err := g.accompagne(tx, next, s, t, x, ev, h); err != nil {
			return err
		}
		if t.Issue != "" && x.ailleurs == nil {
			if err := g.notifie(next, s, x, a); err != nil {
				return err
			}
		}
		if err := g.sauve(tx, d, next, ev); err != nil {
			return err
		}
		return g.previent(tx, next, s, ev, t)
	})
	if err != nil {
		return err
	}
	return g.jette(ctx, gone)
}

// jette removes from the store the documents that nothing cites any more.
func (g *Guichet) jette(ctx context.Context, pieces []dossier.Piece) (err error) {
	for _, p := range pieces {
		err = errors.Join(err, g.coffre.Depot.Efface(ctx, fichier.Cle(p.Cle)))
	}
	return err
}

// accompagne checks and does what goes with an act: grounds, approvals, what
// to correct, the filing.
func (g *Guichet) accompagne(tx *store.Tx, d *dossier.Dossier, s *dispositif.Dispositif, t dispositif.Transition, x Acte, ev dossier.Evenement, h compte.Habilitation) error {
	if t.Motive && ev.Motif == "" && len(x.Motifs) == 0 {
		m := "Dites pourquoi : le porteur le lira."
		return fault.New(fault.Invalid, "%s", m).Field("motif", m)
	}
	if t.Issue != "" {
		if err := errors.Join(ailleurs(d, t, x, h), verifieVisas(d, s, t)); err != nil {
			return err
		}
	}
	if err := signable(d, s, t); err != nil {
		return err
	}
	if err := g.renvoie(tx, d, s, t, x, ev); err != nil {
		return err
	}
	if t.Phase != "" {
		if len(d.Instruction.Attendues()) > 0 {
			if err := d.Instruction.Corrige(ev.Le); err != nil {
				return err
			}
		}
		return g.depose(tx, d, s, t, x)
	}
	return nil
}

// renvoie does what comes with an act that sends the dossier back to the
// applicant, or that the applicant sends it back with: what to change is
// written, or done.
func (g *Guichet) renvoie(tx *store.Tx, d *dossier.Dossier, s *dispositif.Dispositif, t dispositif.Transition, x Acte, ev dossier.Evenement) error {
	par := dossier.Auteur{Personne: compte.Personne{ID: ev.Par, Nom: ev.Nom}, Role: ev.Role, Le: ev.Le}
	switch {
	case t.Role == "preparateur" && len(d.Instruction.Attendues()) > 0:
		return g.corrige(d, s, par)
	case t.Role == "preparateur":
		return g.regele(d, s)
	case len(x.Demandes) > 0:
		by, err := g.echeance(x.Pour)
		if err != nil {
			return err
		}
		return g.demande(&changement{tx: tx, d: d, s: s, par: par, ev: &ev}, x.Demandes, by)
	}
	return nil
}

// deja adds to a refusal who made the last act, so that the loser of two
// opposite decisions knows.
func (g *Guichet) deja(tx *store.Tx, d *dossier.Dossier, refusal error) error {
	events, err := tx.Evenements(d.ID)
	if err != nil || len(events) == 0 {
		return refusal
	}
	last := events[len(events)-1]
	return fault.New(fault.Conflict, "%s Dernier acte : « %s », par %s.", fault.Of(refusal).Message, last.Libelle, last.Nom)
}

// decide fills the decision: the amount typed, or the one of the rules.
func (g *Guichet) decide(d *dossier.Dossier, s *dispositif.Dispositif, t dispositif.Transition, x Acte, a compte.Acteur) error {
	if err := tropLong(map[string]string{"motif": x.Motif, "conditions": x.Conditions}); err != nil {
		return err
	}
	r, err := g.evalue(d, s)
	if err != nil && fault.Of(err).Kind != fault.Invalid {
		return err
	}
	computed, _ := r.Montant("montant")
	z := &dossier.Decision{Issue: t.Issue, Calcule: computed, Motif: strings.TrimSpace(x.Motif), Par: a.Personne.ID, Le: g.maintenant()}
	for _, m := range g.catalogue.MotifsDe(t.Issue) {
		if slices.Contains(x.Motifs, m.Code) {
			z.Motifs = append(z.Motifs, m.Code)
		}
	}
	if t.Role == "operateur" {
		z.Service = s.Operateur
	}
	if t.Issue != "accord" {
		if z.Motif == "" && len(z.Motifs) == 0 {
			m := "Cette décision se motive : dites pourquoi, la personne le lira."
			return fault.New(fault.Invalid, "%s", m).Field("motif", m)
		}
		d.Decision = z
		return nil
	}
	z.Montant = computed
	if text := strings.TrimSpace(x.Montant); text != "" {
		if z.Montant, err = euro.Parse(text); err != nil {
			return fault.New(fault.Invalid, "Le montant n’est pas lisible.").Field("montant", fault.Of(err).Message)
		}
	}
	if text := strings.TrimSpace(x.Base); text != "" {
		if z.Base, err = euro.Parse(text); err != nil {
			return fault.New(fault.Invalid, "La dépense retenue n’est pas lisible.").Field("base", fault.Of(err).Message)
		}
	}
	if pct, ok := r.Taux(); ok {
		z.Taux = fmt.Sprintf("%d\u00a0%%", pct)
	}
	for line := range strings.Lines(x.Conditions) {
		if line = strings.TrimSpace(line); line != "" {
			z.Conditions = append(z.Conditions, line)
		}
	}
	if z.Montant != computed && z.Motif == "" {
		m := fmt.Sprintf("Le calcul propose %s : dites pourquoi le montant est différent.", computed)
		return fault.New(fault.Invalid, "%s", m).Field("motif", m)
	}
	d.Decision = z
	return nil
}

// depose checks that the dossier may be filed now, numbers it and freezes the
// answer of the rules.
func (g *Guichet) depose(tx *store.Tx, d *dossier.Dossier, s *dispositif.Dispositif, t dispositif.Transition, x Acte) error {
	today := g.Aujourdhui()
	if o := s.Ouverture(today); o.Etat != "ouvert" {
		return fault.New(fault.Closed, "Le guichet de « %s » n’est pas ouvert aujourd’hui : le dossier reste en brouillon, rien n’est perdu.", s.Nom)
	}
	if err := sains(tx, d); err != nil {
		return err
	}
	d.GardeLesAges(g.catalogue.Dictionnaire)
	r, err := g.evalue(d, s)
	if missing := d.Manques(s, t.Phase, r); len(missing) > 0 {
		f := fault.New(fault.Invalid, "Le dossier n’est pas complet : %s.", francais.Compte(len(missing), "élément manque", "éléments manquent"))
		for _, m := range missing {
			f.Field(m.Cle, "Il manque : "+m.Libelle)
		}
		return f
	}
	if err != nil {
		return err
	}
	exception := strings.TrimSpace(x.Motif)
	if verdictNon(r) && exception == "" {
		m := "D’après les règles, la réponse est non. Vous pouvez déposer quand même : dites pourquoi une exception se justifie."
		return fault.New(fault.Invalid, "%s", m).Field("motif", m)
	}
	if !verdictNon(r) {
		exception = ""
	}
	if d.Numero == "" {
		n, err := tx.Numero(fmt.Sprintf("%d-%s", today.An(), d.Departement))
		if err != nil {
			return err
		}
		d.Numero = fmt.Sprintf("%d-%s-%05s", today.An(), d.Departement, n)
	}
	d.DeposeLe = g.maintenant()
	g.gele(d, r, exception)
	receipt, err := g.accuseReception(tx, d, s)
	if err != nil {
		return err
	}
	if receipt != nil {
		d.Lettres = append(d.Lettres, *receipt)
	}
	return nil
}

// gele keeps the dossier as it is filed, with the answer of the rules.
func (g *Guichet) gele(d *dossier.Dossier, r eligibilite.Reponse, exception string) {
	d.Gel = g.fige(r, exception)
	copied := d.Clone()
	d.Gel.Reponses, d.Gel.Engagements, d.Gel.Pieces = copied.Reponses, copied.Engagements, copied.Pieces
}

// fige writes the answer of the rules as it is now.
func (g *Guichet) fige(r eligibilite.Reponse, exception string) *dossier.Gel {
	gel := &dossier.Gel{Le: r.Le, Edition: g.catalogue.Edition.Code, Millesime: g.carte(r.Le).Millesime().Cog, Verdict: r.Verdict.String(),
		Phrase: r.Phrase, Raisons: r.Raisons, Exception: exception}
	gel.Montant, _ = r.Montant("montant")
	for _, c := range append(append([]regle.Constat{}, r.Conditions...), r.Reste...) {
		k := dossier.Constat{ID: c.ID, Texte: c.Texte, Verdict: c.Verdict.String(), Cite: c.Cite}
		for _, f := range c.Faits() {
			text := f.Fait.Libelle + " : inconnu"
			switch {
			case f.Donnee.Valeur.Zero():
			case f.Fait.Personnel():
				text = f.Fait.Libelle + " : vérifiée, non gardée"
			default:
				text = f.Fait.Libelle + " : " + f.Fait.Affiche(f.Donnee.Valeur)
				if f.Donnee.Source != "" {
					text += " (" + f.Donnee.Source + ")"
				}
			}
			k.Valeurs = append(k.Valeurs, text)
		}
		gel.Conditions = append(gel.Conditions, k)
	}
	return gel
}
