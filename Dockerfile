# One image per service: docker build --target socket . (or aggregator, auth, archiver, dashboard, exchange-sim, bff).
# An image holds Node, the compiled service with what of lib/ and gen/ it stands on, and that service's production packages.

FROM node:24-bookworm-slim AS node
ENV NODE_ENV=production NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false
WORKDIR /app

# Manifests alone, so that packages are installed anew only when these change.
FROM node AS manifests
COPY package.json package-lock.json .npmrc ./
COPY gen/package.json gen/
COPY lib/package.json lib/
COPY bff/package.json bff/
COPY web/package.json web/
COPY services/socket/package.json services/socket/
COPY services/aggregator/package.json services/aggregator/
COPY services/auth/package.json services/auth/
COPY services/archiver/package.json services/archiver/
COPY services/dashboard/package.json services/dashboard/
COPY services/exchange-sim/package.json services/exchange-sim/

# Compiles everything once, then keeps what runs: no sources, no tests, no declarations.
FROM manifests AS build
RUN --mount=type=cache,target=/root/.npm NODE_ENV=development npm ci --ignore-scripts --loglevel=error
COPY . .
RUN npx tsc -b gen lib bff web services/*/ \
 && node web/dist/build.js \
 && rm -rf node_modules tsconfig*.json \
 && find . -type f \( -name '*.ts' -o -name 'tsconfig.json' -o -name '.tsbuildinfo' -o -name 'test-*' -o -name '*.contract.*' \) -delete \
 && find . -type d -name 'test-*' -prune -exec rm -r {} + \
 && find . -depth -type d -empty -delete

# The lock file pins the versions; what no service needs, and the engines of embedded stores, are left out of the tree before it is laid out.
FROM manifests AS production
COPY deploy/install-production.sh deploy/
RUN npm pkg delete devDependencies scripts \
 && npm pkg delete devDependencies peerDependencies peerDependenciesMeta -w lib -w bff -w services/auth -w services/dashboard -w services/socket

FROM production AS socket-packages
RUN --mount=type=cache,target=/root/.npm deploy/install-production.sh services/socket
FROM production AS aggregator-packages
RUN --mount=type=cache,target=/root/.npm deploy/install-production.sh services/aggregator
FROM production AS auth-packages
RUN --mount=type=cache,target=/root/.npm deploy/install-production.sh services/auth
FROM production AS archiver-packages
RUN --mount=type=cache,target=/root/.npm deploy/install-production.sh services/archiver
FROM production AS dashboard-packages
RUN --mount=type=cache,target=/root/.npm deploy/install-production.sh services/dashboard
FROM production AS exchange-sim-packages
RUN --mount=type=cache,target=/root/.npm deploy/install-production.sh services/exchange-sim
FROM production AS bff-packages
RUN --mount=type=cache,target=/root/.npm deploy/install-production.sh bff

# The exec form makes Node the first process, which gets SIGTERM itself. Files belong to root: the service cannot change its own program.
FROM node AS service
COPY --from=build /app/gen gen
COPY --from=build /app/lib lib
USER node

FROM service AS socket
COPY --from=socket-packages /app/node_modules node_modules
COPY --from=build /app/services/socket services/socket
CMD ["node", "--enable-source-maps", "services/socket/dist/main.js"]

# On this Node kafkajs 2.2.4 asks for a timer that lies in the past whenever its queue is empty, which is harmless: a warning in the midst of the JSON lines.
FROM service AS aggregator
COPY --from=aggregator-packages /app/node_modules node_modules
COPY --from=build /app/services/aggregator services/aggregator
CMD ["node", "--enable-source-maps", "--disable-warning=TimeoutNegativeWarning", "services/aggregator/dist/main.js"]

FROM service AS auth
COPY --from=auth-packages /app/node_modules node_modules
COPY --from=build /app/services/auth services/auth
CMD ["node", "--enable-source-maps", "services/auth/dist/main.js"]

FROM service AS archiver
COPY --from=archiver-packages /app/node_modules node_modules
COPY --from=build /app/services/archiver services/archiver
CMD ["node", "--enable-source-maps", "--disable-warning=TimeoutNegativeWarning", "services/archiver/dist/main.js"]

FROM service AS dashboard
COPY --from=dashboard-packages /app/node_modules node_modules
COPY --from=build /app/services/dashboard services/dashboard
CMD ["node", "--enable-source-maps", "services/dashboard/dist/main.js"]

FROM service AS exchange-sim
COPY --from=exchange-sim-packages /app/node_modules node_modules
COPY --from=build /app/services/exchange-sim services/exchange-sim
CMD ["node", "--enable-source-maps", "services/exchange-sim/dist/main.js"]

FROM service AS bff
COPY --from=bff-packages /app/node_modules node_modules
COPY --from=build /app/bff bff
COPY --from=build /app/web/dist/page web/dist/page
CMD ["node", "--enable-source-maps", "bff/dist/main.js"]
