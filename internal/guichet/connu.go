package guichet

import (
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/regle"
	"guichet/internal/store"
)

// pageCollectivite is the origin of an answer given before the dossier began.
const pageCollectivite = "réponse donnée sur la page de la collectivité"

// prerempli writes what the guichet knows of the organisation and of the
// person, each with where it comes from.
func prerempli(tx *store.Tx, d *dossier.Dossier, s *dispositif.Dispositif, p compte.Personne) error {
	for _, c := range s.Formulaire {
		switch c.Connu {
		case "organisation":
			d.Reponses[c.ID] = dossier.Reponse{Texte: d.Nom, Origine: "Code officiel géographique"}
		case "personne":
			d.Reponses[c.ID] = dossier.Reponse{Texte: p.NomComplet(), Origine: "votre compte"}
		case "siret":
			employer, err := tx.Employeur(p.ID)
			if err != nil {
				return err
			}
			if employer != "" && employer.Siren() == d.Organisation {
				d.Reponses[c.ID] = dossier.Reponse{Texte: string(employer), Origine: "votre fournisseur d’identité"}
			}
		}
	}
	return nil
}

// porteur is the applicant as the official files have it on the day of the
// filing, or today; nil when it is neither a commune nor an EPCI.
func (g *Guichet) porteur(d *dossier.Dossier) *VueTerritoire {
	le := g.Aujourdhui()
	if d.Gel != nil {
		le = d.Gel.Le
	}
	code := string(d.Demandeur.Siren)
	if d.Demandeur.Insee != "" {
		code = string(d.Demandeur.Insee)
	}
	carte := g.carte(le)
	v, err := identite(carte, Consultation{Code: code})
	if err != nil {
		return nil
	}
	v.Contexte, v.Le, v.Cog = g.Contexte(le), le, carte.Millesime().Cog
	return v
}

// reporte brings to the form the answers given on the page of the territory:
// to the question that asks the fact, else to the fact itself. A fact that only
// tells whether a text was written is not that text.
func (g *Guichet) reporte(d *dossier.Dossier, s *dispositif.Dispositif, answers map[string]string) {
	for nom, texte := range answers {
		f, known := g.catalogue.Dictionnaire.Fait(nom)
		if texte = strings.TrimSpace(texte); !known || texte == "" || f.Personnel() || f.Portee == regle.Agent {
			continue
		}
		cle := nom
		for i := range s.Formulaire {
			c := &s.Formulaire[i]
			if c.Fait != nom {
				continue
			}
			cle = ""
			switch {
			case c.Type == dispositif.TypeBloc && c.Valeur != "":
				cle, texte = c.ID, dossier.LigneParLigne(c, texte)
			case dossier.Ecrit(c, f):
				cle = c.ID
			}
		}
		if _, filled := d.Reponses[cle]; cle != "" && !filled {
			d.Reponses[cle] = dossier.Reponse{Texte: borne(texte, maxTexte), Origine: pageCollectivite}
		}
	}
}
