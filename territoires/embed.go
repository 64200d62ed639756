// Package territoires holds the generated data of communes, EPCI, départements
// and régions, one file per year. LISEZMOI.md gives their source and licence.
package territoires

import "embed"

// FS holds the editions, YEAR.tsv.gz.
//
//go:embed *.tsv.gz
var FS embed.FS
