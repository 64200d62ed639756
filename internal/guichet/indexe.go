package guichet

import (
	"context"
	"maps"
	"slices"

	"guichet/internal/dossier"
	"guichet/internal/mots"
	"guichet/internal/store"
)

// champPorteur keeps the name of the applicant among the answers, under a key
// that no form has.
const champPorteur = "_porteur"

// lotIndexe is how many dossiers are indexed in one transaction.
const lotIndexe = 200

// A passage is a text of a dossier that is searched.
type passage struct{ libelle, texte string }

// indexe makes the dossier found under what it now says. It is called in the
// transaction that changed the dossier, after the change.
func (g *Guichet) indexe(tx *store.Tx, d *dossier.Dossier) error {
	said, err := tx.Motifs([]dossier.ID{d.ID})
	if err != nil {
		return err
	}
	var m store.Mots
	for _, p := range g.passages(d) {
		m.Texte = append(m.Texte, mots.Racines(p.texte)...)
	}
	m.Texte = append(m.Texte, mots.Champ(champPorteur, d.Nom)...)
	for cle, r := range d.Reponses {
		m.Texte = append(m.Texte, mots.Champ(cle, r.Texte)...)
	}
	for _, text := range said[d.ID] {
		m.Messages = append(m.Messages, mots.Racines(text)...)
	}
	return tx.IndexeDossier(d, m)
}

// passages are what every reader of the dossier may read of it, in the order
// in which an extract is looked for.
func (g *Guichet) passages(d *dossier.Dossier) []passage {
	out := []passage{{"Numéro", d.Numero}, {"Porteur", d.Nom}, {"SIREN", string(d.Organisation)}}
	asked := make(map[string]bool)
	s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
	if err == nil {
		out = append(out, passage{"Dispositif", s.Nom})
		for _, c := range s.Formulaire {
			asked[c.ID] = true
			out = append(out, passage{c.Libelle, d.Reponses.Texte(c.ID)})
		}
	}
	for _, cle := range slices.Sorted(maps.Keys(d.Reponses)) {
		if f, ok := g.catalogue.Dictionnaire.Fait(cle); ok && !asked[cle] {
			out = append(out, passage{f.Libelle, d.Reponses.Texte(cle)})
		}
	}
	for _, p := range d.Pieces {
		out = append(out, passage{"Document", p.Nom})
	}
	return out
}

// Reindexe writes again what the desk sorts by and the words of every dossier,
// when they were written by another version of the program; it does nothing
// otherwise. Stopped in the middle, it begins again.
func (g *Guichet) Reindexe(ctx context.Context) error {
	version := 0
	err := g.view(ctx, func(tx *store.Tx) (err error) { version, err = tx.VersionMots(); return err })
	if err != nil || version == mots.Version {
		return err
	}
	var last int64
	for done := false; !done; {
		err := g.write(ctx, func(tx *store.Tx) error {
			batch, err := tx.Reprise(last, lotIndexe)
			if err != nil {
				return err
			}
			if done = len(batch) == 0; done {
				return tx.PoseVersionMots(mots.Version)
			}
			for _, d := range batch {
				if err := g.reprend(tx, d); err != nil {
					return err
				}
			}
			last = batch[len(batch)-1].Rang
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *Guichet) reprend(tx *store.Tx, d *dossier.Dossier) error {
	s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
	if err == nil { // a scheme that is no longer there leaves its dossiers where they were
		events, err := tx.Evenements(d.ID)
		if err != nil {
			return err
		}
		g.situe(d, s, events)
	}
	if err := tx.Situe(d); err != nil {
		return err
	}
	return g.indexe(tx, d)
}
