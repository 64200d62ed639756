package main

import (
	"bytes"
	"io/fs"
	"testing"

	"guichet/territoires"
)

// TestGeneratedIsCommitted regenerates every edition and compares it with the
// embedded one.
func TestGeneratedIsCommitted(t *testing.T) {
	files, err := generate("../../node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 {
		t.Errorf("%d editions, want 2", len(files))
	}
	for name, want := range files {
		got, err := fs.ReadFile(territoires.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("territoires/%s is not what the packages give: run make generer", name)
		}
	}
}
