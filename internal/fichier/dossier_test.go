package fichier_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"guichet/internal/fault"
	"guichet/internal/fichier"
)

func enDossier(t *testing.T) terrain {
	folder := filepath.Join(t.TempDir(), "a", "documents")
	return dansDossier(t, folder)
}

func dansDossier(t *testing.T, folder string) terrain {
	t.Helper()
	d, err := fichier.Ouvrir(folder, fichier.Acces{})
	if err != nil {
		t.Fatal(err)
	}
	return terrain{d, func(t *testing.T) int {
		left, err := os.ReadDir(filepath.Join(folder, ".partiels"))
		if err != nil {
			t.Fatal(err)
		}
		return len(left)
	}}
}

// TestModes lets nobody else read.
func TestModes(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	folder := filepath.Join(t.TempDir(), "documents")
	if err := dansDossier(t, folder).Pose(t.Context(), fichier.NouvelleCle(), strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if files++; e.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil || files != 4 {
		t.Errorf("%d files, %v", files, err)
	}
}

// TestNoEscape puts links to the outside everywhere a name leads: none is
// followed. A plain open follows them, and joined names climb out.
func TestNoEscape(t *testing.T) {
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "documents")
	d := dansDossier(t, folder)
	c, file, place := fichier.NouvelleCle(), fichier.NouvelleCle(), fichier.NouvelleCle()
	for _, k := range []fichier.Cle{c, file} {
		if err := d.Pose(t.Context(), k, strings.NewReader("dedans")); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to string, at ...string) {
		path := filepath.Join(append([]string{folder}, at...)...)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
	}
	link(secret, string(file[:2]), string(file))
	link(outside, string(place[:2]))
	if err := os.WriteFile(filepath.Join(outside, string(place)), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, k := range []fichier.Cle{file, place} {
		if p, err := os.ReadFile(filepath.Join(folder, string(k[:2]), string(k))); string(p) != "secret" {
			t.Fatalf("the trap does not work: %q, %v", p, err)
		}
		if f, err := d.Ouvre(t.Context(), k); err == nil {
			p, _ := io.ReadAll(f)
			t.Errorf("the link was followed to %q", p)
		}
	}
	if err := d.Pose(t.Context(), place, strings.NewReader("dehors")); err == nil {
		t.Error("a document was put outside")
	}
	if err := d.Efface(t.Context(), place); err == nil {
		t.Error("a document was erased outside")
	}
	if err := d.Pose(t.Context(), file, strings.NewReader("remplace")); err != nil || lit(t, d, file) != "remplace" {
		t.Errorf("a link is not replaced by the document: %v", err)
	}
	link(outside, ".partiels")
	if err := d.Pose(t.Context(), c, strings.NewReader("dehors")); err == nil {
		t.Error("a part of a document was written outside")
	}
	if _, err := fichier.Ouvrir(folder, fichier.Acces{}); err == nil {
		t.Error("a folder whose parts go outside opens")
	}
	left, err := os.ReadDir(outside)
	if p, err2 := os.ReadFile(secret); err != nil || err2 != nil || string(p) != "secret" || len(left) != 2 {
		t.Errorf("the outside was touched: %q, %v, %v", p, left, errors.Join(err, err2))
	}
	climbs := 0
	for _, k := range pieges {
		if joined := filepath.Join(folder, string(k)); !strings.HasPrefix(joined, folder+"/") && joined != folder {
			climbs++
		}
	}
	if climbs == 0 {
		t.Error("no name of the corpus climbs out of a plain join")
	}
}

// TestLeftovers removes what a dead process left, and not what a living one is
// writing.
func TestLeftovers(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "documents")
	d := dansDossier(t, folder)
	if err := os.WriteFile(filepath.Join(folder, ".partiels", "mort"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := fichier.NouvelleCle()
	err := d.Pose(t.Context(), c, io.MultiReader(strings.NewReader("debut "), quand{func() {
		if n := dansDossier(t, folder).restes(t); n != 1 {
			t.Errorf("%d unfinished documents, want the one being written", n)
		}
	}}, strings.NewReader("fin")))
	if err != nil || lit(t, d, c) != "debut fin" {
		t.Errorf("%v", err)
	}
}

// TestReadWhileReplaced goes on reading what it opened.
func TestReadWhileReplaced(t *testing.T) {
	d := enDossier(t)
	c := fichier.NouvelleCle()
	if err := d.Pose(t.Context(), c, strings.NewReader("ancien")); err != nil {
		t.Fatal(err)
	}
	f, err := d.Ouvre(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := d.Pose(t.Context(), c, strings.NewReader("nouveau")); err != nil {
		t.Fatal(err)
	}
	if p, err := io.ReadAll(f); err != nil || !bytes.Equal(p, []byte("ancien")) {
		t.Errorf("read %q, %v", p, err)
	}
}

// TestBrokenFolder blames the machine.
func TestBrokenFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fichier")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := fichier.Ouvrir(file, fichier.Acces{}); err == nil || fault.Of(err).Kind != fault.Internal {
		t.Errorf("a file for a folder: %v, %v", d, err)
	}
}
