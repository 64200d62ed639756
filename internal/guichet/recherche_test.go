package guichet_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// cherche lists what a person finds, for a service and as a member.
func (s scene) cherche(t *testing.T, a compte.Acteur, c guichet.Criteres) (found []dossier.ID, said string) {
	t.Helper()
	for _, ask := range []func() (*guichet.VueListe, error){
		func() (*guichet.VueListe, error) { return s.Liste(t.Context(), a, c) },
		func() (*guichet.VueListe, error) { return s.ListePorteur(t.Context(), a, c) },
	} {
		v, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		if v.Direct != "" {
			found = append(found, v.Direct)
		}
		for _, d := range v.Dossiers {
			found = append(found, d.ID)
			for _, x := range d.Extraits {
				for _, f := range x.Fragments {
					said += f.Texte
				}
			}
		}
	}
	return found, said
}

// TestSearchFollowsTheDossier: a dossier is found as it is written, by its
// organisation alone while it is a draft, then by the services, and by what
// they write to each other for who reads it.
func TestSearchFollowsTheDossier(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire, sciat, prefet, other, national := s.acteur(t, "maire-aureille"), s.acteur(t, "sciat"), s.acteur(t, "prefet"), s.acteur(t, "maire-maillane"), s.acteur(t, "anct")
		id := s.cree(t, maire, "anct-sur-mesure", "k")
		s.remplit(t, maire, id, anct)
		who := map[string]compte.Acteur{"the mayor": maire, "the prefecture": sciat, "the prefect": prefet, "another mayor": other, "the agency": national}
		check := func(when string, c guichet.Criteres, readers ...string) {
			t.Helper()
			for name, a := range who {
				found, said := s.cherche(t, a, c)
				if want := slices.Contains(readers, name); slices.Contains(found, id) != want || (said != "" && !want) {
					t.Errorf("%s, %+v: %s finds %v, « %s »; want it %t", when, c, name, found, said, want)
				}
			}
		}
		check("a draft", guichet.Criteres{Q: "architectes"}, "the mayor")
		check("a draft", guichet.Criteres{}, "the mayor")
		if err := s.agit(maire, id, "deposer", ""); err != nil {
			t.Fatal(err)
		}
		readers := []string{"the mayor", "the prefecture", "the prefect"}
		number := s.vue(t, maire, id).Dossier.Numero
		for _, c := range []guichet.Criteres{{Q: "ARCHITECTE"}, {Q: "aureille halle"}, {Q: number}, {Q: "211300066 "}, {Porteur: "aureille"}, {Champ: "nature_besoin", Contient: "architecte"},
			{Champ: "intitule", Egal: "halle"}, {Etat: "depose"}, {Du: "2021-01-01"}} {
			if c.Q == "211300066 " {
				c.Q = string(s.vue(t, maire, id).Dossier.Organisation)
			}
			check("filed", c, readers...)
		}
		check("filed", guichet.Criteres{Champ: "intitule", Contient: "architecte"})
		check("filed", guichet.Criteres{Q: "halle introuvable"})
		if v, err := s.Liste(t.Context(), sciat, guichet.Criteres{Q: number}); err != nil || v.Direct != id {
			t.Errorf("the number leads to %q, %v", v.Direct, err)
		}
		if v, err := s.Liste(t.Context(), national, guichet.Criteres{Q: number}); err != nil || v.Direct != "" {
			t.Errorf("the number leads the agency to %q, %v", v.Direct, err)
		}
		if err := s.agit(sciat, id, "declarer_incomplet", "Joignez le cadastre"); err != nil {
			t.Fatal(err)
		}
		check("written to", guichet.Criteres{Q: "cadastres"}, "the mayor", "the prefecture") // the prefect reads no message
	})
}

// TestDeskCounts: the desk says whose turn it is as a dossier goes on, and
// opens with what is to be taken.
func TestDeskCounts(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire, sciat, prefet := s.acteur(t, "maire-aureille"), s.acteur(t, "sciat"), s.acteur(t, "prefet")
		id := s.cree(t, maire, "anct-sur-mesure", "k")
		s.remplit(t, maire, id, anct)
		desk := func(a compte.Acteur) (piles, shown string) {
			v, err := s.Bureau(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range v.Piles {
				if p.Nombre > 0 {
					piles += fmt.Sprint(p.Code, p.Nombre, " ")
				}
				for _, d := range p.Dossiers {
					shown += string(p.Code) + " " + d.Etat + " "
				}
			}
			return piles, shown
		}
		check := func(when string, a compte.Acteur, piles, shown string) {
			t.Helper()
			if p, d := desk(a); p != piles || d != shown {
				t.Errorf("%s: %q %q, want %q %q", when, p, d, piles, shown)
			}
		}
		check("a draft", sciat, "", "")
		if err := s.agit(maire, id, "deposer", ""); err != nil {
			t.Fatal(err)
		}
		check("filed", sciat, "a-prendre1 ", "a-prendre Déposé ")
		check("filed, for who decides", prefet, "ailleurs1 ", "")
		if err := s.Prend(t.Context(), sciat, guichet.Geste{Dossier: id, Cle: "prend"}); err != nil {
			t.Fatal(err)
		}
		check("taken", sciat, "les-miens1 ", "les-miens Déposé ")
		if err := s.agit(sciat, id, "declarer_incomplet", "Il manque un plan"); err != nil {
			t.Fatal(err)
		}
		check("sent back", sciat, "porteur1 ", "")
	})
}

// TestCriteriaThatCannotBeRead are told where they were typed; the list still
// answers.
func TestCriteriaThatCannotBeRead(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		sciat := s.acteur(t, "sciat")
		v, err := s.Liste(t.Context(), sciat, guichet.Criteres{Du: "hier", Max: "beaucoup", Contient: "halle", Apres: "x", Pile: "inconnue"})
		if err != nil {
			t.Fatal(err)
		}
		for _, cle := range []string{"du", "max", "contient"} {
			if v.Erreurs[cle] == "" {
				t.Errorf("nothing is said of %s", cle)
			}
		}
		for _, q := range []string{`"`, "AND OR NOT", "NEAR/2", "(", "a:b*", "' OR 1=1 --", strings.Repeat("é", 5000), "de la", "\\", "!&|<->"} {
			if _, err := s.Liste(t.Context(), sciat, guichet.Criteres{Q: q, Porteur: q, Numero: q, Champ: q, Contient: q, Egal: q, Dispositif: q, Instructeur: q}); err != nil {
				t.Errorf("%.20q: %v", q, err)
			}
		}
	})
}

// TestViewsOfAPerson: a name is asked for, and only their person opens or
// removes views.
func TestViewsOfAPerson(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		sciat, prefet := s.acteur(t, "sciat"), s.acteur(t, "prefet")
		for _, name := range []string{"", " \x00\t ", strings.Repeat("a", 81)} {
			if err := s.PoseVue(t.Context(), sciat, name, "pile=avis"); !errors.Is(err, fault.Invalid) || fault.Of(err).Fields["nom"] == "" {
				t.Errorf("the name %.10q: %v", name, err)
			}
		}
		for i := range 51 {
			err := s.PoseVue(t.Context(), sciat, fmt.Sprint("vue ", i), "pile=avis")
			if want := i == 50; errors.Is(err, fault.Invalid) != want || (err != nil) != want {
				t.Errorf("view %d: %v", i, err)
			}
		}
		v, err := s.Bureau(t.Context(), sciat)
		if err != nil || len(v.Vues) != 50 {
			t.Fatalf("%d views, %v", len(v.Vues), err)
		}
		if _, err := s.Vue(t.Context(), prefet, v.Vues[0].ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("the prefect opens the view of another: %v", err)
		}
		if err := s.RetireVue(t.Context(), prefet, v.Vues[0].ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("the prefect removes the view of another: %v", err)
		}
		if err := s.RetireVue(t.Context(), sciat, v.Vues[0].ID); err != nil {
			t.Error(err)
		}
	})
}

// TestQueries: a page asks as many things of the base with three hundred
// dossiers as with ten; and the index is made again from nothing.
func TestQueries(t *testing.T) {
	for base, open := range map[string]func(testing.TB) string{"sqlite": storetest.Sqlite, "postgres": storetest.Postgres} {
		t.Run(base, func(t *testing.T) {
			asked := make(map[string][]int64)
			for _, n := range []int{10, 300} {
				db, err := store.Open(t.Context(), open(t))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
				o := options(t, dispositifs.FS)
				o.Store = db
				g := guichet.New(o)
				if err := peuple(t.Context(), g, db, n); err != nil {
					t.Fatal(err)
				}
				a := agent("sciat", "13", "prefecture")
				pages := map[string]func() error{"the desk": bureau(g, a), "a list": liste(g, a, guichet.Criteres{}), "a search": liste(g, a, guichet.Criteres{Q: "projet"}),
					"an absent word": liste(g, a, guichet.Criteres{Q: "introuvable"}), "filters": liste(g, a, guichet.Criteres{Dispositif: "fitn", Champ: "descriptif", Contient: "projet"})}
				for _, p := range store.Piles {
					pages["pile "+string(p)] = liste(g, a, guichet.Criteres{Pile: string(p)})
				}
				for name, page := range pages {
					before := db.Requetes()
					if err := page(); err != nil {
						t.Fatal(err)
					}
					asked[name] = append(asked[name], db.Requetes()-before)
				}
				v, err := g.Liste(t.Context(), a, guichet.Criteres{Q: "projet"})
				if err != nil || len(v.Dossiers) == 0 || len(v.Dossiers[0].Extraits) == 0 || n > 10 && v.Suite == "" {
					t.Fatalf("among %d dossiers, the search finds %d, then %q, %v: the test proves nothing", n, len(v.Dossiers), v.Suite, err)
				}
			}
			for name, n := range asked {
				if n[0] != n[1] || n[0] == 0 || n[0] > 9 {
					t.Errorf("%s asks %d things of a base of 10 dossiers, %d of one of 300", name, n[0], n[1])
				}
			}
			t.Logf("statements: %v", asked)
		})
	}
}
