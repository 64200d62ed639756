package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/openapi.json again")

// TestOpenAPI keeps the published description equal to what is served: a
// change of the interface is seen in a review.
func TestOpenAPI(t *testing.T) {
	const path = "../../docs/openapi.json"
	w := get(t, handler(t), "/api/v1/openapi.json")
	var got bytes.Buffer
	if err := json.Indent(&got, w.Body.Bytes(), "", "  "); err != nil {
		t.Fatalf("%d %v", w.Code, err)
	}
	got.WriteByte('\n')
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("docs/openapi.json is not what is served; run go test ./internal/api -update\n%s", diff)
	}
	var doc struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(want, &doc); err != nil || doc.OpenAPI[:3] != "3.1" || len(doc.Paths) != 5 {
		t.Errorf("version %s, %d paths, want 3.1 and 5 paths (%v)", doc.OpenAPI, len(doc.Paths), err)
	}
}
