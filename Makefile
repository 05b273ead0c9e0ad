# `make run` and `make test` are all a newcomer needs: each installs and builds what is missing first.
.DEFAULT_GOAL := help
.PHONY: help run backup restore test journeys check gen docs bench soak kills long certificates audit up down logs ps observe stack clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Installed once per lock file.
node_modules/.installed: package.json package-lock.json $(wildcard */package.json services/*/package.json clients/*/package.json)
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); if (major < 20 || (major === 20 && minor < 19)) { console.error("tickfolio needs Node 20.19 or newer; this is " + process.version + "."); process.exit(1); }'
	@echo "Installing packages (once) ..."
	@node build-lock.mjs '[ -e $@ ] && [ -z "$$(find $^ -newer $@)" ] || { npm ci --no-audit --no-fund --loglevel=error && touch $@; }'

# Queries of the embedded ClickHouse and password hashes share Node's threads; with its usual four, slow queries would hold up logins.
run: node_modules/.installed ## every service in one process, on embedded stores
	@echo "Building ..."
	@npm run --silent build
	@exec env UV_THREADPOOL_SIZE=16 node --enable-source-maps standalone/dist/bundle/main.js

# Variables that are given to make are in the environment of what it runs.
backup: node_modules/.installed ## all stores of ./data, of one moment, also while `make run` goes on (BACKUP=folder)
	@npm run --silent backup

restore: node_modules/.installed ## make a backup the data folder; what was there is kept (BACKUP=folder)
	@npm run --silent restore

test: node_modules/.installed ## everything that needs no whole run; real servers where they are found
	@npm test --silent

journeys: node_modules/.installed ## whole runs as users start them, and the page in a browser
	@npm run --silent journeys

check: node_modules/.installed ## format, lint, types, protocol files, house rules
	@npm run --silent check

gen: node_modules/.installed ## write gen/ anew from proto/
	@npm run --silent gen

docs: node_modules/.installed ## write what is told from the code: docs/settings.md, docs/errors.md, api/*api.json, deploy/isolated.compose.yaml
	@npm run --silent docs

bench: node_modules/.installed ## measure against floors, in the same run
	@npm run --silent bench

soak: node_modules/.installed ## every trade under faults, round after round (SEED=n ROUNDS=n MINUTES=n)
	@npm run --silent soak

kills: node_modules/.installed ## kill -9 of every part, outages, the page in a browser, three files at a time (SEED=n KILLS=n)
	@npm run --silent kills

# In turn, because each needs the machine for itself.
long: export SEED ?= $(shell date +%Y%m%d)
long: export SEEDS ?= 1000
long: export KILLS ?= 100
long: export MINUTES ?= 60
long: node_modules/.installed ## models, kills and soak with full figures, in hours (SEED=n SEEDS=n KILLS=n MINUTES=n)
	@echo "SEED=$(SEED) SEEDS=$(SEEDS) KILLS=$(KILLS) MINUTES=$(MINUTES)"
	@npm run --silent long

certificates: ## certificates for mutual TLS between the services, in ./certificates
	@deploy/certificates/make-certificates.sh

audit: node_modules/.installed ## Kafka's messages against ClickHouse's rows, partition by partition
	@npm run --silent audit

# The stack of compose.yaml. TOOLS=0 leaves the web UIs out; SIM=1 takes prices from the simulator instead of the exchange; PARTS=core is the
# first system alone (live path, archive, page).
TOOLS ?= 1
PARTS ?= whole
ifeq ($(filter core whole,$(PARTS)),)
$(error PARTS is core or whole, not '$(PARTS)')
endif
compose = docker compose --env-file .env
profiles = $(if $(filter whole,$(PARTS)),--profile whole) $(if $(filter 1,$(TOOLS)),--profile tools) $(if $(filter 1,$(SIM)),--profile sim)
ifeq ($(SIM),1)
up: export BINANCE_WS_URL = ws://exchange-sim:9443
up: export BINANCE_REST_URL = http://exchange-sim:9443
endif

# Once, with secrets of its own; the file is the operator's from then on.
.env:
	@umask 077; while IFS= read -r line; do case "$$line" in \
	  JWT_SECRET=*|SEAL_SECRET=*|POSTGRES_PASSWORD=*|CLICKHOUSE_PASSWORD=*) \
	    printf '%s=%s\n' "$${line%%=*}" "$$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" ;; \
	  *) printf '%s\n' "$$line" ;; esac; done <.env.example >.env
	@echo "Wrote .env: .env.example with new secrets."

up: export PARTS := $(PARTS)
up: .env ## every service and server in containers (SIM=1: simulated prices; TOOLS=0: without web UIs; PARTS=core: the first system)
	@$(compose) $(profiles) up -d --build --wait --wait-timeout 300 || { $(compose) ps -a; exit 1; }
	@$(compose) ps

down: .env ## stop the containers, keep their data
	@$(compose) --profile '*' down --remove-orphans

logs: .env ## follow the containers' logs
	@$(compose) --profile '*' logs -f --tail 100

ps: .env ## the containers and their health
	@$(compose) --profile '*' ps -a

observe: .env ## Prometheus on 9090 and Grafana on 3000 beside the containers
	@$(compose) -f compose.yaml -f deploy/observability/compose.yaml --profile observability up -d --wait prometheus grafana

stack: node_modules/.installed ## prove the containers: walk-through, data kept, every part killed in turn
	@npm run --silent stack

clean: ## remove what was built, keep the data
	rm -rf node_modules dist api/dist gen/dist lib/dist services/dist services/*/dist clients/*/dist bff/dist web/dist standalone/dist bench/dist e2e/dist examples/dist tidy/dist
