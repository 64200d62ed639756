// Generer-territoires writes the embedded editions of territoires/ from the
// npm packages of the Code officiel géographique.
//
//	go run ./cmd/generer-territoires -modules node_modules -vers territoires
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

// run writes one file per edition. It reads everything first, so that a fault
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

// generate returns the files by name: the same bytes for the same packages.
func generate(modules string) (map[string][]byte, error) {
	recent, err := read(filepath.Join(modules, "@etalab", "decoupage-administratif"))
	if err != nil {
		return nil, err
	}
	ancien, err := read(filepath.Join(modules, "decoupage-2021"))
	if err != nil {
		return nil, err
	}
	ancien.borrow(recent)
	out := make(map[string][]byte)
	for _, e := range []edition{
		{cog: 2021, paquet: ancien, series: series2021, ilots: rp2018DesIles,
			source: "Code officiel géographique 2021 (INSEE), composition des EPCI 2021 (DGCL), codes postaux (La Poste), par le paquet decoupage-administratif 1.1.1 d’Etalab"},
		{cog: 2026, paquet: recent, series: series2026, sommeEpci: true,
			source: "Code officiel géographique 2026 (INSEE), composition des EPCI 2026 (DGCL), codes postaux (La Poste), par le paquet decoupage-administratif 6.0.0 d’Etalab"},
	} {
		data, err := pack(e.write())
		if err != nil {
			return nil, err
		}
		out[fmt.Sprintf("%d.tsv.gz", e.cog)] = data
	}
	return out, nil
}

// pack compresses text without a date, so that the bytes repeat.
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
