// Guichet is the one-stop counter for ingénierie territoriale: what the State
// offers to a commune, why, how much and by when.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/lettre"
	"guichet/internal/territoire"
	"guichet/territoires"
)

// A cli is the command line; each verb is a file.
type cli struct {
	Serve       serveCmd       `cmd:"" help:"Lance le service web."`
	Eligibilite eligibiliteCmd `cmd:"" help:"Dit à quoi une commune ou une intercommunalité a droit."`
	Grille      grilleCmd      `cmd:"" help:"Croise les collectivités d’un département et les dispositifs."`
	Import      importCmd      `cmd:"" help:"Ajoute une couche aux territoires : liste officielle, zonage, contours."`
	Couches     couchesCmd     `cmd:"" help:"Liste les couches importées, ou en retire une."`
	Habiliter   habiliterCmd   `cmd:"" help:"Accorde, retire ou montre les droits des agents, dont le premier administrateur d’un département."`
	Audit       auditCmd       `cmd:"" help:"Recalcule le journal, les états, les réponses figées et les montants de chaque dossier."`
	Verify      verifyCmd      `cmd:"" help:"Vérifie les fichiers de données des dispositifs."`
	Sonde       sondeCmd       `cmd:"" hidden:"" help:"Mesure le document du descripteur 3 ; le service se lance ainsi lui-même."`
}

// A console is where a verb writes, and what it knows of time.
type console struct {
	ctx context.Context
	out io.Writer
	err io.Writer
	now func() time.Time
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process. It returns the exit code: 0 when all went
// well, 1 when the answer is a failure, 2 when the command is not understood.
func run(ctx context.Context, args []string, out, errs io.Writer) (exit int) {
	var c cli
	code := -1
	parser, err := kong.New(&c, kong.Name("guichet"), kong.Writers(out, errs), kong.Exit(func(n int) { code = n }),
		kong.Description("Le guichet unique de l’ingénierie territoriale."), kong.DefaultEnvars("GUICHET"), kong.Help(aide))
	if err != nil {
		fmt.Fprintln(errs, "guichet :", err)
		return 2
	}
	k, err := parser.Parse(args)
	if code >= 0 {
		return code // help was asked
	}
	if err != nil {
		fmt.Fprintf(errs, "guichet : commande non comprise : %s.\nÉcrivez « guichet --help » pour la liste des commandes.\n", usage(err))
		return 2
	}
	if err := k.Run(&console{ctx, out, errs, time.Now}); err != nil {
		fmt.Fprintln(errs, "guichet :", message(err))
		if _, typed := errors.AsType[usageError](err); typed {
			return 2
		}
		return 1
	}
	return 0
}

// message is what a person should read of err.
func message(err error) string {
	if errors.Is(err, errAnnounced) {
		return err.Error()
	}
	if f := fault.Of(err); f.Kind != fault.Internal {
		text := f.Message
		for field, m := range f.Fields {
			if m != f.Message {
				text += "\n  " + field + " : " + m
			}
		}
		return text
	}
	return err.Error()
}

// errAnnounced is a failure whose details are already written.
var errAnnounced = errors.New("des problèmes ont été trouvés")

// consultation are the options of the verbs that answer without a server.
type consultation struct {
	Le          string `help:"Jour de la réponse, AAAA-MM-JJ ; aujourd’hui par défaut." placeholder:"JOUR"`
	Dispositifs string `help:"Dossier de règles à la place de celles du programme." placeholder:"DOSSIER"`
	entrepot
}

// open returns the counter and the day asked about. What was imported counts
// when there is a base; none is made.
func (c consultation) open(k *console) (*guichet.Guichet, jour.Jour, error) {
	db, err := c.consulte(k.ctx)
	if err != nil {
		return nil, 0, err
	}
	if db != nil {
		defer db.Close()
	}
	g, err := open(k, c.Dispositifs, guichet.Options{Store: db})
	if err != nil {
		return nil, 0, err
	}
	le, err := g.Jour(c.Le)
	return g, le, err
}

// The embedded data, read once: they never change.
var (
	catalogue = sync.OnceValues(func() (*dispositif.Catalogue, error) { return dispositif.Load(dispositifs.FS) })
	atlas     = sync.OnceValues(func() (*territoire.Atlas, error) { return territoire.Load(territoires.FS) })
)

// open loads the embedded data, or the schemes of another folder, and what was
// imported.
func open(k *console, folder string, o guichet.Options) (*guichet.Guichet, error) {
	rules, err := regles(folder)
	if err != nil {
		return nil, err
	}
	if folder == "" {
		o.Catalogue, err = catalogue()
	} else {
		o.Catalogue, err = dispositif.Load(rules)
	}
	if err != nil {
		return nil, err
	}
	if o.Atlas, err = atlas(); err != nil {
		return nil, err
	}
	if o.Courriers, err = lettre.LoadModeles(rules, "courriers"); err != nil {
		return nil, err
	}
	o.Now = k.now
	g := guichet.New(o)
	_, err = g.Actualise(k.ctx)
	return g, err
}

// regles is the embedded folder of schemes, or the one that a person named.
func regles(folder string) (fs.FS, error) {
	if folder == "" {
		return dispositifs.FS, nil
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, fault.New(fault.Invalid, "« %s » n’est pas un dossier que l’on peut lire.", folder)
	}
	return os.DirFS(folder), nil
}
