package dispositif_test

import (
	"testing"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
)

// TestLoad reads and checks every data file of the project.
func TestLoad(t *testing.T) {
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatalf("the data have problems:\n%v", err)
	}
	if got := len(c.Principaux()); got != 8 {
		t.Errorf("%d main schemes, want the 8 of the table", got)
	}
}
