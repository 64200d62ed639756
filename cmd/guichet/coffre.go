package main

import (
	"os"
	"path/filepath"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/fichier"
	"guichet/internal/guichet"
	"guichet/internal/sonde"
)

// coffreOptions say where documents go and what looks at them.
type coffreOptions struct {
	Documents string `help:"Où garder les documents : un dossier, ou s3://seau?endpoint=…&region=… ; dans le dossier de données par défaut." placeholder:"ADRESSE"`
	S3Cle     string `name:"s3-cle" help:"Clé d’accès S3 ; de préférence par l’environnement." placeholder:"TEXTE"`
	S3Secret  string `name:"s3-secret" help:"Secret S3 ; de préférence par l’environnement." placeholder:"TEXTE"`
	Clamd     string `help:"Antivirus, machine:3310 ou unix:///chemin. Injoignable, il met les documents en quarantaine." placeholder:"ADRESSE"`
}

// coffre opens the store of documents.
func (o coffreOptions) coffre(donnees string) (c guichet.Coffre, err error) {
	address := o.Documents
	if address == "" {
		address = filepath.Join(donnees, "documents")
	}
	if c.Depot, err = fichier.Ouvrir(address, fichier.Acces{Cle: o.S3Cle, Secret: o.S3Secret}); err != nil {
		return c, err
	}
	c.Temporaire = filepath.Join(donnees, "arrivees")
	if err := os.MkdirAll(c.Temporaire, 0o700); err != nil {
		return c, fault.New(fault.Invalid, "Le dossier « %s » ne peut pas être créé.", c.Temporaire).Because(err)
	}
	program, err := os.Executable()
	if err != nil {
		return c, err
	}
	c.Sondeur = sonde.Sonde{Programme: program, Args: []string{"sonde"}}
	if o.Clamd != "" {
		if !strings.Contains(o.Clamd, "://") {
			o.Clamd = "tcp://" + o.Clamd
		}
		c.Antivirus = sonde.Antivirus{Adresse: o.Clamd}
	}
	return c, nil
}
