// Package territoires holds the generated data of communes, EPCI, départements
// and régions, one file per year. LISEZMOI.md gives their source and licence.
package territoires

import "embed"

// FS holds the editions, YEAR.tsv.gz.
//
//go:generate go run guichet/cmd/generer-territoires -modules ../node_modules -vers .
//go:embed *.tsv.gz
var FS embed.FS
