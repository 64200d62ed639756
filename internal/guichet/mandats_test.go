package guichet_test

import (
	"errors"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/siren"
)

// TestMandats: the employer that a provider names proposes a membership and
// grants nothing; the prefecture of the département validates it, nobody else,
// nobody for themselves, once; it counts at once, and so does its end.
func TestMandats(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		aureille := s.vue(t, s.acteur(t, "maire-aureille"), s.cree(t, s.acteur(t, "maire-aureille"), "vta", "k0")).Dossier.Organisation
		secret, err := s.Connecte(t.Context(), guichet.Identite{Emetteur: "https://idp.example", Sub: "42", Prenoms: "Jeanne", Nom: "Martin",
			Courriel: "j@exemple.invalid", Siret: etablissement(aureille), Niveau: compte.Fort})
		if err != nil {
			t.Fatal(err)
		}
		me := func() compte.Acteur {
			a, err := s.Acteur(t.Context(), secret)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if len(me().Habilitations) != 1 || me().Habilitations[0].Etat != compte.Demandee {
			t.Fatalf("the employer gives %+v; want one proposed membership", me().Habilitations)
		}
		begin := func() error {
			_, err := s.CreeDossier(t.Context(), me(), guichet.NouveauDossier{Dispositif: "vta", Territoire: "13006", Cle: "k"})
			return err
		}
		if err := begin(); !errors.Is(err, fault.Forbidden) {
			t.Errorf("a proposed member begins a dossier: %v", err)
		}
		for _, role := range []compte.Role{"sciat", "admin", "decideur"} {
			if err := s.DemandeMandat(t.Context(), me(), aureille, role); err == nil {
				t.Errorf("somebody asks to be %s", role)
			}
		}
		if err := s.DemandeMandat(t.Context(), me(), siren.Siren("211300520"), "elu"); err == nil {
			t.Error("somebody asks for a role in an organisation that is not theirs")
		}
		for range 2 {
			if err := s.DemandeMandat(t.Context(), me(), aureille, "elu"); err != nil {
				t.Fatal(err)
			}
		}
		desk, err := s.Bureau(t.Context(), s.acteur(t, "sciat"))
		if err != nil || len(desk.Mandats) != 2 {
			t.Fatalf("%d roles to validate, %v; want the membership and the mandate", len(desk.Mandats), err)
		}
		var elu string
		for _, m := range desk.Mandats {
			if m.Habilitation.Role == "elu" {
				elu = m.Habilitation.ID
			}
		}
		for _, sub := range []string{"maire-aureille", "maire-maillane", "anct", "prefet", "auditrice"} {
			if err := s.TrancheMandat(t.Context(), s.acteur(t, sub), elu, compte.Active); !errors.Is(err, fault.NotFound) {
				t.Errorf("%s validates a mandate: %v", sub, err)
			}
		}
		if err := s.TrancheMandat(t.Context(), me(), elu, compte.Active); !errors.Is(err, fault.NotFound) {
			t.Errorf("somebody validates their own mandate: %v", err)
		}
		sciat := s.acteur(t, "sciat")
		if err := s.TrancheMandat(t.Context(), sciat, elu, compte.Active); err != nil {
			t.Fatal(err)
		}
		if err := s.TrancheMandat(t.Context(), sciat, elu, compte.Retiree); !errors.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		membership := me().Habilitations[0]
		if membership.ID == elu {
			membership = me().Habilitations[1]
		}
		if err := s.TrancheMandat(t.Context(), sciat, membership.ID, compte.Retiree); err != nil {
			t.Fatal(err)
		}
		for _, h := range me().Habilitations {
			if h.ID == membership.ID && (h.Au != s.Aujourdhui() || h.Etat != compte.Retiree) {
				t.Errorf("a refused membership has no end: %+v", h)
			}
		}
		if err := begin(); err != nil {
			t.Errorf("a validated mayor cannot begin a dossier: %v", err)
		}
	})
}

// etablissement is the number of a first establishment of the organisation.
func etablissement(o siren.Siren) string {
	for key := range 10 {
		number := string(o) + "0001" + string(rune('0'+key))
		if _, err := siren.ParseSiret(number); err == nil {
			return number
		}
	}
	return ""
}
