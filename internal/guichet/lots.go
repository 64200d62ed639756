package guichet

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// A NouveauLot asks for one act on many dossiers.
type NouveauLot struct {
	Cle      string // of the form, used once
	Acte     string // see ActesParLot
	Texte    string // the labels of etiqueter
	Dossiers []dossier.ID
}

// maxLot bounds the dossiers of one lot.
const maxLot = 500

// An ActeParLot may be made on many dossiers at once.
type ActeParLot struct{ Code, Libelle string }

// ActesParLot lists what may be made on many dossiers at once: to take, to
// label, and the acts of instruction that neither file nor decide.
func (g *Guichet) ActesParLot() []ActeParLot {
	out := []ActeParLot{{"prendre", "Prendre en charge"}, {"etiqueter", "Étiqueter"}}
	for _, s := range g.catalogue.All() {
		for _, t := range s.Transitions {
			x := ActeParLot{t.Acte, t.Libelle}
			if enLot(t) && !slices.ContainsFunc(out, func(o ActeParLot) bool { return o.Code == x.Code }) {
				out = append(out, x)
			}
		}
	}
	return out
}

func enLot(t dispositif.Transition) bool {
	return t.Role == "instructeur" && t.Issue == "" && t.Phase == "" && !t.Motive && !strings.HasPrefix(t.Acte, "declarer_incomplet")
}

// CreeLot keeps the request and returns its ID; AvanceLots does the work. Sent
// twice by one form, it is one lot. The error is a fault.Invalid.
func (g *Guichet) CreeLot(ctx context.Context, a compte.Acteur, n NouveauLot) (id string, err error) {
	switch {
	case !a.Agent():
		return "", fault.New(fault.Forbidden, "Seul un agent traite plusieurs dossiers à la fois.")
	case len(n.Dossiers) == 0:
		return "", fault.New(fault.Invalid, "Cochez au moins un dossier.").Field("dossiers", "Cochez au moins un dossier.")
	case len(n.Dossiers) > maxLot:
		m := fmt.Sprintf("%d dossiers au plus à la fois.", maxLot)
		return "", fault.New(fault.Invalid, "%s", m).Field("dossiers", m)
	case !slices.ContainsFunc(g.ActesParLot(), func(x ActeParLot) bool { return x.Code == n.Acte }):
		return "", fault.New(fault.Invalid, "Choisissez ce qu’il faut faire.").Field("acte", "Choisissez ce qu’il faut faire.")
	}
	if _, err := dossier.LireEtiquettes(borne(n.Texte, maxTexte)); err != nil {
		return "", err
	}
	l := &dossier.Lot{ID: strings.ToLower(rand.Text()), Cle: n.Cle, Personne: a.Personne.ID, Niveau: a.Niveau, Acte: n.Acte, Texte: borne(n.Texte, maxTexte), CreeLe: g.maintenant()}
	for _, d := range n.Dossiers {
		if !slices.ContainsFunc(l.Lignes, func(x dossier.Ligne) bool { return x.Dossier == d }) {
			l.Lignes = append(l.Lignes, dossier.Ligne{Rang: len(l.Lignes) + 1, Dossier: d, Etat: "a_faire"})
		}
	}
	err = g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		if id, err = tx.InsereLot(l); err != nil || id != l.ID {
			return err
		}
		return g.inscrit(tx, a.Personne.ID, "lot", "lot/"+id, "", "")
	})
	return id, err
}

// AvanceLots makes what the lots still wait for, one dossier at a time, with
// the rights that the person has at that moment, and returns how many dossiers
// it went through. Stopped anywhere, it goes on where it was: a dossier done
// and not noted is not done twice.
func (g *Guichet) AvanceLots(ctx context.Context) (done int, err error) {
	if g.store == nil {
		return 0, nil
	}
	var ids []string
	if err := g.view(ctx, func(tx *store.Tx) (err error) {
		ids, err = tx.LotsInacheves()
		return err
	}); err != nil {
		return 0, err
	}
	for _, id := range ids {
		var l *dossier.Lot
		if err := g.view(ctx, func(tx *store.Tx) (err error) {
			l, err = tx.Lot(id)
			return err
		}); err != nil {
			return done, err
		}
		for _, x := range l.Lignes {
			if x.Etat != "a_faire" {
				continue
			}
			if err := g.avanceLigne(ctx, l, x); err != nil {
				return done, err
			}
			done++
		}
	}
	return done, nil
}

// avanceLigne makes the act on one dossier and notes how it went. Its error
// is that of the base: what a person can understand is noted instead.
func (g *Guichet) avanceLigne(ctx context.Context, l *dossier.Lot, x dossier.Ligne) error {
	a := compte.Acteur{Niveau: l.Niveau, Le: g.Aujourdhui(), Differe: true}
	if err := g.view(ctx, func(tx *store.Tx) (err error) {
		if a.Personne, err = tx.Personne(l.Personne); err != nil {
			return err
		}
		a.Habilitations, err = tx.Habilitations(l.Personne)
		return err
	}); err != nil {
		return err
	}
	gesture := Geste{Dossier: x.Dossier, Cle: fmt.Sprintf("lot/%s/%d", l.ID, x.Rang)}
	var err error
	switch l.Acte {
	case "prendre":
		err = g.Prend(ctx, a, gesture)
	case "etiqueter":
		err = g.Etiquette(ctx, a, gesture, l.Texte)
	default:
		err = g.Agir(ctx, a, Acte{Dossier: gesture.Dossier, Cle: gesture.Cle, Acte: l.Acte})
	}
	x.Etat = "fait"
	if f := fault.Of(err); err != nil && f.Kind == fault.Internal {
		return err
	} else if err != nil {
		x.Etat, x.Raison = "refuse", f.Message
	}
	return g.write(ctx, func(tx *store.Tx) error { return tx.FinitLigne(l.ID, x) })
}

// A VueLot is the report of a lot.
type VueLot struct {
	Contexte
	Lot     *dossier.Lot
	Libelle string
}

// Lot returns the report of a lot, to whoever asked for it alone. The error is
// a fault.NotFound.
func (g *Guichet) Lot(ctx context.Context, a compte.Acteur, id string) (*VueLot, error) {
	v := &VueLot{Contexte: g.Contexte(0)}
	err := g.view(ctx, func(tx *store.Tx) (err error) {
		if v.Lot, err = tx.Lot(id); err != nil {
			return err
		}
		if v.Lot.Personne != a.Personne.ID {
			return fault.New(fault.NotFound, "Ce traitement par lot n’existe pas.")
		}
		return nil
	})
	for _, x := range g.ActesParLot() {
		if v.Lot != nil && x.Code == v.Lot.Acte {
			v.Libelle = x.Libelle
		}
	}
	return v, err
}
