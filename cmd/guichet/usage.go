package main

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// A usageError is a value that the person can type again.
type usageError struct{ error }

// Unwrap gives the fault that says what is wrong.
func (e usageError) Unwrap() error { return e.error }

// tournures are what kong says of a command it does not understand, in French.
var tournures = []struct {
	english *regexp.Regexp
	french  string
}{
	{regexp.MustCompile(`^unknown flag (\S+?)(, did you mean .*)?$`), "l’option $1 n’existe pas"},
	{regexp.MustCompile(`^unexpected argument (\S+?)(, did you mean .*)?$`), "« $1 » est de trop ou n’est pas une commande"},
	{regexp.MustCompile(`^missing flags: (.*)$`), "il manque $1"},
	{regexp.MustCompile(`^expected one of (.*)$`), "il manque le nom d’une commande : $1"},
	{regexp.MustCompile(`^expected "(.*)"$`), "il manque $1"},
	{regexp.MustCompile(`^missing positional arguments (.*)$`), "il manque $1"},
	{regexp.MustCompile(`^(--\S+) and (--\S+) can't be used together$`), "$1 et $2 ne vont pas ensemble"},
	{regexp.MustCompile(`^(--\S+?)(=\S+)?: expected .* value.*$`), "l’option $1 demande une valeur"},
	{regexp.MustCompile(`^(--\S+?)(=\S+)?: .*$`), "la valeur de l’option $1 n’est pas comprise"},
}

// usage says in French why the command is not understood.
func usage(err error) string {
	for _, t := range tournures {
		if t.english.MatchString(err.Error()) {
			return t.english.ReplaceAllString(err.Error(), t.french)
		}
	}
	return err.Error()
}

// titres are the words of kong's help.
var titres = strings.NewReplacer("Usage:", "Usage :", "Arguments:", "Arguments :", "Flags:", "Options :", "Commands:", "Commandes :",
	"Show context-sensitive help.", "Montre cette aide.", "<command>", "<commande>", "[flags]", "[options]", "[<command>]", "[<commande>]",
	" for more information on a command.", " dit ce que fait une commande.", " for more information.", " en dit plus.", "Run \"", "« ", " --help\"", " --help »")

// aide writes the help in French.
func aide(o kong.HelpOptions, c *kong.Context) error {
	out := c.Stdout
	defer func() { c.Stdout = out }()
	var text bytes.Buffer
	c.Stdout = &text
	if err := kong.DefaultHelpPrinter(o, c); err != nil {
		return err
	}
	_, err := titres.WriteString(out, strings.TrimRight(text.String(), "\n")+"\n")
	return err
}
