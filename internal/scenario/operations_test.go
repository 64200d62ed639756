package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"guichet/internal/cantine"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/eligibilite"
	"guichet/internal/euro"
	"guichet/internal/jour"
	"guichet/internal/regle"
	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// leJour is the day of the cases: the table's own time.
var leJour = jour.Of(2021, 7, 1)

// operations maps what a case asks on the product's packages. No rule is
// written here.
var operations = map[string]operation{
	"s1_amount":      amounts("commune", map[string]string{"type": "demandeur", "population": "population", "population_totale": "population_totale", "fragility_class": "classe_fragilite", "cost": "cout"}),
	"s2_eligibility": amounts("commune", map[string]string{"type": "demandeur", "density": "densite", "rural_population_share": "part_rurale"}),
	"s2_candidate":   objets(map[string]string{"birth": "candidat_naissance", "start": "contrat_debut", "diploma_level": "candidat_niveau"}, "candidat"),
	"s2_contract":    objets(map[string]string{"kind": "contrat_type", "months": "contrat_mois", "quota_pct": "contrat_quotite"}, "contrat_seul"),
	"s3_amount":      amounts("commune", map[string]string{"posts": "postes", "asked": "montant_demande", "type": "demandeur"}),
	"s3_applicant":   amounts("", map[string]string{"type": "demandeur"}),
	"free_activity":  accepts(objets(map[string]string{"price": "prix_activite"}, "activite")),
	"s4_eligibility": passEligibility,
	"s4_publics":     accepts(objets(map[string]string{"pic_pct": "pic_pct", "precarite_pct": "precarite_pct"}, "publics")),
	"s5_amount":      amounts("commune", map[string]string{"asked": "montant_demande"}),
	"s5_submit":      submit,
	"s5_wave":        wave,
	"s5_delivery":    accepts(objets(map[string]string{"date": "reception_prevue"}, "reception")),
	"s5_route":       route,
	"s6_training":    training,
	"s6_fc_button":   button,
	"s7_eligibility": canteen,
	"s7_epci":        objets(map[string]string{"eligible_population": "population_eligible_cantine", "population": "population"}, "epci"),
	"s7_meals":       meals,
	"s7_meals_dated": meals,
	"s7_breakfast":   breakfast,
	"s8_place":       place,
	"s8_file":        file,
	"s8_amount":      accepts(years),
	"s8_quota":       accepts(objets(map[string]string{"already": "fabriques_retenues"}, "programme")),
	"dataset":        dataset,
	"form":           form,
	"commitments":    items("engagements", "accepted"),
	"recipients":     items("destinataires", "sent_to"),
	"lifecycle":      lifecycle,
	"due_months":     due("months", jour.UniteMois),
	"due_days":       due("days", jour.Jours),
	"siret":          siret,
	"catalogue": func(m *monde, _ cas) (map[string]any, error) {
		return map[string]any{"verdict": "accepte", "count": len(m.c.Principaux())}, nil
	},
	"contact": contact,
	"link":    link,
	"route":   routes,
}

// valeurs reads the given values as facts; null is a missing datum.
func valeurs(m *monde, c cas, names map[string]string) (map[string]regle.Valeur, error) {
	out := make(map[string]regle.Valeur)
	for key, nom := range names {
		given, there := c.Given[key]
		if !there || given == nil {
			continue
		}
		f, ok := m.c.Dictionnaire.Fait(nom)
		if !ok {
			return nil, fmt.Errorf("no fact %q", nom)
		}
		v, err := f.Parse(texte(given))
		if err != nil {
			return nil, err
		}
		out[nom] = v
	}
	return out, nil
}

func texte(v any) string {
	switch x := v.(type) {
	case []any:
		return strings.Join(textes(x), ";")
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case time.Time:
		return x.Format(time.DateOnly)
	}
	return fmt.Sprint(v)
}

func evalue(m *monde, code string, facts map[string]regle.Valeur) (eligibilite.Reponse, error) {
	d, err := m.c.Dispositif(code)
	if err != nil {
		return eligibilite.Reponse{}, err
	}
	return eligibilite.Of(d, m.c.Dictionnaire, m.a.Le(leJour), eligibilite.Situation{Faits: facts, Le: leJour})
}

var verdicts = map[regle.Verdict]string{regle.Oui: "eligible", regle.Non: "non_eligible",
	regle.ACompleter: "a_verifier", regle.AApprecier: "a_verifier", regle.Erreur: "erreur"}

// accepts renames the verdicts of what is filed rather than eligible.
func accepts(do operation) operation {
	return func(m *monde, c cas) (map[string]any, error) {
		out, err := do(m, c)
		switch out["verdict"] {
		case "eligible":
			out["verdict"] = "accepte"
		case "non_eligible":
			out["verdict"] = "refuse"
		}
		return out, err
	}
}

// amounts answers with the verdict of the applicant and every amount.
func amounts(kind string, names map[string]string) operation {
	return func(m *monde, c cas) (map[string]any, error) {
		facts, err := valeurs(m, c, names)
		if err != nil {
			return nil, err
		}
		if _, given := facts["demandeur"]; !given && kind != "" {
			facts["demandeur"] = regle.Texte(kind)
		}
		r, err := evalue(m, c.Scheme, facts)
		if err != nil {
			return nil, err
		}
		return reponse(r), nil
	}
}

// reponse flattens an answer into the fields that cases name.
func reponse(r eligibilite.Reponse) map[string]any {
	out := map[string]any{"verdict": verdicts[r.Verdict], "reasons": r.Raisons}
	for key, id := range map[string]string{"amount": "montant", "ceiling": "plafond", "state": "montant", "local": "part_locale"} {
		if amount, ok := r.Montant(id); ok {
			out[key] = amount.Decimal()
		}
	}
	if pct, ok := r.Taux(); ok {
		out["rate_pct"] = pct
	}
	if low, high, ok := r.Bornes(); ok {
		out["amount_min"], out["amount_max"] = low.Decimal(), high.Decimal()
	}
	return out
}

// objets answers with the verdict of the conditions about some things.
func objets(names map[string]string, about ...string) operation {
	return func(m *monde, c cas) (map[string]any, error) {
		facts, err := valeurs(m, c, names)
		if err != nil {
			return nil, err
		}
		if about[0] == "epci" {
			facts["demandeur"] = regle.Texte("epci")
			return objet(m, c.Scheme, facts, "demandeur")
		}
		facts["demandeur"] = regle.Texte("commune")
		if about[0] == "contrat_seul" {
			facts["mission_ingenierie"] = regle.Booleen(true)
			return objet(m, c.Scheme, facts, "contrat")
		}
		return objet(m, c.Scheme, facts, about...)
	}
}

func objet(m *monde, code string, facts map[string]regle.Valeur, about ...string) (map[string]any, error) {
	r, err := evalue(m, code, facts)
	if err != nil {
		return nil, err
	}
	out := reponse(r)
	out["verdict"], out["reasons"] = verdicts[r.Objet(about...)], r.RaisonsDe(about...)
	return out, nil
}

// passEligibility counts the communes that apply together; a commune that
// names none applies alone.
func passEligibility(m *monde, c cas) (map[string]any, error) {
	facts, err := valeurs(m, c, map[string]string{"type": "demandeur", "order": "commande"})
	if err != nil {
		return nil, err
	}
	kind := texte(c.Given["type"])
	s := eligibilite.Situation{Demandeur: eligibilite.Demandeur{Type: kind}, Faits: facts, Le: leJour}
	for _, code := range textes(c.Given["communes"]) {
		s.Demandeur.Membres = append(s.Demandeur.Membres, territoire.Insee(code))
	}
	if _, named := c.Given["communes"]; !named && kind == "commune" {
		facts["nombre_communes"] = regle.Entier(1)
	}
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	r, err := eligibilite.Of(d, m.c.Dictionnaire, m.a.Le(leJour), s)
	if err != nil {
		return nil, err
	}
	out := reponse(r)
	out["verdict"], out["reasons"] = verdicts[r.Objet("demandeur", "commande")], r.RaisonsDe("demandeur", "commande")
	return out, nil
}

func submit(m *monde, c cas) (map[string]any, error) {
	return accepts(objets(map[string]string{"franceconnect": "compte_franceconnect", "representative": "representant",
		"form": "formulaire_rempli", "goals": "finalites", "lab": "laboratoire"}, "depot"))(m, c)
}

func wave(m *monde, c cas) (map[string]any, error) {
	at, err := time.Parse(time.RFC3339, texte(c.Given["at"]))
	if err != nil {
		return nil, err
	}
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	o := d.Ouverture(jour.DeTemps(at))
	if o.Etat != "ouvert" {
		return map[string]any{"verdict": "refuse", "reasons": []string{d.Calendrier.RaisonFerme}}, nil
	}
	return map[string]any{"verdict": "accepte", "wave": o.Vague}, nil
}

func route(m *monde, c cas) (map[string]any, error) {
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	track := texte(c.Given["track"])
	v, ok := d.Volet(track)
	if !ok {
		return map[string]any{"verdict": "refuse"}, nil
	}
	return map[string]any{"verdict": "accepte", "service": m.c.Service(d, track).Court(), "form_url": m.c.Liens[v.Formulaire].URL()}, nil
}

func training(m *monde, c cas) (map[string]any, error) {
	out, err := accepts(objets(map[string]string{"hours_half_days": "formation_demi_journees"}, "formation"))(m, c)
	if err != nil {
		return nil, err
	}
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	e, _ := d.Exigence("sujets")
	if missing := e.Manquants(textes(c.Given["topics"])); len(missing) > 0 {
		out["verdict"], out["missing"] = "refuse", missing
		out["reasons"] = append(out["reasons"].([]string), e.Raison)
	}
	return out, nil
}

func button(m *monde, c cas) (map[string]any, error) {
	annexes := m.c.Annexes(c.Scheme)
	facts, err := valeurs(m, c, map[string]string{"type": "demandeur", "already_granted": "aide_deja_accordee"})
	if err != nil {
		return nil, err
	}
	return objet(m, annexes[0].Code, facts, "demandeur")
}

func canteen(m *monde, c cas) (map[string]any, error) {
	facts, err := valeurs(m, c, map[string]string{"listed": "sur_liste_cantine", "basis": "base_tarifs", "tariffs": "tarifs"})
	if err != nil {
		return nil, err
	}
	facts["demandeur"] = regle.Texte("commune")
	return objet(m, c.Scheme, facts, "demandeur", "tarifs")
}

// bareme reads the dated rates of a parameter.
func bareme(d *dispositif.Dispositif, nom string) cantine.Bareme {
	var out cantine.Bareme
	for _, v := range d.Programme.Valeurs(nom) {
		amount, _ := v.Valeur.Montant()
		out = append(out, cantine.Palier{Du: v.Du, Au: v.Au, Montant: amount})
	}
	return out
}

func meals(m *monde, c cas) (map[string]any, error) {
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	v := d.Programme.Le(leJour)
	social, _ := v.Parametre("tarif_social")
	levels, _ := v.Parametre("niveaux_aides")
	rules := cantine.Regles{Bareme: bareme(d, "aide_repas"), Niveaux: levels.Valeur.Textes()}
	rules.TarifMax, _ = social.Valeur.Montant()
	var period jour.Fenetre
	if bounds, ok := c.Given["period"].([]any); ok && len(bounds) == 2 {
		if period.Ouvre, err = jour.Parse(texte(bounds[0])); err != nil {
			return nil, err
		}
		if period.Ferme, err = jour.Parse(texte(bounds[1])); err != nil {
			return nil, err
		}
	}
	served, err := served(c)
	if err != nil {
		return nil, err
	}
	total, err := rules.Aide(period, served)
	if err != nil {
		return nil, err
	}
	return map[string]any{"verdict": "accepte", "amount": total.Aide.Decimal(), "subsidised": total.Compte}, nil
}

// served reads the meals of a case; a meal without a price is at the social
// price.
func served(c cas) ([]cantine.Repas, error) {
	var out []cantine.Repas
	list, _ := c.Given["meals"].([]any)
	for _, item := range list {
		meal := item.(map[string]any)
		r := cantine.Repas{}
		n, err := strconv.ParseInt(texte(meal["count"]), 10, 64)
		if err != nil {
			return nil, err
		}
		r.Nombre = n
		if meal["tariff"] != nil {
			if r.Tarif, err = euro.Parse(texte(meal["tariff"])); err != nil {
				return nil, err
			}
		}
		if meal["date"] != nil {
			if r.Date, err = jour.Parse(texte(meal["date"])); err != nil {
				return nil, err
			}
		}
		if meal["level"] != nil {
			r.Niveau = texte(meal["level"])
		}
		out = append(out, r)
	}
	return out, nil
}

func breakfast(m *monde, c cas) (map[string]any, error) {
	rules := cantine.Regles{Bareme: bareme(m.c.Annexes(c.Scheme)[0], "aide_petit_dejeuner")}
	date, err := jour.Parse(texte(c.Given["date"]))
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseInt(texte(c.Given["count"]), 10, 64)
	if err != nil {
		return nil, err
	}
	total, err := rules.Aide(jour.Fenetre{}, []cantine.Repas{{Date: date, Nombre: n}})
	if err != nil {
		return nil, err
	}
	return map[string]any{"verdict": "accepte", "amount": total.Aide.Decimal(), "subsidised": total.Compte}, nil
}

func place(m *monde, c cas) (map[string]any, error) {
	facts, err := valeurs(m, c, map[string]string{"qpv_distance_m": "distance_qpv_m", "geocode_score": "geocodage_score", "tolerance_m": "marge_m"})
	if err != nil {
		return nil, err
	}
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	s := eligibilite.Situation{Demandeur: eligibilite.Demandeur{Type: "commune"}, Faits: facts, Le: leJour}
	if c.Given["insee"] != nil {
		s.Demandeur.Insee = territoire.Insee(texte(c.Given["insee"]))
	}
	r, err := eligibilite.Of(d, m.c.Dictionnaire, m.a.Le(leJour), s)
	if err != nil {
		return nil, err
	}
	out := reponse(r)
	out["verdict"], out["reasons"] = verdicts[r.Objet("lieu")], r.RaisonsDe("lieu")
	return out, nil
}

// file reads a missing duration as a missing video.
func file(m *monde, c cas) (map[string]any, error) {
	facts, err := valeurs(m, c, map[string]string{"pages": "pages", "video_seconds": "video_secondes"})
	if err != nil {
		return nil, err
	}
	_, there := facts["video_secondes"]
	facts["video_presente"] = regle.Booleen(there)
	return accepts(func(m *monde, c cas) (map[string]any, error) { return objet(m, c.Scheme, facts, "dossier") })(m, c)
}

func years(m *monde, c cas) (map[string]any, error) {
	return objets(map[string]string{"years": "annees_financement"}, "financement")(m, c)
}

func dataset(m *monde, c cas) (map[string]any, error) {
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	rows, err := eligibilite.Grille(m.c, m.a.Le(leJour), texte(c.Given["departement"]), eligibilite.Situation{Le: leJour})
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, row := range rows {
		for _, r := range row.Reponses {
			if r.Dispositif.Code == d.Code && r.Verdict == regle.Oui {
				counts[row.Demandeur.Type]++
			}
		}
	}
	return map[string]any{"verdict": "accepte", "communes": counts["commune"], "epci": counts["epci"]}, nil
}

// form plays the phase that the fields belong to: the second one when the
// scheme has a request after the first filing.
func form(m *monde, c cas) (map[string]any, error) {
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	fields, _ := c.Given["fields"].(map[string]any)
	filled := dossier.Dossier{Reponses: make(dossier.Reponses)}
	for id, value := range fields {
		if text := strings.TrimSpace(texte(value)); value != nil && text != "" {
			filled.Reponses[id] = dossier.Reponse{Texte: text}
			filled.Pieces = append(filled.Pieces, dossier.Piece{Piece: id})
		}
	}
	phase := "depot"
	for _, p := range d.Pieces {
		if p.Phase == "demande" {
			phase = "demande"
		}
	}
	missing := []string{}
	for _, m := range filled.Manques(d, phase, eligibilite.Reponse{}) {
		if m.Genre != "engagement" {
			missing = append(missing, m.Cle)
		}
	}
	if len(missing) > 0 {
		return map[string]any{"verdict": "refuse", "missing": missing}, nil
	}
	return map[string]any{"verdict": "accepte", "missing": missing}, nil
}

func items(list, key string) operation {
	return func(m *monde, c cas) (map[string]any, error) {
		d, err := m.c.Dispositif(c.Scheme)
		if err != nil {
			return nil, err
		}
		e, ok := d.Exigence(list)
		if !ok {
			return nil, fmt.Errorf("%s has no list %q", c.Scheme, list)
		}
		if missing := e.Manquants(textes(c.Given[key])); len(missing) > 0 {
			return map[string]any{"verdict": "refuse", "missing": missing}, nil
		}
		return map[string]any{"verdict": "accepte"}, nil
	}
}

func lifecycle(m *monde, c cas) (map[string]any, error) {
	d, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return nil, err
	}
	state, err := d.Jouer(textes(c.Given["events"])...)
	if err != nil {
		return map[string]any{"verdict": "refuse", "state": state}, nil
	}
	return map[string]any{"verdict": "accepte", "state": state}, nil
}

func due(key string, unit jour.Unite) operation {
	return func(m *monde, c cas) (map[string]any, error) {
		start, err := jour.Parse(texte(c.Given["start"]))
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(texte(c.Given[key]))
		if err != nil {
			return nil, err
		}
		length := jour.Delai{N: n, Unite: unit}
		last := length.Echeance(start)
		if e, written := written(m, c, length, start); written {
			last = e
		}
		out := map[string]any{"verdict": "accepte", "due": last.String()}
		if c.Given["done"] != nil {
			done, err := jour.Parse(texte(c.Given["done"]))
			if err != nil {
				return nil, err
			}
			out["late"] = done > last
		}
		return out, nil
	}
}

// written is the last day by the delay of that length that the scheme writes,
// begun by its act.
func written(m *monde, c cas, length jour.Delai, start jour.Jour) (jour.Jour, bool) {
	s, err := m.c.Dispositif(c.Scheme)
	if err != nil {
		return 0, false
	}
	for _, x := range s.Delais {
		if x.Duree() != length || x.ID == dispositif.Silence {
			continue
		}
		d := &dossier.Dossier{DeposeLe: start.Debut()}
		begun := dossier.Evenement{Numero: 1, Acte: x.Depuis[0], Le: start.Debut()}
		for _, e := range dossier.Echeances(s, d, []dossier.Evenement{begun}, start) {
			if e.ID == x.ID {
				return e.Le, true
			}
		}
	}
	return 0, false
}

func siret(_ *monde, c cas) (map[string]any, error) {
	if _, err := siren.ParseSiret(texte(c.Given["siret"])); err != nil {
		return map[string]any{"verdict": "refuse", "reasons": []string{"SIRET_INVALIDE"}}, nil
	}
	return map[string]any{"verdict": "accepte"}, nil
}

func contact(m *monde, c cas) (map[string]any, error) {
	address, corrected := m.c.CorrigeCourriel(texte(c.Given["raw"]))
	return map[string]any{"verdict": "accepte", "email": address, "corrected": corrected}, nil
}

func link(m *monde, c cas) (map[string]any, error) {
	if _, err := m.c.VerifieLien(texte(c.Given["url"])); err != nil {
		return map[string]any{"verdict": "refuse", "reasons": []string{"LIEN_DOUTEUX"}}, nil
	}
	return map[string]any{"verdict": "accepte"}, nil
}

func routes(m *monde, c cas) (map[string]any, error) {
	services := make(map[string]string)
	for _, code := range textes(c.Given["schemes"]) {
		d, err := m.c.Dispositif(code)
		if err != nil {
			return nil, err
		}
		services[code] = m.c.Service(d, "").Court()
	}
	return map[string]any{"verdict": "accepte", "services": services}, nil
}
