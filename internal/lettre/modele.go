package lettre

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/lecture"
)

// A Modele is a letter with blanks, {{champ}}, read from a file.
type Modele struct {
	Code         string       `yaml:"code"`         // the name of the file
	Pour         string       `yaml:"pour"`         // the act that the letter makes known
	Destinataire Destinataire `yaml:"destinataire"` // who receives it
	Objet        string       `yaml:"objet"`        // with its blanks

	corps  string
	champs []string
}

// A Destinataire is who receives a letter.
type Destinataire string

// UnmarshalText reads one of the known recipients.
func (d *Destinataire) UnmarshalText(text []byte) error {
	*d = Destinataire(text)
	if known := []string{"porteur", "prefet", "service"}; !slices.Contains(known, string(*d)) {
		return fault.New(fault.Invalid, "« %s » n’est pas un destinataire : écrivez %s.", text, francais.Choix(known...))
	}
	return nil
}

var (
	identifiant = regexp.MustCompile(`^[a-z][a-z_]*$`)
	blanc       = regexp.MustCompile(`\{\{ *([^{}\n]*?) *\}\}`)
)

// LoadModele reads a letter: a heading in YAML between two lines "---", then
// markdown. Blanks are those of the dictionary. The error is a
// [lecture.Problemes].
func LoadModele(fichier string, texte []byte) (*Modele, error) {
	texte = []byte(propre(string(texte)))
	tete, corps, ok := separe(texte)
	if !ok {
		pp := lecture.Problemes{{Fichier: fichier, Ligne: 1, Texte: "le fichier commence par un en-tête YAML entre deux lignes « --- »."}}
		return nil, pp
	}
	m := &Modele{corps: corps}
	if err := lecture.Load(fichier, tete, m); err != nil {
		return nil, err
	}
	var pp lecture.Problemes
	if nom := strings.TrimSuffix(path.Base(fichier), ".md"); m.Code != nom {
		pp.Add(fichier, 2, "code", "le code « %s » doit être le nom du fichier, « %s ».", m.Code, nom)
	}
	if !identifiant.MatchString(m.Pour) {
		pp.Add(fichier, 2, "pour", "écrivez l’acte que la lettre fait connaître, par exemple « refuser ».")
	}
	if m.Destinataire == "" {
		pp.Add(fichier, 2, "destinataire", "écrivez qui reçoit la lettre, par exemple « porteur ».")
	}
	if m.Objet == "" {
		pp.Add(fichier, 2, "objet", "écrivez l’objet de la lettre.")
	}
	avant := bytes.Count(tete, []byte("\n")) // the body begins on the line after
	m.lacunes(m.Objet, func(string) int { return 2 }, fichier, &pp)
	m.lacunes(corps, func(before string) int { return avant + 1 + strings.Count(before, "\n") }, fichier, &pp)
	_, fautes := lit(fichier, corps)
	for _, p := range fautes {
		p.Ligne += avant
		pp = append(pp, p)
	}
	return m, pp.Err()
}

// separe cuts the heading from the body. The heading keeps a blank first line
// so that lines count as in the file.
func separe(texte []byte) (tete []byte, corps string, ok bool) {
	rest, ok := bytes.CutPrefix(texte, []byte("---\n"))
	if !ok {
		return nil, "", false
	}
	tete, body, ok := bytes.Cut(rest, []byte("\n---\n"))
	return slices.Concat([]byte("\n"), tete, []byte("\n\n")), string(body), ok
}

// lacunes notes the blanks of a text, and what is wrong with them; line gives
// the line of what follows a text.
func (m *Modele) lacunes(s string, line func(before string) int, fichier string, pp *lecture.Problemes) {
	end := 0
	for _, at := range blanc.FindAllStringSubmatchIndex(s, -1) {
		entre(s[end:at[0]], s[:end], line, fichier, pp)
		end = at[1]
		nom := s[at[2]:at[3]]
		switch {
		case dictionnaire[nom] == "":
			pp.Add(fichier, line(s[:at[0]]), "", "« {{%s}} » n’est pas un champ connu%s", nom, proche(nom))
		case !slices.Contains(m.champs, nom):
			m.champs = append(m.champs, nom)
		}
	}
	entre(s[end:], s[:end], line, fichier, pp)
}

// entre refuses braces outside of a blank.
func entre(s, before string, line func(string) int, fichier string, pp *lecture.Problemes) {
	for _, braces := range []string{"{{", "}}"} {
		if i := strings.Index(s, braces); i >= 0 {
			pp.Add(fichier, line(before+s[:i]), "", "« %s » : un champ s’écrit {{nom}}, sur une seule ligne.", braces)
		}
	}
}

// proche names the fields that begin alike, or says where they are listed.
func proche(nom string) string {
	debut, _, _ := strings.Cut(nom, "_")
	var close []string
	for _, k := range slices.Sorted(maps.Keys(dictionnaire)) {
		if debut != "" && strings.HasPrefix(k, debut) {
			close = append(close, "{{"+k+"}}")
		}
	}
	if len(close) == 0 {
		return " : la liste est dans docs/courriers.md."
	}
	return " : écrivez " + francais.Choix(close...) + "."
}

// LoadModeles reads every letter of a folder, by code. The error is that of
// the first one that is wrong.
func LoadModeles(fsys fs.FS, folder string) (map[string]*Modele, error) {
	files, err := fs.Glob(fsys, path.Join(folder, "*.md"))
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Modele)
	for _, name := range files {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		m, err := LoadModele(name, text)
		if err != nil {
			return nil, err
		}
		out[m.Code] = m
	}
	return out, nil
}

// Libelle says what a blank stands for, in French.
func (m *Modele) Libelle(champ string) string { return dictionnaire[champ] }

// Champs returns the names of the blanks, in the order of the letter.
func (m *Modele) Champs() []string { return slices.Clone(m.champs) }

// Remplit fills the blanks. What is typed in a value is text, never markup.
// A blank that stands alone in its paragraph or its item, or in the row of a
// table, is repeated for each line of its value; elsewhere lines are joined.
// A value that is missing or empty is a fault.Invalid whose Fields name it.
func (m *Modele) Remplit(valeurs map[string]string) (objet, corps string, err error) {
	r := remplissage{valeurs: make(map[string][]string)}
	f := fault.New(fault.Invalid, "")
	var manque []string
	for _, nom := range m.champs {
		if r.valeurs[nom] = lignes(strings.Split(propre(valeurs[nom]), "\n")); len(r.valeurs[nom]) == 0 {
			f.Field(nom, "À compléter : "+dictionnaire[nom]+".")
			manque = append(manque, dictionnaire[nom]+" ("+nom+")")
		}
	}
	if len(manque) > 0 {
		f.Message = "La lettre ne peut pas être écrite. Il manque : " + francais.Liste(manque...) + "."
		return "", "", f
	}
	var b strings.Builder
	for _, l := range strings.SplitAfter(m.corps, "\n") {
		if err := r.ligne(&b, l); err != nil {
			return "", "", err
		}
	}
	objet = blanc.ReplaceAllStringFunc(m.Objet, func(s string) string { return strings.Join(r.valeurs[nomDe(s)], " ") })
	return objet, b.String(), nil
}

func nomDe(lacune string) string { return strings.Trim(lacune, "{} ") }

// A remplissage holds the lines of each value.
type remplissage struct{ valeurs map[string][]string }

// seul is a blank alone in its item or its paragraph.
var seul = regexp.MustCompile(`^([ \t]*)([-*+] +|\d+[.)] +)?\{\{[^{}]*\}\}[ \t]*\n?$`)

func (r remplissage) ligne(b *strings.Builder, l string) error {
	part := seul.FindStringSubmatch(l)
	row := strings.HasPrefix(strings.TrimSpace(l), "|")
	fois := 1
	for _, nom := range blanc.FindAllString(l, -1) {
		n := len(r.valeurs[nomDe(nom)])
		if (part != nil || row) && n > 1 {
			if fois > 1 && n != fois {
				return fault.New(fault.Invalid, "Les valeurs d’une même rangée de tableau n’ont pas le même nombre de lignes : %d et %d.", fois, n).
					Field(nomDe(nom), "Écrivez autant de lignes que dans les autres colonnes.")
			}
			fois = n
		}
	}
	for i := range fois {
		b.WriteString(blanc.ReplaceAllStringFunc(l, func(s string) string {
			v := r.valeurs[nomDe(s)]
			if fois > 1 && len(v) > 1 {
				return echappe(v[i])
			}
			return echappe(strings.Join(v, " "))
		}))
		if part != nil && part[2] == "" && i < fois-1 {
			b.WriteString("\n") // a paragraph for each line
		}
	}
	return nil
}

// echappe returns the markdown that shows s as it was typed: the signs that mean
// something inside a line and, before its first letter, those that could begin
// a list or a title; no others, so that whoever edits the letter can read it.
// A backslash has its number: at the end of a line, three of them would be
// read as two.
func echappe(s string) string {
	var b strings.Builder
	letter := strings.IndexFunc(s, unicode.IsLetter)
	for i := range len(s) {
		switch {
		case s[i] == '\\':
			b.WriteString("&#92;")
		case strings.IndexByte("`*_[]<>&!|~{}", s[i]) >= 0, (letter < 0 || i < letter) && strings.IndexByte("#+-=:.)", s[i]) >= 0:
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
