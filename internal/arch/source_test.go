package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	maxFile     = 600 // lines
	maxFunction = 80
	maxHandler  = 30
)

// codes returns the codes of the schemes: the names of their folders.
func codes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../dispositifs/*/dispositif.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scheme found: %v", err)
	}
	for i, f := range files {
		files[i] = filepath.Base(filepath.Dir(f))
	}
	return files
}

func TestSource(t *testing.T) {
	schemes := codes(t)
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, wrong := range checkSource(strings.TrimPrefix(p.ImportPath, module), path, string(text), schemes) {
				t.Error(wrong)
			}
		}
	}
}

// TestSourceCanFail gives the check what it must refuse.
func TestSourceCanFail(t *testing.T) {
	for name, text := range map[string]string{
		"a clock":            "package p\nimport \"time\"\nfunc f() { time.Now() }",
		"a scheme in an if":  "package p\nfunc f(s string) { if s == \"vta\" { f(s) } }",
		"a scheme in a case": "package p\nfunc f(s string) { switch s { case \"vta\": f(s) } }",
		"raw HTML":           "package p\nfunc f() { g.Raw(\"<b>\") }",
		"a long handler":     "package p\nfunc f(w http.ResponseWriter) {\n" + strings.Repeat("f(w)\n", 40) + "}",
		"a long function":    "package p\nfunc f() {\n" + strings.Repeat("f()\n", 90) + "}",
		"a long file":        "package p\n" + strings.Repeat("// line\n", 700),
	} {
		if len(checkSource("internal/web", "bad.go", text, []string{"vta"})) == 0 {
			t.Errorf("%s is accepted", name)
		}
	}
}

func checkSource(pkg, path, text string, schemes []string) (wrong []string) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, 0)
	if err != nil {
		return []string{err.Error()}
	}
	if n := strings.Count(text, "\n"); n > maxFile {
		wrong = append(wrong, fmt.Sprintf("%s has %d lines, more than %d", path, n, maxFile))
	}
	fail := func(n ast.Node, what string) { wrong = append(wrong, set.Position(n.Pos()).String()+": "+what) }
	ast.Inspect(file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncDecl:
			if lines := set.Position(x.End()).Line - set.Position(x.Pos()).Line + 1; lines > maxFunction {
				fail(n, fmt.Sprintf("%s has %d lines, more than %d", x.Name, lines, maxFunction))
			} else if handles(x) && lines >= maxHandler {
				fail(n, fmt.Sprintf("the handler %s has %d lines: it reads, asks the counter, shows", x.Name, lines))
			}
		case *ast.SelectorExpr:
			if id, ok := x.X.(*ast.Ident); ok && id.Name == "time" && x.Sel.Name == "Now" && !strings.HasPrefix(pkg, "cmd/") {
				fail(n, "only the wiring reads the clock")
			}
			if x.Sel.Name == "Raw" {
				fail(n, "no raw HTML")
			}
		case *ast.BinaryExpr:
			checkLiteral(x.X, schemes, fail)
			checkLiteral(x.Y, schemes, fail)
		case *ast.CaseClause:
			for _, e := range x.List {
				checkLiteral(e, schemes, fail)
			}
		}
		return true
	})
	return wrong
}

// handles reports whether a function answers a request.
func handles(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		if s, ok := p.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "ResponseWriter" {
			return true
		}
	}
	return false
}

// checkLiteral refuses the code of a scheme in a comparison.
func checkLiteral(e ast.Expr, schemes []string, fail func(ast.Node, string)) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	if s, err := strconv.Unquote(lit.Value); err == nil && slices.Contains(schemes, s) {
		fail(e, "what is particular to the scheme "+s+" is data, not Go")
	}
}
