package guichet_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/store/storetest"
)

var pass = map[string]string{"publics_cibles": "Tous", "zone_geographique": "Les villages", "structuration_mediation": "Un réseau", "nombre_pass": "200",
	"frais_annuels": "500", "commande": "20000", "pic_pct": "50", "precarite_pct": "50"}

func (s scene) ecrit(t *testing.T, a compte.Acteur, id dossier.ID, champs map[string]string) *guichet.VueDossier {
	t.Helper()
	v, err := s.Enregistre(t.Context(), a, guichet.Saisie{Dossier: id, Version: s.vue(t, a, id).Dossier.Version, Champs: champs})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func manque(v *guichet.VueDossier, cle string) bool {
	for _, m := range v.Manques {
		if m.Cle == cle {
			return true
		}
	}
	return false
}

// TestPartners names the communes that apply together: by name, by code, in
// any case; what names none, two, or oneself is said at the field and kept.
func TestPartners(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire := s.acteur(t, "maire-aureille")
		id := s.cree(t, maire, "pass-numerique", "k1")
		const field = "communes_partenaires"
		if v := s.vue(t, maire, id); !manque(v, field) || v.Reponse.Verdict.String() == "oui" {
			t.Errorf("alone: %v, misses %v", v.Reponse.Verdict, v.Manques)
		}
		for _, c := range []struct{ typed, kept, said string }{
			{"maillane", "Maillane (13052)", ""},
			{" 13052 \n\nSAINT ETIENNE DU GRES\n", "Maillane (13052)\nSaint-Étienne-du-Grès (13094)", ""},
			{"Maillane\nVille-Imaginaire", "Maillane (13052)\nVille-Imaginaire", "« Ville-Imaginaire » n’est pas une commune connue"},
			{"Aureille", "Aureille (13006)", "déjà comptée"},
			{"Sainte-Colombe", "Sainte-Colombe", "Plusieurs communes s’appellent « Sainte-Colombe »"},
			{"Paris (13052)", "Paris (13052)", "n’est pas une commune"},
			{"Maillane\nmaillane\n13052", "Maillane (13052)\nMaillane (13052)\nMaillane (13052)", ""},
			{"Maillane\nAlleins", "Maillane (13052)\nAlleins (13003)", ""},
		} {
			v := s.ecrit(t, maire, id, map[string]string{field: c.typed})
			if got := v.Dossier.Reponses.Texte(field); got != c.kept {
				t.Errorf("%q is kept as %q, want %q", c.typed, got, c.kept)
			}
			if said := v.Erreurs[field]; c.said == "" && said != "" || !strings.Contains(said, c.said) {
				t.Errorf("%q says %q, want %q", c.typed, said, c.said)
			}
		}
		v := s.vue(t, maire, id)
		if got := len(v.Dossier.Partenaires(v.Dispositif)); got != 2 || manque(v, field) {
			t.Errorf("%d partners, misses %v", got, v.Manques)
		}
		for _, q := range v.Questions {
			if q.Cle == "nombre_communes" {
				t.Error("the number of communes is asked beside their names")
			}
		}
		s.remplit(t, maire, id, map[string]string{"commande": "20000", field: "Maillane"})
		if v := s.vue(t, maire, id); v.Reponse.Verdict.String() == "non" {
			t.Errorf("two communes: %v, %s", v.Reponse.Verdict, v.Reponse.Phrase)
		}
	})
}

// TestSignature signs nothing before each commune gave its deliberation, which
// may come with the request or after it, and reaches the service at once.
func TestSignature(t *testing.T) {
	eachVault(t, nil, func(t *testing.T, s scene, _ string) {
		maire, sciat, prefet := s.acteur(t, "maire-aureille"), s.acteur(t, "sciat"), s.acteur(t, "prefet")
		id := s.cree(t, maire, "pass-numerique", "k1")
		send := func(piece, pour string) error {
			return s.Joint(t.Context(), maire, guichet.Envoi{Dossier: id, Piece: piece, Pour: pour, Nom: piece + pour + ".pdf", Contenu: bytes.NewReader(pdf(1))})
		}
		all := map[string]string{"communes_partenaires": "Maillane\nAlleins"}
		for k, v := range pass {
			all[k] = v
		}
		s.remplit(t, maire, id, all)
		if err := errors.Join(send("budget_previsionnel", ""), send("deliberation", "13052")); err != nil {
			t.Fatal(err)
		}
		if err := send("deliberation", "13055"); !errors.Is(err, fault.Invalid) {
			t.Errorf("a document of a commune that is no partner: %v", err)
		}
		for _, x := range []struct {
			a    compte.Acteur
			acte string
		}{{maire, "deposer"}, {sciat, "instruire"}, {prefet, "retenir"}} {
			if err := s.agit(x.a, id, x.acte, ""); err != nil {
				t.Fatalf("%s: %v %v", x.acte, err, fault.Of(err).Fields)
			}
		}
		if err := send("budget_previsionnel", ""); !errors.Is(err, fault.Conflict) {
			t.Errorf("what was filed changes: %v", err)
		}
		err := s.agit(maire, id, "joindre_deliberation", "")
		if f := fault.Of(err); f == nil || f.Fields["deliberation"] == "" || f.Fields["deliberation-13003"] == "" || f.Fields["deliberation-13052"] != "" {
			t.Fatalf("two deliberations are missing: %v", err)
		}
		if err := errors.Join(send("deliberation", ""), send("deliberation", "13003")); err != nil {
			t.Fatal(err)
		}
		if v := s.vue(t, sciat, id); len(v.Dossier.Depose().PieceDe("deliberation")) != 3 {
			t.Errorf("the service sees %d deliberations, want 3", len(v.Dossier.Depose().PieceDe("deliberation")))
		}
		if err := errors.Join(s.agit(maire, id, "joindre_deliberation", ""), s.agit(prefet, id, "signer_convention", "")); err != nil {
			t.Error(err)
		}
		s.sain(t)
	})
}

// TestEraseDraft erases what was written and joined; a filed dossier is not
// erased, nor by somebody else.
func TestEraseDraft(t *testing.T) {
	eachVault(t, nil, func(t *testing.T, s scene, folder string) {
		maire, secretaire, sciat, maillane := s.acteur(t, "maire-aureille"), s.acteur(t, "secretaire-aureille"), s.acteur(t, "sciat"), s.acteur(t, "maire-maillane")
		id := s.cree(t, maire, "fabriques", "k1")
		s.ecrit(t, maire, id, map[string]string{"presentation": "Un secret de jardinier"})
		if err := s.Joint(t.Context(), maire, guichet.Envoi{Dossier: id, Piece: "dossier", Nom: "x.pdf", Contenu: bytes.NewReader(pdf(1))}); err != nil {
			t.Fatal(err)
		}
		for _, who := range []compte.Acteur{sciat, maillane} {
			if err := s.agit(who, id, "supprimer", ""); !errors.Is(err, fault.NotFound) {
				t.Errorf("somebody else erases: %v", err)
			}
		}
		if err := s.agit(secretaire, id, "supprimer", ""); err != nil {
			t.Fatal(err)
		}
		if n := kept(t, folder); n != 0 {
			t.Errorf("%d documents stay", n)
		}
		if all := storetest.Lignes(t, s.dsn)(); strings.Contains(all, "secret de") {
			t.Error("the text stays in the base")
		}
		if found, said := s.cherche(t, maire, guichet.Criteres{Q: "jardinier"}); len(found) != 0 {
			t.Errorf("its words are still found: %v %s", found, said)
		}
		if v, err := s.MesDossiers(t.Context(), maire); err != nil || len(v.Appartenances[0].Dossiers) != 0 {
			t.Errorf("it is listed: %v %v", v, err)
		}
		if v := s.vue(t, maire, id); len(v.Dossier.Reponses) != 0 || v.Modifiable || len(v.Actes) != 0 {
			t.Errorf("what stays of it: %+v", v.Dossier)
		}
		filed := s.nouveauDepot(t, "k2")
		if err := s.agit(maire, filed, "supprimer", ""); !errors.Is(err, fault.Conflict) {
			t.Errorf("a filed dossier is erased: %v", err)
		}
		s.sain(t)
	})
}

// TestReuse fills a draft with the answers of an earlier dossier: only what is
// empty, each with its origin; nothing of another organisation.
func TestReuse(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire, maillane := s.acteur(t, "maire-aureille"), s.acteur(t, "maire-maillane")
		first := s.nouveauDepot(t, "k1")
		id := s.cree(t, maire, "anct-sur-mesure", "k2")
		s.ecrit(t, maire, id, map[string]string{"intitule": "Un autre titre"})
		v := s.vue(t, maire, id)
		if len(v.Reprises) != 1 || v.Reprises[0].ID != first {
			t.Fatalf("%d dossiers offered", len(v.Reprises))
		}
		for range 2 {
			if err := s.ReprendReponses(t.Context(), maire, id, first); err != nil {
				t.Fatal(err)
			}
		}
		v = s.vue(t, maire, id)
		got := v.Dossier.Reponses
		if got.Texte("intitule") != "Un autre titre" || got.Texte("descriptif") == "" || !strings.Contains(got["descriptif"].Origine, s.vue(t, maire, first).Dossier.Numero) {
			t.Errorf("the answers are %+v", got)
		}
		if n := len(v.Evenements); n != 3 || len(v.Reprises) != 0 {
			t.Errorf("%d events, %d dossiers still offered", n, len(v.Reprises))
		}
		other, err := s.CreeDossier(t.Context(), maillane, guichet.NouveauDossier{Dispositif: "anct-sur-mesure", Territoire: "13052", Cle: "k3"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.ReprendReponses(t.Context(), maillane, other, first); !errors.Is(err, fault.NotFound) {
			t.Errorf("the answers of another commune: %v", err)
		}
		if err := s.ReprendReponses(t.Context(), maire, first, id); !errors.Is(err, fault.Conflict) {
			t.Errorf("a filed dossier is filled: %v", err)
		}
	})
}

// TestBirthDate files a request for a volunteer: the answer rests on the age,
// and no row of the base keeps the birth date.
func TestBirthDate(t *testing.T) {
	eachVault(t, nil, func(t *testing.T, s scene, _ string) {
		maire := s.acteur(t, "maire-aureille")
		id := s.cree(t, maire, "vta", "k1")
		const born = "1998-03-17"
		s.remplit(t, maire, id, map[string]string{"candidat_naissance": born, "contrat_debut": "2021-09-01", "contrat_type": "CDD", "contrat_mois": "12", "contrat_quotite": "100", "candidat_niveau": "3"})
		if err := s.Joint(t.Context(), maire, guichet.Envoi{Dossier: id, Piece: "fiche_poste_depot", Nom: "x.pdf", Contenu: bytes.NewReader(pdf(1))}); err != nil {
			t.Fatal(err)
		}
		lines := storetest.Lignes(t, s.dsn)
		if !strings.Contains(lines(), born) {
			t.Fatal("the draft does not hold the date: nothing is proven")
		}
		if err := s.agit(maire, id, "deposer_fiche", ""); err != nil {
			t.Fatal(err, fault.Of(err).Fields)
		}
		if all := lines(); strings.Contains(all, born) || strings.Contains(all, "17 mars 1998") {
			t.Error("the birth date stays in the base")
		}
		d := s.vue(t, maire, id).Dossier
		if r := d.Gel.Reponses["candidat_naissance"]; r.Texte != "1998-09-01" || !strings.Contains(r.Origine, "23") {
			t.Errorf("what stays is %+v", r)
		}
		for _, c := range d.Gel.Conditions {
			if c.ID == "age" && c.Verdict != "oui" {
				t.Errorf("the age is %s: %v", c.Verdict, c.Valeurs)
			}
		}
		s.sain(t)
	})
}
