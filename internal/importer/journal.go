package importer

import (
	"fmt"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/francais"
)

// Limits of what one reading keeps to say.
const (
	maxErreurs   = 50
	maxRemarques = 100
)

// A Remarque is something about one place of the file, in French. Ligne and
// Colonne begin at 1; 0 when the whole file, or the whole line, is concerned.
type Remarque struct {
	Ligne, Colonne int
	Texte          string
}

// String writes the place, then the text: « ligne 12, colonne 2 : … ».
func (r Remarque) String() string {
	switch {
	case r.Ligne == 0:
		return r.Texte
	case r.Colonne == 0:
		return fmt.Sprintf("ligne %d : %s", r.Ligne, r.Texte)
	}
	return fmt.Sprintf("ligne %d, colonne %d : %s", r.Ligne, r.Colonne, r.Texte)
}

// Erreurs are the errors of a file, in its order.
type Erreurs []Remarque

// Error writes one error a line.
func (ee Erreurs) Error() string {
	lines := make([]string, len(ee))
	for i, e := range ee {
		lines[i] = e.String()
	}
	return strings.Join(lines, "\n")
}

// A journal collects what a reading has to say.
type journal struct {
	erreurs   Erreurs
	remarques []Remarque
	autres    int        // remarks not kept
	genre     fault.Kind // TooLarge when a limit was passed
}

func (j *journal) erreur(ligne, colonne int, format string, args ...any) {
	if len(j.erreurs) <= maxErreurs {
		j.erreurs = append(j.erreurs, Remarque{ligne, colonne, fmt.Sprintf(format, args...)})
	}
}

// assez reports whether there is no point in reading further.
func (j *journal) assez() bool { return len(j.erreurs) > maxErreurs || j.genre == fault.TooLarge }

func (j *journal) remarque(ligne, colonne int, format string, args ...any) {
	if len(j.remarques) >= maxRemarques {
		j.autres++
		return
	}
	j.remarques = append(j.remarques, Remarque{ligne, colonne, fmt.Sprintf(format, args...)})
}

// tropGrand stops the reading for good.
func (j *journal) tropGrand(format string, args ...any) {
	j.erreur(0, 0, format, args...)
	j.genre = fault.TooLarge
}

// err returns the errors as a Fault, or nil.
func (l *lecteur) err() error {
	if len(l.erreurs) == 0 {
		return nil
	}
	kind, count := fault.Invalid, francais.Compte(len(l.erreurs), "erreur", "erreurs")
	if l.genre == fault.TooLarge {
		kind = fault.TooLarge
	}
	shown := l.erreurs
	if len(shown) > maxErreurs {
		shown, count = shown[:maxErreurs], fmt.Sprintf("plus de %d erreurs", maxErreurs)
	}
	name := l.nom
	if name == "" {
		name = "Le fichier"
	}
	return fault.New(kind, "%s n’a pas été importé et rien n’a changé : %s.\n%s", name, count, shown.Error()).Because(shown)
}
