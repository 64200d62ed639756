package regle

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"

	"guichet/internal/lecture"
)

// SchemaFaits returns the JSON Schema of the dictionary of facts.
func SchemaFaits() []byte {
	return Schema("Dictionnaire des faits", struct {
		Faits map[string]*Fait `yaml:"faits"`
	}{})
}

// Schema returns the JSON Schema (2020-12) of the files that lecture.Load
// decodes into a value like file, for the editors that people write them with.
func Schema(titre string, file any) []byte {
	s := schemaOf(reflect.TypeOf(file))
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = titre
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // maps of texts and lists: cannot happen
	}
	return append(out, '\n')
}

type object = map[string]any

// listed are the types whose values are a closed list.
var listed = map[reflect.Type]func() []string{
	reflect.TypeFor[Portee](): func() []string { return portees[:] },
	reflect.TypeFor[Type](): func() []string {
		var out []string
		for _, t := range Types {
			out = append(out, string(t))
		}
		return out
	},
}

func schemaOf(t reflect.Type) object {
	if values, ok := listed[t]; ok {
		return object{"type": "string", "enum": values()}
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return object{"type": []string{"string", "null"}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return object{"type": "object", "additionalProperties": false, "properties": properties(t)}
	case reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return object{"type": "integer"}
	}
	return object{"type": []string{"string", "number", "boolean", "null"}} // a text may be written without quotes
}

// properties gathers the keys of a struct, through those it embeds inline.
func properties(t reflect.Type) object {
	out := object{}
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			for k, v := range properties(f.Type) {
				out[k] = v
			}
		case key == "nature" && t == reflect.TypeFor[Condition]():
			out[key] = object{"type": "string", "enum": Natures}
		case key != "" && key != "-" && f.Type != reflect.TypeFor[lecture.Ligne]():
			out[key] = schemaOf(f.Type)
		}
	}
	return out
}
