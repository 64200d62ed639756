package main

import (
	"os"

	"guichet/internal/sonde"
)

// A sondeCmd measures one document that may be hostile, in this process, which
// has nothing else to do: the service runs itself again with this verb.
type sondeCmd struct{}

// Run measures the document of descriptor 3 and writes the answer.
func (sondeCmd) Run(k *console) error {
	return sonde.Enfant(os.NewFile(3, "document"), k.out)
}
