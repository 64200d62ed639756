package guichet

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// A VueDroits is the page of the rights of the agents of some départements.
type VueDroits struct {
	Contexte
	Acteur       compte.Acteur
	Departements []string // where the person may grant; none for who only reads
	Droits       []DroitAgent
	Derogations  []DerogationVue
	Roles        []compte.Role
	Services     map[string]*dispositif.Service // of these départements, by code
	Dispositifs  []*dispositif.Dispositif
	Trouvees     []compte.Personne // who signed in with exactly what was looked for
	Politique    *compte.Politique
	Cle          string // for the next grant
}

// A DroitAgent is a grant of an agent, as the page shows it.
type DroitAgent struct {
	compte.Habilitation
	Agent       compte.Personne
	Libelle     string // of the role
	NomService  string
	NomSchema   string // of the scheme
	Accorde     string // by whom, "" when nobody wrote it
	Confirme    string
	EnCours     bool // it gives rights, will, or waits to
	Confirmable bool // by the reader
	Retirable   bool // by the reader
	Pourquoi    string
}

// DroitsAgents returns the rights of the agents that the person may see, and
// who signed in as the text says when they may grant. The error is a
// fault.Forbidden.
func (g *Guichet) DroitsAgents(ctx context.Context, a compte.Acteur, personne string) (*VueDroits, error) {
	v := &VueDroits{Contexte: g.Contexte(0), Acteur: a, Politique: g.politique, Roles: g.politique.RolesAgents(), Services: make(map[string]*dispositif.Service), Dispositifs: g.catalogue.All(), Cle: rand.Text()}
	places := departements(g.politique.Portees(a, "droits.lire"))
	if len(places) == 0 {
		return nil, fault.New(fault.Forbidden, "Seuls les administrateurs et les auditeurs d’un département voient les droits de ses agents.")
	}
	v.Departements = departements(g.politique.Portees(a, "droits.accorder"))
	for _, d := range places {
		for code, s := range g.catalogue.Pour(d).Services {
			v.Services[code] = s
		}
	}
	err := g.view(ctx, func(tx *store.Tx) (err error) {
		if personne != "" && len(v.Departements) > 0 {
			if v.Trouvees, err = g.nommees(tx, personne); err != nil {
				return err
			}
		}
		if v.Derogations, err = g.derogationsVues(tx, a, places); err != nil {
			return err
		}
		for _, d := range places {
			grants, err := tx.HabilitationsAgents(d)
			if err != nil {
				return err
			}
			for _, h := range grants {
				if _, err := g.politique.Peut(a, "droits.lire", objetDroit(h)); err != nil {
					continue
				}
				x, err := g.droitAgent(tx, a, h)
				if err != nil {
					return err
				}
				v.Droits = append(v.Droits, x)
			}
		}
		return nil
	})
	slices.SortStableFunc(v.Droits, func(x, y DroitAgent) int {
		return cmp.Or(cmp.Compare(x.Agent.Nom, y.Agent.Nom), cmp.Compare(x.Agent.Prenoms, y.Agent.Prenoms), cmp.Compare(x.Libelle, y.Libelle))
	})
	return v, err
}

// departements are those of the scopes, each once.
func departements(scopes []compte.Portee) (out []string) {
	for _, p := range scopes {
		if p.Departement != "" && !slices.Contains(out, p.Departement) {
			out = append(out, p.Departement)
		}
	}
	return out
}

// droitAgent adds to a grant what its line shows.
func (g *Guichet) droitAgent(tx *store.Tx, a compte.Acteur, h compte.Habilitation) (x DroitAgent, err error) {
	x = DroitAgent{Habilitation: h, Libelle: g.politique.Roles[h.Role].Libelle, EnCours: g.enCours(h)}
	if x.Agent, err = tx.Personne(h.Personne); err != nil {
		return x, err
	}
	if x.Accorde, err = nomDePersonne(tx, h.Par); err != nil {
		return x, err
	}
	if x.Confirme, err = nomDePersonne(tx, h.ConfirmePar); err != nil {
		return x, err
	}
	if s := g.catalogue.Pour(h.Departement).Services[h.Service]; s != nil {
		x.NomService = s.Court()
	}
	if s, err := g.catalogue.Dispositif(h.Dispositif); h.Dispositif != "" && err == nil {
		x.NomSchema = cmp.Or(s.Sigle, s.Nom)
	}
	if !x.EnCours {
		return x, nil
	}
	_, refused := g.politique.Peut(a, "droits.retirer", objetDroit(h))
	x.Retirable = refused == nil
	if h.Etat == compte.Demandee && x.Retirable {
		_, refused = g.politique.Peut(a, "droits.accorder", objetDroit(h))
		if x.Confirmable = refused == nil; !x.Confirmable {
			x.Pourquoi = fault.Of(refused).Message
		}
	}
	return x, nil
}

// nomDePersonne names who granted: nobody, the machine or a person.
func nomDePersonne(tx *store.Tx, id compte.PersonneID) (string, error) {
	switch id {
	case "":
		return "", nil
	case compte.Exploitant:
		return "l’exploitant", nil
	}
	p, err := tx.Personne(id)
	return p.NomComplet(), err
}
