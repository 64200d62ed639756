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
// (100 000 by default) and reports how long each kind of page takes.
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
	for name, pages := range pagesMesurees(g) {
		b.Run(name, func(b *testing.B) { chronometre(b, pages) })
	}
}

// pagesMesurees are the pages of each kind: the desk, the piles, the filters,
// then searches by how many dossiers have the words, then through a narrow
// scope.
func pagesMesurees(g *guichet.Guichet) map[string][]func() error {
	prefecture, national := agent("sciat", "13", "prefecture"), agent("service", "", "anct")
	prefet, audit, etroit := agent("decideur", "13", ""), agent("auditeur", "84", ""), agent("service", "84", "anct")
	etroit.Habilitations[0].Dispositif = "fitn" // one dossier in two hundred
	of := func(who []compte.Acteur, all ...guichet.Criteres) (out []func() error) {
		for _, a := range who {
			for _, c := range all {
				out = append(out, liste(g, a, c))
			}
		}
		return out
	}
	wide, one := []compte.Acteur{prefecture, prefet, national, audit}, []compte.Acteur{etroit}
	rare, frequent, middle := guichet.Criteres{Q: "lieu77"}, guichet.Criteres{Q: "rénovation"}, guichet.Criteres{Q: "44000"}
	return map[string][]func() error{
		"bureau": {bureau(g, prefecture), bureau(g, national), bureau(g, prefet), bureau(g, audit), bureau(g, etroit)},
		"piles": of(wide, guichet.Criteres{Pile: "a-prendre"}, guichet.Criteres{Pile: "les-miens"}, guichet.Criteres{Pile: "porteur"}, guichet.Criteres{Pile: "en-retard"},
			guichet.Criteres{Pile: "avis"}, guichet.Criteres{Pile: "decides"}, guichet.Criteres{Pile: "ailleurs"}),
		"filtres": of(wide, guichet.Criteres{}, guichet.Criteres{Dispositif: "fitn", Etat: "incomplet"}, guichet.Criteres{Etat: "nulle-part"}, guichet.Criteres{Instructeur: "agent7", Retard: "oui"},
			guichet.Criteres{Min: "58000"}, guichet.Criteres{Du: "2021-01-10", Au: "2021-01-11"}, guichet.Criteres{Porteur: "211 300 017"}, guichet.Criteres{Numero: "2021-13-00500"}),
		"reponses": of(wide, guichet.Criteres{Champ: "intitule", Contient: "cantines"}, guichet.Criteres{Champ: "cout", Egal: "12000", Apres: "50000"}),
		"frequent": of(wide, frequent, guichet.Criteres{Q: "projet"}, guichet.Criteres{Q: "rural"}, guichet.Criteres{Q: "projet", Apres: "20000"}),
		"moyen":    of(wide, middle, guichet.Criteres{Q: "12000"}),
		"rare":     of(wide, rare, guichet.Criteres{Q: "lieu4077"}, guichet.Criteres{Q: "211300017"}),
		"absent":   of(wide, guichet.Criteres{Q: "introuvable"}),
		"deux-mots": of(wide, guichet.Criteres{Q: "rénovation de l’école"}, guichet.Criteres{Q: "projet lieu77"}, guichet.Criteres{Q: "44000 école"},
			guichet.Criteres{Q: "lieu77 lieu12217"}, guichet.Criteres{Q: "services publics"}),
		"mot-et-filtre": of(wide, guichet.Criteres{Q: "lieu77", Pile: "a-prendre"}, guichet.Criteres{Q: "cantine", Pile: "a-prendre"}, guichet.Criteres{Q: "village", Dispositif: "fitn", Etat: "incomplet"},
			guichet.Criteres{Q: "lieu77", Retard: "oui"}, guichet.Criteres{Q: "école", Instructeur: "agent7"}),
		"etroite": of(one, guichet.Criteres{}, frequent, middle, rare, guichet.Criteres{Q: "introuvable"}, guichet.Criteres{Q: "projet lieu77"}, guichet.Criteres{Q: "cantine", Pile: "a-prendre"}),
	}
}

// chronometre asks for the pages in turn and reports the median, the 95th
// percentile and the longest.
func chronometre(b *testing.B, pages []func() error) {
	var all []float64
	for b.Loop() {
		for _, page := range pages {
			start := time.Now()
			if err := page(); err != nil {
				b.Fatal(err)
			}
			all = append(all, float64(time.Since(start).Microseconds())/1000)
		}
	}
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2], "ms-p50")
	b.ReportMetric(all[len(all)*95/100], "ms-p95")
	b.ReportMetric(all[len(all)-1], "ms-max")
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
