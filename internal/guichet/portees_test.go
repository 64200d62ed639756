package guichet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/eligibilite"
	"guichet/internal/guichet"
	"guichet/internal/siren"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// semis keeps a dossier of every kind that a right looks at: two départements,
// two services, two schemes, with a national operator or not, an opinion asked
// of one service or another or of nobody, a draft, filed or closed, of one
// commune or the other. Each says « commun », and has a message.
func semis(t *testing.T, db *store.DB) (all []*dossier.Dossier) {
	t.Helper()
	write := func(tx *store.Tx, d *dossier.Dossier, ev dossier.Evenement, asked string) error {
		if _, err := tx.InsereDossier(d, ev); err != nil || asked == "" {
			return err
		}
		d.Instruction.Avis = []dossier.Avis{{ID: "a", Service: asked, Question: "?", Pour: 1}}
		return tx.SauveDossier(d, d.Noter("demander_avis", "Avis demandé", dossier.Auteur{Le: debutCorpus, Cle: "avis" + string(d.ID)}))
	}
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for i := range 96 {
			pick := func(n int, texts ...string) string { return texts[i/n%len(texts)] }
			d := &dossier.Dossier{ID: dossier.ID(fmt.Sprintf("semis%03d", i)), Departement: pick(1, "13", "84"), Service: pick(2, "prefecture", "anct"), Dispositif: pick(4, "anct-sur-mesure", "fitn"),
				Operateur: pick(8, "", "anct"), Etat: pick(16, "depose", "brouillon", "clos"), Organisation: siren.Siren(pick(3, string(aureille), string(maillane))), Nom: "Commun",
				Demandeur: eligibilite.Demandeur{Type: "commune", Insee: "13006"}, CreeLe: debutCorpus, Reponses: dossier.Reponses{"intitule": {Texte: "Projet commun"}}}
			asked := pick(8, "", "sgar", "prefecture")
			if d.Etat == "brouillon" {
				d.Operateur, asked = "", ""
			} else {
				d.DeposeLe, d.Numero = debutCorpus, fmt.Sprintf("2021-%s-%05d", d.Departement, i+1)
			}
			ev := d.Noter("creer", "Dossier commencé", dossier.Auteur{Le: debutCorpus, Cle: string(d.ID)})
			if err := write(tx, d, ev, asked); err != nil {
				return err
			}
			m := dossier.Message{ID: string(d.ID), Dossier: d.ID, Genre: dossier.Echange, Cle: string(d.ID), Par: "x", Texte: "Une confidence", Le: debutCorpus}
			if _, err := tx.InsereMessage(m); err != nil {
				return err
			}
			all = append(all, d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// habilitations are every role in every scope that the semis has, and one that
// it has not.
func habilitations(p *compte.Politique) (all []compte.Habilitation) {
	for _, role := range p.Ordre() {
		h := compte.Habilitation{ID: "h", Personne: "qui", Role: role, Etat: compte.Active}
		if p.Roles[role].Portee == "organisation" {
			for _, o := range []siren.Siren{aureille, maillane, "211300011"} {
				h.Organisation = o
				all = append(all, h)
			}
			continue
		}
		for _, departement := range []string{"", "13", "2A"} {
			for _, service := range []string{"", "prefecture", "anct", "sgar"} {
				for _, scheme := range []string{"", "fitn"} {
					if departement == "2A" && service+scheme != "" {
						continue // nothing of it is there
					}
					h.Departement, h.Service, h.Dispositif = departement, service, scheme
					all = append(all, h)
				}
			}
		}
	}
	return all
}

// listes are what a person gets of the dossiers by every way: the IDs, page
// after page, in order.
type listes struct {
	*guichet.Guichet
	t *testing.T
}

func (l listes) toutes(a compte.Acteur, c guichet.Criteres) (found []string) {
	l.t.Helper()
	ask := l.Liste
	if a.Porteur() {
		ask = l.ListePorteur
	}
	for {
		v, err := ask(l.t.Context(), a, c)
		if err != nil {
			l.t.Fatal(err)
		}
		for _, d := range v.Dossiers {
			found = append(found, string(d.ID))
		}
		if c.Apres = v.Suite; c.Apres == "" {
			slices.Sort(found)
			return found
		}
	}
}

// TestListsFollowTheRights: for every role in every scope, the list, each pile
// with its count, the searches and the numbers show exactly the dossiers that
// the table of rights lets the person read, one by one.
func TestListsFollowTheRights(t *testing.T) {
	policy, err := compte.LoadPolitique()
	if err != nil {
		t.Fatal(err)
	}
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		all, step := semis(t, db), 1
		if strings.HasPrefix(dsn, "postgres") {
			step = 3 // the piles are the same words on both, and long to plan there
		}
		o := options(t, dispositifs.FS)
		o.Store = db
		l := listes{guichet.New(o), t}
		if err := l.Reindexe(t.Context()); err != nil {
			t.Fatal(err)
		}
		readers, shown := 0, 0
		for _, h := range habilitations(policy) {
			a := compte.Acteur{Personne: compte.Personne{ID: "qui"}, Habilitations: []compte.Habilitation{h}, Niveau: compte.Fort, Le: l.Aujourdhui()}
			var may, messages []string
			for _, d := range all {
				right := compte.Droit("dossier.lire")
				if d.Brouillon() {
					right = "brouillon.lire"
				}
				if _, err := policy.Peut(a, right, d.Objet()); err != nil {
					continue
				}
				may = append(may, string(d.ID))
				if _, err := policy.Peut(a, "message.lire", d.Objet()); err == nil {
					messages = append(messages, string(d.ID))
				}
			}
			who := fmt.Sprintf("%s %s%s/%s/%s", h.Role, h.Organisation, h.Departement, h.Service, h.Dispositif)
			for name, c := range map[string]struct{ got, want []string }{
				"the list": {l.toutes(a, guichet.Criteres{}), may}, "a search": {l.toutes(a, guichet.Criteres{Q: "communs"}), may},
				"a search of the messages": {l.toutes(a, guichet.Criteres{Q: "confidences"}), messages},
			} {
				if diff := cmp.Diff(c.want, c.got); diff != "" {
					t.Errorf("%s, %s (-want +got):\n%s", who, name, diff)
				}
			}
			if readers++; h.Organisation == "" && readers%step == 0 {
				l.piles(a, who, may)
			}
			l.numeros(a, who, all, may)
			shown += len(may)
		}
		if shown < 1000 {
			t.Errorf("%d dossiers shown: the test proves little", shown)
		}
		t.Logf("%d persons, %d dossiers shown", readers, shown)
	})
}

// piles compares each pile with its count and with what may be read; what is
// in none of the first five is nowhere.
func (l listes) piles(a compte.Acteur, who string, may []string) {
	l.t.Helper()
	v, err := l.Bureau(l.t.Context(), a)
	if err != nil {
		l.t.Fatal(err)
	}
	in := make(map[string]int)
	for _, p := range v.Piles {
		if len(may) == 0 && p.Nombre == 0 {
			continue // the list is empty already
		}
		got := l.toutes(a, guichet.Criteres{Pile: string(p.Code)})
		if p.Code != store.Decides && p.Nombre != len(got) {
			l.t.Errorf("%s: pile %s counts %d, shows %d", who, p.Code, p.Nombre, len(got))
		}
		for _, id := range got {
			if !slices.Contains(may, id) {
				l.t.Errorf("%s: pile %s shows %s", who, p.Code, id)
			}
			if slices.Contains([]store.Pile{store.APrendre, store.LesMiens, store.Porteur, store.Ailleurs, store.Decides}, p.Code) {
				in[id]++
			}
		}
	}
	for _, id := range may {
		if in[id] != 1 {
			l.t.Errorf("%s: %s is in %d piles", who, id, in[id])
		}
	}
}

// numeros asks for three dossiers by their very number.
func (l listes) numeros(a compte.Acteur, who string, all []*dossier.Dossier, may []string) {
	l.t.Helper()
	ask := l.Liste
	if a.Porteur() {
		ask = l.ListePorteur
	}
	for _, d := range []*dossier.Dossier{all[0], all[11], all[46]} {
		v, err := ask(l.t.Context(), a, guichet.Criteres{Q: d.Numero})
		if want := slices.Contains(may, string(d.ID)); err != nil || (v.Direct == d.ID) != want {
			l.t.Errorf("%s: the number of %s leads to %q, %v; want it %t", who, d.ID, v.Direct, err, want)
		}
	}
}
