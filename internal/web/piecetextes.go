package web

import (
	"strconv"
	"time"

	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/francais"
)

// measured says what was measured of a document, and what became of one that
// was set apart.
func measured(p dossier.Piece, examen dossier.EtatExamen) string {
	text := size(p.Octets)
	if p.Pages > 0 {
		text += ", " + francais.Compte(p.Pages, "page", "pages")
	}
	if p.Duree > 0 {
		text += ", " + p.Duree.Round(time.Second).String()
	}
	switch {
	case examen == dossier.ExamenInfecte:
		text += ", détruit : l’antivirus y a trouvé un programme nuisible"
	case p.Etat == "quarantaine" && examen != dossier.ExamenSain:
		text += ", en attente de l’antivirus"
	}
	return text + ", SHA-256 " + p.Empreinte[:min(12, len(p.Empreinte))] + "…"
}

// size is a number of bytes in words.
func size(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " octets"
	case n < 1_000_000:
		return strconv.FormatInt(n/1000, 10) + " Ko"
	}
	return strconv.FormatInt(n/1_000_000, 10) + " Mo"
}

// wanted says what a requirement admits.
func wanted(p dispositif.Piece) string {
	if len(p.Genres) == 0 {
		return "PDF, image, texte ou tableur, 200 Mo au plus."
	}
	names := map[string]string{"pdf": "PDF", "video": "vidéo (MP4, MOV ou WebM)", "image": "image", "texte": "texte", "tableur": "tableur", "presentation": "présentation"}
	var kinds []string
	for _, g := range p.Genres {
		kinds = append(kinds, names[g])
	}
	return francais.Choix(kinds...) + ", 200 Mo au plus."
}
