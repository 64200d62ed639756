package guichet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/fault"
	"guichet/internal/fichier"
	"guichet/internal/guichet"
	"guichet/internal/piece"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// ici measures in this process: the documents of the test are not hostile.
type ici struct{}

func (ici) Sonder(_ context.Context, chemin, nom string) (piece.Mesure, error) {
	f, err := os.Open(chemin)
	if err != nil {
		return piece.Mesure{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return piece.Mesure{}, err
	}
	return piece.Mesurer(f, info.Size(), nom)
}

// pdf writes a PDF of n empty pages.
func pdf(n int) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(offsets)}, args...)...)
	}
	b.WriteString("%PDF-1.7\n")
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), n)
	for range n {
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>")
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, xref)
	return b.Bytes()
}

// eachVault is eachScene with a place for documents.
func eachVault(t *testing.T, antivirus guichet.Antivirus, f func(t *testing.T, s scene, folder string)) {
	t.Helper()
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		folder := t.TempDir()
		depot, err := fichier.Ouvrir(filepath.Join(folder, "documents"), fichier.Acces{})
		if err != nil {
			t.Fatal(err)
		}
		o := options(t, dispositifs.FS)
		o.Store, o.Coffre = db, guichet.Coffre{Depot: depot, Sondeur: ici{}, Antivirus: antivirus, Temporaire: t.TempDir()}
		s := scene{guichet.New(o), dsn}
		if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		f(t, s, folder)
	})
}

// kept counts the files of a folder.
func kept(t *testing.T, folder string) (n int) {
	t.Helper()
	err := filepath.WalkDir(folder, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPieces joins documents: what breaks a rule of the table is refused with
// what was measured, what is right is read back, and nobody else reads it.
func TestPieces(t *testing.T) {
	eachVault(t, nil, func(t *testing.T, s scene, folder string) {
		maire := s.acteur(t, "maire-aureille")
		id := s.cree(t, maire, "fabriques", "k1")
		send := func(piece, nom string, content []byte) error {
			return s.Joint(t.Context(), maire, guichet.Envoi{Dossier: id, Piece: piece, Nom: nom, Contenu: bytes.NewReader(content)})
		}
		for name, c := range map[string]struct {
			piece, nom string
			content    []byte
			want       string
		}{
			"eleven pages for ten":              {"dossier", "long.pdf", pdf(11), "11"},
			"a page for a PDF":                  {"dossier", "page.pdf", []byte("<html><script>alert(1)</script></html>"), ""},
			"a PDF for a video":                 {"video", "film.pdf", pdf(1), "PDF"},
			"nothing at all":                    {"dossier", "vide.pdf", nil, ""},
			"a requirement that does not exist": {"autre", "x.pdf", pdf(1), "n’attend pas"},
		} {
			err := send(c.piece, c.nom, c.content)
			if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || !strings.Contains(f.Message, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := kept(t, folder); n != 0 {
			t.Errorf("%d files kept of what was refused", n)
		}
		content := pdf(10)
		if err := send("dossier", "../../projet é.pdf", content); err != nil {
			t.Fatal(err)
		}
		v := s.vue(t, maire, id)
		p := v.Dossier.Pieces[0]
		if p.Pages != 10 || p.Octets != int64(len(content)) || p.Etat != "saine" {
			t.Errorf("joined %+v", p)
		}
		_, r, err := s.OuvrePiece(t.Context(), maire, id, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("read back %d bytes, %v", len(got), err)
		}
		r.Close()
		for _, sub := range []string{"maire-maillane", "sciat", "anct"} {
			other := s.acteur(t, sub)
			_, _, reading := s.OuvrePiece(t.Context(), other, id, p.ID)
			joining := s.Joint(t.Context(), other, guichet.Envoi{Dossier: id, Piece: "dossier", Nom: "x.pdf", Contenu: bytes.NewReader(content)})
			removing := s.RetirePiece(t.Context(), other, id, p.ID)
			for what, err := range map[string]error{"reads": reading, "joins": joining, "removes": removing} {
				if !errors.Is(err, fault.NotFound) {
					t.Errorf("%s %s: %v", sub, what, err)
				}
			}
		}
		if err := s.RetirePiece(t.Context(), maire, id, p.ID); err != nil {
			t.Fatal(err)
		}
		if n := kept(t, folder); n != 0 || len(s.vue(t, maire, id).Dossier.Pieces) != 0 {
			t.Errorf("%d files left after the removal", n)
		}
		s.ecrit(t, maire, id, map[string]string{"presentation": "Un lieu"})
		s.sain(t)
	})
}
