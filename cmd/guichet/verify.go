package main

import (
	"errors"
	"fmt"
	"io/fs"

	"guichet/internal/dispositif"
	"guichet/internal/eligibilite"
	"guichet/internal/francais"
	"guichet/internal/lecture"
	"guichet/internal/territoire"
)

// A verifyCmd checks a folder of data.
type verifyCmd struct {
	Dossier string `arg:"" optional:"" help:"Dossier de données ; celles du programme par défaut."`
}

// Run reads everything and lists what is wrong, one problem a line.
func (c *verifyCmd) Run(k *console) error {
	fsys, err := regles(c.Dossier)
	if err != nil {
		return err
	}
	cat, ran, err := check(fsys)
	var pp lecture.Problemes
	if errors.As(err, &pp) {
		for _, p := range pp {
			fmt.Fprintln(k.out, p.Error())
		}
		fmt.Fprintf(k.err, "%s dans les données.\n", francais.Compte(len(pp), "problème", "problèmes"))
		return errAnnounced
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(k.out, "Tout est en ordre : %s, %s, %s, %s.\n",
		francais.Compte(len(cat.Principaux()), "dispositif", "dispositifs"),
		francais.Compte(len(cat.All())-len(cat.Principaux()), "aide rattachée", "aides rattachées"),
		francais.Compte(len(cat.Prefectures), "préfecture", "préfectures"),
		francais.Compte(ran, "exemple vérifié", "exemples vérifiés"))
	return nil
}

// check reads the data, then runs the examples beside each scheme.
func check(fsys fs.FS) (*dispositif.Catalogue, int, error) {
	cat, err := dispositif.Load(fsys)
	if err != nil {
		return nil, 0, err
	}
	a, err := atlas()
	if err != nil {
		return nil, 0, err
	}
	ran, err := eligibilite.VerifieCas(fsys, cat, a.Avec(territoire.Couches{Listes: cat.Listes()}))
	return cat, ran, err
}
