package lettre_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A relecture is a PDF read back by another program: its structure in reading
// order, and where each character is.
type relecture struct {
	ctx       *model.Context
	pages     int
	elements  []element
	signes    []place
	artefacts []string // text of the decoration, page by page
	fautes    []string // what an accessible file never holds
	marques   map[marque]*texteMarque
	fontes    map[string]fonte
}

type element struct {
	role   string
	niveau int
	texte  string // of the element itself, without its children
	scope  string
	annots int
}

type place struct {
	page    int
	x, y, w float64
	r       rune
}

type marque struct{ page, id int }

type texteMarque struct {
	texte string
	role  string
	lu    int // times the structure names it
}

type fonte struct {
	unicode  map[int]string
	largeurs map[int]float64
}

// relit reads a file, in the strict mode of the validator.
func relit(file []byte) (*relecture, error) {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	ctx, err := api.ReadAndValidate(bytes.NewReader(file), conf)
	if err != nil {
		return nil, err
	}
	r := &relecture{ctx: ctx, pages: ctx.PageCount, marques: make(map[marque]*texteMarque), fontes: make(map[string]fonte)}
	for p := 1; p <= r.pages; p++ {
		if err := r.page(p); err != nil {
			return nil, err
		}
	}
	return r, r.structure()
}

func (r *relecture) faute(format string, args ...any) {
	r.fautes = append(r.fautes, fmt.Sprintf(format, args...))
}

var (
	debut   = regexp.MustCompile(`^/(\w+) << (?:/MCID (\d+)|.*) >> BDC$`)
	montre  = regexp.MustCompile(`^BT /(F\d+) ([\d.]+) Tf ([-\d.]+) ([-\d.]+) Td <([0-9A-F]*)> Tj ET$`)
	couple  = regexp.MustCompile(`<([0-9A-F]{4})> <([0-9A-F]+)>`)
	numeros = regexp.MustCompile(`\d+`)
)

func (r *relecture) page(n int) error {
	d, _, _, err := r.ctx.PageDict(n, false)
	if err != nil {
		return err
	}
	content, err := r.ctx.PageContent(d, n)
	if err != nil {
		return err
	}
	var in *texteMarque
	artefact, ouvert := false, false
	r.artefacts = append(r.artefacts, "")
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		if m := debut.FindStringSubmatch(line); m != nil {
			if ouvert {
				r.faute("page %d : un contenu marqué dans un autre", n)
			}
			ouvert, artefact, in = true, m[1] == "Artifact", nil
			if !artefact {
				id, _ := strconv.Atoi(m[2])
				in = &texteMarque{role: m[1]}
				r.marques[marque{n, id}] = in
			}
		} else if line == "EMC" {
			ouvert = false
		} else if m := montre.FindStringSubmatch(line); m != nil {
			if !ouvert {
				r.faute("page %d : un texte hors de la structure", n)
			}
			s := r.montre(d, n, m)
			if artefact {
				r.artefacts[n-1] += s + "\n"
			} else {
				in.texte += s
			}
		} else if strings.HasSuffix(line, " S") && !artefact {
			r.faute("page %d : un trait hors des artefacts", n)
		}
	}
	return nil
}

// montre reads a run of characters through the table of its font.
func (r *relecture) montre(page types.Dict, n int, m []string) string {
	f := r.fonte(page, m[1])
	size, _ := strconv.ParseFloat(m[2], 64)
	x, _ := strconv.ParseFloat(m[3], 64)
	y, _ := strconv.ParseFloat(m[4], 64)
	var b strings.Builder
	for i := 0; i < len(m[5]); i += 4 {
		cid, _ := strconv.ParseInt(m[5][i:i+4], 16, 32)
		s, ok := f.unicode[int(cid)]
		if !ok {
			r.faute("page %d : le caractère %d n’a pas d’Unicode", n, cid)
		}
		w := f.largeurs[int(cid)] * size / 1000
		for _, c := range s {
			r.signes = append(r.signes, place{n, x, y, w, c})
		}
		x += w
		b.WriteString(s)
	}
	return b.String()
}

func (r *relecture) dict(o types.Object) types.Dict {
	d, _ := r.ctx.DereferenceDict(o)
	return d
}

func (r *relecture) array(o types.Object) types.Array {
	a, _ := r.ctx.DereferenceArray(o)
	return a
}

func (r *relecture) flux(o types.Object) []byte {
	s, _, err := r.ctx.DereferenceStreamDict(o)
	if err != nil || s.Decode() != nil {
		return nil
	}
	return s.Content
}

func (r *relecture) fonte(page types.Dict, name string) fonte {
	if f, ok := r.fontes[name]; ok {
		return f
	}
	d := r.dict(r.dict(r.dict(page["Resources"])["Font"])[name])
	f := fonte{make(map[int]string), make(map[int]float64)}
	for _, m := range couple.FindAllStringSubmatch(string(r.flux(d["ToUnicode"])), -1) {
		cid, _ := strconv.ParseInt(m[1], 16, 32)
		raw, _ := hex.DecodeString(m[2])
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
		}
		f.unicode[int(cid)] = string(utf16.Decode(units))
	}
	descendant := r.dict(r.array(d["DescendantFonts"])[0])
	if r.flux(r.dict(descendant["FontDescriptor"])["FontFile2"]) == nil {
		r.faute("la fonte %s n’est pas dans le fichier", name)
	}
	w := r.array(descendant["W"])
	for i, o := range r.array(w[1]) {
		x, _ := r.ctx.DereferenceNumber(o)
		f.largeurs[i+1] = x
	}
	r.fontes[name] = f
	return f
}

// structure walks the tree in reading order.
func (r *relecture) structure() error {
	root, err := r.ctx.Catalog()
	if err != nil {
		return err
	}
	tree := r.dict(root["StructTreeRoot"])
	parents := r.parents(tree)
	numero := make(map[int]int) // object of a page → page
	for p := 1; p <= r.pages; p++ {
		ref, err := r.ctx.PageDictIndRef(p)
		if err != nil {
			return err
		}
		numero[int(ref.ObjectNumber)] = p
		r.page1(p, parents)
	}
	r.marche(tree["K"], numero, parents)
	for m, t := range r.marques {
		if t.lu != 1 {
			r.faute("page %d : le contenu %d (%s) est nommé %d fois par la structure", m.page, m.id, t.texte, t.lu)
		}
	}
	return nil
}

// parents reads the table from pages and links to elements.
func (r *relecture) parents(tree types.Dict) map[int]types.Object {
	out := make(map[int]types.Object)
	nums := r.array(r.dict(tree["ParentTree"])["Nums"])
	for i := 0; i+1 < len(nums); i += 2 {
		out[nums[i].(types.Integer).Value()] = nums[i+1]
	}
	return out
}

// page1 checks that each link of a page leads to an element.
func (r *relecture) page1(p int, parents map[int]types.Object) {
	d, _, _, _ := r.ctx.PageDict(p, false)
	if d["Tabs"] != types.Name("S") {
		r.faute("page %d : l’ordre de tabulation n’est pas celui de la structure", p)
	}
	for _, a := range r.array(d["Annots"]) {
		annot := r.dict(a)
		key, ok := annot["StructParent"].(types.Integer)
		if !ok || r.dict(parents[key.Value()])["S"] != types.Name("Link") {
			r.faute("page %d : un lien sans élément", p)
		}
		if annot["Contents"] == nil {
			r.faute("page %d : un lien sans texte de remplacement", p)
		}
	}
}

func (r *relecture) marche(o types.Object, pages map[int]int, parents map[int]types.Object) {
	d := r.dict(o)
	e := element{role: string(d["S"].(types.Name))}
	if n := numeros.FindString(e.role); n != "" {
		e.niveau, _ = strconv.Atoi(n)
	}
	if a := r.dict(d["A"]); a != nil && a["Scope"] != nil {
		e.scope = string(a["Scope"].(types.Name))
	}
	at := len(r.elements)
	r.elements = append(r.elements, e)
	for _, k := range r.array(d["K"]) {
		kid := r.dict(k)
		switch kid["Type"] {
		case types.Name("MCR"):
			m := marque{pages[int(kid["Pg"].(types.IndirectRef).ObjectNumber)], kid["MCID"].(types.Integer).Value()}
			t := r.marques[m]
			if t == nil || t.role != e.role || r.array(parents[m.page-1])[m.id] != o {
				r.faute("la structure et la page %d ne disent pas la même chose du contenu %d", m.page, m.id)
				continue
			}
			t.lu++
			r.elements[at].texte += t.texte
		case types.Name("OBJR"):
			r.elements[at].annots++
			key, _ := r.dict(kid["Obj"])["StructParent"].(types.Integer)
			if parents[key.Value()] != o {
				r.faute("un lien ne mène pas à l’élément qui le nomme")
			}
		default:
			// what comes between two parts of a text is read between them
			before := len(r.elements)
			r.marche(k, pages, parents)
			if e.role == "P" || e.role == "TD" || strings.HasPrefix(e.role, "H") {
				r.elements[at].texte += r.elements[before].texte
				r.elements[before].texte = ""
			}
		}
	}
}

// mots returns the words in reading order, cut at line ends and no-break
// spaces too.
func (r *relecture) mots() []string {
	var out []string
	for _, e := range r.elements {
		out = append(out, mots(e.texte)...)
	}
	return out
}

func mots(s string) []string { return strings.FieldsFunc(s, unicode.IsSpace) }
