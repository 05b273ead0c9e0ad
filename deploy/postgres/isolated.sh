#!/bin/sh
# Writes a compose file with a server of its own for each database of postgres-core, which is reached by the same name. From the root:
#   deploy/postgres/isolated.sh >isolated.compose.yaml
#   docker compose -f compose.yaml -f isolated.compose.yaml --profile whole up -d --build --wait
# Each is postgres-core but for what stands here, and has the next port from 5435 on. Argument: the registry (default: services/services.ts).
set -eu
registry=${1:-$(dirname "$0")/../../services/services.ts}
[ -f "$registry" ] || { echo "isolated.sh: $registry, which names the services, is not there" >&2; exit 2; }
awk -v quote="'" '
  BEGIN { port = 5435; print "services:\n  postgres-core: { scale: 0 }" }
  /^  [^ ].*: \{$/ { name = $1; gsub("[:" quote "]", "", name) }
  /^    database: / {
    database = $2
    gsub("[," quote "]", "", database)
    server = "postgres-" name
    variable = toupper(server) "_PORT"
    gsub("-", "_", variable)
    print "  " name ": { depends_on: { " server ": { condition: service_healthy } } }"
    print "  " server ":"
    print "    extends: { file: compose.yaml, service: postgres-core }"
    print "    networks: !override [crypto-network]"
    print "    ports: !override [\"127.0.0.1:${" variable ":-" port++ "}:5432\"]"
    print "    environment: { DATABASES: " database " }"
    print "    volumes: [\"" server ":/var/lib/postgresql/data\"]"
    print "    mem_limit: 144m"
    volumes = volumes "\n  " server ":"
  }
  END { if (volumes != "") print "volumes:" volumes }
' "$registry"
