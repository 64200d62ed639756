package guichet_test

import (
	"strings"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/guichet"
	"guichet/internal/store/storetest"
)

// TestAudit plays a dossier up to its decision and finds nothing; then plants
// one anomaly of each kind, as somebody who reached the base would: each is
// found.
func TestAudit(t *testing.T) {
	play := func(t *testing.T, s scene) {
		maire, sciat := s.acteur(t, "maire-aureille"), s.acteur(t, "sciat")
		id := s.cree(t, maire, "anct-sur-mesure", "k1")
		s.remplit(t, maire, id, anct)
		if err := s.agit(maire, id, "deposer", ""); err != nil {
			t.Fatal(err)
		}
		agence := s.acteur(t, "anct")
		for _, step := range []struct {
			who  compte.Acteur
			acte string
		}{{sciat, "declarer_complet"}, {sciat, "transmettre_anct"}, {agence, "valider_offre"}} {
			if err := s.agit(step.who, id, step.acte, ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Ecrit(t.Context(), sciat, guichet.Geste{Dossier: id, Cle: "m1"}, guichet.NouveauMessage{Genre: dossier.Echange, Texte: "Bonjour"}); err != nil {
			t.Fatal(err)
		}
	}
	eachScene(t, func(t *testing.T, s scene) {
		play(t, s)
		b, err := s.Audite(t.Context())
		if err != nil || len(b.Anomalies) != 0 || b.Dossiers != 1 || b.Entrees == 0 {
			t.Fatalf("%v, %+v; want one dossier and nothing wrong", err, b)
		}
	})
	for name, c := range map[string]struct{ statement, want string }{
		"another amount in the decision":    {`UPDATE dossier SET contenu = replace(contenu, '"montant":2000000,"calcule"', '"montant":2500000,"calcule"')`, "n’est pas celui du calcul"},
		"another verdict in the frozen one": {`UPDATE dossier SET contenu = replace(contenu, '"verdict":"oui","phrase"', '"verdict":"non","phrase"')`, "n’est pas celle des règles"},
		"an answer changed after filing":    {`UPDATE dossier SET contenu = replace(contenu, '"texte":"20000"', '"texte":"30000"')`, "n’est pas celui que le journal a scellé"},
		"another state":                     {`UPDATE dossier SET etat = 'conventionne'`, "ses actes mènent à"},
		"another version":                   {`UPDATE dossier SET version = version + 1`, "à la version"},
		"a message rewritten":               {`UPDATE message SET texte = 'Bonsoir'`, "n’est pas celui que son auteur a envoyé"},
		"a scheme that does not exist":      {`UPDATE dossier SET dispositif = 'autre'`, "n’existe pas"},
		"an act removed":                    {`DELETE FROM evenement WHERE numero = 2`, "manque à son histoire"},
		"a head moved back":                 {`UPDATE journal_tete SET numero = numero - 1`, "des entrées manquent à la fin"},
		"a head of another chain":           {`UPDATE journal_tete SET empreinte = 'ab'`, "des entrées manquent à la fin"},
		"an entry added by hand":            {`INSERT INTO journal (numero, le, acteur, acte, objet, avant, apres, precedent, empreinte) VALUES (9999, '2021-07-01T00:00:00.000000Z', '', 'x', 'y', '', '', '', 'z')`, "une entrée manque ou est de trop"},
	} {
		t.Run(name, func(t *testing.T) {
			eachScene(t, func(t *testing.T, s scene) {
				play(t, s)
				if err := storetest.Exec(t, s.dsn, c.statement); err != nil {
					t.Fatal(err)
				}
				b, err := s.Audite(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				var found []string
				for _, a := range b.Anomalies {
					found = append(found, a.Texte)
				}
				if !strings.Contains(strings.Join(found, "\n"), c.want) {
					t.Errorf("found %q, want %q", found, c.want)
				}
			})
		})
	}
}
