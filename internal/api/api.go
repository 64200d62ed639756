package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"guichet/internal/dispositif"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/jour"
)

// counter holds what the handlers share.
type counter struct {
	g   *guichet.Guichet
	log *slog.Logger
}

// New returns the API, under /api/v1/: reads only, open to every origin.
func New(g *guichet.Guichet, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	c := &counter{g, log}
	c.register(describe(mux))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, titles[fault.NotFound], "Cette adresse n’existe pas dans l’API : voyez /api/v1/openapi.json.")
	})
	return open(mux)
}

// describe returns the API without its handlers.
func describe(mux *http.ServeMux) huma.API {
	config := huma.DefaultConfig("guichet", "1")
	config.Info.Description = "Ce que l’État propose aux communes et aux intercommunalités : pour chaque dispositif, si le territoire y a droit, combien, pourquoi, et ce qu’il manque pour répondre. Lecture seule, sans clé. Montants en centimes, taux en pour cent, dates AAAA-MM-JJ."
	config.Info.License = &huma.License{Name: "Licence Ouverte 2.0", URL: "https://www.etalab.gouv.fr/licence-ouverte-open-licence"}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "/api/v1/openapi", "", "", nil
	return humago.New(mux, config)
}

func (c *counter) register(api huma.API) {
	huma.Get(api, "/api/v1/eligibilite/{code}", c.eligibilite, named("eligibilite", "Les droits d’une commune ou d’une intercommunalité"))
	huma.Get(api, "/api/v1/departements/{code}/grille", c.grille, named("grille", "Les collectivités d’un département et les dispositifs"))
	huma.Get(api, "/api/v1/territoires", c.territoires, named("territoires", "Chercher un territoire par son nom ou son code"))
	huma.Get(api, "/api/v1/dispositifs", c.dispositifs, named("dispositifs", "La liste des dispositifs"))
	huma.Get(api, "/api/v1/dispositifs/{code}", c.dispositif, named("dispositif", "Un dispositif"))
}

func named(id, summary string) func(*huma.Operation) {
	return func(o *huma.Operation) { o.OperationID, o.Summary = id, summary }
}

// open lets every site read, and answers 304 to a reader who has the answer.
func open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		switch r.Method {
		case http.MethodOptions:
			w.Header().Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
			w.Header().Set("Access-Control-Allow-Headers", "If-None-Match")
			w.WriteHeader(http.StatusNoContent)
			return
		case http.MethodGet, http.MethodHead:
		default:
			w.Header().Set("Allow", "GET, HEAD, OPTIONS")
			refuse(w, http.StatusMethodNotAllowed, "Lecture seule", "L’API se lit seulement, avec GET.")
			return
		}
		b := &buffer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(b, r)
		b.send(r)
	})
}

// refuse writes a problem that the library does not see.
func refuse(w http.ResponseWriter, status int, title, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(huma.ErrorModel{Status: status, Title: title, Detail: detail})
}

// A buffer keeps an answer to digest it.
type buffer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader keeps the status.
func (b *buffer) WriteHeader(status int) { b.status = status }

// Write keeps the body.
func (b *buffer) Write(p []byte) (int, error) { return b.body.Write(p) }

func (b *buffer) send(r *http.Request) {
	if b.status == http.StatusOK {
		sum := sha256.Sum256(b.body.Bytes())
		tag := `"` + hex.EncodeToString(sum[:12]) + `"`
		b.Header().Set("ETag", tag)
		b.Header().Set("Cache-Control", "no-cache")
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			b.Header().Del("Content-Type")
			b.ResponseWriter.WriteHeader(http.StatusNotModified)
			return
		}
	}
	b.ResponseWriter.WriteHeader(b.status)
	b.ResponseWriter.Write(b.body.Bytes())
}

var statuses = map[fault.Kind]int{fault.Invalid: 422, fault.Forbidden: 403, fault.NotFound: 404, fault.Conflict: 409, fault.Closed: 410, fault.TooLarge: 413, fault.Unavailable: 503}

var titles = map[fault.Kind]string{fault.Internal: "Incident", fault.Invalid: "Question impossible", fault.Forbidden: "Interdit", fault.NotFound: "Introuvable",
	fault.Conflict: "Conflit", fault.Closed: "Fermé", fault.TooLarge: "Trop grand"}

// problem writes an error as problem+json: what a person can act on, or a
// logged incident.
func (c *counter) problem(ctx context.Context, err error) error {
	f := fault.Of(err)
	status, ok := statuses[f.Kind]
	if !ok {
		c.log.ErrorContext(ctx, "incident", "erreur", err)
		return &huma.ErrorModel{Status: 500, Title: titles[fault.Internal], Detail: "Un incident est survenu. Réessayez dans quelques minutes."}
	}
	p := &huma.ErrorModel{Status: status, Title: titles[f.Kind], Detail: f.Message}
	for _, field := range slices.Sorted(maps.Keys(f.Fields)) {
		p.Errors = append(p.Errors, &huma.ErrorDetail{Location: field, Message: f.Fields[field]})
	}
	for _, code := range f.Codes {
		p.Errors = append(p.Errors, &huma.ErrorDetail{Location: "raison", Message: code})
	}
	return p
}

// A body wraps an answer for the library.
type body[T any] struct{ Body T }

type questionEligibilite struct {
	Code string   `path:"code" doc:"Code INSEE de la commune (cinq caractères) ou numéro SIREN" example:"13006"`
	Le   string   `query:"le" doc:"Jour de la réponse, AAAA-MM-JJ ; le jour du service par défaut" example:"2021-07-01"`
	Fait []string `query:"fait,explode" doc:"Donnée connue, nom=valeur ; peut être répété" example:"cout=20000"`
}

func (c *counter) eligibilite(ctx context.Context, q *questionEligibilite) (*body[Eligibilite], error) {
	le, err := c.g.Jour(q.Le)
	if err != nil {
		return nil, c.problem(ctx, err)
	}
	facts := make(map[string]string)
	for _, pair := range q.Fait {
		nom, valeur, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, c.problem(ctx, fault.New(fault.Invalid, "« %s » : écrivez fait=nom=valeur, par exemple fait=cout=20000.", pair))
		}
		facts[nom] = valeur
	}
	v, err := c.g.Territoire(guichet.Consultation{Code: q.Code, Le: le, Faits: facts})
	if err != nil {
		return nil, c.problem(ctx, err)
	}
	return &body[Eligibilite]{FromTerritoire(v)}, nil
}

type questionGrille struct {
	Code string `path:"code" doc:"Code du département" example:"13"`
	Le   string `query:"le" doc:"Jour de la réponse, AAAA-MM-JJ"`
}

func (c *counter) grille(ctx context.Context, q *questionGrille) (*body[Grille], error) {
	le, err := c.g.Jour(q.Le)
	if err != nil {
		return nil, c.problem(ctx, err)
	}
	v, err := c.g.Grille(q.Code, le)
	if err != nil {
		return nil, c.problem(ctx, err)
	}
	return &body[Grille]{FromGrille(v)}, nil
}

type questionTerritoires struct {
	Q string `query:"q" doc:"Nom, code INSEE, code postal, SIREN ou SIRET" example:"aureille"`
}

func (c *counter) territoires(_ context.Context, q *questionTerritoires) (*body[[]Territoire], error) {
	out := []Territoire{}
	for _, t := range c.g.Rechercher(q.Q, 0, 20) {
		x := Territoire{Type: t.Type, Code: t.Code, Nom: t.Nom, Departement: t.Departement}
		if t.Population >= 0 {
			x.Population = &t.Population
		}
		out = append(out, x)
	}
	return &body[[]Territoire]{out}, nil
}

// A Dispositif is a scheme in short.
type Dispositif struct {
	Code          string    `json:"code"`
	Nom           string    `json:"nom"`
	Promesse      string    `json:"promesse"`
	Description   string    `json:"description"`
	Aides         []string  `json:"aides" doc:"Sortes d’aide"`
	Beneficiaires []string  `json:"beneficiaires"`
	Ouverture     Ouverture `json:"ouverture"`
	Service       string    `json:"service"`
	Conditions    []Regle   `json:"conditions"`
	Etapes        []string  `json:"etapes"`
}

// A Regle is a condition as written, with its source.
type Regle struct {
	ID     string   `json:"id"`
	Objet  string   `json:"objet"`
	Nature string   `json:"nature"`
	Texte  string   `json:"texte"`
	Source []string `json:"source"`
}

type questionDispositifs struct {
	Q  string `query:"q" doc:"Mots cherchés"`
	Le string `query:"le" doc:"Jour, AAAA-MM-JJ"`
}

func (c *counter) dispositifs(ctx context.Context, q *questionDispositifs) (*body[[]Dispositif], error) {
	le, err := c.g.Jour(q.Le)
	if err != nil {
		return nil, c.problem(ctx, err)
	}
	v, err := c.g.Dispositifs(guichet.Filtre{Q: q.Q, Le: le})
	if err != nil {
		return nil, c.problem(ctx, err)
	}
	out := []Dispositif{}
	for _, f := range v.Dispositifs {
		out = append(out, fromDispositif(f.Dispositif, f.Service, v.Le))
	}
	return &body[[]Dispositif]{out}, nil
}

type questionDispositif struct {
	Code        string `path:"code" doc:"Code du dispositif" example:"vta"`
	Departement string `query:"departement" doc:"Code du département dont la préfecture répond"`
	Le          string `query:"le" doc:"Jour, AAAA-MM-JJ"`
}

func (c *counter) dispositif(ctx context.Context, q *questionDispositif) (*body[Dispositif], error) {
	le, err := c.g.Jour(q.Le)
	if err != nil {
		return nil, c.problem(ctx, err)
	}
	v, err := c.g.Dispositif(q.Code, q.Departement, le)
	if err != nil {
		return nil, c.problem(ctx, err)
	}
	return &body[Dispositif]{fromDispositif(v.Dispositif, v.Service, v.Le)}, nil
}

func fromDispositif(d *dispositif.Dispositif, service *dispositif.Service, le jour.Jour) Dispositif {
	o := d.Ouverture(le)
	out := Dispositif{Code: d.Code, Nom: d.Nom, Promesse: d.Promesse, Description: strings.TrimSpace(d.Description), Aides: orEmpty(d.Aides),
		Beneficiaires: orEmpty(d.Beneficiaires.Types), Service: service.Court(), Conditions: []Regle{}, Etapes: []string{},
		Ouverture: Ouverture{o.Etat, o.Depuis.String(), o.Jusque.String(), o.Vague}}
	for _, k := range d.Conditions {
		out.Conditions = append(out.Conditions, Regle{k.ID, k.Objet, k.Nature, k.Texte, orEmpty(k.Cite)})
	}
	for _, e := range d.Etapes {
		out.Etapes = append(out.Etapes, e.Acteur+" : "+e.Action)
	}
	return out
}
