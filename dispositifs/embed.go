// Package dispositifs holds the data of the schemes: the catalogue, the
// dictionary of facts, the letters, one folder per scheme and one per
// prefecture.
package dispositifs

import "embed"

// FS holds every data file.
//
//go:embed catalogue.yaml communs.yaml faits.yaml */*.yaml */listes/*.yaml courriers/*.md
var FS embed.FS
