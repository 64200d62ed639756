// Package arch checks the shape of guichet: who may import whom, what stays
// pure, how long a file may be. The table is the map of the program.
package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "guichet/"

// words mean the same everywhere: every package may import them.
var words = []string{"internal/fault", "internal/euro", "internal/jour", "internal/siren", "internal/francais", "internal/lecture"}

// allowed lists, for every package, the other packages it may import. A
// package that is not here fails the test: adding one is a decision.
var allowed = map[string][]string{
	"internal/fault": {}, "internal/francais": {}, "internal/euro": {}, "internal/jour": {}, "internal/siren": {}, "internal/lecture": {},

	"internal/mots": {},

	"internal/territoire":  {},
	"internal/regle":       {},
	"internal/dispositif":  {"internal/regle", "internal/territoire"},
	"internal/eligibilite": {"internal/territoire", "internal/regle", "internal/dispositif"},
	"internal/cantine":     {},
	"internal/importer":    {"internal/territoire"},
	"internal/compte":      {},
	"internal/journal":     {},
	"internal/courriel":    {"internal/compte"},
	"internal/dossier":     {"internal/compte", "internal/courriel", "internal/regle", "internal/dispositif", "internal/eligibilite"},

	"internal/store":           {"internal/territoire", "internal/compte", "internal/dossier", "internal/journal", "internal/courriel"},
	"internal/agenda":          {},
	"internal/courrier":        {},
	"internal/lettre":          {"internal/lettre/pdf"},
	"internal/lettre/pdf":      {},
	"internal/demofournisseur": {},
	"internal/piece":           {},
	"internal/sonde":           {"internal/piece"},
	"internal/fichier":         {},
	"internal/store/storetest": {"internal/store"},
	"internal/sonde/sondetest": {"internal/sonde"},

	"internal/guichet": {"internal/territoire", "internal/regle", "internal/dispositif", "internal/eligibilite", "internal/importer", "internal/store",
		"internal/agenda", "internal/compte", "internal/courriel", "internal/dossier", "internal/journal", "internal/lettre", "internal/mots", "internal/piece", "internal/sonde", "internal/fichier"},
	"internal/web/ui": {},
	"internal/web": {"internal/guichet", "internal/web/ui", "internal/territoire", "internal/regle", "internal/dispositif", "internal/eligibilite",
		"internal/compte", "internal/dossier", "internal/oidc", "internal/courriel"},
	"internal/api":  {"internal/guichet", "internal/territoire", "internal/regle", "internal/dispositif", "internal/eligibilite"},
	"internal/oidc": {},
	"cmd/guichet": {"dispositifs", "territoires", "internal/guichet", "internal/web", "internal/api", "internal/territoire",
		"internal/regle", "internal/dispositif", "internal/eligibilite", "internal/importer", "internal/store", "internal/oidc", "internal/demofournisseur", "internal/courrier", "internal/dossier",
		"internal/lettre", "internal/sonde", "internal/fichier"},

	"cmd/generer-territoires": {"internal/territoire"},
	"dispositifs":             {},
	"territoires":             {},
	"internal/arch":           {},
	"internal/scenario":       {},
}

// pure packages compute: they never reach the outside of the program.
var pure = append([]string{"internal/territoire", "internal/regle", "internal/dispositif", "internal/eligibilite", "internal/cantine", "internal/importer",
	"internal/compte", "internal/journal", "internal/dossier", "internal/agenda", "internal/piece", "internal/courriel", "internal/mots"}, words...)

var outside = []string{"database/sql", "net/http", "os", "log/slog", "html/template", "context", "math/rand", "math/rand/v2", "crypto/rand"}

// external lists who may import which module from outside the standard
// library.
var external = map[string][]string{
	"github.com/blevesearch/snowballstem": {"internal/mots"},

	"cel.dev/cel-go":                     {"internal/regle"},
	"go.yaml.in/yaml/v3":                 {"internal/lecture"},
	"golang.org/x/text":                  {"internal/francais", "internal/lettre"},
	"github.com/paulmach/orb":            {"internal/territoire", "internal/importer"},
	"github.com/xuri/excelize/v2":        {"internal/importer"},
	"github.com/danielgtaylor/huma/v2":   {"internal/api"},
	"maragu.dev/gomponents":              {"internal/web", "internal/web/ui", "internal/demofournisseur"},
	"github.com/wneessen/go-mail":        {"internal/courrier"},
	"golang.org/x/net":                   {"internal/courrier"},
	"golang.org/x/image":                 {"internal/lettre"},
	"github.com/yuin/goldmark":           {"internal/lettre"},
	"github.com/pdfcpu/pdfcpu":           {"internal/piece"},
	"github.com/gabriel-vasile/mimetype": {"internal/piece"},
	"github.com/minio/minio-go/v7":       {"internal/fichier"},
	"github.com/alecthomas/kong":         {"cmd/guichet"},
	"modernc.org/sqlite":                 {"internal/store"},
	"github.com/jackc/pgx/v5":            {"internal/store", "internal/store/storetest"},
	"github.com/pressly/goose/v3":        {"internal/store"},
	"github.com/coreos/go-oidc/v3":       {"internal/oidc"},
	"golang.org/x/oauth2":                {"internal/oidc"},
	"github.com/go-jose/go-jose/v4":      {"internal/oidc", "internal/demofournisseur"},
}

// forbidden are names that say nothing.
var forbidden = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "types", "base", "manager", "service", "impl"}

// A pkg is one package as go list describes it.
type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles", "guichet/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, wrong := range checkImports(p) {
			t.Error(wrong)
		}
	}
}

// TestImportsCanFail gives the check what it must refuse.
func TestImportsCanFail(t *testing.T) {
	for _, bad := range []pkg{
		{ImportPath: "guichet/internal/inconnu"},
		{ImportPath: "guichet/internal/regle", Imports: []string{"guichet/internal/territoire"}},
		{ImportPath: "guichet/internal/regle", Imports: []string{"net/http"}},
		{ImportPath: "guichet/internal/web", Imports: []string{"cel.dev/cel-go/cel"}},
		{ImportPath: "guichet/internal/web", Imports: []string{"testing"}},
		{ImportPath: "guichet/internal/util"},
	} {
		if len(checkImports(bad)) == 0 {
			t.Errorf("%s importing %v is accepted", bad.ImportPath, bad.Imports)
		}
	}
}

func checkImports(p pkg) (wrong []string) {
	name := strings.TrimPrefix(p.ImportPath, module)
	may, ok := allowed[name]
	if !ok {
		wrong = append(wrong, name+" is not in the table of packages")
	}
	if last := name[strings.LastIndexByte(name, '/')+1:]; slices.Contains(forbidden, last) {
		wrong = append(wrong, name+": this name says nothing")
	}
	for _, imp := range p.Imports {
		in, ours := strings.CutPrefix(imp, module)
		switch {
		case ours && !slices.Contains(may, in) && !slices.Contains(words, in):
			wrong = append(wrong, name+" must not import "+in)
		case slices.Contains(pure, name) && slices.Contains(outside, imp):
			wrong = append(wrong, name+" must stay pure: it imports "+imp)
		case imp == "testing" && !strings.HasSuffix(name, "test"):
			wrong = append(wrong, name+" must not import testing")
		case !ours && strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") && !mayExternal(name, imp):
			wrong = append(wrong, name+" must not import the module "+imp)
		}
	}
	return wrong
}

func mayExternal(name, imp string) bool {
	for prefix, who := range external {
		if (imp == prefix || strings.HasPrefix(imp, prefix+"/")) && slices.Contains(who, name) {
			return true
		}
	}
	return false
}
