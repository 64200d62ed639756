package guichet_test

import (
	"cmp"
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// BenchmarkRecherche asks for lists and searches among GUICHET_CORPUS dossiers
// (100 000 by default) and reports the 95th percentile of each kind of page.
func BenchmarkRecherche(b *testing.B) {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("GUICHET_CORPUS"), "100000"))
	if err != nil {
		b.Fatal(err)
	}
	for base, dsn := range storetest.Bases(b) {
		b.Run(base, func(b *testing.B) { mesure(b, base, dsn, n) })
	}
}

func mesure(b *testing.B, base, dsn string, n int) {
	ctx := b.Context()
	db, err := store.Open(ctx, dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	o := options(b, dispositifs.FS)
	o.Store = db
	g := guichet.New(o)
	start := time.Now()
	if err := peuple(ctx, g, db, n); err != nil {
		b.Fatal(err)
	}
	if base == "postgres" { // its autovacuum does so in the minute
		if err := storetest.Exec(b, dsn, "VACUUM ANALYZE"); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d dossiers made and indexed in %s", n, time.Since(start).Round(time.Second))
	prefecture, national := agent("sciat", "13", "prefecture"), agent("service", "", "anct")
	prefet, audit := agent("decideur", "13", ""), agent("auditeur", "84", "")
	for name, pages := range map[string][]func() error{
		"bureau": {bureau(g, prefecture), bureau(g, national), bureau(g, prefet), bureau(g, audit)},
		"piles": {liste(g, prefecture, guichet.Criteres{Pile: "a-prendre"}), liste(g, prefecture, guichet.Criteres{Pile: "les-miens"}),
			liste(g, prefet, guichet.Criteres{Pile: "porteur"}), liste(g, national, guichet.Criteres{Pile: "en-retard"}), liste(g, prefecture, guichet.Criteres{Pile: "avis"}),
			liste(g, prefet, guichet.Criteres{Pile: "decides"}), liste(g, audit, guichet.Criteres{Pile: "ailleurs"})},
		"filtres": {liste(g, prefecture, guichet.Criteres{}), liste(g, prefecture, guichet.Criteres{Dispositif: "fitn", Etat: "incomplet"}), liste(g, prefet, guichet.Criteres{Etat: "nulle-part"}),
			liste(g, prefecture, guichet.Criteres{Instructeur: "agent7", Retard: "oui"}), liste(g, national, guichet.Criteres{Min: "58000"}), liste(g, prefet, guichet.Criteres{Du: "2021-01-10", Au: "2021-01-11"}),
			liste(g, prefecture, guichet.Criteres{Porteur: "211 300 017"}), liste(g, prefecture, guichet.Criteres{Champ: "intitule", Contient: "cantines"}), liste(g, prefet, guichet.Criteres{Numero: "2021-13-00500"}),
			liste(g, prefet, guichet.Criteres{Champ: "cout", Egal: "12000", Apres: "50000"})},
		"mots": {liste(g, prefecture, guichet.Criteres{Q: "projet"}), liste(g, prefecture, guichet.Criteres{Q: "rénovation de l’école"}), liste(g, prefet, guichet.Criteres{Q: "lieu77"}),
			liste(g, audit, guichet.Criteres{Q: "énergie", Apres: "20000"}), liste(g, national, guichet.Criteres{Q: "lieu77 commune"}), liste(g, prefecture, guichet.Criteres{Q: "211300017"}),
			liste(g, prefecture, guichet.Criteres{Q: "2021-13-0050000"}), liste(g, prefet, guichet.Criteres{Q: "village", Dispositif: "fitn", Etat: "incomplet"}), liste(g, audit, guichet.Criteres{Q: "introuvable"}),
			liste(g, prefecture, guichet.Criteres{Q: "cantine", Pile: "a-prendre"})},
	} {
		b.Run(name, func(b *testing.B) {
			worst := make([]time.Duration, len(pages))
			var all []time.Duration
			for b.Loop() {
				for i, page := range pages {
					start := time.Now()
					if err := page(); err != nil {
						b.Fatal(err)
					}
					took := time.Since(start)
					all, worst[i] = append(all, took), max(worst[i], took)
				}
			}
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "ms-p95")
			b.Logf("%d pages, the longest of each kind: %v", len(all), worst)
		})
	}
}

func agent(role compte.Role, departement, service string) compte.Acteur {
	return compte.Acteur{Personne: compte.Personne{ID: "agent7"}, Niveau: compte.Fort,
		Habilitations: []compte.Habilitation{{ID: "h", Personne: "agent7", Role: role, Departement: departement, Service: service, Etat: compte.Active}}}
}

func bureau(g *guichet.Guichet, a compte.Acteur) func() error {
	return func() error { _, err := g.Bureau(context.Background(), a); return err }
}

func liste(g *guichet.Guichet, a compte.Acteur, c guichet.Criteres) func() error {
	return func() error { _, err := g.Liste(context.Background(), a, c); return err }
}
