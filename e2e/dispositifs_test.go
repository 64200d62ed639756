package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
)

// opinion is what every instruction goes through: the service takes the
// dossier, another service says what it thinks of it.
func opinion(who string) []step {
	return []step{{who, "prendre", ""}, {who, "demander avis", "sgar"}, {"sgar", "rendre avis", ""}}
}

// life joins the parts of a scenario.
func life(parts ...[]step) (out []step) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// scenarios are the lives of dispositifs, from the page of the commune to the
// decision that the applicant reads.
var scenarios = []scenario{
	{"vta", "vta", []string{"vta@anct.gouv.fr"}, map[string]string{"mission_ingenierie": "oui", "contrat_type": "CDD", "contrat_mois": "12", "contrat_quotite": "100", "contrat_debut": "2021-09-01",
		"candidat_naissance": "1998-02-03", "candidat_niveau": "3"},
		life([]step{{"maire-aureille", "commencer", ""}, {"maire-aureille", "déposer", "deposer_fiche"}}, opinion("sciat"),
			[]step{{"anct", "agir", "diffuser_offre"}, {"sciat", "proposer", "confirmer"}, {"prefet", "décider", "confirmer"}, {"maire-aureille", "lire", "Confirmée"}, {"maire-aureille", "télécharger", ""},
				{"maire-aureille", "agir", "retenir_candidat"}, {"maire-aureille", "déposer", "deposer_demande"}, {"sciat", "agir", "declarer_complet"}, {"payeur", "agir", "payer"}})},
	{"conseillers", "conseillers-numeriques", nil, map[string]string{"type_structure": "commune", "siret": "73282932000074", "postes": "1", "montant_demande": "50000", "prix_activite": "0"},
		life([]step{{"maire-aureille", "commencer", ""}, {"maire-aureille", "déposer", "deposer"}}, opinion("sciat"),
			[]step{{"sciat", "agir", "avis_favorable"}, {"sciat", "enregistrer", "decider_favorable"}, {"maire-aureille", "lire", "Postes accordés"}})},
	{"pass", "pass-numerique", nil, map[string]string{"communes_partenaires": "Maillane", "commande": "20000", "pic_pct": "50", "precarite_pct": "50", "partenaires.1.nom": "La Poste", "partenaires.1.role": "Un lieu", "partenaires.2.nom": "", "partenaires.2.role": "", "nombre_pass": "100", "frais_annuels": "500"},
		life([]step{{"maire-aureille", "commencer", ""}, {"maire-aureille", "déposer", "deposer"}}, opinion("sciat"),
			[]step{{"sciat", "agir", "instruire"}, {"sciat", "proposer", "retenir"}, {"prefet", "décider", "retenir"}, {"maire-aureille", "lire", "Retenu"}, {"maire-aureille", "télécharger", ""},
				{"maire-aureille", "agir", "joindre_deliberation"}, {"prefet", "agir", "signer_convention"}})},
	{"aidants", "aidants-connect", nil, map[string]string{"siret": "73282932000074", "structure_habilitee": "oui", "mandat_signe": "oui", "formation_demi_journees": "3", "aide_deja_accordee": "non"},
		life([]step{{"maire-aureille", "commencer", ""}, {"maire-aureille", "déposer", "deposer"}}, opinion("sciat"),
			[]step{{"aidants-connect", "décider", "valider"}, {"maire-aureille", "lire", "Habilitation validée"}})},
	{"fitn-projet", "fitn", nil, fitn, life([]step{{"maire-aureille", "commencer", "projet"}, {"maire-aureille", "déposer", "deposer"}}, opinion("sciat"),
		[]step{{"sciat", "agir", "instruire"}, {"sciat", "proposer", "accorder"}, {"prefet", "décider", "accorder"}, {"maire-aureille", "lire", "Accordé"}})},
	{"fitn-laboratoire", "fitn", nil, laboratory, life([]step{{"maire-aureille", "commencer", "laboratoire"}, {"maire-aureille", "déposer", "deposer"}, {"sgar", "recevoir", "sciat"}},
		[]step{{"sgar", "prendre", ""}, {"sgar", "demander avis", "prefecture"}, {"sciat", "rendre avis", ""}, {"sgar", "agir", "instruire"}, {"sgar", "proposer", "accorder"}, {"prefet", "décider", "accorder"}, {"maire-aureille", "lire", "Accordé"}, {"maire-aureille", "télécharger", ""}})},
	{"cantine", "cantine", nil, map[string]string{"sur_liste_cantine": "oui", "base_tarifs": "revenus", "tarifs.1.tranche": "0 à 400", "tarifs.1.tarif": "0,50", "tarifs.2.tranche": "400 à 800", "tarifs.2.tarif": "1", "tarifs.3.tranche": "plus de 800", "tarifs.3.tarif": "3",
		"tarifs.4.tranche": "", "tarifs.4.tarif": "", "niveaux": "maternelle;elementaire", "repas_subventionnes": "1000", "petits_dejeuners": "500"},
		life([]step{{"maire-aureille", "commencer", ""}, {"maire-aureille", "déposer", "declarer_grille"}}, opinion("asp"),
			[]step{{"maire-aureille", "joindre", ""}, {"asp", "agir", "signer_convention"}, {"maire-aureille", "agir", "declarer_repas"}, {"payeur", "agir", "controler"}, {"payeur", "agir", "calculer"},
				{"payeur", "agir", "mettre_en_paiement"}, {"payeur", "agir", "payer"}})},
	{"fabriques", "fabriques", nil, map[string]string{"lieu_latitude": "43,70", "lieu_longitude": "4,94", "annees_financement.1.annee": "2021", "annees_financement.1.montant": "50000", "annees_financement.2.annee": "2022", "annees_financement.2.montant": "50000",
		"annees_financement.3.annee": "2023", "annees_financement.3.montant": "50000", "annees_financement.4.annee": "", "annees_financement.4.montant": "", "fabriques_retenues": "0", "geocodage_score": "1", "marge_m": "0", "lieu_insee": "13006"},
		life([]step{{"maire-aureille", "commencer", ""}, {"maire-aureille", "déposer", "deposer"}}, opinion("anct"),
			[]step{{"anct", "agir", "instruire"}, {"anct", "proposer", "retenir"}, {"anct", "décider", "retenir"}, {"maire-aureille", "lire", "Retenu"}})},
}

// fitn are the answers for the fund of the digital transition.
var fitn = map[string]string{"compte_franceconnect": "oui", "representant": "oui", "finalites": "innovation", "montant_demande": "20000", "reception_prevue": "2022-06-30"}

// laboratory are those of who applies with a laboratory, without being the
// representative of the commune: one answer brings the question of the other.
var laboratory = map[string]string{"compte_franceconnect": "oui", "representant": "non", "laboratoire": "oui", "finalites": "innovation", "montant_demande": "20000", "reception_prevue": "2022-06-30"}

// TestDispositifs plays these lives with JavaScript, where axe-core looks at each
// state, and without, where every page on the way is kept for the HTML checker.
func TestDispositifs(t *testing.T) {
	t.Parallel()
	for _, x := range scenarios {
		for _, script := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/javascript_%t", x.name, script), func(t *testing.T) {
				t.Parallel()
				x.run(t, script)
			})
		}
	}
	t.Cleanup(func() {
		t.Logf("%d scenarios, %d states, %d runs of axe-core, %d violations", tally.scenarios.Load(), tally.states.Load(), tally.axe.Load(), tally.violations.Load())
	})
}

// film is a video of a second, without an image that anyone would watch.
func film() []byte {
	word := func(v ...uint32) (out []byte) {
		for _, x := range v {
			out = binary.BigEndian.AppendUint32(out, x)
		}
		return out
	}
	box := func(name string, parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return append(append(word(uint32(len(body)+8)), name...), body...)
	}
	clock := word(0, 0, 0, 1000, 1000) // times, then a scale and a duration in it
	track := append(append(word(0, 0, 0, 1), make([]byte, 60)...), word(640<<16, 360<<16)...)
	return bytes.Join([][]byte{box("ftyp", []byte("isom"), word(512), []byte("isomiso2avc1mp41")),
		box("moov", box("mvhd", clock, make([]byte, 80)), box("trak", box("tkhd", track),
			box("mdia", box("mdhd", clock), box("hdlr", word(0, 0), []byte("vide"), make([]byte, 13)),
				box("minf", box("stbl", box("stts", word(0, 1, 25, 40))))))),
		box("mdat", make([]byte, 100))}, nil)
}
