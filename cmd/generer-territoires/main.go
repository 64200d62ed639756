// Generer-territoires writes the embedded editions of the folder territoires
// from the npm packages of the découpage administratif:
//
//	npm ci --ignore-scripts
//	go run ./cmd/generer-territoires
//
// The same packages give the same bytes. A figure or a code that does not hold
// together stops it, and nothing is written.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	modules := flag.String("modules", "node_modules", "folder of the npm packages")
	vers := flag.String("vers", "territoires", "folder to write")
	flag.Parse()
	if err := run(*modules, *vers); err != nil {
		fmt.Fprintln(os.Stderr, "generer-territoires:", err)
		os.Exit(1)
	}
}

// run writes one file per edition. It makes them all first, so that a fault
// changes no file.
func run(modules, vers string) error {
	files, err := generate(modules)
	if err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(vers, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the files by name.
func generate(modules string) (map[string][]byte, error) {
	sources := make([]*source, len(editions))
	for i, e := range editions {
		var err error
		if sources[i], err = readSource(filepath.Join(modules, filepath.FromSlash(e.folder))); err != nil {
			return nil, err
		}
	}
	files := make(map[string][]byte, len(editions))
	for i, e := range editions {
		text, err := e.text(sources[i], sources[len(sources)-1])
		if err != nil {
			return nil, fmt.Errorf("edition %d: %w", e.cog, err)
		}
		if files[e.file()], err = pack(text); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// pack compresses text without name nor date, so that the bytes repeat.
func pack(text []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
