package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// corpus keeps 240 dossiers of every kind, four at each instant.
func corpus(t *testing.T, db *store.DB) []*dossier.Dossier {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	var all []*dossier.Dossier
	write(t, db, func(tx *store.Tx) error {
		for i := range 240 {
			d, ev := brouillon(fmt.Sprintf("d%03d", i))
			d.CreeLe = matin.Add(time.Duration(i/4) * time.Hour)
			d.Organisation, d.Departement, d.Service = siren.Siren(pick("211300065", "211300081")), pick("13", "84"), pick("prefecture", "anct")
			d.Dispositif, d.Tour = pick("vta", "fitn"), pick("", "preparateur", "porteur", "instructeur", "operateur", "signataire", "payeur")
			d.Instructeur, d.AvisAttendus = compte.PersonneID(pick("", "moi", "collegue")), r.IntN(2)
			if r.IntN(2) == 0 {
				d.Echeance = jour.Of(2021, 6, 1+r.IntN(60))
			}
			if r.IntN(6) > 0 {
				d.DeposeLe, d.Numero, d.Etat = d.CreeLe, fmt.Sprintf("2021-13-%05d", i), pick("depose", "incomplet")
			}
			if r.IntN(3) == 0 {
				d.Decision = &dossier.Decision{Issue: pick("accord", "refus"), Montant: euro.Of(int64(r.IntN(5)) * 1000), Le: d.CreeLe}
			}
			if _, err := tx.InsereDossier(d, ev); err != nil {
				return err
			}
			all = append(all, d)
		}
		return nil
	})
	return all
}

func portee(role compte.Role, departement, service, dispositif string) store.Portee {
	p := store.Portee{Portee: compte.Portee{Role: role, Departement: departement, Service: service, Dispositif: dispositif}}
	switch role {
	case "sciat", "service":
		p.Tours, p.Prend = []string{"instructeur", "operateur"}, true
	case "decideur":
		p.Tours = []string{"signataire"}
	}
	return p
}

// bureaux are the desks of several persons, from no right at all to two.
var bureaux = map[string][]store.Portee{
	"nobody": nil, "an empty scope": {{}}, "a service": {portee("sciat", "13", "prefecture", "")}, "a scheme of a national service": {portee("service", "", "anct", "fitn")},
	"who decides": {portee("decideur", "84", "", "")}, "an auditor": {portee("auditeur", "13", "", "")},
	"two roles": {portee("sciat", "13", "prefecture", ""), portee("decideur", "13", "", "")},
	"a member":  {{Portee: compte.Portee{Organisation: "211300065"}, Brouillons: true}}, "a member without drafts": {{Portee: compte.Portee{Organisation: "211300081"}}},
}

func lit(t *testing.T, db *store.DB, f store.Filtre) []*dossier.Dossier {
	t.Helper()
	return read(t, db, func(tx *store.Tx) ([]*dossier.Dossier, error) { return tx.Liste(f) })
}

func ids(list []*dossier.Dossier) []string {
	out := []string{}
	for _, d := range list {
		out = append(out, string(d.ID))
	}
	slices.Sort(out)
	return out
}

// TestDesk compares, for every desk, what the base lists and counts with what
// the same words say in Go, dossier by dossier.
func TestDesk(t *testing.T) {
	today := jour.Of(2021, 7, 1)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		all := corpus(t, db)
		listed := 0
		for who, scopes := range bureaux {
			f := store.Filtre{Portees: scopes, Personne: "moi", Aujourdhui: today, Limite: 500}
			want := map[store.Pile][]string{}
			var readable []string
			for _, d := range all {
				if p := pilesDe(d, scopes, today); p != nil {
					readable = append(readable, string(d.ID))
					for _, x := range p {
						want[x] = append(want[x], string(d.ID))
					}
				}
			}
			if diff := cmp.Diff(append([]string{}, readable...), ids(lit(t, db, f))); diff != "" {
				t.Errorf("%s lists (-want +got):\n%s", who, diff)
			}
			counts := read(t, db, func(tx *store.Tx) (map[store.Pile]int, error) { return tx.Compte(f) })
			for _, p := range store.Piles {
				f.Pile = p
				got := ids(lit(t, db, f))
				listed += len(got)
				if diff := cmp.Diff(append([]string{}, want[p]...), got); diff != "" {
					t.Errorf("%s, pile %s (-want +got):\n%s", who, p, diff)
				}
				if n := len(want[p]); p != store.Decides && counts[p] != n {
					t.Errorf("%s, pile %s: %d counted, want %d", who, p, counts[p], n)
				}
			}
		}
		if listed < 300 {
			t.Errorf("%d dossiers listed: the test proves little", listed)
		}
	})
}

// pilesDe are the piles of a dossier, nil when no scope lets it be read.
func pilesDe(d *dossier.Dossier, scopes []store.Portee, today jour.Jour) []store.Pile {
	readable, acts, alone := false, false, false
	for _, p := range scopes {
		if !p.Contient(d.Objet()) || d.Brouillon() && !p.Brouillons {
			continue
		}
		readable = true
		if slices.Contains(p.Tours, d.Tour) {
			acts, alone = true, alone || !p.Prend
		}
	}
	if !readable {
		return nil
	}
	out := []store.Pile{}
	if d.Brouillon() {
		if d.Tour == "" || d.Decision != nil && d.Tour != "preparateur" && d.Tour != "porteur" {
			out = append(out, store.Decides)
		}
		return out
	}
	if d.Tour != "" && d.AvisAttendus > 0 {
		out = append(out, store.Avis)
	}
	if acts && d.Echeance != 0 && d.Echeance < today {
		out = append(out, store.EnRetard)
	}
	switch {
	case acts && d.Instructeur == "moi":
		return append(out, store.LesMiens)
	case acts && (d.Instructeur == "" || alone):
		return append(out, store.APrendre)
	case acts:
		return append(out, store.Ailleurs)
	case d.Tour == "preparateur" || d.Tour == "porteur":
		return append(out, store.Porteur)
	case d.Tour == "" || d.Decision != nil:
		return append(out, store.Decides)
	}
	return append(out, store.Ailleurs)
}

// TestFilters tries each filter alone against the same words in Go, then a
// hostile text in each.
func TestFilters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		all := corpus(t, db)
		base := store.Filtre{Portees: []store.Portee{portee("auditeur", "13", "", ""), portee("auditeur", "84", "", "")}, Personne: "moi", Aujourdhui: jour.Of(2021, 7, 1), Limite: 500}
		day := jour.DeTemps(all[120].CreeLe)
		for name, c := range map[string]struct {
			set  func(*store.Filtre)
			want func(*dossier.Dossier) bool
		}{
			"scheme":     {func(f *store.Filtre) { f.Dispositif = "fitn" }, func(d *dossier.Dossier) bool { return d.Dispositif == "fitn" }},
			"state":      {func(f *store.Filtre) { f.Etat = "incomplet" }, func(d *dossier.Dossier) bool { return d.Etat == "incomplet" }},
			"turn":       {func(f *store.Filtre) { f.Tour = "payeur" }, func(d *dossier.Dossier) bool { return d.Tour == "payeur" }},
			"service":    {func(f *store.Filtre) { f.Service = "anct" }, func(d *dossier.Dossier) bool { return d.Service == "anct" }},
			"applicant":  {func(f *store.Filtre) { f.Organisation = "211300081" }, func(d *dossier.Dossier) bool { return d.Organisation == "211300081" }},
			"instructor": {func(f *store.Filtre) { f.Instructeur = "collegue" }, func(d *dossier.Dossier) bool { return d.Instructeur == "collegue" }},
			"untaken":    {func(f *store.Filtre) { f.Libres = true }, func(d *dossier.Dossier) bool { return d.Instructeur == "" }},
			"number":     {func(f *store.Filtre) { f.Numero = "2021-13-0001" }, func(d *dossier.Dossier) bool { return strings.HasPrefix(d.Numero, "2021-13-0001") }},
			"filed from": {func(f *store.Filtre) { f.DeposeDu = day }, func(d *dossier.Dossier) bool { return jour.DeTemps(d.DeposeLe) >= day }},
			"filed to":   {func(f *store.Filtre) { f.DeposeAu = day }, func(d *dossier.Dossier) bool { return jour.DeTemps(d.DeposeLe) <= day }},
			"granted":    {func(f *store.Filtre) { f.Accordes = true }, func(d *dossier.Dossier) bool { return d.Decision != nil && d.Decision.Issue == "accord" }},
			"at least":   {func(f *store.Filtre) { f.Min = euro.Of(3000) }, func(d *dossier.Dossier) bool { return d.Decision != nil && d.Decision.Montant >= euro.Of(3000) }},
			"at most": {func(f *store.Filtre) { f.Max = euro.Of(1000) }, func(d *dossier.Dossier) bool {
				return d.Decision != nil && d.Decision.Issue == "accord" && d.Decision.Montant <= euro.Of(1000)
			}},
			"late": {func(f *store.Filtre) { f.Retard = true }, func(d *dossier.Dossier) bool { return d.Tour != "" && d.Echeance != 0 && d.Echeance < base.Aujourdhui }},
		} {
			var want []*dossier.Dossier
			for _, d := range all {
				if !d.Brouillon() && c.want(d) {
					want = append(want, d)
				}
			}
			f := base
			c.set(&f)
			if diff := cmp.Diff(ids(want), ids(lit(t, db, f))); diff != "" || len(want) == 0 || len(want) == len(all) {
				t.Errorf("by %s, %d wanted (-want +got):\n%s", name, len(want), diff)
			}
		}
		for _, bad := range []string{"'", `"`, "' OR '1'='1", "%", `\`, "NEAR(a b)", "-"} {
			f := base
			f.Dispositif, f.Etat, f.Tour, f.Service, f.Numero, f.Instructeur, f.Mots, f.Champs = bad, bad, bad, bad, bad, compte.PersonneID(bad), []string{"halle"}, []string{"cle=halle"}
			if got := lit(t, db, f); len(got) != 0 {
				t.Errorf("%q finds %d dossiers", bad, len(got))
			}
		}
	})
}

// TestPages goes through a list page by page, in both orders and with words,
// while dossiers are added and changed: each of the first ones is seen once.
func TestPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		all := corpus(t, db)
		write(t, db, func(tx *store.Tx) error {
			for _, d := range all {
				if err := tx.IndexeDossier(d, store.Mots{Texte: []string{"halle"}}); err != nil {
					return err
				}
			}
			return nil
		})
		scopes := []store.Portee{portee("auditeur", "13", "", ""), portee("sciat", "13", "prefecture", "")}
		for name, f := range map[string]store.Filtre{"everything": {}, "the oldest first": {Pile: store.Porteur}, "found": {Mots: []string{"halle"}}} {
			f.Portees, f.Personne, f.Limite = scopes, "moi", 500
			old := func(list []string) []string {
				return slices.DeleteFunc(list, func(id string) bool { return strings.HasPrefix(id, "nouveau") })
			}
			want := old(ids(lit(t, db, f)))
			f.Limite = 7
			var seen []string
			for page := range 100 {
				got := lit(t, db, f)
				if len(got) == 0 {
					break
				}
				for _, d := range got {
					seen = append(seen, string(d.ID))
				}
				f.Apres = got[len(got)-1].Rang
				d, ev := brouillon(fmt.Sprint("nouveau-", name, page))
				d.Tour, d.DeposeLe = "porteur", matin
				write(t, db, func(tx *store.Tx) error { _, err := tx.InsereDossier(d, ev); return err })
			}
			seen = old(seen)
			slices.Sort(seen)
			if diff := cmp.Diff(want, seen); diff != "" || len(want) < 20 {
				t.Errorf("%s, %d dossiers (-want +got):\n%s", name, len(want), diff)
			}
		}
	})
}

// TestVues: a view belongs to its person; the same name takes the place of the
// first.
func TestVues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			for _, sub := range []string{"p", "q"} {
				if _, err := tx.PosePersonne(compte.Personne{ID: compte.PersonneID(sub), Emetteur: "e", Sub: sub}, matin); err != nil {
					return err
				}
			}
			return errors.Join(tx.PoseVue(store.Vue{ID: "1", Personne: "p", Nom: "Les miens", Requete: "pile=les-miens"}),
				tx.PoseVue(store.Vue{ID: "2", Personne: "q", Nom: "Les miens", Requete: "pile=avis"}), tx.PoseVue(store.Vue{ID: "3", Personne: "p", Nom: "Les miens", Requete: "pile=decides"}))
		})
		got := read(t, db, func(tx *store.Tx) ([]store.Vue, error) { return tx.Vues("p") })
		if diff := cmp.Diff([]store.Vue{{ID: "1", Personne: "p", Nom: "Les miens", Requete: "pile=decides"}}, got); diff != "" {
			t.Errorf("the views of p (-want +got):\n%s", diff)
		}
		for name, ask := range map[string]func(*store.Tx) error{
			"opens the view of another":   func(tx *store.Tx) error { _, err := tx.Vue("q", "1"); return err },
			"removes the view of another": func(tx *store.Tx) error { return tx.RetireVue("q", "1") },
			"removes no view":             func(tx *store.Tx) error { return tx.RetireVue("q", "9") },
		} {
			if err := db.Write(t.Context(), ask); !errors.Is(err, fault.NotFound) {
				t.Errorf("q %s: %v, want not found", name, err)
			}
		}
		write(t, db, func(tx *store.Tx) error { return tx.RetireVue("p", "1") })
		if got := read(t, db, func(tx *store.Tx) ([]store.Vue, error) { return tx.Vues("p") }); len(got) != 0 {
			t.Errorf("a view removed is there: %v", got)
		}
	})
}
