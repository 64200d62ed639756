package dispositif

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/regle"
	"guichet/internal/territoire"
)

// A Catalogue is every scheme of one edition, with what they refer to.
type Catalogue struct {
	Edition      Edition
	Sources      map[string]*Source
	Services     map[string]*Service
	Contacts     map[string]*Contact
	Liens        map[string]*Lien
	Motifs       []Motif
	Dictionnaire *regle.Dictionnaire
	Prefectures  []*Prefecture

	dispositifs []*Dispositif // by order
	delais      []Delai       // of every scheme
	locaux      map[string]*Catalogue
}

// An Edition is the state of the catalogue at a date.
type Edition struct {
	Code   string    `yaml:"code"`
	Titre  string    `yaml:"titre"`
	Du     jour.Jour `yaml:"du"`
	Source string    `yaml:"source"`
}

// A Source is a text that the data cite.
type Source struct {
	Titre   string    `yaml:"titre"`
	Editeur string    `yaml:"editeur"`
	Date    jour.Jour `yaml:"date"`
	URL     string    `yaml:"url"`
	Lignes  int       `yaml:"lignes"` // number of lines, when cited by line
	Note    string    `yaml:"note"`
}

// A Motif is a ground that a decision may tick.
type Motif struct {
	Code   string   `yaml:"code"`
	Issues []string `yaml:"issues"` // outcomes that it may ground
	Texte  string   `yaml:"texte"`
}

// MotifsDe returns the grounds that a decision of that outcome may tick.
func (c *Catalogue) MotifsDe(issue string) []Motif {
	var out []Motif
	for _, m := range c.Motifs {
		if contains(m.Issues, issue) {
			out = append(out, m)
		}
	}
	return out
}

// A Courrier is what the letters of a prefecture say of itself.
type Courrier struct {
	Autorite        string  `yaml:"autorite"`
	Lieu            string  `yaml:"lieu"`
	Adresse         Mention `yaml:"adresse"`
	Tribunal        string  `yaml:"tribunal"`
	TribunalAdresse Mention `yaml:"tribunal_adresse"`
	Ministre        Mention `yaml:"ministre"`
}

// A Mention is a fact that letters state, and how sure it is: who signs is
// told of what is still to confirm.
type Mention struct {
	Texte  string `yaml:"texte"`
	Statut string `yaml:"statut"` // sur, a_confirmer
	Note   string `yaml:"note"`
}

// A Service instructs, decides or pays.
type Service struct {
	Nom      string   `yaml:"nom"`
	Sigle    string   `yaml:"sigle"`
	Texte    string   `yaml:"texte"`
	Contacts []string `yaml:"contacts"`
	Cite     []string `yaml:"cite"`
}

// Court returns the acronym, or the name when there is none.
func (s *Service) Court() string { return cmp.Or(s.Sigle, s.Nom) }

// A Contact is an address or a telephone number, as written and as corrected.
type Contact struct {
	Type    string   `yaml:"type"` // courriel, telephone
	Libelle string   `yaml:"libelle"`
	Brut    string   `yaml:"brut"`
	Corrige string   `yaml:"corrige"`
	Statut  string   `yaml:"statut"` // sur, douteux, tronque
	Public  bool     `yaml:"public"`
	Cite    []string `yaml:"cite"`
}

// Envoyable reports whether guichet may ever write to this address: it is an
// e-mail address and nothing about it is doubtful.
func (c *Contact) Envoyable() bool { return c.Type == "courriel" && c.Statut == "sur" }

// Adresse returns the address to show.
func (c *Contact) Adresse() string { return cmp.Or(c.Corrige, c.Brut) }

// A Lien is a link, as written and as corrected. Of a private link only the
// host is kept.
type Lien struct {
	Titre   string   `yaml:"titre"`
	Brut    string   `yaml:"brut"`
	Corrige string   `yaml:"corrige"`
	Statut  string   `yaml:"statut"` // sur, douteux, prive
	Note    string   `yaml:"note"`
	Cite    []string `yaml:"cite"`
}

// URL returns the address to offer, or "" when there is none to offer.
func (l *Lien) URL() string {
	if l.Corrige != "" {
		return l.Corrige
	}
	if l.Statut == "sur" {
		return l.Brut
	}
	return ""
}

// A Prefecture is a folder of data of one département, or several.
type Prefecture struct {
	Code         string                `yaml:"code"`
	Nom          string                `yaml:"nom"`
	Departements []string              `yaml:"departements"`
	OuvreLe      jour.Jour             `yaml:"ouvre_le"` // the day of the demonstration
	Exemples     []string              `yaml:"exemples"` // INSEE codes and SIREN to try first
	Services     map[string]*Service   `yaml:"services"`
	Contacts     map[string]*Contact   `yaml:"contacts"`
	Agents       []Agent               `yaml:"agents"`
	Surcharges   map[string]*Surcharge `yaml:"surcharges"`
	Personnages  []Personnage          `yaml:"personnages"` // who may sign in to the demonstration
	Courrier     Courrier              `yaml:"courrier"`

	Listes []*territoire.Liste
}

// An Agent is a named person of the service: data of the prefecture, hidden
// from the public unless it says otherwise.
type Agent struct {
	Nom       string   `yaml:"nom"`
	Telephone string   `yaml:"telephone"`
	Courriel  string   `yaml:"courriel"`
	Public    bool     `yaml:"public"`
	Note      string   `yaml:"note"`
	Cite      []string `yaml:"cite"`
}

// A Personnage is somebody made up, for the demonstration: who they are and the
// role they hold.
type Personnage struct {
	Sub          string `yaml:"sub"`
	Prenoms      string `yaml:"prenoms"`
	Nom          string `yaml:"nom"`
	Titre        string `yaml:"titre"`
	Role         string `yaml:"role"`
	Organisation string `yaml:"organisation"` // INSEE code or SIREN
	Service      string `yaml:"service"`
	National     bool   `yaml:"national"` // for every département
}

// A Surcharge is what a prefecture changes of a national scheme.
type Surcharge struct {
	Parametres map[string]*regle.Parametre `yaml:"parametres"`
	Service    string                      `yaml:"service"`
	Contacts   []string                    `yaml:"contacts"`
	Calendrier *Calendrier                 `yaml:"calendrier"`
	Note       string                      `yaml:"note"`
}

// All returns every scheme, annexed aids included, in the order of the table.
func (c *Catalogue) All() []*Dispositif { return c.dispositifs }

// Principaux returns the schemes of the table, without the annexed aids.
func (c *Catalogue) Principaux() []*Dispositif {
	return filter(c.dispositifs, func(d *Dispositif) bool { return d.RattacheA == "" })
}

// Annexes returns the small aids attached to the scheme code.
func (c *Catalogue) Annexes(code string) []*Dispositif {
	return filter(c.dispositifs, func(d *Dispositif) bool { return d.RattacheA == code })
}

// Dispositif returns the scheme code. The error is a fault.NotFound.
func (c *Catalogue) Dispositif(code string) (*Dispositif, error) {
	for _, d := range c.dispositifs {
		if d.Code == code {
			return d, nil
		}
	}
	return nil, fault.New(fault.NotFound, "Le dispositif « %s » n’existe pas.", code)
}

// Pour returns the catalogue as the prefecture of the département changes it;
// c itself when none does.
func (c *Catalogue) Pour(departement string) *Catalogue {
	if local, ok := c.locaux[departement]; ok {
		return local
	}
	return c
}

// Prefecture returns the prefecture of the département.
func (c *Catalogue) Prefecture(departement string) (*Prefecture, bool) {
	for _, p := range c.Prefectures {
		if slices.Contains(p.Departements, departement) {
			return p, true
		}
	}
	return nil, false
}

// Listes returns the official lists of every prefecture.
func (c *Catalogue) Listes() []*territoire.Liste {
	var out []*territoire.Liste
	for _, p := range c.Prefectures {
		out = append(out, p.Listes...)
	}
	return out
}

// Service returns the service that instructs d, or its track volet.
func (c *Catalogue) Service(d *Dispositif, volet string) *Service {
	if v, ok := d.Volet(volet); ok && v.Service != "" {
		return c.Services[v.Service]
	}
	return c.Services[d.Service]
}

// ContactsDe returns the public contacts of d, then those of its service.
func (c *Catalogue) ContactsDe(d *Dispositif) []*Contact {
	ids := slices.Clone(d.Contacts)
	if s := c.Services[d.Service]; s != nil {
		ids = append(ids, s.Contacts...)
	}
	var out []*Contact
	for _, id := range ids {
		if k := c.Contacts[id]; k != nil && k.Public && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// CorrigeCourriel returns the address to use instead of raw, and whether it
// differs. An address the catalogue does not know comes back as it is.
func (c *Catalogue) CorrigeCourriel(raw string) (adresse string, corrige bool) {
	raw = strings.TrimSpace(raw)
	for _, all := range c.everyContacts() {
		for _, k := range all {
			if strings.EqualFold(k.Brut, raw) {
				return k.Adresse(), k.Adresse() != k.Brut
			}
		}
	}
	return raw, false
}

func (c *Catalogue) everyContacts() []map[string]*Contact {
	all := []map[string]*Contact{c.Contacts}
	for _, p := range c.Prefectures {
		all = append(all, p.Contacts)
	}
	return all
}

// VerifieLien says what the catalogue knows of a link. The error is a
// fault.Invalid with the code LIEN_DOUTEUX for a doubtful or private link, or
// one that is not an http address of a known kind of domain.
func (c *Catalogue) VerifieLien(raw string) (*Lien, error) {
	doubtful := fault.New(fault.Invalid, "Ce lien est douteux : il n’est pas proposé.").Code("LIEN_DOUTEUX")
	raw = strings.TrimSpace(raw)
	for _, l := range c.Liens {
		if l.Brut == raw || l.Statut == "prive" && l.Brut != "" && strings.HasPrefix(raw, l.Brut) {
			if l.Statut != "sur" {
				return l, doubtful
			}
			return l, nil
		}
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || !domaine(u.Hostname()) {
		return nil, doubtful
	}
	return &Lien{Brut: raw, Statut: "sur"}, nil
}

// domaine reports whether host ends with a top-level domain that exists.
func domaine(host string) bool {
	i := strings.LastIndexByte(host, '.')
	return i > 0 && slices.Contains([]string{"fr", "eu", "org", "net", "com", "info", "bzh", "corsica", "re", "gp", "mq", "gf", "yt", "nc", "pf"}, host[i+1:])
}

func filter(dd []*Dispositif, keep func(*Dispositif) bool) []*Dispositif {
	var out []*Dispositif
	for _, d := range dd {
		if keep(d) {
			out = append(out, d)
		}
	}
	return out
}
