package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/importer"
	"guichet/internal/jour"
	"guichet/internal/territoire"
)

// An importCmd adds a layer to the territories.
type importCmd struct {
	Genre   string `arg:"" help:"densite, liste, classes, qpv ou contours."`
	Fichier string `arg:"" help:"Fichier CSV, XLSX ou GeoJSON : voir docs/formats-import.md."`

	ABlanc         bool `name:"a-blanc" help:"Montre ce qui changerait, sans rien changer."`
	MalgreLAnnonce bool `name:"malgre-l-annonce" help:"Importe une liste qui ne tient pas le nombre qu’elle annonce."`
	enteteOptions
	consultationSansJour
}

// consultationSansJour are where the rules and the base are.
type consultationSansJour struct {
	Dispositifs string `help:"Dossier de règles à la place de celles du programme." placeholder:"DOSSIER"`
	entrepot
}

// enteteOptions say of a file what its lines do not.
type enteteOptions struct {
	Titre        string   `help:"Titre de la couche." placeholder:"TEXTE"`
	Source       string   `help:"Titre de la source." placeholder:"TEXTE"`
	Editeur      string   `help:"Qui publie la source." placeholder:"TEXTE"`
	URL          string   `name:"url" help:"Adresse de la source." placeholder:"URL"`
	Licence      string   `help:"Licence de la source." placeholder:"TEXTE"`
	Date         string   `help:"Date de publication, AAAA-MM-JJ." placeholder:"JOUR"`
	Millesime    string   `help:"Année de la géographie ou des classes." placeholder:"ANNEE"`
	Code         string   `help:"Une liste : son nom court, comme vta." placeholder:"CODE"`
	Du           string   `help:"Une liste : premier jour où elle vaut." placeholder:"JOUR"`
	Au           string   `help:"Une liste : dernier jour où elle vaut." placeholder:"JOUR"`
	Departements []string `help:"Une liste : départements pour lesquels elle parle, comme 13,84." placeholder:"CODES"`
	Annonce      []string `help:"Une liste : nombre annoncé, communes=46 ou epci=2." placeholder:"QUOI=NOMBRE"`
}

// entete reads the options. The error is a fault.Invalid.
func (o enteteOptions) entete() (e importer.Entete, err error) {
	e = importer.Entete{Code: o.Code, Titre: o.Titre, Departements: o.Departements,
		Source: territoire.Source{Titre: o.Source, Editeur: o.Editeur, URL: o.URL, Licence: o.Licence}}
	for _, day := range []struct {
		option, text string
		into         *jour.Jour
	}{{"date", o.Date, &e.Source.Date}, {"du", o.Du, &e.Du}, {"au", o.Au, &e.Au}} {
		if day.text == "" {
			continue
		}
		if *day.into, err = jour.Parse(day.text); err != nil {
			return e, fault.New(fault.Invalid, "--%s : %s", day.option, fault.Of(err).Message)
		}
	}
	if o.Millesime != "" {
		if e.Millesime, err = strconv.Atoi(o.Millesime); err != nil {
			return e, fault.New(fault.Invalid, "--millesime : « %s » n’est pas une année, comme 2021.", o.Millesime)
		}
	}
	for _, text := range o.Annonce {
		quoi, nombre, _ := strings.Cut(text, "=")
		n, err := strconv.Atoi(nombre)
		if quoi != "communes" && quoi != "epci" || err != nil || n < 0 {
			return e, fault.New(fault.Invalid, "--annonce : « %s » : écrivez communes=46 ou epci=2.", text)
		}
		if e.Annonce == nil {
			e.Annonce = make(map[string]int)
		}
		e.Annonce[quoi] = n
	}
	return e, nil
}

// Run reads the file, shows what changes, then keeps it.
func (c *importCmd) Run(k *console) error {
	genre, err := importer.ParseGenre(c.Genre)
	if err != nil {
		return err
	}
	head, err := c.entete()
	if err != nil {
		return err
	}
	f, err := os.Open(c.Fichier)
	if err != nil {
		return fault.New(fault.Invalid, "Le fichier « %s » ne peut pas être lu.", c.Fichier).Because(err)
	}
	defer f.Close()
	g, done, err := c.open(k)
	if err != nil {
		return err
	}
	defer done()
	digest := sha256.New()
	file := importer.Fichier{Nom: c.Fichier, Contenu: io.TeeReader(f, digest)}
	if info, err := f.Stat(); err == nil {
		file.Taille = info.Size()
	}
	file.Progres = progress(k.err)
	read, err := g.LitCouche(genre, file, head)
	if err != nil {
		return err
	}
	if _, err := io.Copy(digest, f); err != nil { // what the reading did not need
		return err
	}
	writeImport(k.out, read)
	if c.ABlanc {
		fmt.Fprintln(k.out, "À blanc : rien n’a changé.")
		return nil
	}
	if err := c.accepte(read); err != nil {
		return err
	}
	if err := g.PoseCouche(k.ctx, read, hex.EncodeToString(digest.Sum(nil))); err != nil {
		return err
	}
	fmt.Fprintln(k.out, "Importé. Un service en marche s’en sert dans la seconde.")
	return nil
}

// open opens the base; a dry run makes none.
func (c *importCmd) open(k *console) (*guichet.Guichet, func() error, error) {
	find := c.ouvre
	if c.ABlanc {
		find = c.consulte
	}
	db, err := find(k.ctx)
	if err != nil {
		return nil, nil, err
	}
	done := func() error { return nil }
	if db != nil {
		done = db.Close
	}
	g, err := open(k, c.Dispositifs, guichet.Options{Store: db})
	return g, done, err
}

// accepte refuses a list that is not what it says.
func (c *importCmd) accepte(read *importer.Import) error {
	for _, a := range read.Difference.Annonces {
		if !a.Tenue() && !c.MalgreLAnnonce {
			return fault.New(fault.Invalid, "Rien n’a changé : la liste annonce %d %s et en contient %d. Vérifiez le fichier, ou relancez avec --malgre-l-annonce.",
				a.Annonce, a.Quoi, a.Compte)
		}
	}
	return nil
}

// progress writes how far the reading of a long file is, on one line; a short
// file passes in silence.
func progress(out io.Writer) func(done, total int64) {
	const long = 1 << 20
	last := int64(-1)
	return func(done, total int64) {
		if total < long {
			return
		}
		if pct := done * 100 / total; pct/10 != last/10 || pct == 100 && last != 100 {
			last = pct
			fmt.Fprintf(out, "lecture : %d %%\n", pct)
		}
	}
}

// shown is how many elements of each kind a difference names.
const shown = 20

// writeImport shows what was read and what changes.
func writeImport(out io.Writer, i *importer.Import) {
	fmt.Fprintf(out, "%s\n  source : %s, %s ; millésime %d ; %s\n", i.Entete.Titre, i.Entete.Source.Titre, i.Entete.Source.Date.Long(),
		i.Entete.Millesime, francais.Compte(i.Lignes, "ligne", "lignes"))
	for _, r := range i.Remarques {
		fmt.Fprintf(out, "  remarque : %s\n", r)
	}
	if i.Autres > 0 {
		fmt.Fprintf(out, "  et %s\n", francais.Compte(i.Autres, "autre remarque", "autres remarques"))
	}
	d := i.Difference
	switch {
	case d.Remplace == "":
		fmt.Fprintln(out, "  aucune couche de ce genre n’était chargée")
	case d.Aucune():
		fmt.Fprintf(out, "  identique à « %s »\n", d.Remplace)
	default:
		fmt.Fprintf(out, "  comparé à « %s » : %s\n", d.Remplace, francais.Compte(d.Identiques, "identique", "identiques"))
	}
	names(out, "gagnés", d.Gagnes)
	names(out, "perdus", d.Perdus)
	for n, c := range d.Changes {
		if n == shown {
			fmt.Fprintf(out, "  … et %d autres changements\n", len(d.Changes)-shown)
			break
		}
		fmt.Fprintf(out, "  changé : %s %s, de %s à %s\n", c.Code, c.Nom, c.Avant, c.Apres)
	}
	if len(d.Inconnus) > 0 {
		fmt.Fprintf(out, "  codes qu’aucune année ne connaît : %s\n", strings.Join(d.Inconnus[:min(shown, len(d.Inconnus))], ", "))
	}
	for _, a := range d.Annonces {
		verdict := "tenu"
		if !a.Tenue() {
			verdict = "non tenu"
		}
		fmt.Fprintf(out, "  nombre annoncé %s : %s %d, lu %d\n", verdict, a.Quoi, a.Annonce, a.Compte)
	}
}

func names(out io.Writer, what string, list []importer.Element) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(out, "  %s : %d\n", what, len(list))
	for n, e := range list {
		if n == shown {
			fmt.Fprintf(out, "    … et %d autres\n", len(list)-shown)
			return
		}
		fmt.Fprintf(out, "    %s %s\n", e.Code, e.Nom)
	}
}
