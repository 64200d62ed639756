package guichet

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
)

// A DemandeAvis asks one or several services for their opinion.
type DemandeAvis struct {
	Services []string
	Question string
	Pour     string // day, as typed
}

// DemandeAvis asks other services for their opinion: each may then read the
// dossier and answer. The error is a fault.Invalid.
func (g *Guichet) DemandeAvis(ctx context.Context, a compte.Acteur, x Geste, q DemandeAvis) error {
	if err := tropLong(map[string]string{"question": q.Question}); err != nil {
		return err
	}
	by, err := g.echeance(q.Pour)
	question := strings.TrimSpace(q.Question)
	if question == "" {
		m := "Dites sur quoi porte l’avis."
		f := fault.New(fault.Invalid, "%s", m).Field("question", m)
		if err != nil {
			f.Merge(fault.Of(err)) // the day too: both are said at once
		}
		return f
	}
	if err != nil {
		return err
	}
	return g.instruit(ctx, a, x, gesteDroit{"demander_avis", "Avis demandé", "avis.demander"}, func(c *changement) error {
		services := g.catalogue.Pour(c.d.Departement).Services
		var names []string
		for _, code := range q.Services {
			if services[code] == nil || code == c.d.Service || c.attendAvisDe(code) {
				continue
			}
			c.d.Instruction.Avis = append(slices.Clip(c.d.Instruction.Avis), dossier.Avis{ID: strings.ToLower(rand.Text()), Service: code, Question: question,
				Demande: c.par.Signe(), Pour: by, Tacite: c.s.Avis.Tacite})
			names = append(names, services[code].Court())
			text := fmt.Sprintf("Votre avis est demandé avant le %s sur le dossier %s de %s, « %s ».\n\n%s\n", by.Long(), c.d.Numero, c.d.Nom, c.s.Nom, question)
			if err := g.ecritAuService(c, code, courriel.Demande, "Avis demandé : dossier "+c.d.Numero, text); err != nil {
				return err
			}
		}
		if len(names) == 0 {
			m := "Choisissez au moins un autre service, qui ne doit pas déjà un avis sur ce dossier."
			return fault.New(fault.Invalid, "%s", m).Field("services", m)
		}
		c.ev.Libelle = "Avis demandé : " + strings.Join(names, ", ")
		return nil
	})
}

// attendAvisDe reports whether the service already owes an opinion.
func (c *changement) attendAvisDe(service string) bool {
	return slices.ContainsFunc(c.d.Instruction.Avis, func(a dossier.Avis) bool { return a.Service == service && a.Sens == "" })
}

// An AvisRendu is an answer to a request for an opinion.
type AvisRendu struct {
	ID      string
	Sens    string // see dossier.Sens
	Texte   string
	Fichier *Fichier // nil for none
}

// RendAvis answers for the service that was asked. The error is a
// fault.Invalid at the field, a fault.NotFound for another service, a
// fault.Conflict when the opinion was already given.
func (g *Guichet) RendAvis(ctx context.Context, a compte.Acteur, x Geste, r AvisRendu) error {
	if err := tropLong(map[string]string{"texte": r.Texte}); err != nil {
		return err
	}
	text := strings.TrimSpace(r.Texte)
	switch {
	case !slices.Contains(dossier.Sens, r.Sens):
		m := "Choisissez un sens : favorable, avec réserves ou défavorable."
		return fault.New(fault.Invalid, "%s", m).Field("sens", m)
	case text == "" && r.Sens != "favorable":
		m := "Dites vos réserves ou vos raisons : le service instructeur en a besoin."
		return fault.New(fault.Invalid, "%s", m).Field("texte", m)
	}
	if err := g.autorise(ctx, a, x.Dossier, "avis.rendre"); err != nil {
		return err
	}
	return g.avecFichier(ctx, provenance{x.Dossier, a.Personne.ID}, r.Fichier, func(p *dossier.Piece) error {
		return g.instruit(ctx, a, x, gesteDroit{"rendre_avis", "Avis rendu", "avis.rendre"}, func(c *changement) error {
			k := slices.IndexFunc(c.d.Instruction.Avis, func(v dossier.Avis) bool { return v.ID == r.ID })
			if k < 0 || !g.duService(a, c.d.Instruction.Avis[k].Service) {
				return fault.New(fault.NotFound, "Cet avis n’est pas demandé à votre service.")
			}
			if err := c.d.Instruction.Rend(r.ID, dossier.Avis{Sens: r.Sens, Texte: text, Piece: p}, c.par); err != nil {
				return err
			}
			service := g.catalogue.Pour(c.d.Departement).Services[c.d.Instruction.Avis[k].Service]
			c.ev.Libelle = "Avis rendu : " + service.Court()
			return g.ecritAuService(c, c.d.Service, courriel.Message, "Avis rendu : dossier "+c.d.Numero,
				fmt.Sprintf("%s a rendu son avis sur le dossier %s de %s.\n", service.Nom, c.d.Numero, c.d.Nom))
		})
	})
}

// duService reports whether the person acts for the service.
func (g *Guichet) duService(a compte.Acteur, service string) bool {
	return slices.ContainsFunc(a.Roles(), func(h compte.Habilitation) bool { return h.Organisation == "" && h.Service == service })
}
