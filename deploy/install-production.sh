#!/bin/sh
# Used by the Dockerfile: installs what one service (a workspace folder) needs in production, and nothing that no program loads.
set -eu
npm pkg set --json workspaces="[\"gen\",\"lib\",\"$1\"]"
npm install --omit=dev --ignore-scripts --loglevel=error
# Three builds of each OpenTelemetry package lie side by side; Node loads the CommonJS one.
find node_modules/@opentelemetry -type d \( -name esm -o -name esnext \) -path '*/build/*' -prune -exec rm -rf {} +
find node_modules -name '*.map' -delete
