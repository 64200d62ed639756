package guichet

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet/internal/agenda"
	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"

	"guichet/internal/jour"
	"guichet/internal/store"
)

// A FluxVu is a calendar feed that a person has, or may have.
type FluxVu struct {
	Service string // "" for all that the person may read
	Titre   string
	CreeLe  time.Time // zero: there is none yet
}

// Agendas returns the feeds that the person may have: their own, and one for
// each of their services.
func (g *Guichet) Agendas(ctx context.Context, a compte.Acteur) ([]FluxVu, error) {
	out := []FluxVu{{Titre: "Mes échéances"}}
	for _, service := range services(a) {
		out = append(out, FluxVu{Service: service, Titre: g.titreFlux(a, service)})
	}
	err := g.view(ctx, func(tx *store.Tx) error {
		held, err := tx.FluxDe(a.Personne.ID)
		for _, f := range held {
			if i := slices.IndexFunc(out, func(v FluxVu) bool { return v.Service == f.Service }); i >= 0 {
				out[i].CreeLe = f.CreeLe
			}
		}
		return err
	})
	return out, err
}

// services are those for which the person acts today.
func services(a compte.Acteur) []string {
	var out []string
	for _, h := range a.Roles() {
		if h.Service != "" && !slices.Contains(out, h.Service) {
			out = append(out, h.Service)
		}
	}
	slices.Sort(out)
	return out
}

func (g *Guichet) titreFlux(a compte.Acteur, service string) string {
	for _, h := range a.Roles() {
		if x := g.catalogue.Pour(h.Departement).Services[service]; h.Service == service && x != nil {
			return "Échéances : " + x.Nom
		}
	}
	return "Mes échéances"
}

// CreeFlux makes a calendar feed and returns the secret of its address, which
// nobody can know again: guichet keeps its digest alone. A feed that the
// person had for the same service stops. The error is a fault.NotFound when
// the person is not of the service.
func (g *Guichet) CreeFlux(ctx context.Context, a compte.Acteur, service string) (secret string, err error) {
	if service != "" && !slices.Contains(services(a), service) {
		return "", fault.New(fault.NotFound, "Vous n’agissez pas pour ce service.")
	}
	secret = strings.ToLower(rand.Text())
	err = g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		if err := tx.PoseFlux(store.Flux{Empreinte: empreinte(secret), Personne: a.Personne.ID, Service: service, CreeLe: g.maintenant()}); err != nil {
			return err
		}
		return g.inscrit(tx, a.Personne.ID, "creer_agenda", "personne/"+string(a.Personne.ID), "", "")
	})
	return secret, err
}

// RetireFlux stops a calendar feed of the person: its address leads nowhere
// from now on. One that does not exist is no fault.
func (g *Guichet) RetireFlux(ctx context.Context, a compte.Acteur, service string) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		if had, err := tx.RetireFlux(a.Personne.ID, service); err != nil || !had {
			return err
		}
		return g.inscrit(tx, a.Personne.ID, "retirer_agenda", "personne/"+string(a.Personne.ID), "", "")
	})
}

// Flux writes the calendar that the secret opens, with what its person may
// read now; site is the public address, "" when there is none. The error is a
// fault.NotFound for an unknown secret and, the same, for a person who has no
// right any more.
func (g *Guichet) Flux(ctx context.Context, secret, site string) ([]byte, error) {
	unknown := fault.New(fault.NotFound, "Cet agenda n’existe pas.")
	var b bytes.Buffer
	err := g.view(ctx, func(tx *store.Tx) error {
		f, err := tx.Flux(empreinte(secret))
		if err != nil {
			return err
		}
		a, err := g.acteurDe(tx, f.Personne)
		if err != nil {
			return err
		}
		if len(a.Roles()) == 0 || f.Service != "" && !slices.Contains(services(a), f.Service) {
			return unknown
		}
		events, err := g.evenements(tx, a, f.Service, site)
		if err != nil {
			return err
		}
		return agenda.Ecrire(&b, "guichet : "+g.titreFlux(a, f.Service), events)
	})
	if errors.Is(err, fault.NotFound) {
		return nil, unknown
	}
	return b.Bytes(), err
}

// maxFlux bounds the dossiers that a feed looks at, for each role.
const maxFlux = 1000

// evenements are the days of a feed: the delays that run in what the person
// reads, and the filing windows of the schemes.
func (g *Guichet) evenements(tx *store.Tx, a compte.Acteur, service, site string) ([]agenda.Evenement, error) {
	list, err := g.suivis(tx, a, store.FiltreDelais{Limite: maxFlux})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(d store.DossierSuivi) bool { return service != "" && d.Service != service })
	if service == "" {
		mine, err := g.suivisDuPorteur(tx, a)
		if err != nil {
			return nil, err
		}
		list = append(list, mine...)
	}
	seen := make(map[agenda.Uid]bool)
	var out []agenda.Evenement
	add := func(e agenda.Evenement) {
		if !seen[e.Uid] {
			seen[e.Uid] = true
			out = append(out, e)
		}
	}
	for _, d := range list {
		s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
		if err != nil { // this edition has no such scheme: it has no delay either
			continue
		}
		due := dossier.Echeances(s, d.Dossier, d.Evenements, g.Aujourdhui())
		if _, err := g.politique.Peut(a, "avis.lire", d.Objet()); err != nil {
			due = duPorteur(due)
		}
		for _, e := range due {
			if e.Ouverte() && e.Le != 0 {
				add(evenement(d.Dossier, s, e, site))
			}
		}
	}
	for _, e := range g.fenetres(a, service, site) {
		add(e)
	}
	return out, nil
}

// suivisDuPorteur are the dossiers, drafts included, of the organisations of
// the person.
func (g *Guichet) suivisDuPorteur(tx *store.Tx, a compte.Acteur) ([]store.DossierSuivi, error) {
	var out []store.DossierSuivi
	for _, h := range a.Roles() {
		if h.Organisation == "" {
			continue
		}
		list, err := tx.DossiersSuivis(store.FiltreDelais{Organisation: h.Organisation, Limite: maxFlux})
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			reading := compte.Droit("dossier.lire")
			if d.Brouillon() {
				reading = "brouillon.lire"
			}
			if _, err := g.politique.Peut(a, reading, d.Objet()); err == nil {
				out = append(out, d)
			}
		}
	}
	return out, nil
}

func evenement(d *dossier.Dossier, s *dispositif.Dispositif, e dossier.Echeance, site string) agenda.Evenement {
	uid := agenda.Uid(strings.Join([]string{string(d.ID), e.ID, e.Depuis.String()}, "-") + "@guichet")
	text := "Dossier " + nomDe(d) + " de " + d.Nom + ", « " + s.Nom + " ».\nOn attend " + RoleAttendu(e.Pour) + "."
	if e.Effet != "" {
		text += "\n" + e.Effet
	}
	out := agenda.Evenement{Uid: uid, Le: e.Le, Titre: e.Titre + " : " + d.Nom, Texte: text, ModifieLe: d.ModifieLe}
	if site != "" {
		out.URL = site + "/dossiers/" + string(d.ID)
	}
	return out
}

// fenetres are the last days of the filing windows to come: all of them for an
// applicant, those of the service for its agents.
func (g *Guichet) fenetres(a compte.Acteur, service, site string) []agenda.Evenement {
	var out []agenda.Evenement
	for _, h := range a.Roles() {
		if service != "" && h.Service != service {
			continue
		}
		local := g.catalogue.Pour(cmp.Or(h.Departement, g.Contexte(0).Departement))
		for _, s := range local.All() {
			if h.Service != "" && h.Service != s.Service || s.Calendrier.Type != "vagues" {
				continue
			}
			for _, v := range s.Calendrier.Vagues {
				if v.Ferme < g.Aujourdhui() {
					continue
				}
				e := agenda.Evenement{Uid: agenda.Uid(s.Code + "-vague-" + strconv.Itoa(v.N) + "@guichet"), Le: v.Ferme, ModifieLe: debut(local.Edition),
					Titre: "Dernier jour pour déposer : " + s.Nom, Texte: s.Calendrier.Texte}
				if site != "" {
					e.URL = site + "/dispositifs/" + s.Code
				}
				out = append(out, e)
			}
		}
	}
	return out
}

// debut is the instant from which the windows of an edition are known.
func debut(e dispositif.Edition) time.Time {
	return cmp.Or(e.Du, jour.Of(2021, time.January, 1)).Debut()
}
