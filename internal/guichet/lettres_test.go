package guichet_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/lettre"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// eachLetters is eachScene with the letters of the schemes.
func eachLetters(t *testing.T, f func(t *testing.T, s scene)) {
	t.Helper()
	letters, err := lettre.LoadModeles(dispositifs.FS, "courriers")
	if err != nil {
		t.Fatal(err)
	}
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		o := options(t, dispositifs.FS)
		o.Store, o.Courriers, o.Adresse = db, letters, "https://guichet.exemple.fr"
		s := scene{guichet.New(o), dsn}
		if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		f(t, s)
	})
}

// TestDecisionLetters makes every outcome, one after the other on one dossier:
// the letter says it, its number, its grounds and the remedies; what was
// signed can be printed again, octet for octet.
func TestDecisionLetters(t *testing.T) {
	eachLetters(t, func(t *testing.T, s scene) {
		id := s.nouveauDepot(t, "k")
		sciat, agency, maire := s.acteur(t, "sciat"), s.acteur(t, "anct"), s.acteur(t, "maire-aureille")
		receipt := s.vue(t, maire, id).Dossier.Lettres
		if len(receipt) != 1 || !strings.Contains(strings.ReplaceAll(receipt[0].Corps, "\u00a0", " "), "article L. 231-4") || !strings.Contains(receipt[0].Corps, "Tête du registre") {
			t.Fatalf("acknowledgement: %+v", receipt)
		}
		for _, acte := range []string{"declarer_complet", "transmettre_anct"} {
			if err := s.agit(sciat, id, acte, ""); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range []struct {
			who    compte.Acteur
			act    guichet.Acte
			undo   string
			letter string
			want   []string
		}{
			{agency, guichet.Acte{Acte: "ajourner", Motifs: []string{"credits"}, Pour: "2021-10-01"}, "reprendre", "decision-ajournement", []string{"1er octobre 2021", "crédits disponibles"}},
			{agency, guichet.Acte{Acte: "refuser", Motifs: []string{"maturite"}, Motif: "L’étude <b>manque</b> **encore**."}, "rouvrir", "decision-refus", []string{"assez avancé", "L. 211-2", "tribunal administratif de Marseille"}},
			{agency, guichet.Acte{Acte: "declarer_irrecevable", Motifs: []string{"beneficiaire"}}, "rouvrir", "irrecevable", []string{"pas recevable"}},
			{agency, guichet.Acte{Acte: "classer_sans_suite", Motif: "Sans nouvelles du porteur"}, "rouvrir", "sans-suite", []string{"Sans nouvelles du porteur"}},
			{agency, guichet.Acte{Acte: "valider_offre", Montant: "15000", Motif: "Le reste n’est pas de l’ingénierie", Base: "20000", Conditions: "Recruter un architecte"}, "", "decision-accord-partiel",
				[]string{"quinze-mille euros", "20 000", "100 %", "Recruter un architecte"}},
		} {
			c.act.Dossier, c.act.Cle = id, string(rune('a'+i))
			v, err := s.Apercu(t.Context(), c.who, c.act)
			if err != nil && c.letter != "decision-ajournement" {
				t.Fatalf("%s: %v", c.act.Acte, err)
			}
			if err != nil { // what only a person knows is left for them to write
				if !errors.Is(err, fault.Invalid) || !strings.Contains(v.Lettre.Corps, "(à compléter") {
					t.Fatalf("%s: %v", c.act.Acte, err)
				}
				if err := s.Agir(t.Context(), c.who, c.act); !errors.Is(err, fault.Invalid) {
					t.Errorf("a letter with a blank is signed: %v", err)
				}
				c.act.Corps = strings.ReplaceAll(v.Lettre.Corps, "(à compléter : ce qui est attendu avant le nouvel examen, une ligne par élément)", "le budget")
			}
			if err := s.Agir(t.Context(), c.who, c.act); err != nil {
				t.Fatalf("%s: %v", c.act.Acte, err)
			}
			all := s.vue(t, maire, id).Dossier.Lettres
			l := all[len(all)-1]
			if l.Modele != c.letter || l.Reference == "" || len(all) != i+2 {
				t.Fatalf("%s: letter %d is %s", c.act.Acte, len(all), l.Modele)
			}
			text := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(l.Corps)
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%s: the letter does not say %q:\n%s", c.letter, want, text)
				}
			}
			var b bytes.Buffer
			if err := s.EcritLettre(&b, l); err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256(b.Bytes()); hex.EncodeToString(sum[:]) != l.Empreinte {
				t.Errorf("%s: printed again, the letter has other octets", c.letter)
			}
			if c.undo != "" {
				who := agency
				if c.undo == "reprendre" || c.letter != "decision-refus" {
					who = sciat
				}
				if err := s.agit(who, id, c.undo, "Nouvel examen "+c.letter); err != nil {
					t.Fatalf("%s: %v", c.undo, err)
				}
			}
		}
		s.sain(t)
		if err := storetest.Exec(t, s.dsn, `UPDATE dossier SET contenu = replace(contenu, 'Recruter un architecte', 'Recruter deux architectes')`); err != nil {
			t.Fatal(err)
		}
		b, err := s.Audite(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, x := range b.Anomalies {
			found = found || strings.Contains(x.Texte, "n’est pas celle qui a été signée")
		}
		if !found {
			t.Errorf("a letter rewritten in the base is not found: %v", b.Anomalies)
		}
	})
}

// TestLetterRefused: what may not be printed, or says another amount, is
// refused at the letter and decides nothing.
func TestLetterRefused(t *testing.T) {
	eachLetters(t, func(t *testing.T, s scene) {
		id := s.nouveauDepot(t, "k")
		sciat, agency := s.acteur(t, "sciat"), s.acteur(t, "anct")
		for _, acte := range []string{"declarer_complet", "transmettre_anct"} {
			if err := s.agit(sciat, id, acte, ""); err != nil {
				t.Fatal(err)
			}
		}
		for name, body := range map[string]string{"another amount": "Nous accordons 12 €.", "raw HTML": "20 000,00 € <script>alert(1)</script>", "an image": "20 000 € ![x](https://exemple.fr/x.png)",
			"a blank": "20 000 € (à compléter : le reste)"} {
			err := s.Agir(t.Context(), agency, guichet.Acte{Dossier: id, Acte: "valider_offre", Cle: name, Corps: body})
			if f := fault.Of(err); err == nil || f.Fields["corps"] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if v := s.vue(t, agency, id); v.Dossier.Decision != nil || len(v.Dossier.Lettres) != 1 {
			t.Errorf("a refused letter decided: %+v", v.Dossier.Decision)
		}
		if _, err := s.Apercu(t.Context(), sciat, guichet.Acte{Dossier: id, Acte: "refuser", Motif: "x"}); err != nil && !errors.Is(err, fault.Forbidden) {
			t.Errorf("%v", err)
		}
		if _, err := s.Decision(t.Context(), s.acteur(t, "maire-maillane"), id, "refuser"); !errors.Is(err, fault.NotFound) {
			t.Errorf("another commune reads the page of the decision: %v", err)
		}
	})
}
