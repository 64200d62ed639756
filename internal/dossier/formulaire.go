package dossier

import (
	"cmp"
	"slices"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/eligibilite"
	"guichet/internal/fault"
	"guichet/internal/regle"
)

// A Question is one thing that the form asks.
type Question struct {
	Cle     string // of the answer
	Section string
	Libelle string
	Aide    string
	Champ   *dispositif.Champ // of the form; nil for a fact that only the conditions ask
	Fait    *regle.Fait       // that it answers as it is written; nil for a free text
	Requise bool
	Texte   string // answered
	Tape    bool   // Texte is what was typed and is not kept
	Base    string // what is kept, when Tape
	Origine string // where the answer comes from, "" when typed
}

// Avec returns the question with another answer.
func (q Question) Avec(texte string) Question {
	q.Texte = texte
	return q
}

// Conditions is the section of the questions that the conditions ask.
const Conditions = "conditions"

// Questions returns what the form asks for the phase: the fields of the
// scheme, then the facts that its conditions need and that nobody else gives.
// A condition that a guard sets aside asks nothing: the form follows the
// answers.
func Questions(s *dispositif.Dispositif, dict *regle.Dictionnaire, d *Dossier, r eligibilite.Reponse) []Question {
	var out, more []Question
	asked := make(map[string]bool)
	phase := s.Phase(d.Etat)
	for i := range s.Formulaire {
		f := &s.Formulaire[i]
		asked[f.Fait] = asked[f.Fait] || f.Fait != ""
		if f.Si != "" && !r.Garde("formulaire."+f.ID) {
			continue
		}
		if f.Phase != phase && d.Reponses.Texte(f.ID) == "" { // what another part answered stays to be read
			continue
		}
		q := Question{Cle: f.ID, Section: f.Section, Libelle: f.Libelle, Aide: f.Aide, Champ: f, Requise: f.Requis == "oui"}
		if fait, ok := dict.Fait(f.Fait); ok && Ecrit(f, fait) {
			q.Fait, q.Aide = fait, cmp.Or(f.Aide, fait.Aide)
		}
		out = append(out, q)
	}
	measured := mesures(s)
	ask := func(f *regle.Fait) {
		if asked[f.Nom] || measured[f.Nom] || f.Portee == regle.Agent || f.Type == regle.TypeListeTexte && f.Portee == regle.Entite {
			return
		}
		asked[f.Nom] = true
		more = append(more, Question{Cle: f.Nom, Section: Conditions, Libelle: f.Question, Aide: f.Aide, Fait: f})
	}
	for _, f := range faits(r) {
		for _, from := range f.Depuis {
			ask(from)
		}
		ask(f)
	}
	for cle := range d.Reponses { // answered once: shown as long as the scheme uses it
		if f, ok := dict.Fait(cle); ok && r.Emploie(f) {
			ask(f)
		}
	}
	slices.SortFunc(more, func(a, b Question) int { return strings.Compare(a.Cle, b.Cle) })
	out = append(out, more...)
	for i := range out {
		out[i].Texte, out[i].Origine = d.Reponses[out[i].Cle].Texte, d.Reponses[out[i].Cle].Origine
	}
	return out
}

// faits are the facts that a person may still give to an answer.
func faits(r eligibilite.Reponse) []*regle.Fait {
	out := slices.Clone(r.Manque)
	for _, c := range r.Reste {
		out = append(out, c.Manque...)
	}
	for _, i := range r.Issues {
		out = append(out, i.Manque...)
	}
	return out
}

// presence reports whether a long text answers a fact that only asks whether
// it was written.
func presence(c *dispositif.Champ, f *regle.Fait) bool {
	return f.Type == regle.TypeBooleen && (c.Type == dispositif.TypeCourt || c.Type == dispositif.TypeLong)
}

// Ecrit reports whether the question is answered by the fact itself, as a
// person writes it; otherwise the fact is worked out from the answer.
func Ecrit(c *dispositif.Champ, f *regle.Fait) bool {
	return !presence(c, f) && c.Type != dispositif.TypeCommunes && c.Type != dispositif.TypeBloc
}

// mesures are the facts that the documents give.
func mesures(s *dispositif.Dispositif) map[string]bool {
	out := make(map[string]bool)
	for _, p := range s.Pieces {
		for _, f := range []string{p.Mesures.Presente, p.Mesures.Pages, p.Mesures.Secondes} {
			out[f] = f != ""
		}
	}
	return out
}

// Faits reads what the dossier says as facts of the rules. The error is a
// fault.Invalid with a message at each field that cannot be read; the others
// come back.
func (d *Dossier) Faits(s *dispositif.Dispositif, dict *regle.Dictionnaire) (map[string]regle.Valeur, error) {
	out := make(map[string]regle.Valeur)
	var bad *fault.Fault
	wrong := func(cle, message string) {
		if bad == nil {
			bad = fault.New(fault.Invalid, "Des réponses sont à corriger.")
		}
		bad.Field(cle, message)
	}
	read := func(cle, nom string) {
		f, ok := dict.Fait(nom)
		text := strings.TrimSpace(d.Reponses[cle].Texte)
		if !ok || text == "" {
			return
		}
		v, err := f.Parse(text)
		if err != nil {
			wrong(cle, fault.Of(err).Fields[nom])
			return
		}
		out[nom] = v
	}
	byField := make(map[string]bool)
	for i := range s.Formulaire {
		c := &s.Formulaire[i]
		byField[c.ID], byField[c.Fait] = true, true
		f, ok := dict.Fait(c.Fait)
		switch text := strings.TrimSpace(d.Reponses.Texte(c.ID)); {
		case c.Type == dispositif.TypeCommunes: // the communes are the applicant's, counted with it
		case c.Type == dispositif.TypeBloc:
			lines := LitLignes(c, d.Reponses.Texte(c.ID))
			if !verifieLignes(c, lines, wrong) || !ok || len(lines) == 0 {
				continue
			}
			v, err := valeurDesLignes(c, f, lines)
			if err != nil {
				wrong(c.ID, fault.Of(err).Fields[c.Fait])
				continue
			}
			out[c.Fait] = v
		case ok && presence(c, f):
			if text != "" {
				out[c.Fait] = regle.Booleen(true)
			}
		case ok:
			read(c.ID, c.Fait)
		default:
			if err := c.Type.Verifie(text, c.Choix); err != nil {
				wrong(c.ID, fault.Of(err).Message)
			}
		}
	}
	for cle := range d.Reponses {
		if !byField[cle] {
			read(cle, cle)
		}
	}
	d.mesure(s, out)
	if bad != nil {
		return out, bad
	}
	return out, nil
}

// mesure gives the facts that the documents measure: their presence, their
// pages, their length.
func (d *Dossier) mesure(s *dispositif.Dispositif, out map[string]regle.Valeur) {
	for _, p := range s.Pieces {
		joined := d.PieceDe(p.ID)
		if p.Mesures.Presente != "" {
			out[p.Mesures.Presente] = regle.Booleen(len(joined) > 0)
		}
		for _, j := range joined {
			if p.Mesures.Pages != "" && j.Pages > 0 {
				out[p.Mesures.Pages] = regle.Entier(int64(j.Pages))
			}
			if p.Mesures.Secondes != "" && j.Duree > 0 {
				out[p.Mesures.Secondes] = regle.Millioniemes(j.Duree.Microseconds())
			}
		}
	}
}

// A Manque is something required that the dossier has not.
type Manque struct {
	Cle     string
	Libelle string
	Genre   string // champ, piece, engagement
}

// Manques returns what the phase requires and the dossier has not, in the
// order of the form. r is the present answer of the rules, which opens the
// questions asked on a condition.
func (d *Dossier) Manques(s *dispositif.Dispositif, phase string, r eligibilite.Reponse) []Manque {
	answered := func(id string) bool { return strings.TrimSpace(d.Reponses.Texte(id)) != "" }
	var out []Manque
	for _, c := range s.Formulaire {
		if c.Phase != phase || c.Si != "" && !r.Garde("formulaire."+c.ID) {
			continue
		}
		if c.Requis == "oui" && !answered(c.ID) {
			out = append(out, Manque{Cle: c.ID, Libelle: c.Libelle, Genre: "champ"})
		}
		if c.Type == dispositif.TypeBloc {
			out = append(out, manquesDesLignes(&c, LitLignes(&c, d.Reponses.Texte(c.ID)))...)
		}
	}
	out = append(out, d.PiecesDues(s, phase)...)
	if phase == dispositif.Signature {
		return out
	}
	for _, e := range s.Exigences {
		if e.Nature != "engagement" {
			continue
		}
		for _, i := range e.Items {
			if !slices.Contains(d.Engagements, i.ID) {
				out = append(out, Manque{Cle: i.ID, Libelle: i.Texte, Genre: "engagement"})
			}
		}
	}
	return out
}

// PiecesDues returns the required documents of the phase that nobody joined.
func (d *Dossier) PiecesDues(s *dispositif.Dispositif, phase string) []Manque {
	var out []Manque
	for _, p := range s.Pieces {
		owed := p.Phase == phase || phase == dispositif.Signature && p.Phase == dispositif.DepotOuSignature
		if !owed || p.Requise != "oui" {
			continue
		}
		for _, x := range d.Dues(s, p) {
			if len(d.Jointes(x)) == 0 {
				out = append(out, Manque{Cle: x.Cle(), Libelle: x.Libelle(), Genre: "piece"})
			}
		}
	}
	return out
}
