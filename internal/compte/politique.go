package compte

import (
	_ "embed" // droits.yaml
	"maps"
	"slices"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/lecture"
)

//go:embed droits.yaml
var droits []byte

// A Droit is an action on a kind of thing: « dossier.lire ».
type Droit string

// A Relation is what must tie the holder of a role to the object.
type Relation string

// The relations, from droits.yaml.
const (
	org       Relation = "org"       // same organisation
	dept      Relation = "dept"      // same département and scheme
	groupe    Relation = "groupe"    // the service that instructs
	consulte  Relation = "consulte"  // the service that instructs, the national one, or one asked for an opinion
	saisi     Relation = "saisi"     // a service asked for an opinion
	operateur Relation = "operateur" // the national service that makes some acts
)

// auditeur is the role that only reads (SOD8).
const auditeur Role = "auditeur"

// A RoleDecrit is a role as the table describes it.
type RoleDecrit struct {
	Libelle string `yaml:"libelle"`
	Portee  string `yaml:"portee"`
	Niveau  string `yaml:"niveau"` // fort: rights other than reading need a second factor
	Texte   string `yaml:"texte"`

	Bornee     bool `yaml:"bornee"`     // a grant of it has a last day
	Plafonnee  bool `yaml:"plafonnee"`  // a grant of it may have a ceiling
	Confirmee  bool `yaml:"confirmee"`  // two administrators grant it
	Inactivite int  `yaml:"inactivite"` // minutes unused that end a session; 0 is sixty
}

// A Separation forbids one person to do two things.
type Separation struct {
	ID     string  `yaml:"id"`
	Droits []Droit `yaml:"droits"`
	Texte  string  `yaml:"texte"`

	Derogeable bool `yaml:"derogeable"` // a département may be exempted from it for a time
}

// A Politique is the table of rights. It never changes.
type Politique struct {
	Roles       map[Role]RoleDecrit
	Droits      map[Droit]map[Role]Relation
	Separations []Separation
}

// LoadPolitique reads the table. The error is a [lecture.Problemes].
func LoadPolitique() (*Politique, error) { return load(droits) }

func load(text []byte) (*Politique, error) {
	var file struct {
		Roles       map[Role]RoleDecrit                     `yaml:"roles"`
		Droits      map[string]map[string]map[Role]Relation `yaml:"droits"`
		Separations []Separation                            `yaml:"separations"`
	}
	if err := lecture.Load("droits.yaml", text, &file); err != nil {
		return nil, err
	}
	var pp lecture.Problemes
	p := &Politique{Roles: file.Roles, Droits: make(map[Droit]map[Role]Relation), Separations: file.Separations}
	for chose, actions := range file.Droits {
		for action, roles := range actions {
			key := chose + "." + action
			for role, relation := range roles {
				if _, known := p.Roles[role]; !known {
					pp.Add("droits.yaml", 0, key, "le rôle « %s » n’est pas décrit.", role)
				}
				if role == auditeur && action != "lire" {
					pp.Add("droits.yaml", 0, key, "SOD8 : un auditeur n’a aucun droit d’écrire.")
				}
				if !slices.Contains([]Relation{org, dept, groupe, consulte, saisi, operateur}, relation) {
					pp.Add("droits.yaml", 0, key, "« %s » n’est pas une relation.", relation)
				}
			}
			p.Droits[Droit(key)] = roles
		}
	}
	for _, s := range p.Separations {
		for _, d := range s.Droits {
			if _, known := p.Droits[d]; !known {
				pp.Add("droits.yaml", 0, s.ID, "le droit « %s » n’existe pas.", d)
			}
		}
	}
	return p, pp.Err()
}

// Lecture reports whether the right only reads.
func (d Droit) Lecture() bool { return strings.HasSuffix(string(d), ".lire") }

// Peut says by which grant the person may do d to o. The error is a
// fault.Forbidden that says why not and, when there is one, what would help;
// its Codes name the separation that refuses. The caller answers NotFound
// instead to somebody who may not know that o exists.
func (p *Politique) Peut(a Acteur, d Droit, o Objet) (Habilitation, error) {
	roles, known := p.Droits[d]
	if !known {
		return Habilitation{}, fault.New(fault.Forbidden, "Ce droit n’existe pas.").Code("DROIT_INCONNU")
	}
	refusal := fault.New(fault.Forbidden, "Vos droits ne permettent pas cet acte.").Code("DROIT_ABSENT")
	for _, h := range a.Roles() {
		relation, granted := roles[h.Role]
		if !granted || !relation.tient(h, o) {
			continue
		}
		if !d.Lecture() && p.Roles[h.Role].Niveau == "fort" && a.Niveau < Fort {
			refusal = fault.New(fault.Forbidden, "Cet acte demande une connexion avec un second facteur : reconnectez-vous.").Code("NIVEAU_FAIBLE")
			continue
		}
		if s := p.separe(a, h, d, o); s != nil {
			refusal = fault.New(fault.Forbidden, "%s", s.Texte).Code(s.ID)
			continue
		}
		return h, nil
	}
	return Habilitation{}, refusal
}

// tient reports whether the holder of h has the relation with o.
func (r Relation) tient(h Habilitation, o Objet) bool {
	covers := (h.Departement == "" || h.Departement == o.Departement) && (h.Dispositif == "" || h.Dispositif == o.Dispositif)
	switch r {
	case org:
		return h.Organisation != "" && h.Organisation == o.Organisation
	case dept:
		return h.Organisation == "" && h.Departement != "" && covers
	case groupe:
		return h.Organisation == "" && covers && h.Service != "" && h.Service == o.Service
	case consulte:
		return h.Organisation == "" && covers && h.Service != "" && (h.Service == o.Service || h.Service == o.Operateur || slices.Contains(o.Consultes, h.Service))
	case saisi:
		return h.Organisation == "" && covers && h.Service != "" && slices.Contains(o.Consultes, h.Service)
	case operateur:
		return h.Organisation == "" && covers && h.Service != "" && h.Service == o.Operateur
	}
	return false
}

// ansRecul is how long a former member stays away from the dossiers of the
// organisation.
const ansRecul = 5

// separe returns the separation that forbids d to the holder of h.
func (p *Politique) separe(a Acteur, h Habilitation, d Droit, o Objet) *Separation {
	for i, s := range p.Separations {
		if !slices.Contains(s.Droits, d) || s.Derogeable && slices.Contains(o.Derogations, s.ID) {
			continue
		}
		if forbids := interdits[s.ID]; forbids != nil && forbids(a, h, o) {
			return &p.Separations[i]
		}
	}
	return nil
}

// Deroge names the separation that an exemption sets aside, when the holder of
// h does d to o thanks to it; "" when none does.
func (p *Politique) Deroge(a Acteur, h Habilitation, d Droit, o Objet) string {
	o.Derogations = nil
	if s := p.separe(a, h, d, o); s != nil {
		return s.ID
	}
	return ""
}

// Derogeables are the separations from which a département may be exempted.
func (p *Politique) Derogeables() []Separation {
	return slices.DeleteFunc(slices.Clone(p.Separations), func(s Separation) bool { return !s.Derogeable })
}

// interdits are the tests of the separations that look at the person.
var interdits = map[string]func(Acteur, Habilitation, Objet) bool{
	"SOD1": func(a Acteur, _ Habilitation, o Objet) bool { return slices.Contains(o.Instructeurs, a.Personne.ID) },
	"SOD4": func(a Acteur, _ Habilitation, o Objet) bool {
		return o.Organisation != "" && slices.ContainsFunc(a.Habilitations, func(m Habilitation) bool {
			return m.Organisation == o.Organisation && m.Etat != Demandee && (m.Au == 0 || m.Au.AddAns(ansRecul) >= a.Le)
		})
	},
	"SOD7": func(a Acteur, _ Habilitation, o Objet) bool { return slices.Contains(o.Concernes, a.Personne.ID) },
	"SOD9": func(_ Acteur, h Habilitation, o Objet) bool { return h.Plafond != 0 && o.Montant > h.Plafond },
}

// Ordre returns the roles of the table, by name.
func (p *Politique) Ordre() []Role { return slices.Sorted(maps.Keys(p.Roles)) }

// RolesAgents returns the roles of the agents of the State, by name.
func (p *Politique) RolesAgents() []Role {
	return slices.DeleteFunc(p.Ordre(), func(r Role) bool { return p.Roles[r].Portee == "organisation" })
}

// ParService reports whether the role acts for a service: some of its rights
// are on the dossiers of the service alone.
func (p *Politique) ParService(r Role) bool {
	for _, roles := range p.Droits {
		if relation, held := roles[r]; held && relation != org && relation != dept {
			return true
		}
	}
	return false
}

// relations are the relations in words.
var relations = map[Relation]string{org: "de son organisation", dept: "de son département", groupe: "de son service", consulte: "de son service, dont il est l’opérateur national, ou qui lui demandent un avis", saisi: "qui lui demandent un avis",
	operateur: "dont son service est l’opérateur national"}

// DroitsDe describes the rights of a role, in order: « dossier.lire, de son
// service ».
func (p *Politique) DroitsDe(r Role) []string {
	var out []string
	for _, d := range slices.Sorted(maps.Keys(p.Droits)) {
		if relation, ok := p.Droits[d][r]; ok {
			out = append(out, string(d)+", "+relations[relation])
		}
	}
	return out
}
