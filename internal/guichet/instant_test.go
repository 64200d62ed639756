package guichet_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/guichet"
	"guichet/internal/lettre"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// TestDecisionMail decides while the clock runs: the mail says the amount and
// where the letter is.
func TestDecisionMail(t *testing.T) {
	letters, err := lettre.LoadModeles(dispositifs.FS, "courriers")
	if err != nil {
		t.Fatal(err)
	}
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		o := options(t, dispositifs.FS)
		var read atomic.Int64
		start := o.Now()
		o.Now = func() time.Time { return start.Add(time.Duration(read.Add(1)) * time.Millisecond) }
		o.Store, o.Courriers, o.Adresse = db, letters, "https://guichet.exemple.fr"
		s := scene{guichet.New(o), dsn}
		if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		id := s.nouveauDepot(t, "k")
		sciat, agency, maire := s.acteur(t, "sciat"), s.acteur(t, "anct"), s.acteur(t, "maire-aureille")
		for _, acte := range []string{"declarer_complet", "transmettre_anct"} {
			if err := s.agit(sciat, id, acte, ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Agir(t.Context(), agency, guichet.Acte{Dossier: id, Acte: "valider_offre", Cle: "d", Montant: "15000", Motif: "Le reste n’est pas de l’ingénierie"}); err != nil {
			t.Fatal(err)
		}
		var text string
		for _, c := range s.vue(t, maire, id).Courriels {
			text += c.Texte
		}
		for _, want := range []string{"Montant accordé : 15", "/lettres/2"} {
			if !strings.Contains(text, want) {
				t.Errorf("no mail says %q:\n%s", want, text)
			}
		}
	})
}
