// Package lecture reads data files strictly: a YAML text becomes a Go value,
// or a list of problems that say the file, the line, the key, what is wrong
// and what to write. It knows no particular file.
package lecture

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"guichet/internal/fault"
	"guichet/internal/francais"
)

// A Probleme is one thing wrong in a data file, in French.
type Probleme struct {
	Fichier string
	Ligne   int    // 0 when the whole file is concerned
	Cle     string // path of keys, "conditions[2].si"
	Texte   string // what is wrong and what to write
}

// Error writes the problem on one line: "vta/dispositif.yaml:12: conditions[2].si : …".
func (p Probleme) Error() string {
	var b strings.Builder
	b.WriteString(p.Fichier)
	if p.Ligne > 0 {
		fmt.Fprintf(&b, ":%d", p.Ligne)
	}
	if p.Cle != "" {
		b.WriteString(": " + p.Cle)
	}
	return b.String() + ": " + p.Texte
}

// Problemes are all the problems of a reading, in the order of the file.
type Problemes []Probleme

// Error writes one problem a line.
func (pp Problemes) Error() string {
	lines := make([]string, len(pp))
	for i, p := range pp {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns pp as an error, or nil when there is no problem.
func (pp Problemes) Err() error {
	if len(pp) == 0 {
		return nil
	}
	return pp
}

// Add adds a problem.
func (pp *Problemes) Add(fichier string, ligne int, cle, format string, args ...any) {
	*pp = append(*pp, Probleme{fichier, ligne, cle, fmt.Sprintf(format, args...)})
}

// A Ligne, as a field of a struct, receives the line where the struct begins.
type Ligne int

const maxProblemes = 200

// Load decodes text into out, a pointer to a struct with yaml tags. Unknown
// and repeated keys, wrong types and aliases are problems. Fields of type
// [Ligne] receive line numbers. The error is a [Problemes].
func Load(fichier string, text []byte, out any) error {
	r := reader{fichier: fichier}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		r.pp.Add(fichier, errorLine(err), "", "le texte n’est pas du YAML : %s. Vérifiez l’alignement, les deux-points et les guillemets.",
			strings.TrimPrefix(err.Error(), "yaml: "))
		return r.pp
	}
	if len(doc.Content) == 0 {
		r.pp.Add(fichier, 0, "", "le fichier est vide.")
		return r.pp
	}
	r.value(doc.Content[0], reflect.ValueOf(out).Elem(), "")
	if len(r.pp) > maxProblemes {
		r.pp = r.pp[:maxProblemes]
	}
	return r.pp.Err()
}

func errorLine(err error) int {
	_, after, found := strings.Cut(err.Error(), "line ")
	if !found {
		return 0
	}
	digits, _, _ := strings.Cut(after, ":")
	n, _ := strconv.Atoi(digits)
	return n
}

// reader walks a document and the Go value together.
type reader struct {
	fichier string
	pp      Problemes
}

func (r *reader) fail(n *yaml.Node, key, format string, args ...any) {
	if len(r.pp) <= maxProblemes {
		r.pp.Add(r.fichier, n.Line, key, format, args...)
	}
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

func (r *reader) value(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind == yaml.AliasNode {
		r.fail(n, key, "les renvois (*) ne sont pas acceptés : recopiez la valeur.")
		return
	}
	if n.Tag == "!!null" && v.Kind() != reflect.Pointer {
		return // the zero value
	}
	switch {
	case v.Kind() == reflect.Pointer:
		if n.Tag != "!!null" {
			v.Set(reflect.New(v.Type().Elem()))
			r.value(n, v.Elem(), key)
		}
	case reflect.PointerTo(v.Type()).Implements(textUnmarshaler):
		r.text(n, v, key)
	case v.Kind() == reflect.Struct:
		r.mapping(n, v, key)
	case v.Kind() == reflect.Slice:
		r.sequence(n, v, key)
	case v.Kind() == reflect.Map:
		r.table(n, v, key)
	default:
		r.scalar(n, v, key)
	}
}

func (r *reader) text(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.ScalarNode {
		r.fail(n, key, "une seule valeur est attendue ici.")
		return
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
		r.fail(n, key, "%s", message(err))
	}
}

func (r *reader) mapping(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, key, "des clés sont attendues ici : %s.", francais.Liste(names(v.Type())...))
		return
	}
	setLine(v, n.Line)
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		field, ok := fieldOf(v, k.Value)
		switch {
		case !ok:
			r.fail(k, join(key, k.Value), "cette clé n’existe pas%s", suggestion(k.Value, names(v.Type())))
		case seen[k.Value]:
			r.fail(k, join(key, k.Value), "cette clé est écrite deux fois.")
		default:
			r.value(n.Content[i+1], field, join(key, k.Value))
		}
		seen[k.Value] = true
	}
}

func (r *reader) sequence(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, key, "une liste est attendue ici : des lignes qui commencent par un tiret, ou [a, b].")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		r.value(item, out.Index(i), fmt.Sprintf("%s[%d]", key, i))
	}
	v.Set(out)
}

func (r *reader) table(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, key, "des lignes « nom: valeur » sont attendues ici.")
		return
	}
	out := reflect.MakeMap(v.Type())
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := reflect.New(v.Type().Key()).Elem()
		k.SetString(n.Content[i].Value)
		if out.MapIndex(k).IsValid() {
			r.fail(n.Content[i], join(key, n.Content[i].Value), "cette clé est écrite deux fois.")
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		r.value(n.Content[i+1], item, join(key, n.Content[i].Value))
		out.SetMapIndex(k, item)
	}
	v.Set(out)
}

func (r *reader) scalar(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.ScalarNode {
		r.fail(n, key, "une seule valeur est attendue ici.")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Int, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, v.Type().Bits())
		if err != nil {
			r.fail(n, key, "« %s » n’est pas un nombre entier.", n.Value)
		}
		v.SetInt(i)
	case reflect.Bool:
		if n.Tag != "!!bool" {
			r.fail(n, key, "« %s » : écrivez true ou false.", n.Value)
		}
		v.SetBool(n.Value == "true")
	default:
		panic("lecture: no rule for " + v.Type().String()) // a programming fault, seen by any test that loads the struct
	}
}

// fieldOf finds the field of struct v whose yaml tag is name, through inline
// structs.
func fieldOf(v reflect.Value, name string) (reflect.Value, bool) {
	t := v.Type()
	for i := range t.NumField() {
		tag, opts, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if opts == "inline" {
			if f, ok := fieldOf(v.Field(i), name); ok {
				return f, true
			}
		} else if tag == name && tag != "" && tag != "-" {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// names lists the keys that struct t accepts.
func names(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		tag, opts, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if opts == "inline" {
			out = append(out, names(t.Field(i).Type)...)
		} else if tag != "" && tag != "-" {
			out = append(out, tag)
		}
	}
	return out
}

func setLine(v reflect.Value, line int) {
	for i := range v.NumField() {
		if v.Type().Field(i).Type == reflect.TypeFor[Ligne]() {
			v.Field(i).SetInt(int64(line))
		} else if _, opts, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); opts == "inline" {
			setLine(v.Field(i), line)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// suggestion proposes the nearest known key, or lists them all.
func suggestion(got string, known []string) string {
	for _, k := range known {
		if distance(got, k) <= 2 {
			return " : vouliez-vous dire « " + k + " » ?"
		}
	}
	slices.Sort(known)
	return " ; les clés possibles sont " + francais.Liste(known...) + "."
}

// distance counts the letters to change, add or remove to go from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// message is what a person should read of err: a Fault's own message when it
// is one.
func message(err error) string {
	if f := fault.Of(err); f.Kind != fault.Internal {
		return f.Message
	}
	return err.Error()
}
