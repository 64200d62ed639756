package guichet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"io/fs"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// nouveauDepot makes a filed dossier of Aureille.
func (s scene) nouveauDepot(t *testing.T, cle string) dossier.ID {
	t.Helper()
	maire := s.acteur(t, "maire-aureille")
	id := s.cree(t, maire, "anct-sur-mesure", cle)
	s.remplit(t, maire, id, anct)
	if err := s.agit(maire, id, "deposer", ""); err != nil {
		t.Fatal(err)
	}
	return id
}

func geste(id dossier.ID, cle string) guichet.Geste { return guichet.Geste{Dossier: id, Cle: cle} }

func (s scene) sain(t *testing.T) {
	t.Helper()
	b, err := s.Audite(t.Context())
	if err != nil || len(b.Anomalies) > 0 {
		t.Errorf("audit: %v, %v", err, b.Anomalies)
	}
}

// TestOpinion: a service reads a dossier from the moment it is asked, answers
// once for itself, and the applicant sees nothing of it.
func TestOpinion(t *testing.T) {
	eachVault(t, nil, func(t *testing.T, s scene, _ string) {
		id := s.nouveauDepot(t, "k")
		sciat, sgar, anctAgent := s.acteur(t, "sciat"), s.acteur(t, "sgar"), s.acteur(t, "anct")
		if _, err := s.Dossier(t.Context(), sgar, id); !errors.Is(err, fault.NotFound) {
			t.Errorf("a service that nobody asked reads the dossier: %v", err)
		}
		ask := guichet.DemandeAvis{Services: []string{"sgar", "prefecture", "inconnu"}, Question: "CANARI question", Pour: "2021-08-01"}
		for range 2 { // sent twice, asked once
			if err := s.DemandeAvis(t.Context(), sciat, geste(id, "avis"), ask); err != nil {
				t.Fatal(err)
			}
		}
		v := s.vue(t, sgar, id)
		if len(v.Instruction.Avis) != 1 || !v.Instruction.Saisis[v.Instruction.Avis[0].ID] {
			t.Fatalf("opinions %+v; want one, that the service may give", v.Instruction.Avis)
		}
		asked := v.Instruction.Avis[0].ID
		answer := guichet.AvisRendu{ID: asked, Sens: "reserve", Texte: "CANARI réserves", Fichier: &guichet.Fichier{Nom: "avis.pdf", Contenu: bytes.NewReader(pdf(1))}}
		for _, refused := range []struct {
			who    compte.Acteur
			answer guichet.AvisRendu
			want   error
		}{
			{sciat, answer, fault.Forbidden},
			{anctAgent, answer, fault.NotFound},
			{sgar, guichet.AvisRendu{ID: asked, Sens: "peut-être"}, fault.Invalid},
			{sgar, guichet.AvisRendu{ID: asked, Sens: "defavorable"}, fault.Invalid},
			{sgar, guichet.AvisRendu{ID: "autre", Sens: "favorable"}, fault.NotFound},
		} {
			if err := s.RendAvis(t.Context(), refused.who, geste(id, "r"), refused.answer); !errors.Is(err, refused.want) {
				t.Errorf("%+v: %v, want %v", refused.answer, err, refused.want)
			}
		}
		if err := s.RendAvis(t.Context(), sgar, geste(id, "rendu"), answer); err != nil {
			t.Fatal(err)
		}
		if err := s.RendAvis(t.Context(), sgar, geste(id, "encore"), guichet.AvisRendu{ID: asked, Sens: "favorable"}); !errors.Is(err, fault.Conflict) {
			t.Errorf("a second answer: %v", err)
		}
		if !slices.ContainsFunc(s.vue(t, sciat, id).Delais, func(e dossier.Echeance) bool { return e.Service == "sgar" && e.Situation == dossier.Tenue }) {
			t.Error("the delay of the opinion is not told to the service")
		}
		given := s.vue(t, sciat, id).Instruction.Avis[0]
		if given.Sens != "reserve" || given.Rendu == nil || given.Rendu.Nom == "" || given.Piece == nil {
			t.Fatalf("kept %+v", given)
		}
		if _, r, err := s.OuvrePiece(t.Context(), sciat, id, given.Piece.ID); err != nil {
			t.Errorf("the document of the opinion: %v", err)
		} else {
			r.Close()
		}
		maire := s.acteur(t, "maire-aureille")
		if _, _, err := s.OuvrePiece(t.Context(), maire, id, given.Piece.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("the applicant opens the document of an opinion: %v", err)
		}
		seen := s.vue(t, maire, id)
		if seen.Instruction != nil || slices.ContainsFunc(seen.Evenements, func(e dossier.Evenement) bool { return strings.Contains(e.Libelle, "Avis") }) ||
			slices.ContainsFunc(seen.Delais, func(e dossier.Echeance) bool { return e.Service != "" }) {
			t.Errorf("the applicant sees the instruction: %+v, %+v", seen.Evenements, seen.Delais)
		}
		s.sain(t)
	})
}

// TestCorrections: the applicant may change what is asked and nothing else;
// then what was filed is frozen again.
func TestCorrections(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		id := s.nouveauDepot(t, "k")
		sciat, maire := s.acteur(t, "sciat"), s.acteur(t, "maire-aureille")
		if v := s.vue(t, maire, id); v.Modifiable {
			t.Fatal("a filed dossier may change")
		}
		for _, wrong := range []guichet.DemandeCorrection{
			{Pour: "2021-08-01"}, {Demandes: map[string]string{"cout": "  "}, Pour: "2021-08-01"},
			{Demandes: map[string]string{"inconnu": "x"}, Pour: "2021-08-01"}, {Demandes: map[string]string{"cout": "x"}, Pour: "2021-06-01"}, {Demandes: map[string]string{"cout": "x"}, Pour: "bientôt"},
		} {
			if err := s.DemandeCorrections(t.Context(), sciat, geste(id, "c"), wrong); !errors.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		if err := s.DemandeCorrections(t.Context(), sciat, geste(id, "c1"), guichet.DemandeCorrection{Demandes: map[string]string{"cout": "Le coût est hors taxes"}, Pour: "2021-08-01"}); err != nil {
			t.Fatal(err)
		}
		v := s.vue(t, maire, id)
		if !v.Modifiable || !v.Change("cout") || v.Change("intitule") || len(v.Corrections) != 1 || v.Corrections[0].Avant != "20000" {
			t.Fatalf("corrections %+v; want the cost alone, that was 20000", v.Corrections)
		}
		changes := map[string]string{"cout": "24000", "intitule": "Une autre halle"}
		if _, err := s.Enregistre(t.Context(), maire, guichet.Saisie{Dossier: id, Version: v.Dossier.Version, Champs: changes}); err != nil {
			t.Fatal(err)
		}
		s.sain(t) // what was filed is still what was frozen
		if err := s.EnvoieCorrections(t.Context(), maire, geste(id, "c2")); err != nil {
			t.Fatal(err)
		}
		d := s.vue(t, maire, id).Dossier
		if d.Reponses.Texte("cout") != "24000" || d.Reponses.Texte("intitule") != "Halle" || d.Gel.Reponses.Texte("cout") != "24000" || len(d.Instruction.Attendues()) != 0 {
			t.Errorf("kept %q and %q, frozen %q", d.Reponses.Texte("cout"), d.Reponses.Texte("intitule"), d.Gel.Reponses.Texte("cout"))
		}
		if err := s.EnvoieCorrections(t.Context(), maire, geste(id, "c3")); !errors.Is(err, fault.Conflict) {
			t.Errorf("sent again with nothing asked: %v", err)
		}
		s.sain(t)
	})
}

// TestMessages: both sides read the messages, the services alone the notes,
// nobody outside.
func TestMessages(t *testing.T) {
	eachVault(t, nil, func(t *testing.T, s scene, _ string) {
		id := s.nouveauDepot(t, "k")
		sciat, maire, other := s.acteur(t, "sciat"), s.acteur(t, "maire-aureille"), s.acteur(t, "maire-maillane")
		say := func(who compte.Acteur, cle string, genre dossier.GenreMessage, text string) error {
			return s.Ecrit(t.Context(), who, geste(id, cle), guichet.NouveauMessage{Genre: genre, Texte: text, Fichier: &guichet.Fichier{Nom: "plan.pdf", Contenu: bytes.NewReader(pdf(2))}})
		}
		for range 2 {
			if err := errors.Join(say(maire, "m1", dossier.Echange, "Bonjour"), say(sciat, "m2", dossier.Echange, "Bonjour à vous"), say(sciat, "n1", dossier.Note, "CANARI note")); err != nil {
				t.Fatal(err)
			}
		}
		if err := say(maire, "n2", dossier.Note, "x"); !errors.Is(err, fault.Forbidden) {
			t.Errorf("the applicant writes a note: %v", err)
		}
		if err := say(other, "m3", dossier.Echange, "x"); !errors.Is(err, fault.NotFound) {
			t.Errorf("another commune writes: %v", err)
		}
		if err := s.Ecrit(t.Context(), maire, geste(id, "m4"), guichet.NouveauMessage{Genre: dossier.Echange, Texte: " "}); !errors.Is(err, fault.Invalid) {
			t.Errorf("an empty message: %v", err)
		}
		draft := s.cree(t, maire, "anct-sur-mesure", "brouillon")
		if err := s.Ecrit(t.Context(), maire, geste(draft, "m5"), guichet.NouveauMessage{Genre: dossier.Echange, Texte: "x"}); !errors.Is(err, fault.Conflict) {
			t.Errorf("a message about a draft: %v", err)
		}
		v, w := s.vue(t, maire, id), s.vue(t, sciat, id)
		if len(v.Messages) != 2 || v.Instruction != nil || len(w.Messages) != 2 || len(w.Instruction.Notes) != 1 {
			t.Fatalf("the applicant reads %d messages, the service %d and %d notes", len(v.Messages), len(w.Messages), len(w.Instruction.Notes))
		}
		if _, _, err := s.OuvrePiece(t.Context(), maire, id, w.Instruction.Notes[0].Piece.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("the applicant opens the document of a note: %v", err)
		}
		if _, r, err := s.OuvrePiece(t.Context(), maire, id, v.Messages[1].Piece.ID); err != nil {
			t.Errorf("the document of a message: %v", err)
		} else {
			r.Close()
		}
		s.sain(t)
	})
}

// TestElsewhere: the prefecture records what a national service decided, with
// its author, its date and its document; never without.
func TestElsewhere(t *testing.T) {
	eachVault(t, nil, func(t *testing.T, s scene, folder string) {
		id := s.nouveauDepot(t, "k")
		sciat, maire := s.acteur(t, "sciat"), s.acteur(t, "maire-aureille")
		for _, acte := range []string{"declarer_complet", "transmettre_anct"} {
			if err := s.agit(sciat, id, acte, ""); err != nil {
				t.Fatal(err)
			}
		}
		record := func(author, day, cle string, file *guichet.Fichier) error {
			return s.DecideAilleurs(t.Context(), sciat, guichet.DecisionAilleurs{Acte: guichet.Acte{Dossier: id, Acte: "valider_offre", Cle: cle}, Auteur: author, Le: day, Fichier: file})
		}
		file := func() *guichet.Fichier {
			return &guichet.Fichier{Nom: "decision.pdf", Contenu: bytes.NewReader(pdf(1))}
		}
		for _, err := range []error{record("", "2021-06-30", "a", file()), record("ANCT", "2021-07-02", "b", file()), record("ANCT", "hier", "c", file()), record("ANCT", "2021-06-30", "d", nil)} {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%v; want a refusal", err)
			}
		}
		if n := kept(t, folder); n != 0 {
			t.Errorf("%d documents kept of refused decisions", n)
		}
		if err := record("Directrice générale de l’ANCT", "2021-06-30", "e", file()); err != nil {
			t.Fatal(err)
		}
		z := s.vue(t, maire, id).Dossier.Decision
		if z == nil || z.Externe == nil || z.Externe.Auteur != "Directrice générale de l’ANCT" || z.Externe.Le.String() != "2021-06-30" {
			t.Fatalf("kept %+v", z)
		}
		if _, r, err := s.OuvrePiece(t.Context(), maire, id, z.Externe.Piece.ID); err != nil {
			t.Errorf("the applicant opens the decision: %v", err)
		} else {
			r.Close()
		}
		s.sain(t)
	})
}

// TestReopen: a withdrawal, a refusal and a closing can be undone by who
// decides, with a reason: the dossier is again where it was, and what was
// decided before stays told.
func TestReopen(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		maire, sciat, agency := s.acteur(t, "maire-aureille"), s.acteur(t, "sciat"), s.acteur(t, "anct")
		id := s.nouveauDepot(t, "k")
		for _, acte := range []string{"declarer_complet", "transmettre_anct"} {
			if err := s.agit(sciat, id, acte, ""); err != nil {
				t.Fatal(err)
			}
		}
		for i, step := range []struct {
			who         compte.Acteur
			acte, motif string
			want        error
			etat        string
		}{
			{agency, "ajourner", "", fault.Invalid, "instruction_anct"},
			{agency, "ajourner", "En attente du budget", nil, "ajourne"},
			{sciat, "reprendre", "", nil, "instruction_anct"},
			{agency, "refuser", "Hors périmètre", nil, "refuse"},
			{agency, "rouvrir", "", fault.Invalid, "refuse"},
			{agency, "rouvrir", "Erreur de notre part", nil, "instruction_anct"},
			{maire, "retirer", "", nil, "retire"},
			{maire, "rouvrir", "Je reviens", fault.Forbidden, "retire"},
			{sciat, "rouvrir", "La commune revient", nil, "instruction_anct"},
			{sciat, "classer_sans_suite", "Sans nouvelles", fault.Invalid, "instruction_anct"}, // the agency has the dossier
			{agency, "classer_sans_suite", "Sans nouvelles", nil, "sans_suite"},
		} {
			err := s.agit(step.who, id, step.acte, step.motif)
			if step.want == nil && err != nil || step.want != nil && !errors.Is(err, step.want) {
				t.Errorf("%d %s: %v, want %v", i, step.acte, err, step.want)
			}
			if got := s.vue(t, maire, id).Dossier.Etat; got != step.etat {
				t.Fatalf("%d %s leads to %s, want %s", i, step.acte, got, step.etat)
			}
		}
		d := s.vue(t, maire, id).Dossier
		if len(d.Anciennes) != 2 || d.Decision == nil || d.Decision.Issue != "sans_suite" {
			t.Errorf("%d decisions set aside, now %+v; want two, and the last", len(d.Anciennes), d.Decision)
		}
		s.sain(t)
	})
}

// TestTransfer: the dossier changes hands, then service; the one that gave it
// away does not read it any more.
func TestTransfer(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		id := s.nouveauDepot(t, "k")
		sciat, collegue, sgar := s.acteur(t, "sciat"), s.acteur(t, "collegue"), s.acteur(t, "sgar")
		if err := s.Attribue(t.Context(), sciat, geste(id, "a1"), sgar.Personne.ID); !errors.Is(err, fault.Invalid) {
			t.Errorf("given to somebody of another service: %v", err)
		}
		if err := s.Attribue(t.Context(), sciat, geste(id, "a2"), collegue.Personne.ID); err != nil {
			t.Fatal(err)
		}
		if got := s.vue(t, sciat, id).Dossier.Instructeur; got != collegue.Personne.ID {
			t.Errorf("instructed by %s", got)
		}
		move := guichet.Geste{Dossier: id, Cle: "t1"}
		for _, service := range []string{"", "prefecture", "inconnu", "sgar"} {
			if err := s.Transfere(t.Context(), sciat, move, service); !errors.Is(err, fault.Invalid) {
				t.Errorf("to %q without a reason: %v", service, err)
			}
		}
		move.Motif = "Le projet est régional"
		if err := s.Transfere(t.Context(), sciat, move, "sgar"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Dossier(t.Context(), sciat, id); !errors.Is(err, fault.NotFound) {
			t.Errorf("the first service still reads it: %v", err)
		}
		if d := s.vue(t, sgar, id).Dossier; d.Service != "sgar" || d.Instructeur != "" {
			t.Errorf("service %s, instructed by %q", d.Service, d.Instructeur)
		}
		s.sain(t)
	})
}

// TestVisas: a scheme that asks for two approvals is decided with both, by
// three different persons, on the amount proposed.
func TestVisas(t *testing.T) {
	fsys := overlaid(t, "fitn/dispositif.yaml", "service: prefecture\n", "service: prefecture\nvisas: [Chef de bureau, Directrice]\n")
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		o := options(t, fsys)
		o.Store = db
		s := scene{guichet.New(o), dsn}
		if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		d, err := o.Catalogue.Pour("13").Dispositif("fitn")
		if err != nil {
			t.Fatal(err)
		}
		var i dossier.Instruction
		by := func(p string) dossier.Signature { return dossier.Signature{Par: compte.PersonneID(p)} }
		check := func(name string, err error, want error) {
			t.Helper()
			if want == nil && err != nil || want != nil && !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
		check("nothing is proposed", i.Vise(2, by("b")), fault.Conflict)
		check("decided without a proposal", i.Vises(d, "accorder", 100), fault.Conflict)
		i.Propose(dossier.Proposition{Acte: "accorder", Montant: 100, Par: by("a")})
		check("approved by who proposed", i.Vise(2, by("a")), fault.Forbidden)
		check("first approval", i.Vise(2, by("b")), nil)
		check("the same person twice", i.Vise(2, by("b")), fault.Forbidden)
		check("one approval is missing", i.Vises(d, "accorder", 100), fault.Conflict)
		check("second approval", i.Vise(2, by("c")), nil)
		check("a third", i.Vise(2, by("d")), fault.Conflict)
		check("decided", i.Vises(d, "accorder", 100), nil)
		check("another amount", i.Vises(d, "accorder", 101), fault.Conflict)
		check("another decision", i.Vises(d, "refuser", 100), fault.Conflict)
		i.Propose(dossier.Proposition{Acte: "accorder", Montant: 100, Motif: "mieux dit", Par: by("a")})
		check("the same amount again keeps the approvals", i.Vises(d, "accorder", 100), nil)
		i.Propose(dossier.Proposition{Acte: "accorder", Montant: 90, Par: by("a")})
		check("another amount drops them", i.Vises(d, "accorder", 90), fault.Conflict)
	})
}

// overlaid is the embedded data with one text changed.
func overlaid(t *testing.T, name, old, new string) fs.FS {
	t.Helper()
	out := make(fstest.MapFS)
	err := fs.WalkDir(dispositifs.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dispositifs.FS, path)
		if path == name {
			changed := strings.Replace(string(text), old, new, 1)
			if changed == string(text) {
				t.Fatalf("%s has no %q", name, old)
			}
			text = []byte(changed)
		}
		out[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBatch acts on thirty dossiers, stops in the middle and goes on: each is
// done once, and what is refused says why.
func TestBatch(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		sciat, maire := s.acteur(t, "sciat"), s.acteur(t, "maire-aureille")
		var ids []dossier.ID
		for i := range 6 {
			ids = append(ids, s.nouveauDepot(t, fmt.Sprint("k", i)))
		}
		if err := s.agit(sciat, ids[2], "declarer_complet", ""); err != nil {
			t.Fatal(err)
		}
		draft := s.cree(t, maire, "anct-sur-mesure", "brouillon")
		n := guichet.NouveauLot{Cle: "lot", Acte: "declarer_complet", Dossiers: append(slices.Clone(ids), draft, "inconnu", ids[0])}
		for name, wrong := range map[string]guichet.NouveauLot{"nothing": {Cle: "x", Acte: "declarer_complet"}, "a decision": {Cle: "y", Acte: "refuser", Dossiers: ids},
			"too many": {Cle: "z", Acte: "prendre", Dossiers: make([]dossier.ID, 501)}} {
			if _, err := s.CreeLot(t.Context(), sciat, wrong); !errors.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.CreeLot(t.Context(), maire, n); !errors.Is(err, fault.Forbidden) {
			t.Errorf("the applicant makes a batch: %v", err)
		}
		id, err := s.CreeLot(t.Context(), sciat, n)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.CreeLot(t.Context(), sciat, n); err != nil || again != id {
			t.Errorf("sent again: %s, %v; want the same batch", again, err)
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.AvanceLots(stopped); err == nil {
			t.Error("a stopped work ends well")
		}
		if done, err := s.AvanceLots(t.Context()); err != nil || done != len(ids)+2 {
			t.Errorf("%d done, %v; want %d", done, err, len(ids)+2)
		}
		v, err := s.Lot(t.Context(), sciat, id)
		if err != nil || v.Lot.Reste() != 0 {
			t.Fatalf("%v, %d left", err, v.Lot.Reste())
		}
		done, refused := 0, 0
		for _, x := range v.Lot.Lignes {
			if x.Etat == "fait" {
				done++
			} else if x.Raison != "" {
				refused++
			}
		}
		if done != 5 || refused != 3 {
			t.Errorf("%d done, %d refused with a reason; want 5 and 3: %+v", done, refused, v.Lot.Lignes)
		}
		if _, err := s.Lot(t.Context(), s.acteur(t, "collegue"), id); !errors.Is(err, fault.NotFound) {
			t.Errorf("somebody else reads the report: %v", err)
		}
		s.sain(t)
	})
}
