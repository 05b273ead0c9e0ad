#!/bin/sh
# Used by the Dockerfile: installs what one service, given by its name, needs in production, and nothing that no program loads.
set -eu
folder="services/$1"
[ -d "$folder" ] || folder="$1"
shared='"gen","lib"'
for room in api services; do
  if grep -q "\"@tickfolio/$room\"" "$folder/package.json"; then shared="\"$room\",$shared"; fi
done
npm pkg set --json workspaces="[$shared,\"$folder\"]"
npm install --omit=dev --ignore-scripts --loglevel=error
# Three builds of each OpenTelemetry package lie side by side; Node loads the CommonJS one.
find node_modules/@opentelemetry -type d \( -name esm -o -name esnext \) -path '*/build/*' -prune -exec rm -rf {} +
find node_modules -name '*.map' -delete
