package sonde

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"guichet/internal/fault"
	"guichet/internal/piece"
)

// Enfant is what the child does: it gives up what it does not need, measures
// the document in, and writes the answer to out. It is to be called first
// thing, in a process that does nothing else: the limits stay.
func Enfant(in *os.File, out io.Writer) error {
	if err := limite(); err != nil {
		return fmt.Errorf("sonde: limits: %w", err)
	}
	if _, err := io.WriteString(out, pret); err != nil {
		return fmt.Errorf("sonde: greet: %w", err)
	}
	return json.NewEncoder(out).Encode(mesure(in))
}

func mesure(in *os.File) reponse {
	info, err := in.Stat()
	if err != nil {
		return reponse{Panne: err.Error()}
	}
	m, err := piece.Mesurer(in, info.Size(), "")
	switch f := fault.Of(err); {
	case err == nil:
		return reponse{Mesure: m}
	case errors.Is(err, fault.Invalid):
		return reponse{Refus: &refus{f.Message, f.Codes}}
	}
	return reponse{Panne: err.Error()}
}
