package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"guichet/internal/api"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/regle"
)

// An eligibiliteCmd answers for one territory.
type eligibiliteCmd struct {
	Code string   `arg:"" help:"Code INSEE de la commune, ou numéro SIREN."`
	Fait []string `help:"Donnée connue, nom=valeur ; peut être répété." sep:"none"`
	JSON bool     `name:"json" help:"Écrit la réponse de l’API."`
	consultation
}

// Run answers.
func (c *eligibiliteCmd) Run(k *console) error {
	g, le, err := c.open(k)
	if err != nil {
		return err
	}
	facts, err := pairs(c.Fait)
	if err != nil {
		return err
	}
	v, err := g.Territoire(guichet.Consultation{Code: c.Code, Le: le, Faits: facts})
	if err != nil {
		return err
	}
	if c.JSON {
		return encode(k.out, api.FromTerritoire(v))
	}
	write(k.out, v)
	return nil
}

// pairs reads name=value.
func pairs(texts []string) (map[string]string, error) {
	out := make(map[string]string)
	for _, t := range texts {
		nom, valeur, ok := strings.Cut(t, "=")
		if !ok {
			return nil, fault.New(fault.Invalid, "« %s » : écrivez nom=valeur, par exemple --fait cout=20000.", t)
		}
		out[strings.TrimSpace(nom)] = valeur
	}
	return out, nil
}

func encode(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

var marks = map[regle.Verdict]string{regle.Oui: "OUI", regle.Non: "NON", regle.ACompleter: "À COMPLÉTER",
	regle.AApprecier: "À APPRÉCIER", regle.Erreur: "ERREUR"}

// write shows the answers in a terminal.
func write(out io.Writer, v *guichet.VueTerritoire) {
	fmt.Fprintf(out, "%s (%s), au %s — %s\n", v.Nom, v.Code, v.Le.Long(), v.Edition.Titre)
	for _, r := range v.Reponses {
		fmt.Fprintf(out, "\n%-12s %s%s\n", marks[r.Verdict], r.Dispositif.Nom, money(r))
		fmt.Fprintf(out, "  %s\n", r.Phrase)
		for _, q := range r.Manque {
			fmt.Fprintf(out, "  ? %s  (--fait %s=…)\n", q.Question, q.Nom)
		}
		if len(r.Reste) > 0 {
			fmt.Fprintf(out, "  À réunir dans le dossier : %s.\n", francais.Compte(len(r.Reste), "condition", "conditions"))
		}
		if r.Service != nil {
			fmt.Fprintf(out, "  Service : %s\n", r.Service.Court())
		}
	}
}

// money says what is known of the amount.
func money(r guichet.ReponseVue) string {
	if r.Verdict == regle.Non {
		return ""
	}
	if m, ok := r.Montant("montant"); ok {
		return " : " + m.String()
	}
	if pct, ok := r.Taux(); ok {
		return fmt.Sprintf(" : %d %%", pct)
	}
	if low, high, ok := r.TauxBornes(); ok {
		return fmt.Sprintf(" : de %d à %d %%", low, high)
	}
	if low, high, ok := r.Bornes(); ok {
		return fmt.Sprintf(" : de %s à %s", low, high)
	}
	if m, ok := r.Montant("unitaire"); ok {
		return " : " + m.String() + " l’unité"
	}
	if m, ok := r.Montant("plafond"); ok {
		return " : jusqu’à " + m.String()
	}
	return ""
}
