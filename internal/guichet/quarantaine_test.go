package guichet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/fichier"
	"guichet/internal/guichet"
	"guichet/internal/sonde"
	"guichet/internal/sonde/sondetest"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// An antivirus that may be away: nobody listens at the address, until it comes
// back.
type absent struct{ *sonde.Antivirus }

func (a absent) Examine(ctx context.Context, r io.Reader) (sonde.Verdict, error) {
	return a.Antivirus.Examine(ctx, r)
}

// TestQuarantine: while the antivirus cannot tell, a document is kept and
// nobody reads it, whatever the tries. Once it can, the sound one is served,
// the harmful one destroyed, its sender told, and nothing is filed with it.
func TestQuarantine(t *testing.T) {
	real := sondetest.Clamd(t, "StreamMaxLength 4M\n")
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		folder, now := t.TempDir(), time.Date(2026, 11, 2, 23, 30, 0, 0, time.UTC)
		depot, err := fichier.Ouvrir(folder, fichier.Acces{})
		if err != nil {
			t.Fatal(err)
		}
		away := &sonde.Antivirus{Adresse: "tcp://127.0.0.1:1"}
		o := options(t, dispositifs.FS)
		o.Now = func() time.Time { return now }
		o.Store, o.Coffre = db, guichet.Coffre{Depot: depot, Sondeur: ici{}, Antivirus: absent{away}, Temporaire: t.TempDir()}
		s := scene{guichet.New(o), dsn}
		if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		maire := s.acteur(t, "maire-aureille")
		id := s.cree(t, maire, "pass-numerique", "k1")
		for name, content := range map[string][]byte{"sain.pdf": pdf(1), "nuisible.txt": []byte(sondetest.Eicar)} {
			if err := s.Joint(t.Context(), maire, guichet.Envoi{Dossier: id, Piece: "budget_previsionnel", Nom: name, Contenu: bytes.NewReader(content)}); err != nil {
				t.Fatal(err)
			}
		}
		read := func(name string) error { return s.lit(t, maire, id, name) }
		for range 5 {
			told, err := s.Reexamine(t.Context())
			if err != nil || told != 0 {
				t.Errorf("the antivirus is away: %d told, %v", told, err)
			}
			for _, name := range []string{"sain.pdf", "nuisible.txt"} {
				if err := read(name); !errors.Is(err, fault.Forbidden) {
					t.Errorf("%s is read in quarantine: %v", name, err)
				}
			}
			now = now.Add(2 * time.Hour)
			maire = s.acteur(t, "maire-aureille")
		}
		*away = real
		if told, err := s.Reexamine(t.Context()); err != nil || told != 2 {
			t.Errorf("the antivirus is back: %d told, %v", told, err)
		}
		if err := read("sain.pdf"); err != nil {
			t.Errorf("the sound one: %v", err)
		}
		if err := read("nuisible.txt"); err == nil || !strings.Contains(fault.Of(err).Message, "détruit") {
			t.Errorf("the harmful one: %v", err)
		}
		if n := kept(t, folder); n != 1 {
			t.Errorf("%d documents are kept, want the sound one", n)
		}
		v := s.vue(t, maire, id)
		if len(v.Courriels) != 1 || !strings.Contains(v.Courriels[0].Texte, "nuisible.txt") {
			t.Errorf("the mails are %+v", v.Courriels)
		}
		if err := s.agit(maire, id, "deposer", ""); fault.Of(err).Fields["budget_previsionnel"] == "" {
			t.Errorf("filed with what was destroyed: %v", err)
		}
		if told, err := s.Reexamine(t.Context()); err != nil || told != 0 {
			t.Errorf("once more: %d told, %v", told, err)
		}
		s.sain(t)
	})
}

// lit reads the document of that name as the person.
func (s scene) lit(t *testing.T, a compte.Acteur, id dossier.ID, name string) error {
	t.Helper()
	for _, p := range s.vue(t, a, id).Dossier.Pieces {
		if p.Nom != name {
			continue
		}
		_, r, err := s.OuvrePiece(t.Context(), a, id, p.ID)
		if err == nil {
			r.Close()
		}
		return err
	}
	t.Fatalf("no document is called %s", name)
	return nil
}
