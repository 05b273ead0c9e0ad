# `make run` and `make test` are all a newcomer needs: each installs and builds what is missing first.
.DEFAULT_GOAL := help
.PHONY: help run test check gen bench soak kills audit clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Installed once per lock file.
node_modules/.installed: package.json package-lock.json $(wildcard */package.json services/*/package.json)
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); if (major < 20 || (major === 20 && minor < 19)) { console.error("tickfolio needs Node 20.19 or newer; this is " + process.version + "."); process.exit(1); }'
	@echo "Installing packages (once) ..."
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Queries of the embedded ClickHouse and password hashes share Node's threads; with its usual four, slow queries would hold up logins.
run: node_modules/.installed ## every service in one process, on embedded stores
	@echo "Building ..."
	@npm run --silent build
	@exec env UV_THREADPOOL_SIZE=16 node --enable-source-maps standalone/dist/main.js

test: node_modules/.installed ## everything that can be tested here; real servers where they are found
	@npm test --silent

check: node_modules/.installed ## format, lint, types, protocol files, house rules
	@npm run --silent check

gen: node_modules/.installed ## write gen/ anew from proto/
	@npm run --silent gen

bench: node_modules/.installed ## measure against floors, in the same run
	@npm run --silent bench

soak: node_modules/.installed ## every trade under faults, round after round (SEED=n ROUNDS=n)
	@npm run --silent soak

kills: node_modules/.installed ## kill -9 of every service and server, outages, deaf clients (SEED=n KILLS=n)
	@npm run --silent kills

audit: node_modules/.installed ## Kafka's messages against ClickHouse's rows, partition by partition
	@npm run --silent audit

clean: ## remove what was built, keep the data
	rm -rf node_modules gen/dist lib/dist services/*/dist bff/dist web/dist standalone/dist bench/dist tidy/dist
