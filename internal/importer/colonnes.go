package importer

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guichet/internal/francais"
	"guichet/internal/jour"
)

// A colonne is a column that a kind of file knows, by the folded headings it
// may have.
type colonne struct {
	nom       string
	intitules []string
}

// The columns of all the tables.
var (
	colInsee    = colonne{"insee", []string{"insee", "code insee", "insee com", "codgeo", "code commune", "code commune insee", "code geo", "com", "depcom", "insee commune"}}
	colSiren    = colonne{"siren", []string{"siren", "siren epci", "code epci", "epci", "n siren", "numero siren"}}
	colCode     = colonne{"code", []string{"code", "code ou siren", "insee ou siren"}}
	colDensite  = colonne{"densite", []string{"densite", "densite4", "densite 4", "degre densite", "degre de densite", "niveau de densite", "degdens", "dens", "dens4"}}
	colDensite7 = colonne{"densite7", []string{"densite7", "densite 7", "degdens7", "dens7"}}
	colClasse   = colonne{"classe", []string{"classe", "classe fragilite", "classe de fragilite", "palier", "indice de fragilite"}}
)

// A table reads the rows of a file under its headings.
type table struct {
	*lecteur
	colonnes []colonne
	titre    string         // of a layer that gives none
	at       map[string]int // column of the file, from 0, by name of the colonne
	intitule []string
	exige    func(*table) // checks the headings
}

// lire reads the head of the file, then calls row for each line. A fault of the
// head stops it.
func (t *table) lire(r io.Reader, row func(rangee)) {
	t.rangees(r, func(r rangee) bool {
		switch {
		case t.at != nil:
			row(r)
		case strings.HasPrefix(strings.TrimSpace(r.cellules[0]), "#"):
			t.meta(r)
		default:
			t.entetes(r)
			t.exige(t)
			t.source(t.titre)
			return len(t.erreurs) == 0
		}
		return true
	})
	if t.at == nil && len(t.erreurs) == 0 {
		t.erreur(0, 0, "le fichier est vide : la première ligne donne les noms des colonnes.")
	}
	if t.lignes == 0 && t.at != nil && len(t.erreurs) == 0 {
		t.erreur(0, 0, "le fichier n’a que des en-têtes : il faut au moins une ligne.")
	}
}

// entetes finds the columns by their headings; the others are named once.
func (t *table) entetes(r rangee) {
	t.at = make(map[string]int)
	t.intitule = slices.Clone(r.cellules)
	var unknown []string
	for i, heading := range r.cellules {
		folded := francais.Plie(heading)
		k := slices.IndexFunc(t.colonnes, func(c colonne) bool { return slices.Contains(c.intitules, folded) })
		switch {
		case k < 0 && folded != "":
			unknown = append(unknown, "« "+short(heading)+" »")
		case k < 0:
		case t.connait(t.colonnes[k].nom):
			t.erreur(r.ligne, i+1, "la colonne « %s » est là deux fois : gardez-en une.", t.colonnes[k].nom)
		default:
			t.at[t.colonnes[k].nom] = i
		}
	}
	if len(unknown) > 0 {
		t.remarque(r.ligne, 0, "colonnes non lues : %s.", francais.Liste(unknown...))
	}
}

func (t *table) connait(nom string) bool {
	_, known := t.at[nom]
	return known
}

// demande reports an error unless one of the columns is there.
func (t *table) demande(noms ...string) {
	if slices.ContainsFunc(noms, t.connait) {
		return
	}
	quoted := make([]string, len(noms))
	for i, n := range noms {
		quoted[i] = "« " + n + " »"
	}
	t.erreur(1, 0, "la colonne %s manque ; la première ligne donne : %s.", francais.Choix(quoted...), short(strings.Join(t.intitule, ", ")))
}

// cell returns the text of a column and its place, from 1; "" when the row is
// too short or the column absent.
func (t *table) cell(r rangee, nom string) (text string, colonne int) {
	i, known := t.at[nom]
	if !known || i >= len(r.cellules) {
		return "", i + 1
	}
	return strings.TrimSpace(r.cellules[i]), i + 1
}

// niveau reads a small number of a column.
func (t *table) niveau(r rangee, nom string, most int) (int32, bool) {
	text, col := t.cell(r, nom)
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		t.erreur(r.ligne, col, "la valeur de la colonne « %s » manque : écrivez un nombre de 1 à %d.", nom, most)
	case err != nil || n < 1 || n > most:
		t.erreur(r.ligne, col, "« %s » n’est pas une valeur de la colonne « %s » : écrivez un nombre de 1 à %d.", short(text), nom, most)
	default:
		return int32(n), true
	}
	return 0, false
}

// meta reads a « # key : value » line of the head of the file.
func (t *table) meta(r rangee) {
	key, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(strings.Join(r.cellules, ",")), "#"), ":")
	value = strings.Trim(strings.TrimSpace(value), ";,\t ")
	set, known := t.cles()[francais.Plie(key)]
	switch {
	case !ok:
	case !known:
		t.remarque(r.ligne, 0, "« %s » n’est pas une indication connue : %s.", short(strings.TrimSpace(key)), strings.Join(slices.Sorted(maps.Keys(t.cles())), ", "))
	case !set(value):
		t.erreur(r.ligne, 0, "« %s » ne convient pas à « %s » : une date s’écrit 2021-07-28, un nombre en chiffres.", short(value), strings.TrimSpace(key))
	}
}

// cles are the keys of the head of a file. Each fills what is still empty.
func (t *table) cles() map[string]func(string) bool {
	e := &t.entete
	text := func(into *string) func(string) bool {
		return func(v string) bool {
			if *into == "" {
				*into = v
			}
			return true
		}
	}
	day := func(into *jour.Jour) func(string) bool {
		return func(v string) bool {
			j, err := jour.Parse(v)
			if *into == 0 {
				*into = j
			}
			return err == nil
		}
	}
	count := func(key string) func(string) bool {
		return func(v string) bool {
			n, err := strconv.Atoi(v)
			if _, known := e.Annonce[key]; !known {
				e.Annonce = maps.Clone(e.Annonce)
				if e.Annonce == nil {
					e.Annonce = make(map[string]int)
				}
				e.Annonce[key] = n
			}
			return err == nil && n >= 0
		}
	}
	return map[string]func(string) bool{
		"code": text(&e.Code), "titre": text(&e.Titre), "source": text(&e.Source.Titre), "editeur": text(&e.Source.Editeur),
		"url": text(&e.Source.URL), "licence": text(&e.Source.Licence), "date": day(&e.Source.Date), "du": day(&e.Du), "au": day(&e.Au),
		"annonce communes": count("communes"), "annonce epci": count("epci"),
		"millesime": func(v string) bool {
			n, err := strconv.Atoi(v)
			if e.Millesime == 0 {
				e.Millesime = n
			}
			return err == nil
		},
		"departements": func(v string) bool {
			if len(e.Departements) == 0 {
				e.Departements = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
			}
			return true
		},
	}
}
