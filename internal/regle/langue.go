package regle

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
)

// nomsDeTypes are the words of the data files for the types of CEL.
var nomsDeTypes = strings.NewReplacer(
	"list(string)", "liste_texte", "list(euro)", "liste_euro", "list(", "liste (",
	"string", "texte", "int", "entier", "bool", "booleen", "double", "nombre à virgule flottante",
	"dyn", "indéterminé", "google.protobuf.Timestamp", "instant", "google.protobuf.Duration", "durée",
)

func nomDeType(t *cel.Type) string { return nomsDeTypes.Replace(t.String()) }

// explain says the first issue of CEL in French, with what to write.
func explain(text string, issues *cel.Issues) string {
	first := issues.Errors()[0]
	column := first.Location.Column() + 1
	switch name := quoted(first.Message); {
	case strings.HasPrefix(first.Message, "undeclared reference") && strings.Contains(text, name+"("):
		return "« " + name + " » n’est pas une fonction des règles"
	case strings.HasPrefix(first.Message, "undeclared reference"):
		return "« " + name + " » n’est ni un fait de faits.yaml, ni un paramètre, ni un résultat"
	case strings.HasPrefix(first.Message, "found no matching overload"):
		return overload(first.Message, name)
	case strings.HasPrefix(first.Message, "expected type"):
		return "deux types se mêlent au caractère " + fmt.Sprint(column) + " : les éléments d’une liste et les deux issues d’un choix sont du même type"
	case strings.Contains(first.Message, "does not support field selection"):
		return "une donnée n’a pas de parties : le point ne sert qu’aux fonctions, comme cout.pct(50) ou liste.exists(x, …)"
	case strings.HasPrefix(first.Message, "comprehension exceeds"):
		return "trop de boucles les unes dans les autres : deux au plus"
	case strings.HasPrefix(first.Message, "Syntax error"):
		return fmt.Sprintf("l’écriture est fautive au caractère %d ; vérifiez les parenthèses, « == » pour comparer, « && » pour et, « || » pour ou", column)
	}
	return first.Message
}

// quoted returns what a message of CEL puts between its first quotes.
func quoted(message string) string {
	_, after, _ := strings.Cut(message, "'")
	name, _, _ := strings.Cut(after, "'")
	return name
}

// overload says which operation does not go with which types.
func overload(message, name string) string {
	_, args, _ := strings.Cut(message, "applied to '")
	args = nomsDeTypes.Replace(strings.Trim(args, "'"))
	if op, ok := operators.FindReverse(name); ok && op != "" {
		name = op
	}
	text := "« " + name + " » ne va pas avec " + args
	for _, t := range []string{"euro", "decimal", "date"} {
		if strings.Contains(args, t) && (strings.Contains(args, "entier") || strings.Contains(args, "texte") || strings.Contains(args, "flottante")) {
			return text + " ; écrivez par exemple " + exemples[t]
		}
	}
	return text
}

var exemples = map[string]string{"euro": `euro("100.00")`, "decimal": `decimal("0.5")`, "date": `date("2021-12-31")`}
