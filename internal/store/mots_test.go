package store_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/mots"
	"guichet/internal/siren"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// textes are what four dossiers say; the last one is a draft.
var textes = map[string]string{
	"ecole":     "Rénovations de l’école de Saint-Rémy, mise en œuvre en 2021 ; numéro 2021-13-00012",
	"halle":     "RENOVATION d'une halle ; devis d’un architecte",
	"cantine":   "Une cantine pour les e\u0301coles, CANARI de Maillane",
	"brouillon": "Rénover l’école et la halle, en brouillon",
}

func indexe(t *testing.T, db *store.DB) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		for _, id := range []string{"ecole", "halle", "cantine", "brouillon"} {
			d, ev := brouillon(id)
			if id == "cantine" {
				d.Organisation, d.Departement = "211300537", "84"
			}
			if id != "brouillon" {
				d.DeposeLe = matin
			}
			if _, err := tx.InsereDossier(d, ev); err != nil {
				return err
			}
			m := store.Mots{Texte: append(mots.Racines(textes[id]), mots.Champ("projet", textes[id])...), Messages: mots.Racines("confidence " + id)}
			if err := tx.IndexeDossier(d, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestSearch asks the same questions of both bases: the same dossiers answer.
func TestSearch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		indexe(t, db)
		filed := []store.Portee{portee("auditeur", "13", "", ""), portee("auditeur", "84", "", "")}
		for q, want := range map[string][]string{
			"rénovation": {"ecole", "halle"}, "rénovations": {"ecole", "halle"}, "RENOVATION": {"ecole", "halle"}, "rénover": {"ecole", "halle"},
			"école": {"cantine", "ecole"}, "ecole": {"cantine", "ecole"}, "l'école": {"cantine", "ecole"}, "L’ÉCOLE": {"cantine", "ecole"}, "des écoles": {"cantine", "ecole"},
			"œuvre": {"ecole"}, "oeuvre": {"ecole"}, "OEUVRES": {"ecole"}, "saint remy": {"ecole"}, "st-rémy": {"ecole"},
			"rénovation école": {"ecole"}, "rénovation ET école": {"ecole"}, "2021-13-00012": {"ecole"}, "2021": {"ecole"}, "12": {},
			"architectes": {"halle"}, "introuvable": {}, `"halle"*`: {"halle"}, "halle OR cantine": {}, "(halle": {"halle"}, "halle:*": {"halle"}, "^halle & !": {"halle"},
			"x:vta": {}, "confidence": {}, "p:84": {},
		} {
			got := ids(lit(t, db, store.Filtre{Portees: filed, Mots: mots.Requete(q), Limite: 50}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q, roots %v (-want +got):\n%s", q, mots.Requete(q), diff)
			}
		}
	})
}

// TestSearchScopes: a search finds what its scopes cover and nothing else,
// message by message and draft by draft.
func TestSearchScopes(t *testing.T) {
	member := func(o siren.Siren) store.Portee {
		return store.Portee{Portee: compte.Portee{Organisation: o}, Brouillons: true}
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		indexe(t, db)
		reader := portee("sciat", "13", "prefecture", "")
		reader.Messages = true
		for _, c := range []struct {
			name   string
			scopes []store.Portee
			words  []string
			want   []string
		}{
			{"a draft, by its organisation", []store.Portee{member("211300065")}, mots.Requete("brouillon"), []string{"brouillon"}},
			{"a draft, by the service that will instruct it", []store.Portee{portee("sciat", "13", "prefecture", "")}, mots.Requete("brouillon"), []string{}},
			{"a draft, by a member who reads none", []store.Portee{{Portee: compte.Portee{Organisation: "211300065"}}}, mots.Requete("rénovation"), []string{"ecole", "halle"}},
			{"another organisation", []store.Portee{member("211300065")}, mots.Requete("canari"), []string{}},
			{"another department", []store.Portee{portee("sciat", "13", "", "")}, mots.Requete("canari"), []string{}},
			{"another scheme", []store.Portee{portee("service", "", "prefecture", "fitn")}, mots.Requete("école"), []string{}},
			{"the scheme, in the whole country", []store.Portee{portee("service", "", "prefecture", "vta")}, mots.Requete("école"), []string{"cantine", "ecole"}},
			{"a message, by who reads them", []store.Portee{reader}, mots.Requete("confidence"), []string{"ecole", "halle"}},
			{"a message and a text together", []store.Portee{reader}, mots.Requete("confidence architecte"), []string{"halle"}},
			{"a message, by who does not", []store.Portee{portee("decideur", "13", "", "")}, mots.Requete("confidence"), []string{}},
			{"an empty scope", []store.Portee{{}}, mots.Requete("école"), []string{}},
			{"no scope", nil, mots.Requete("école"), []string{}},
		} {
			if diff := cmp.Diff(c.want, ids(lit(t, db, store.Filtre{Portees: c.scopes, Mots: c.words, Limite: 50}))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
		both := []store.Portee{portee("auditeur", "13", "", ""), portee("auditeur", "84", "", "")}
		for name, c := range map[string]struct{ roots, want []string }{
			"an answer by its words":          {mots.ChampContient("projet", "écoles"), []string{"cantine", "ecole"}},
			"an answer to another question":   {mots.ChampContient("autre", "écoles"), []string{}},
			"an answer as a whole":            {mots.ChampEgal("projet", strings.ToUpper(textes["halle"])), []string{"halle"}},
			"a part of an answer is no whole": {mots.ChampEgal("projet", "halle"), []string{}},
		} {
			if diff := cmp.Diff(c.want, ids(lit(t, db, store.Filtre{Portees: both, Champs: c.roots, Limite: 50}))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// TestIndexFollows: a dossier is found under what it now says, where it now is,
// and a huge one is kept.
func TestIndexFollows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		indexe(t, db)
		var d *dossier.Dossier
		write(t, db, func(tx *store.Tx) (err error) {
			if d, err = tx.Dossier("halle"); err != nil {
				return err
			}
			d.Service = "anct"
			_, second := brouillon("halle")
			second.Numero, second.Cle, d.Version = 2, "", 2
			return errors.Join(tx.SauveDossier(d, second), tx.IndexeDossier(d, store.Mots{Texte: mots.Racines("un gymnase")}))
		})
		anct, prefecture := []store.Portee{portee("service", "13", "anct", "")}, []store.Portee{portee("sciat", "13", "prefecture", "")}
		for name, c := range map[string]struct {
			scopes []store.Portee
			q      string
			want   []string
		}{
			"the new words":                    {anct, "gymnase", []string{"halle"}},
			"the new words in the old service": {prefecture, "gymnase", []string{}},
			"the old words":                    {anct, "architecte", []string{}},
		} {
			if diff := cmp.Diff(c.want, ids(lit(t, db, store.Filtre{Portees: c.scopes, Mots: mots.Requete(c.q), Limite: 50}))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		huge := store.Mots{}
		for i := range 200_000 {
			huge.Texte = append(huge.Texte, "m"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strconv.Itoa(i))
		}
		write(t, db, func(tx *store.Tx) error { return tx.IndexeDossier(d, huge) })
	})
}
