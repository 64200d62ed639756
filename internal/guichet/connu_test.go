package guichet_test

import (
	"errors"
	"strings"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
)

// begun makes a draft with answers given on the page of the commune.
func (s scene) begun(t *testing.T, a compte.Acteur, scheme, key string, said map[string]string) *guichet.VueDossier {
	t.Helper()
	id, err := s.CreeDossier(t.Context(), a, guichet.NouveauDossier{Dispositif: scheme, Territoire: "13006", Cle: key, Faits: said})
	if err != nil {
		t.Fatal(err)
	}
	return s.vue(t, a, id)
}

// TestReporte begins dossiers with the answers of the page of the commune: they
// stand at the question of the form, or at the fact; a text to write is not
// given by yes, nor the judgement of a service by the applicant.
func TestReporte(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire := s.acteur(t, "maire-aureille")
		for i, x := range []struct{ scheme, fact, said, key, want string }{
			{"anct-sur-mesure", "cout", "20000", "cout", "20000"},
			{"conseillers-numeriques", "postes", "2", "postes", "2"},
			{"cantine", "tarifs", "0,50; 1;3", "tarifs", "\t0,50\n\t1\n\t3"},
			{"anct-sur-mesure", "fragilite_justifiee", "oui", "fragilite", ""},
			{"anct-sur-mesure", "fragilite_justifiee", "oui", "fragilite_justifiee", ""},
			{"anct-sur-mesure", "inconnu", "1", "inconnu", ""},
			{"vta", "candidat_naissance", "1998-01-01", "candidat_naissance", ""},
			{"anct-sur-mesure", "cout", "  ", "cout", ""},
		} {
			v := s.begun(t, maire, x.scheme, "k"+string(rune('a'+i)), map[string]string{x.fact: x.said})
			if got := v.Dossier.Reponses[x.key]; got.Texte != x.want || x.want != "" && !strings.Contains(got.Origine, "page de la collectivité") {
				t.Errorf("%s %q begins %s with %+v, want %q", x.fact, x.said, x.key, got, x.want)
			}
		}
	})
}

// TestConnu fills in the establishment that the provider vouches for, once it
// vouches for one, and shows what is known of the commune.
func TestConnu(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		for i, employer := range []string{"", "21130006600019"} {
			if _, err := s.Connecte(t.Context(), guichet.Identite{Emetteur: demoIssuer, Sub: "maire-aureille", Prenoms: "Claude", Nom: "Exemple",
				Courriel: "maire@exemple.invalid", Siret: employer, Niveau: compte.Fort}); err != nil {
				t.Fatal(err)
			}
			v := s.begun(t, s.acteur(t, "maire-aureille"), "aidants-connect", "k"+employer, nil)
			if got := v.Dossier.Reponses["siret"]; got.Texte != employer || (got.Origine == "") != (i == 0) {
				t.Errorf("employed by %q, the form begins with %+v", employer, got)
			}
			if v.Porteur == nil || v.Porteur.Commune.Insee != "13006" || v.Porteur.Commune.Population.Recensement != 2018 || v.Porteur.SonEpci == nil {
				t.Errorf("the applicant is %+v", v.Porteur)
			}
		}
	})
}

// TestCells answers a question line by line: the cells make one answer, an empty
// line goes away, a cell that is wrong keeps what was typed, and two persons who
// change the same lines see both.
func TestCells(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire := s.acteur(t, "maire-aureille")
		v := s.begun(t, maire, "cantine", "k1", nil)
		if v.Attendu != "le porteur" {
			t.Errorf("a draft waits for %q", v.Attendu)
		}
		id, before := v.Dossier.ID, v.Dossier.Version
		cell := dossier.CleCellule
		v = s.ecrit(t, maire, id, map[string]string{cell("tarifs", 1, "tranche"): "0 à 400", cell("tarifs", 1, "tarif"): "0,50",
			cell("tarifs", 2, "tranche"): "", cell("tarifs", 2, "tarif"): " ", cell("tarifs", 3, "tranche"): "plus\tde 400", cell("tarifs", 3, "tarif"): "beaucoup",
			cell("tarifs", 99, "tarif"): "4", cell("tarifs", 1, "autre"): "x"})
		if got := v.Dossier.Reponses.Texte("tarifs"); got != "0 à 400\t0,50\nplus de 400\tbeaucoup" {
			t.Errorf("the lines are kept as %q", got)
		}
		if v.Erreurs[cell("tarifs", 2, "tarif")] == "" || v.Erreurs["tarifs"] != "" {
			t.Errorf("the wrong cell is told as %v", v.Erreurs)
		}
		_, err := s.Enregistre(t.Context(), maire, guichet.Saisie{Dossier: id, Version: before, Champs: map[string]string{cell("tarifs", 1, "tranche"): "tous", cell("tarifs", 1, "tarif"): "1"},
			Bases: map[string]string{"tarifs": guichet.Base("")}})
		if f := fault.Of(err); !errors.Is(err, fault.Conflict) || f.Fields["tarifs"] == "" {
			t.Errorf("two persons wrote lines: %v", err)
		}
		if v = s.ecrit(t, maire, id, map[string]string{cell("tarifs", 1, "tranche"): "", cell("tarifs", 1, "tarif"): "", cell("tarifs", 2, "tarif"): ""}); v.Dossier.Reponses.Texte("tarifs") != "" {
			t.Errorf("emptied lines stay as %q", v.Dossier.Reponses.Texte("tarifs"))
		}
	})
}
