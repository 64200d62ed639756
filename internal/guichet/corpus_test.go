package guichet_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/eligibilite"
	"guichet/internal/euro"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/store"
)

// debutCorpus is when the first dossier of a corpus was made.
var debutCorpus = time.Date(2021, 1, 4, 8, 0, 0, 0, time.UTC)

// courants are words that many dossiers have.
var courants = strings.Fields(`commune projet école rénovation mairie numérique habitants travaux étude accompagnement équipement salle marché bâtiment
	cantine élèves territoire association formation matériel aménagement énergie jeunesse médiation atelier centre village rural services public`)

// peuple adds n dossiers to the base, the same ones each time: nine of ten are
// of the département 13, one in ten is a draft, six in ten are decided. Then it
// indexes them.
func peuple(ctx context.Context, g *guichet.Guichet, db *store.DB, n int) error {
	r := rand.New(rand.NewPCG(13, 2021))
	for from := 0; from < n; from += 500 {
		err := db.Write(ctx, func(tx *store.Tx) error {
			for i := from; i < min(from+500, n); i++ {
				d, ev := fabrique(r, i)
				if _, err := tx.InsereDossier(d, ev); err != nil {
					return err
				}
			}
			return tx.PoseVersionMots(0)
		})
		if err != nil {
			return err
		}
	}
	return g.Reindexe(ctx)
}

// fabrique makes the dossier i of the corpus.
func fabrique(r *rand.Rand, i int) (*dossier.Dossier, dossier.Evenement) {
	made := debutCorpus.Add(time.Duration(i/3) * time.Minute) // three at each instant
	d := &dossier.Dossier{ID: dossier.ID(fmt.Sprintf("corpus%07d", i)), Dispositif: "anct-sur-mesure", Departement: "13", Service: "prefecture", Etat: "depose",
		Organisation: siren.Siren(fmt.Sprint(211_300_000 + r.IntN(3000))), Demandeur: eligibilite.Demandeur{Type: "commune", Insee: "13006"}, CreeLe: made, DeposeLe: made}
	d.Nom = "Commune de " + strings.ToUpper(courants[r.IntN(len(courants))]) + fmt.Sprint(r.IntN(500))
	if r.IntN(10) == 0 {
		d.Departement = "84"
	}
	if r.IntN(4) == 0 {
		d.Dispositif = "fitn"
	}
	if r.IntN(5) == 0 {
		d.Service = "anct"
	}
	d.Reponses = dossier.Reponses{"intitule": {Texte: phrase(r, 8)}, "descriptif": {Texte: phrase(r, 150)}, "nature_besoin": {Texte: phrase(r, 30)}, "cout": {Texte: fmt.Sprint(1000 * r.IntN(90))}}
	switch k := r.IntN(10); {
	case k == 0:
		d.Etat, d.DeposeLe = "brouillon", time.Time{}
	case k <= 6:
		d.Etat = "clos"
		d.Decision = &dossier.Decision{Issue: "accord", Montant: euro.Of(int64(1000 * r.IntN(60))), Le: made}
	case k == 7:
		d.Etat = "incomplet"
	}
	if !d.Brouillon() {
		d.Numero = fmt.Sprintf("2021-%s-%07d", d.Departement, i)
		d.Echeance = jour.DeTemps(made).AddJours(60)
	}
	if k := r.IntN(30); k < 20 {
		d.Instructeur = compte.PersonneID(fmt.Sprint("agent", k))
	}
	ev := d.Noter("creer", "Dossier commencé", dossier.Auteur{Personne: compte.Personne{ID: "corpus"}, Le: made, Cle: string(d.ID)})
	return d, ev
}

// phrase makes a text of n words: many common ones, some rare ones.
func phrase(r *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = courants[min(r.IntN(len(courants)), r.IntN(len(courants)))]
		if r.IntN(8) == 0 {
			words[i] = fmt.Sprint("lieu", r.IntN(20_000))
		}
	}
	return strings.Join(words, " ")
}
