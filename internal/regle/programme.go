package regle

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"guichet/internal/lecture"
)

// A Programme is the compiled rules of one scheme. It never changes and may be
// used by several goroutines.
type Programme struct {
	fichier     string
	dict        *Dictionnaire
	regles      *Regles
	env         *cel.Env
	slots       map[string]slot
	parametres  []*Parametre
	conditions  []*condition
	resultats   []*resultat
	signaux     []*expression
	coherences  []*expression
	gardes      []*expression
	inconnus    []*types.Unknown // one per fact
	absents     []*types.Unknown // one per parameter without a value
	muets       []*types.Unknown // one per result without a value
	expressions int              // how many
	utiles      []int            // the facts that conditions and results use
	versions    []*Version
	problemes   lecture.Problemes
}

type condition struct {
	*Condition
	quand, si *expression // quand may be nil; both are for the nature piece
	faits     []int
	params    []int
	portee    Portee
}

type resultat struct {
	*Resultat
	branches []*branche
	faits    []int // through the results it uses
	params   []int
	portee   Portee
}

type branche struct {
	*Branche
	si   *expression // nil: always
	vaut *expression // nil: no value
}

// Compile checks and compiles the rules r, read from fichier. The error is a
// [lecture.Problemes] with everything that is wrong.
func Compile(fichier string, d *Dictionnaire, r *Regles) (*Programme, error) {
	p := &Programme{fichier: fichier, dict: d, regles: r, slots: make(map[string]slot)}
	if p.refuseVides(); len(p.problemes) > 0 {
		return p, p.problemes.Err()
	}
	for i, f := range d.faits {
		p.slots[f.Nom] = slot{slotFait, i}
		p.inconnus = append(p.inconnus, types.NewUnknown(int64(i), nil))
	}
	p.loadParametres()
	p.declare()
	if p.env != nil {
		p.compileConditions()
		p.compileResultats()
		p.compileRemarques()
	}
	if len(p.problemes) == 0 {
		p.gatherFaits()
		p.buildVersions()
		p.checkBranches()
	}
	slices.SortStableFunc(p.problemes, func(a, b lecture.Probleme) int { return a.Ligne - b.Ligne })
	return p, p.problemes.Err()
}

func (p *Programme) fail(line lecture.Ligne, key, format string, args ...any) {
	p.problemes.Add(p.fichier, int(line), key, format, args...)
}

// refuseVides refuses the items of lists where nothing is written.
func (p *Programme) refuseVides() {
	for nom, param := range p.regles.Parametres {
		if param != nil {
			refuseNil(p, "parametres."+nom+".valeurs", param.Valeurs)
		}
	}
	refuseNil(p, "conditions", p.regles.Conditions)
	refuseNil(p, "resultats", p.regles.Resultats)
	refuseNil(p, "signaux", p.regles.Signaux)
	refuseNil(p, "coherences", p.regles.Coherences)
	for i, r := range p.regles.Resultats {
		if r != nil {
			refuseNil(p, fmt.Sprintf("resultats[%d].selon", i), r.Selon)
		}
	}
}

func refuseNil[T any](p *Programme, key string, items []*T) {
	for i, item := range items {
		if item == nil {
			p.fail(0, fmt.Sprintf("%s[%d]", key, i), "cet élément est vide : remplissez-le ou enlevez le tiret.")
		}
	}
}

// declare builds the environment where every name has its type.
func (p *Programme) declare() {
	opts := langage()
	for _, f := range p.dict.faits {
		opts = append(opts, cel.Variable(f.Nom, f.Type.cel()))
	}
	for _, param := range p.parametres {
		opts = append(opts, cel.Variable(param.Nom, param.Type.cel()))
	}
	for i, r := range p.regles.Resultats {
		key := fmt.Sprintf("resultats[%d]", i)
		switch _, taken := p.slots[r.ID]; {
		case !nomValide.MatchString(r.ID) || reserves[r.ID]:
			p.fail(r.Ligne, key+".id", "un résultat demande un identifiant en minuscules sans accent, qui ne soit pas un mot du langage des règles.")
		case taken:
			p.fail(r.Ligne, key+".id", "« %s » est déjà le nom d’un fait, d’un paramètre ou d’un autre résultat.", r.ID)
		case r.Type.cel() == nil:
			p.fail(r.Ligne, key, "la clé « type » manque.")
		default:
			p.slots[r.ID] = slot{slotResultat, i}
			opts = append(opts, cel.Variable(r.ID, r.Type.cel()))
		}
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		p.fail(0, "", "les règles ne peuvent pas être préparées : %v.", err)
		return
	}
	p.env = env
}

func (p *Programme) compileConditions() {
	seen := make(map[string]bool)
	for i, c := range p.regles.Conditions {
		key := fmt.Sprintf("conditions[%d]", i)
		if c.ID == "" || c.Texte == "" || c.Objet == "" {
			p.fail(c.Ligne, key, "une condition demande « id », « objet » et « texte ».")
		}
		if seen[c.ID] {
			p.fail(c.Ligne, key+".id", "deux conditions portent l’identifiant « %s ».", c.ID)
		}
		seen[c.ID] = true
		if !slices.Contains(Natures, c.Nature) {
			p.fail(c.Ligne, key+".nature", "« %s » n’est pas une nature : écrivez machine, declaration, appreciation, piece ou prealable.", c.Nature)
		}
		if len(c.Cite) == 0 {
			p.fail(c.Ligne, key, "la source manque : ajoutez « cite: [\"tableau-2021:12\"] ».")
		}
		p.compileCondition(key, c)
	}
}

func (p *Programme) compileCondition(key string, c *Condition) {
	out := &condition{Condition: c}
	switch {
	case c.Si == "" && c.Nature != "piece":
		p.fail(c.Ligne, key, "la clé « si » manque : l’expression qui doit être vraie.")
		return
	case c.Si == "":
		out.portee = Dossier
	default:
		out.si = p.must(c.Ligne, key+".si", c.Si, TypeBooleen)
	}
	if c.Quand != "" {
		out.quand = p.must(c.Ligne, key+".quand", c.Quand, TypeBooleen)
	}
	for _, e := range []*expression{out.quand, out.si} {
		if e == nil {
			continue
		}
		if len(e.resultats) > 0 {
			p.fail(c.Ligne, key, "une condition ne peut pas dépendre d’un résultat.")
		}
		for _, f := range e.faits {
			out.faits = add(out.faits, f)
			out.portee = max(out.portee, p.dict.faits[f].Portee)
		}
		for _, param := range e.parametres {
			out.params = add(out.params, param)
		}
	}
	p.conditions = append(p.conditions, out)
}

// must compiles an expression or records what is wrong with it.
func (p *Programme) must(line lecture.Ligne, key, text string, t Type) *expression {
	if t == "" {
		return nil // already refused
	}
	e, err := p.compile(text, t.cel())
	if err != nil {
		p.fail(line, key, "%v.", err)
	}
	return e
}

func (p *Programme) compileResultats() {
	for i, r := range p.regles.Resultats {
		key := fmt.Sprintf("resultats[%d]", i)
		out := &resultat{Resultat: r}
		switch {
		case (r.Vaut == "") == (len(r.Selon) == 0):
			p.fail(r.Ligne, key, "un résultat demande « vaut » ou « selon », l’un des deux.")
		case len(r.Cite) == 0 && r.Vaut != "":
			p.fail(r.Ligne, key, "la source manque : ajoutez « cite: [\"tableau-2021:12\"] ».")
		case r.Vaut != "":
			b := &Branche{Vaut: r.Vaut, Sinon: true, Cite: r.Cite, Ligne: r.Ligne}
			out.branches = []*branche{{Branche: b, vaut: p.must(r.Ligne, key+".vaut", r.Vaut, r.Type)}}
		}
		for j, b := range r.Selon {
			out.branches = append(out.branches, p.compileBranche(fmt.Sprintf("%s.selon[%d]", key, j), r, j))
			_ = b
		}
		p.gather(key, out, i)
		p.resultats = append(p.resultats, out)
	}
}

func (p *Programme) compileBranche(key string, r *Resultat, j int) *branche {
	b := r.Selon[j]
	out := &branche{Branche: b}
	if b.Sinon == (b.Si != "") {
		p.fail(b.Ligne, key, "une branche demande « si », ou « sinon: true » pour la dernière.")
	}
	if b.Sinon && j != len(r.Selon)-1 {
		p.fail(b.Ligne, key, "« sinon » ne peut être que la dernière branche.")
	}
	if b.SansValeur == (b.Vaut != "") {
		p.fail(b.Ligne, key, "une branche demande « vaut », ou « sans_valeur: true ».")
	}
	if len(b.Cite) == 0 {
		p.fail(b.Ligne, key, "la source manque : ajoutez « cite: [\"tableau-2021:12\"] ».")
	}
	if b.Si != "" {
		out.si = p.must(b.Ligne, key+".si", b.Si, TypeBooleen)
	}
	if b.Vaut != "" {
		out.vaut = p.must(b.Ligne, key+".vaut", b.Vaut, r.Type)
	}
	return out
}

// gather collects what a result uses, through the results above it.
func (p *Programme) gather(key string, r *resultat, index int) {
	for _, b := range r.branches {
		for _, e := range []*expression{b.si, b.vaut} {
			if e == nil {
				continue
			}
			r.use(e.faits, e.parametres)
			for _, other := range e.resultats {
				if other >= index {
					p.fail(r.Ligne, key, "« %s » utilise « %s », qui doit être écrit plus haut.", r.ID, p.regles.Resultats[other].ID)
					continue
				}
				r.use(p.resultats[other].faits, p.resultats[other].params)
			}
		}
	}
	for _, f := range r.faits {
		r.portee = max(r.portee, p.dict.faits[f].Portee)
	}
}

func (r *resultat) use(faits, params []int) {
	for _, f := range faits {
		r.faits = add(r.faits, f)
	}
	for _, param := range params {
		r.params = add(r.params, param)
	}
}

func (p *Programme) compileRemarques() {
	for _, g := range p.regles.Gardes {
		p.gardes = append(p.gardes, p.must(g.Ligne, g.ID+".si", g.Si, TypeBooleen))
	}
	for i, s := range p.regles.Signaux {
		key := fmt.Sprintf("signaux[%d]", i)
		if s.ID == "" || s.Texte == "" || len(s.Cite) == 0 {
			p.fail(s.Ligne, key, "un signal demande « id », « texte » et « cite ».")
		}
		p.signaux = append(p.signaux, p.must(s.Ligne, key+".si", s.Si, TypeBooleen))
	}
	for i, c := range p.regles.Coherences {
		key := fmt.Sprintf("coherences[%d]", i)
		if c.ID == "" || c.Texte == "" {
			p.fail(c.Ligne, key, "une cohérence demande « id » et « texte ».")
		}
		for _, nom := range c.Faits {
			if _, ok := p.dict.parNom[nom]; !ok {
				p.fail(c.Ligne, key+".faits", "« %s » n’est pas un fait de faits.yaml.", nom)
			}
		}
		p.coherences = append(p.coherences, p.must(c.Ligne, key+".si", c.Si, TypeBooleen))
	}
	for nom := range p.regles.Manques {
		if _, ok := p.dict.parNom[nom]; !ok {
			p.fail(0, "manques."+nom, "ce n’est pas un fait de faits.yaml.")
		}
	}
}

// gatherFaits lists the facts that can change an answer, and marks the results
// for when they have no value.
func (p *Programme) gatherFaits() {
	for _, e := range p.decisions() {
		for _, f := range e.faits {
			p.utiles = add(p.utiles, f)
		}
	}
	for i := range p.resultats {
		p.muets = append(p.muets, types.NewUnknown(idSansValeur+int64(i), nil))
	}
}

// Regles returns the rules as written.
func (p *Programme) Regles() *Regles { return p.regles }
