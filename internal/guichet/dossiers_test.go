package guichet_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

const demoIssuer = "http://127.0.0.1/essai"

// A scene is a counter with its base and the persons of the demonstration.
type scene struct {
	*guichet.Guichet
	dsn string
}

// eachScene runs f on the demonstration, on both databases.
func eachScene(t *testing.T, f func(t *testing.T, s scene)) {
	t.Helper()
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		o := options(t, dispositifs.FS)
		o.Store = db
		s := scene{guichet.New(o), dsn}
		if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		f(t, s)
	})
}

// acteur signs in a person of the demonstration.
func (s scene) acteur(t *testing.T, sub string) compte.Acteur {
	t.Helper()
	secret, err := s.Connecte(t.Context(), guichet.Identite{Fournisseur: "essai", Emetteur: demoIssuer, Sub: sub, Prenoms: sub, Nom: "Exemple",
		Courriel: sub + "@exemple.invalid", Niveau: compte.Fort})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Acteur(t.Context(), secret)
	if err != nil || a.Anonyme() {
		t.Fatalf("%s is not signed in: %v", sub, err)
	}
	return a
}

var anct = map[string]string{"intitule": "Halle", "porteurs": "Aureille", "descriptif": "Une halle", "contextualisation": "Au centre",
	"bilan_avancement": "Étude faite", "nature_besoin": "Un architecte", "insuffisance_ingenierie": "Aucun technicien", "fragilite": "Perte d’habitants",
	"cout": "20000"}

func (s scene) cree(t *testing.T, a compte.Acteur, dispositif, cle string) dossier.ID {
	t.Helper()
	id, err := s.CreeDossier(t.Context(), a, guichet.NouveauDossier{Dispositif: dispositif, Territoire: "13006", Cle: cle})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (s scene) vue(t *testing.T, a compte.Acteur, id dossier.ID) *guichet.VueDossier {
	t.Helper()
	v, err := s.Dossier(t.Context(), a, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// remplit answers the form, and what its conditions ask on the way.
func (s scene) remplit(t *testing.T, a compte.Acteur, id dossier.ID, champs map[string]string) {
	t.Helper()
	for range 3 {
		v := s.vue(t, a, id)
		all := make(map[string]string)
		for _, q := range v.Questions {
			all[q.Cle] = champs[q.Cle]
			if all[q.Cle] == "" && q.Fait != nil && q.Fait.Type == "booleen" {
				all[q.Cle] = "oui"
			}
		}
		if _, err := s.Enregistre(t.Context(), a, guichet.Saisie{Dossier: id, Version: v.Dossier.Version, Champs: all}); err != nil {
			t.Fatal(err)
		}
	}
}

func (s scene) agit(a compte.Acteur, id dossier.ID, acte, motif string) error {
	return s.Agir(context.Background(), a, guichet.Acte{Dossier: id, Acte: acte, Cle: acte + string(id) + motif + string(a.Personne.ID), Motif: motif})
}

// TestFromDraftToSignature plays the support of the ANCT: the clerk writes, the
// mayor files, the prefecture takes it and passes it on, the agency makes an
// offer, both sign. Each step says who is awaited, and the applicant is told.
func TestFromDraftToSignature(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire, secretaire, sciat, anctAgent, prefet := s.acteur(t, "maire-aureille"), s.acteur(t, "secretaire-aureille"), s.acteur(t, "sciat"), s.acteur(t, "anct"), s.acteur(t, "prefet")
		id := s.cree(t, secretaire, "anct-sur-mesure", "k1")
		if again := s.cree(t, secretaire, "anct-sur-mesure", "k1"); again != id {
			t.Errorf("one form made two dossiers: %s and %s", id, again)
		}
		err := s.agit(maire, id, "deposer", "")
		if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || f.Fields["descriptif"] == "" {
			t.Errorf("filing an empty dossier: %v", err)
		}
		s.remplit(t, secretaire, id, anct)
		if err := s.agit(secretaire, id, "deposer", ""); !errors.Is(err, fault.Forbidden) {
			t.Errorf("the clerk files: %v", err)
		}
		if _, err := s.Dossier(t.Context(), sciat, id); !errors.Is(err, fault.NotFound) {
			t.Errorf("the prefecture reads a draft: %v", err)
		}
		for _, step := range []struct {
			who           compte.Acteur
			acte, attente string
		}{
			{maire, "deposer", "le service instructeur"}, {sciat, "declarer_incomplet", "le porteur"}, {secretaire, "completer", "le service instructeur"},
			{sciat, "declarer_complet", "le service instructeur"}, {sciat, "transmettre_anct", "l’opérateur national"},
		} {
			if err := s.agit(anctAgent, id, "valider_offre", ""); !errors.Is(err, fault.NotFound) {
				t.Errorf("before its turn, the agency acts on a dossier of the prefecture: %v", err)
			}
			if err := s.agit(step.who, id, step.acte, ""); err != nil {
				t.Fatalf("%s: %v", step.acte, err)
			}
		}
		v := s.vue(t, maire, id)
		if v.Dossier.Numero != "2021-13-00001" || v.Dossier.Gel == nil || v.Dossier.Gel.Verdict != "oui" || v.Dossier.Gel.Montant.Decimal() != "20000.00" {
			t.Errorf("number %q, frozen %+v; want 2021-13-00001, yes, 20 000 €", v.Dossier.Numero, v.Dossier.Gel)
		}
		if err := s.agit(sciat, id, "valider_offre", ""); !errors.Is(err, fault.Invalid) {
			t.Errorf("the prefecture decides for the agency: %v", err)
		}
		for _, step := range []struct {
			who  compte.Acteur
			acte string
		}{{anctAgent, "valider_offre"}, {anctAgent, "notifier_prefet"}, {maire, "signer_porteur"}, {prefet, "signer_prefet"}, {sciat, "terminer"}} {
			if err := s.agit(step.who, id, step.acte, ""); err != nil {
				t.Fatalf("%s: %v", step.acte, err)
			}
		}
		v = s.vue(t, maire, id)
		if v.Dossier.Etat != "termine" || v.Dossier.Decision == nil || v.Dossier.Decision.Montant != v.Dossier.Gel.Montant {
			t.Errorf("state %s, decision %+v", v.Dossier.Etat, v.Dossier.Decision)
		}
		kinds := map[courriel.Genre]int{}
		for _, c := range v.Courriels {
			kinds[c.Genre]++
			if c.Genre == "accuse" && !strings.Contains(c.Texte, "2021-13-00001") {
				t.Errorf("the acknowledgement does not give the number: %s", c.Texte)
			}
		}
		if kinds["accuse"] != 1 || kinds["depot"] != 0 {
			t.Errorf("the mayor reads the mails %v; want their own acknowledgement alone", kinds)
		}
		all := map[courriel.Genre]int{}
		for _, c := range s.vue(t, sciat, id).Courriels {
			all[c.Genre]++
		}
		if all["accuse"] != 2 || all["depot"] != 3 {
			t.Errorf("mails %v; want an acknowledgement to both members, a notice to the service and to its two agents", all)
		}
	})
}

// TestForeigners: nobody outside the dossier learns that it exists.
func TestForeigners(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		id := s.cree(t, s.acteur(t, "maire-aureille"), "anct-sur-mesure", "k1")
		_, unknown := s.Dossier(t.Context(), s.acteur(t, "sciat"), "inconnu")
		for _, sub := range []string{"maire-maillane", "sciat", "anct", "prefet", "payeur", "auditrice", "administrateur"} {
			a := s.acteur(t, sub)
			_, err := s.Dossier(t.Context(), a, id)
			_, saving := s.Enregistre(t.Context(), a, guichet.Saisie{Dossier: id, Version: 1, Champs: map[string]string{"intitule": "x"}})
			for name, err := range map[string]error{"reads": err, "writes": saving, "files": s.agit(a, id, "deposer", "")} {
				if !errors.Is(err, fault.NotFound) || fault.Of(err).Message != fault.Of(unknown).Message {
					t.Errorf("%s %s: %v; want the same as for an unknown dossier", sub, name, err)
				}
			}
		}
		if _, err := s.CreeDossier(t.Context(), s.acteur(t, "maire-maillane"), guichet.NouveauDossier{Dispositif: "vta", Territoire: "13006", Cle: "k2"}); !errors.Is(err, fault.Forbidden) {
			t.Errorf("the mayor of another commune begins a dossier: %v", err)
		}
	})
}

// TestTwoWriters: two persons write the same form; what both changed is shown
// to the second with both texts, and nothing is overwritten.
func TestTwoWriters(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire, secretaire := s.acteur(t, "maire-aureille"), s.acteur(t, "secretaire-aureille")
		id := s.cree(t, maire, "anct-sur-mesure", "k1")
		form := s.vue(t, maire, id)
		if _, err := s.Enregistre(t.Context(), secretaire, guichet.Saisie{Dossier: id, Version: form.Dossier.Version, Champs: map[string]string{"intitule": "La halle"}}); err != nil {
			t.Fatal(err)
		}
		v, err := s.Enregistre(t.Context(), maire, guichet.Saisie{Dossier: id, Version: form.Dossier.Version, Champs: map[string]string{"intitule": "Le marché", "descriptif": "Long"}})
		if !errors.Is(err, fault.Conflict) || v.Autres["intitule"] != "La halle" {
			t.Fatalf("%v, the other text %q; want a conflict and « La halle »", err, v.Autres["intitule"])
		}
		for _, q := range v.Questions {
			if want := map[string]string{"intitule": "Le marché", "descriptif": "Long"}[q.Cle]; want != "" && q.Texte != want {
				t.Errorf("%s shows %q, want what was typed", q.Cle, q.Texte)
			}
		}
		if kept := s.vue(t, maire, id); kept.Dossier.Reponses.Texte("intitule") != "La halle" {
			t.Errorf("kept %q; nothing may be overwritten", kept.Dossier.Reponses.Texte("intitule"))
		}
	})
}

// TestWritersApart: two persons who change different answers lose nothing and
// are not disturbed, even when one saves again and again from an old page; the
// one who would overwrite the other is told.
func TestWritersApart(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire, secretaire := s.acteur(t, "maire-aureille"), s.acteur(t, "secretaire-aureille")
		id := s.cree(t, maire, "anct-sur-mesure", "k1")
		form := s.vue(t, maire, id)
		empty := guichet.Base("")
		save := func(who compte.Acteur, version int, intitule, descriptif, baseIntitule, baseDescriptif string) (*guichet.VueDossier, error) {
			return s.Enregistre(t.Context(), who, guichet.Saisie{Dossier: id, Version: version, Champs: map[string]string{"intitule": intitule, "descriptif": descriptif},
				Bases: map[string]string{"intitule": baseIntitule, "descriptif": baseDescriptif}})
		}
		if _, err := save(secretaire, form.Dossier.Version, "La halle", "", empty, empty); err != nil {
			t.Fatal(err)
		}
		v, err := save(maire, form.Dossier.Version, "", "Long", empty, empty)
		if err != nil {
			t.Fatalf("an answer that nobody else changed: %v", err)
		}
		if _, err := save(maire, v.Dossier.Version, "", "Plus long", empty, guichet.Base("Long")); err != nil {
			t.Fatalf("saved again from the same page: %v", err)
		}
		d := s.vue(t, maire, id).Dossier
		if d.Reponses.Texte("intitule") != "La halle" || d.Reponses.Texte("descriptif") != "Plus long" {
			t.Errorf("kept %q and %q; nothing may be lost", d.Reponses.Texte("intitule"), d.Reponses.Texte("descriptif"))
		}
		if _, err := save(maire, d.Version, "Le marché", "Plus long", empty, guichet.Base("Plus long")); !errors.Is(err, fault.Conflict) {
			t.Errorf("an old page overwrites: %v", err)
		}
	})
}

// TestOneDecision: two opposite decisions at once; one holds, the other is told
// who decided.
func TestOneDecision(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire, sciat, agence := s.acteur(t, "maire-aureille"), s.acteur(t, "sciat"), s.acteur(t, "anct")
		for round := range 10 {
			id := s.cree(t, maire, "anct-sur-mesure", "k"+string(rune('a'+round)))
			s.remplit(t, maire, id, anct)
			for _, step := range []struct {
				who  compte.Acteur
				acte string
			}{{maire, "deposer"}, {sciat, "declarer_complet"}, {sciat, "transmettre_anct"}} {
				if err := s.agit(step.who, id, step.acte, ""); err != nil {
					t.Fatal(err)
				}
			}
			var wg sync.WaitGroup
			errs := make([]error, 6)
			for i := range errs {
				wg.Go(func() {
					errs[i] = s.agit(agence, id, []string{"valider_offre", "refuser"}[i%2], strings.Repeat("x", i+1))
				})
			}
			wg.Wait()
			won := 0
			for _, err := range errs {
				switch {
				case err == nil:
					won++
				case !errors.Is(err, fault.Conflict):
					t.Errorf("a loser gets %v, want a conflict", err)
				}
			}
			v := s.vue(t, maire, id)
			if won != 1 || v.Dossier.Etat != map[string]string{"accord": "offre_validee", "refus": "refuse"}[v.Dossier.Decision.Issue] {
				t.Errorf("%d decisions; state %s, decision %+v", won, v.Dossier.Etat, v.Dossier.Decision)
			}
		}
	})
}

// TestOneFiling posts the same filing twenty times at once, then again: one
// number, one acknowledgement, no error.
func TestOneFiling(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire := s.acteur(t, "maire-aureille")
		id := s.cree(t, maire, "anct-sur-mesure", "k1")
		s.remplit(t, maire, id, anct)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := s.agit(maire, id, "deposer", ""); err != nil {
					t.Error(err, fault.Of(err).Fields)
				}
			})
		}
		wg.Wait()
		if err := s.agit(maire, id, "deposer", ""); err != nil {
			t.Error("again, later: ", err)
		}
		v := s.vue(t, maire, id)
		if v.Dossier.Numero != "2021-13-00001" || len(v.Courriels) != 1 {
			t.Errorf("number %s, %d mails to the mayor; want the first number and one mail", v.Dossier.Numero, len(v.Courriels))
		}
	})
}

// TestWindow files at the last second of a wave, and one second later, in
// Paris: the second is refused and the draft stays.
func TestWindow(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	last := time.Date(2021, 10, 15, 23, 59, 59, 0, paris)
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		o := options(t, dispositifs.FS)
		now := last.Add(-time.Hour)
		o.Store, o.Now = db, func() time.Time { return now }
		o.Demonstration = true
		s := scene{guichet.New(o), dsn}
		if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		// The demonstration opened on 1 July: its clock is set to October.
		now = now.Add(last.Add(-time.Hour).Sub(time.Date(2021, 7, 1, 22, 59, 59, 0, paris)))
		for shift, open := range map[time.Duration]bool{0: true, time.Second: false} {
			start := now
			maire := s.acteur(t, "maire-aureille")
			id, err := s.CreeDossier(t.Context(), maire, guichet.NouveauDossier{Dispositif: "fitn", Volet: "projet", Territoire: "13006", Cle: shift.String()})
			if err != nil {
				t.Fatal(err)
			}
			s.remplit(t, maire, id, map[string]string{"formulaire": "Le projet", "finalites": "innovation"})
			now = now.Add(time.Hour + shift)
			maire.Le = s.Aujourdhui()
			err = s.agit(maire, id, "deposer", "")
			if open != (err == nil) || !open && !errors.Is(err, fault.Closed) {
				t.Errorf("%v after the last second: %v", shift, err)
			}
			if v := s.vue(t, maire, id); !open && (v.Dossier.Reponses.Texte("formulaire") != "Le projet" || !v.Dossier.Brouillon()) {
				t.Error("the refused draft lost its answers")
			}
			now = start
		}
	})
}

// TestSessionsEnd: an unused session ends after an hour, any session after
// twelve, an ended one at once; a grant taken away counts at the next request.
func TestSessionsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := options(t, dispositifs.FS)
		now := time.Date(2021, 7, 1, 6, 0, 0, 0, time.UTC)
		o.Store, o.Demonstration, o.Now = db, false, func() time.Time { return now }
		g := guichet.New(o)
		open := func() string {
			t.Helper()
			secret, err := g.Connecte(t.Context(), guichet.Identite{Emetteur: "e", Sub: "1", Siret: "21130006500017"})
			if err != nil {
				t.Fatal(err)
			}
			return secret
		}
		in := func(secret string) bool {
			t.Helper()
			a, err := g.Acteur(t.Context(), secret)
			if err != nil {
				t.Fatal(err)
			}
			return !a.Anonyme()
		}
		secret := open()
		now = now.Add(59 * time.Minute)
		if !in(secret) {
			t.Error("over before an hour")
		}
		now = now.Add(time.Hour)
		if in(secret) {
			t.Error("still there after an hour unused")
		}
		secret = open()
		for range 24 {
			now = now.Add(31 * time.Minute)
			if in(secret) != (now.Sub(time.Date(2021, 7, 1, 7, 59, 0, 0, time.UTC)) < 12*time.Hour) {
				t.Errorf("at %v", now)
			}
		}
		first, second := open(), open()
		a, err := g.Acteur(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := g.FinitSession(t.Context(), a, a.Session); err != nil {
			t.Fatal(err)
		}
		if in(first) || !in(second) || in("inventé") {
			t.Error("the ended session lives, or another ended with it, or an invented one opens")
		}
	})
}
