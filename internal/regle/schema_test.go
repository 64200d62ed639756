package regle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestSchemas checks that the product's own files follow the schemas, and that
// a mistyped key does not.
func TestSchemas(t *testing.T) {
	facts := string(read(t, "../../dispositifs/faits.yaml"))
	rules := string(onlyRules(t, read(t, "../../dispositifs/vta/dispositif.yaml")))
	for _, test := range []struct {
		name, text string
		schema     []byte
		valid      bool
	}{
		{"the dictionary", facts, SchemaFaits(), true},
		{"rules", rules, Schema("Règles", Regles{}), true},
		{"a mistyped key of a fact", strings.Replace(facts, "libelle:", "label:", 1), SchemaFaits(), false},
		{"an unknown type", strings.Replace(facts, "type: texte", "type: nombre", 1), SchemaFaits(), false},
		{"an unknown nature", strings.Replace(rules, "nature: machine", "nature: magique", 1), Schema("Règles", Regles{}), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := validate(t, test.schema, test.text)
			if (err == nil) != test.valid {
				t.Errorf("valid = %v, want %v: %v", err == nil, test.valid, err)
			}
		})
	}
}

func validate(t *testing.T, schema []byte, text string) error {
	t.Helper()
	var s map[string]any
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatal(err)
	}
	var data any
	if err := yaml.Unmarshal([]byte(text), &data); err != nil {
		t.Fatal(err)
	}
	return follows(s, data, "")
}

// follows checks data against the few keywords that Schema writes.
func follows(s map[string]any, data any, path string) error {
	kind := fmt.Sprintf("%T", data)
	types := map[string][]string{"string": {"string"}, "bool": {"boolean"}, "int": {"integer", "number"}, "float64": {"number"},
		"map[string]interface {}": {"object"}, "[]interface {}": {"array"}, "<nil>": {"null"}, "time.Time": {"string"}}[kind]
	if wanted := fmt.Sprint(s["type"]); !slices.ContainsFunc(types, func(t string) bool { return strings.Contains(wanted, t) }) {
		return fmt.Errorf("%s: %s, want %s", path, kind, wanted)
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, data) {
		return fmt.Errorf("%s: %v is not in %v", path, data, enum)
	}
	switch x := data.(type) {
	case []any:
		for i, item := range x {
			if err := follows(s["items"].(map[string]any), item, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for key, value := range x {
			under, ok := properties[key].(map[string]any)
			if !ok {
				if under, ok = s["additionalProperties"].(map[string]any); !ok {
					return fmt.Errorf("%s: no key %s", path, key)
				}
			}
			if err := follows(under, value, path+"."+key); err != nil {
				return err
			}
		}
	}
	return nil
}
