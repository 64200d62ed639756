# guichet : deux commandes, « make run » et « make test ».

GO     ?= go
# Le détecteur de courses suit notre code, pas celui des bibliothèques.
RACE    = -race $(foreach m,modernc.org cel.dev github.com/antlr4-go github.com/pdfcpu github.com/xuri github.com/pressly go.yaml.in google.golang.org/protobuf,-gcflags=$(m)/...=-race=false)
# Les preuves qui rejouent des milliers de fois le même code passent sans lui : d’autres tests l’ont déjà suivi.
LONGUES = ^Test(Kill|KillCanFail|Machine|MachineCanFail|AllOrNothing|AllOrNothingCanFail|DecisionLetters|MassAssignment|Injection|Exhausted|Limits|EveryWord|ValuesAreText|Deadlines|Tampering|TamperingCanFail|GeneratedIsCommitted|Refuses)$$
OU      = $(addprefix ./internal/,guichet web importer sonde piece lettre jour journal) ./cmd/generer-territoires
SOURCES = $(shell git ls-files '*.go' 2>/dev/null)

.PHONY: help run build test longues navigateur outils verifier generer bench endurance

help:
	@echo "make run    construit et lance guichet avec la préfecture de démonstration : http://localhost:8080"
	@echo "make test   installe ce qu’il faut aux tests, puis lance toutes les vérifications et tous les tests"
	@echo "make endurance  tue le service mille fois sur chaque base et vérifie que rien ne s’est perdu"
	@echo "make bench  mesure les temps (docs/performance.md)"

build:
	$(GO) build -trimpath -o bin/guichet ./cmd/guichet

run: build
	@echo "guichet : http://localhost:8080 (Ctrl-C pour arrêter)"
	bin/guichet serve --demo --addr 127.0.0.1:8080

test: outils verifier
	outils/avec-postgres $(GO) test $(RACE) -timeout 20m -shuffle=on -skip '$(LONGUES)' ./...
	$(MAKE) -j2 --output-sync=target longues navigateur

# Les deux attendent plus qu’elles ne calculent : le disque, la base, le navigateur.
longues:
	outils/avec-postgres $(GO) test -timeout 20m -shuffle=on -run '$(LONGUES)' $(OU)

navigateur: build
	cd e2e && $(GO) test -count=1 -timeout 20m ./...

# Les données sources des territoires viennent de npm ; elles ne servent qu’à vérifier les fichiers produits.
# Le navigateur s’installe seul quand on est administrateur ; sinon, le message dit quoi faire.
outils:
	@command -v chromium-headless-shell >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell; } \
		|| command -v chromium >/dev/null || { echo "Chromium manque : installez le paquet chromium-headless-shell ou chromium, puis relancez make test."; exit 1; }
	@command -v java >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq default-jre-headless; } \
		|| { echo "Java manque : installez le paquet default-jre-headless, puis relancez make test."; exit 1; }
	@test -x /usr/sbin/clamd || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq --no-install-recommends clamav-daemon; } \
		|| { echo "clamd manque : installez le paquet clamav-daemon, puis relancez make test."; exit 1; }
	@test -x bin/versitygw || GOBIN=$(CURDIR)/bin $(GO) install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq postgresql; } \
		|| { echo "PostgreSQL manque : installez le paquet postgresql, puis relancez make test."; exit 1; }
	@command -v npm >/dev/null || { echo "Node et npm manquent : installez Node 20 ou plus récent, puis relancez make test."; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund

verifier:
	@mal=$$(gofmt -l $(SOURCES)); test -z "$$mal" || { echo "À formater avec gofmt :"; echo "$$mal"; exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	cd e2e && $(GO) mod tidy -diff && $(GO) vet ./...
	cd tools && $(GO) build -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck ./...

generer: outils
	$(GO) run ./cmd/generer-territoires

# Mille arrêts brutaux sur chaque base : environ une heure.
endurance:
	GUICHET_TUERIES=1000 outils/avec-postgres $(GO) test -timeout 4h -run 'TestKill$$' -v ./internal/guichet
	GUICHET_MACHINE=1 GUICHET_DECISIONS=1000 outils/avec-postgres $(GO) test -timeout 2h -run 'TestMachine|TestAllOrNothing|TestRivals' -v ./internal/guichet

bench:
	$(GO) test -timeout 1h -run '^$$' -bench . -benchmem ./...
