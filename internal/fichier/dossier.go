package fichier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"guichet/internal/fault"
)

// partiels is where a document is written before it is whole.
const partiels = ".partiels"

// A dossier is a Depot in a folder. No name leads out of it, whatever links
// somebody puts there.
type dossier struct{ root *os.Root }

func ouvrirDossier(chemin string) (_ Depot, err error) {
	defer fault.Wrap(&err, "fichier: open %s", chemin)
	if err := os.MkdirAll(chemin, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(chemin)
	if err != nil {
		return nil, err
	}
	d := &dossier{root}
	if err := d.menage(); err != nil {
		root.Close()
		return nil, err
	}
	return d, nil
}

// menage removes what a process that died left half written. A living one
// holds a lock on what it writes.
func (d *dossier) menage() error {
	if err := d.root.MkdirAll(partiels, 0o700); err != nil {
		return err
	}
	left, err := fs.ReadDir(d.root.FS(), partiels)
	if err != nil {
		return err
	}
	for _, e := range left {
		nom := path.Join(partiels, e.Name())
		f, err := d.root.Open(nom)
		if errors.Is(err, fs.ErrNotExist) {
			continue // its writer has just finished
		}
		if err != nil {
			return err
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			err = d.root.Remove(nom)
		}
		if f.Close(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// place is where a document is: among those whose names begin alike.
func place(c Cle) string { return path.Join(string(c[:2]), string(c)) }

func (d *dossier) Pose(ctx context.Context, c Cle, r io.Reader) (err error) {
	if err := c.verifie(); err != nil {
		return err
	}
	defer fault.Wrap(&err, "fichier: put %s", c)
	partiel := path.Join(partiels, string(NouvelleCle()))
	if err := d.ecrit(partiel, tant{ctx, r}); err != nil {
		return errors.Join(err, d.retire(partiel))
	}
	if err := d.installe(partiel, c); err != nil {
		return errors.Join(err, d.retire(partiel))
	}
	return nil
}

// ecrit writes all of r to a new file, down to the disk.
func (d *dossier) ecrit(nom string, r io.Reader) (err error) {
	f, err := d.root.OpenFile(nom, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	return f.Sync()
}

// tant reads r as long as ctx lasts.
type tant struct {
	ctx context.Context
	r   io.Reader
}

func (t tant) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	return t.r.Read(p)
}

// installe gives a whole file its name, and makes the disk remember it.
func (d *dossier) installe(partiel string, c Cle) error {
	if err := d.root.MkdirAll(string(c[:2]), 0o700); err != nil {
		return err
	}
	if err := d.root.Rename(partiel, place(c)); err != nil {
		return err
	}
	return errors.Join(d.sync(string(c[:2])), d.sync("."))
}

// sync makes the disk remember the names in a folder.
func (d *dossier) sync(nom string) error {
	f, err := d.root.Open(nom)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// retire removes a file that may not be there.
func (d *dossier) retire(nom string) error {
	if err := d.root.Remove(nom); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (d *dossier) Ouvre(ctx context.Context, c Cle) (_ io.ReadCloser, err error) {
	if err := c.verifie(); err != nil {
		return nil, err
	}
	defer fault.Wrap(&err, "fichier: get %s", c)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := d.root.Open(place(c))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, absent().Because(err)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d *dossier) Efface(ctx context.Context, c Cle) (err error) {
	if err := c.verifie(); err != nil {
		return err
	}
	defer fault.Wrap(&err, "fichier: erase %s", c)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := d.retire(place(c)); err != nil {
		return err
	}
	if err := d.sync(string(c[:2])); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
