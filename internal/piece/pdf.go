package piece

import (
	"bytes"
	"errors"
	"regexp"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Bounds of a PDF, below those of the process that reads it.
const (
	maxFlux    = 64 << 20 // bytes of one stream, packed or not
	maxObjets  = 1_000_000
	maxPages   = 20_000
	maxNiveaux = 100
)

// reglages are the settings of the reader: no configuration folder, no
// network, bounds.
var reglages = sync.OnceValue(func() *model.Configuration {
	api.DisableConfigDir()
	c := model.NewDefaultConfiguration()
	c.Offline, c.Optimize = true, false
	c.Limits.MaxStreamBytes, c.Limits.MaxDecodeBytes = maxFlux, maxFlux
	c.Limits.MaxObjectCount, c.Limits.MaxXRefEntries, c.Limits.MaxRecursionDepth = maxObjets, maxObjets, maxNiveaux
	return c
})

// lirePdf counts the pages of a PDF that does nothing: no password, no script,
// no file inside, nothing it starts.
func lirePdf(s *source, m *Mesure) error {
	if err := s.queue(); err != nil {
		return err
	}
	if s.cherche(protege.Match) {
		return refusProtege()
	}
	conf := *reglages()
	ctx, err := api.ReadContext(s.section(0, s.taille), &conf)
	switch {
	case errors.Is(err, filter.ErrDecodeLimitExceeded):
		return refusBombe()
	case chiffre(ctx, err):
		return refusProtege()
	case err != nil:
		return abime("ce PDF", err.Error())
	}
	for _, e := range ctx.Table {
		if e == nil || e.Free {
			continue
		}
		if err := inspecte(e.Object, 0); err != nil {
			return err
		}
	}
	a := &arbre{ctx: ctx.XRefTable, vus: map[int]bool{}}
	if m.Pages, err = a.compte(); err != nil {
		return err
	}
	return nil
}

func refusProtege() error {
	return refus("PIECE_CHIFFREE", "Ce PDF est protégé par un mot de passe ou par des restrictions : enregistrez-le sans protection, puis renvoyez-le.")
}

// protege is a protection written in the trailer itself, which the reader does
// not see.
var protege = regexp.MustCompile(`/Encrypt\s*<<`)

func chiffre(ctx *model.Context, err error) bool {
	return ctx != nil && ctx.Encrypt != nil || errors.Is(err, pdfcpu.ErrWrongPassword) ||
		errors.Is(err, pdfcpu.ErrMalformedEncryption) || errors.Is(err, pdfcpu.ErrUnsupportedEncryptionFeature)
}

// queue refuses what follows the end of a PDF: only blanks may.
func (s *source) queue() error {
	n := min(s.taille, 1<<16)
	p, ok := s.octets(s.taille-n, int(n))
	i := bytes.LastIndex(p, []byte("%%EOF"))
	switch {
	case !ok || i < 0:
		return abime("ce PDF", "no end of file mark")
	case len(bytes.Trim(p[i+5:], "\x00\t\n\f\r ")) > 0:
		return polyglotte()
	}
	return nil
}

// inspecte refuses an object that acts, or that holds a file.
func inspecte(o types.Object, niveau int) error {
	if niveau > maxNiveaux {
		return abime("ce PDF", "objects too deep")
	}
	switch o := o.(type) {
	case types.Dict:
		return inspecteDict(o, niveau)
	case types.StreamDict:
		return inspecteDict(o.Dict, niveau)
	case types.ObjectStreamDict:
		for _, x := range o.ObjArray {
			if err := inspectePlie(x); err != nil {
				return err
			}
		}
	case types.Array:
		for _, x := range o {
			if err := inspecte(x, niveau+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// inspectePlie inspects an object of a compressed stream, which the reader has
// not parsed: it waits until somebody asks for it, under the number that the
// table gives it. Another reader may follow other numbers, so all count.
func inspectePlie(o types.Object) error {
	l, ok := o.(types.LazyObjectStreamObject)
	if !ok {
		return abime("ce PDF", "an object stream of another kind")
	}
	data, err := l.GetData()
	if errors.Is(err, filter.ErrDecodeLimitExceeded) {
		return refusBombe()
	}
	if err != nil {
		return abime("ce PDF", err.Error())
	}
	text := string(data)
	x, err := model.ParseObject(&text)
	if err != nil {
		return abime("ce PDF", err.Error())
	}
	return inspecte(x, 0)
}

func inspecteDict(d types.Dict, niveau int) error {
	for key, value := range d {
		name, _ := value.(types.Name)
		if err := interdit(key, string(name)); err != nil {
			return err
		}
		if err := inspecte(value, niveau+1); err != nil {
			return err
		}
	}
	return nil
}

// interdit refuses one entry of a dictionary; name is its value when that is a
// name.
func interdit(key, name string) error {
	switch {
	case key == "JS", key == "JavaScript", key == "XFA", key == "S" && name == "JavaScript":
		return refus("PIECE_SCRIPT", "Ce PDF contient un programme (formulaire qui calcule, par exemple). "+enPdf)
	case key == "S" && (name == "Launch" || name == "ImportData"):
		return refus("PIECE_LANCEMENT", "Ce PDF lance un programme ou ouvre un fichier quand on le lit. "+enPdf)
	case key == "EF", key == "EmbeddedFiles", key == "RichMediaContent", key == "Collection", key == "S" && name == "GoToE",
		key == "Type" && name == "EmbeddedFile", key == "Subtype" && (name == "FileAttachment" || name == "RichMedia"):
		return refus("PIECE_FICHIER_JOINT", "Ce PDF contient d’autres fichiers. Envoyez-les un par un, et le document imprimé en PDF sans eux.")
	}
	return nil
}

// An arbre is the tree of the pages. Its leaves are counted: the number the
// document announces may be another.
type arbre struct {
	ctx *model.XRefTable
	vus map[int]bool
	n   int
}

func (a *arbre) compte() (int, error) {
	root, err := a.ctx.Pages()
	if err != nil || root == nil {
		return 0, abime("ce PDF", "no pages")
	}
	if err := a.noeud(*root, 0); err != nil {
		return 0, err
	}
	d, err := a.ctx.DereferenceDict(*root)
	if err != nil {
		return 0, abime("ce PDF", "no pages")
	}
	count, err := a.ctx.DereferenceInteger(d["Count"])
	if err != nil || count == nil || count.Value() != a.n || a.n == 0 {
		return 0, abime("ce PDF", "another number of pages than announced")
	}
	return a.n, nil
}

func (a *arbre) noeud(ref types.IndirectRef, niveau int) error {
	nr := ref.ObjectNumber.Value()
	if a.vus[nr] || niveau > maxNiveaux || a.n > maxPages {
		return abime("ce PDF", "a page tree that loops")
	}
	a.vus[nr] = true
	d, err := a.ctx.DereferenceDict(ref)
	if err != nil || d == nil {
		return abime("ce PDF", "a page that is not one")
	}
	kids, found := d.Find("Kids")
	if !found {
		a.n++
		return nil
	}
	list, err := a.ctx.DereferenceArray(kids)
	if err != nil {
		return abime("ce PDF", "pages that are not a list")
	}
	for _, k := range list {
		ref, ok := k.(types.IndirectRef)
		if !ok {
			return abime("ce PDF", "a page that is not one")
		}
		if err := a.noeud(ref, niveau+1); err != nil {
			return err
		}
	}
	return nil
}
