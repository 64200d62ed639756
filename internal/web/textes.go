package web

import (
	"errors"
	"fmt"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/regle"
	"guichet/internal/web/ui"
)

// message is what an error says at a field.
func message(err error, field string) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Fields[field]
	}
	return ""
}

// verdictWords are the verdicts in plain words, with their tone.
var verdictWords = map[regle.Verdict]ui.Badge{
	regle.Oui:        {Tone: ui.Positive, Word: "Oui"},
	regle.Non:        {Tone: ui.Negative, Word: "Non"},
	regle.ACompleter: {Tone: ui.Missing, Word: "À compléter"},
	regle.AApprecier: {Tone: ui.Judge, Word: "Au cas par cas"},
	regle.Erreur:     {Tone: ui.Failure, Word: "Non calculé"},
}

// verdictOrder is the order in which verdicts are told, the best first.
var verdictOrder = []regle.Verdict{regle.Oui, regle.ACompleter, regle.AApprecier, regle.Erreur, regle.Non}

// conditionBadge is the verdict of one condition.
func conditionBadge(c regle.Constat) ui.Badge {
	if c.SansObjet {
		return ui.Badge{Tone: ui.Neutral, Word: "Sans objet"}
	}
	switch c.Verdict {
	case regle.Oui:
		return ui.Badge{Tone: ui.Positive, Word: "Remplie"}
	case regle.Non:
		return ui.Badge{Tone: ui.Negative, Word: "Non remplie"}
	case regle.ACompleter:
		return ui.Badge{Tone: ui.Missing, Word: "À préciser"}
	}
	return verdictWords[c.Verdict]
}

// natures say how a condition is verified.
var natures = map[string]string{
	"machine":      "vérifiée par le calcul",
	"declaration":  "déclarée par le demandeur",
	"appreciation": "appréciée par le service",
	"piece":        "prouvée par une pièce",
	"prealable":    "à remplir avant de commencer",
}

// aides are the kinds of aid.
var aides = map[string]string{
	"ingenierie": "Ingénierie et conseil", "subvention": "Subvention", "poste": "Aide à un poste",
	"formation": "Formation", "outil": "Outil",
}

// requis says whether something must be given.
var requis = map[string]string{"oui": "obligatoire", "non": "facultatif", "eventuel": "s’il y a lieu"}

// phases say when a document is given.
var phases = map[string]string{
	"depot": "au dépôt", "demande": "à la demande d’aide", "signature": "à la signature",
	"depot_ou_signature": "au dépôt ou à la signature",
}

// roles are who may move a file.
var roles = map[string]string{
	"porteur": "le porteur", "instructeur": "le service instructeur", "operateur": "l’opérateur national",
	"payeur": "le service payeur", "signataire": "le signataire",
}

// word is the French word of a code, or the code with spaces.
func word(words map[string]string, code string) string {
	if w, ok := words[code]; ok {
		return w
	}
	return strings.ReplaceAll(code, "_", " ")
}

// opening is the state of a counter on a day: a badge and a sentence.
func opening(o dispositif.Ouverture, d *dispositif.Dispositif) (ui.Badge, string) {
	wave := ""
	if o.Vague > 0 {
		wave = fmt.Sprintf(" (vague %d)", o.Vague)
	}
	switch {
	case o.Etat == "clos":
		return ui.Badge{Tone: ui.Negative, Word: "Fermé"}, "Fermé depuis le " + o.Depuis.Long() + "."
	case o.Etat == "a_venir":
		return ui.Badge{Tone: ui.Missing, Word: "Bientôt"}, "Ouvre le " + (o.Jusque + 1).Long() + wave + "."
	case o.Jusque != 0:
		return ui.Badge{Tone: ui.Positive, Word: "Ouvert"}, "Jusqu’au " + o.Jusque.Long() + " inclus" + wave + "."
	case d.Calendrier.Texte != "":
		return ui.Badge{Tone: ui.Positive, Word: "Ouvert"}, d.Calendrier.Texte
	}
	return ui.Badge{Tone: ui.Positive, Word: "Ouvert"}, "Sans date limite."
}

// where names the places of the texts that the data cite.
func where(c guichet.Contexte, cites []string) string {
	var out []string
	for _, cite := range cites {
		code, lines, ok := strings.Cut(cite, ":")
		name := "« " + code + " »"
		if src, known := c.Sources[code]; known {
			name = src.Titre
		}
		if code == c.Edition.Source {
			name = fmt.Sprintf("Tableau de %d", c.Source.Date.An())
		}
		if ok {
			name += ", " + lineNumbers(lines)
		}
		out = append(out, name)
	}
	return strings.Join(out, " ; ")
}

func lineNumbers(s string) string {
	if from, upTo, ok := strings.Cut(s, "-"); ok {
		return "lignes " + from + " à " + upTo
	}
	return "ligne " + s
}

// source is a note naming where something is written; nothing without cites.
func source(c guichet.Contexte, cites []string) ui.Node {
	if len(cites) == 0 {
		return ui.Nodes{}
	}
	return ui.Note(ui.T("Source : " + where(c, cites) + "."))
}

// habitants is a population in words.
func habitants(n int32) string {
	if n < 0 {
		return "non publiée"
	}
	return francais.Entier(int64(n)) + francais.Insecable + "habitants"
}

// capital writes a word as the beginning of a line.
func capital(s string) string {
	for i, r := range s {
		if i == 0 {
			return strings.ToUpper(string(r)) + s[len(string(r)):]
		}
	}
	return s
}

// contact shows an address or a number; a doubtful one leads nowhere.
func contact(k *dispositif.Contact) ui.Node {
	if k.Type == "telephone" {
		return ui.Link{Text: k.Adresse(), To: ui.Phone(k.Adresse())}
	}
	if k.Envoyable() {
		return ui.Link{Text: k.Adresse(), To: ui.Mail(k.Adresse())}
	}
	return ui.Nodes{ui.Code(k.Adresse()), ui.T(" "), ui.Badge{Tone: ui.Missing, Word: "Adresse à vérifier"},
		ui.Note(ui.T("Écrite « " + k.Brut + " » dans le document : vérifiez-la avant d’écrire."))}
}

// contacts shows several, or says that there is none.
func contacts(kk []*dispositif.Contact) ui.Nodes {
	if len(kk) == 0 {
		return ui.Nodes{ui.T("La préfecture de votre département.")}
	}
	var out ui.Nodes
	for _, k := range kk {
		out = append(out, contact(k))
	}
	return out
}

// link shows a link of the catalogue with what is known of it.
func link(l *dispositif.Lien) ui.Node {
	out := ui.Nodes{ui.Link{Text: l.Titre, To: ui.Web(l.URL())}}
	switch l.Statut {
	case "prive":
		out = append(out, ui.T(" "), ui.Badge{Tone: ui.Neutral, Word: "Lien privé, non republié"})
	case "douteux":
		out = append(out, ui.T(" "), ui.Badge{Tone: ui.Missing, Word: "Adresse corrigée"},
			ui.Note(ui.T("Dans le document : "), ui.Code(l.Brut)))
	}
	if l.Note != "" {
		out = append(out, ui.Note(ui.T(l.Note)))
	}
	return out
}
