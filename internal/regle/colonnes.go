package regle

// Colonnes are the facts of many applicants: one row each, one column per fact.
// Facts that no row knows cost nothing.
type Colonnes struct {
	dict *Dictionnaire
	n    int
	cols []colonne
}

// A colonne holds one fact of every row.
type colonne struct {
	connu    Ensemble // nil: no row knows the fact
	vals     []Valeur
	ordinaux []int64          // quantities, truth values (0, 1), or codes of texts
	listes   [][]int64        // codes of the texts of lists
	codes    map[string]int64 // of the texts seen
}

// NewColonnes returns n rows of which nothing is known but the defaults.
func NewColonnes(d *Dictionnaire, n int) *Colonnes {
	c := &Colonnes{d, n, make([]colonne, len(d.faits))}
	for _, f := range d.faits {
		for i := 0; i < n && !f.defaut.Zero(); i++ {
			c.Set(f.Nom, i, f.defaut)
		}
	}
	return c
}

// Len returns the number of rows.
func (c *Colonnes) Len() int { return c.n }

// Set records the fact nom of one row. A zero value makes it unknown. It
// reports false when the dictionary has no such fact.
func (c *Colonnes) Set(nom string, row int, v Valeur) bool {
	f, ok := c.dict.parNom[nom]
	if !ok {
		return false
	}
	col := &c.cols[f.index]
	if col.connu == nil {
		col.connu, col.vals, col.ordinaux = newEnsemble(c.n), make([]Valeur, c.n), make([]int64, c.n)
	}
	col.connu.clear(row)
	if !v.Zero() {
		col.connu.set(row)
	}
	col.vals[row], col.ordinaux[row] = v, col.ordinal(v)
	if v.t == TypeListeTexte {
		if col.listes == nil {
			col.listes = make([][]int64, c.n)
		}
		col.listes[row] = nil
		for _, text := range v.Textes() {
			col.listes[row] = append(col.listes[row], col.code(text))
		}
	}
	return true
}

// ordinal is the number by which columns compare v; -1 for lists, of which
// they compare the elements.
func (col *colonne) ordinal(v Valeur) int64 {
	if n, ok := v.ordinal(); ok {
		return n
	}
	if b, ok := v.Booleen(); ok {
		return int64(truth(b))
	}
	if v.t != TypeTexte {
		return -1
	}
	return col.code(v.String())
}

// code returns the number of a text.
func (col *colonne) code(text string) int64 {
	if col.codes == nil {
		col.codes = make(map[string]int64)
	}
	code, seen := col.codes[text]
	if !seen {
		code = int64(len(col.codes))
		col.codes[text] = code
	}
	return code
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Faits returns what is known of one row.
func (c *Colonnes) Faits(row int) *Faits {
	f := &Faits{c.dict, make([]Donnee, len(c.cols))}
	for i := range c.cols {
		f.slots[i].Valeur = c.cols[i].at(row)
	}
	return f
}

func (col *colonne) at(row int) Valeur {
	if col.connu == nil {
		return Valeur{}
	}
	return col.vals[row]
}
