# One image per service: docker build --build-arg SERVICE=socket . (or another name of services/services.ts).
# An image holds Node, the compiled service with what of lib/ and gen/ it stands on, and that service's production packages.

FROM node:24-bookworm-slim AS node
ENV NODE_ENV=production NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false
WORKDIR /app

# Manifests alone, so that packages are installed anew only when these change: the copy below is judged by its content.
FROM node AS tree
COPY . .
RUN find . -type f ! -name package.json ! -path ./package-lock.json ! -path ./.npmrc ! -path ./deploy/install-production.sh -delete \
 && find . -depth -type d -empty -delete

FROM node AS manifests
COPY --from=tree /app ./

# Compiles everything once, then keeps what runs: no sources, no tests, no declarations.
FROM manifests AS build
RUN --mount=type=cache,target=/root/.npm NODE_ENV=development npm ci --ignore-scripts --loglevel=error
COPY . .
RUN npx tsc -b gen lib bff web services/*/ \
 && node web/dist/build.js \
 && node web/dist/docs/build.js \
 && rm -rf node_modules tsconfig*.json \
 && find . -type f \( -name '*.ts' -o -name 'tsconfig.json' -o -name '.tsbuildinfo' -o -name '*.md' \) -delete \
 && find . -depth -type d -empty -delete

# What is this service's own. The link has the same name in every image; with the gateway go the bodies of REST, the page and the documents, which it serves, and the registry, by which it knows whom it calls, and auth who holds something of users.
FROM build AS own
ARG SERVICE
RUN folder="services/$SERVICE"; [ -d "$folder" ] || folder="$SERVICE"; more=; \
    case "$SERVICE" in bff) more="api services/package.json services/dist web/dist/page web/dist/site" ;; auth) more="services/package.json services/dist" ;; esac; \
    [ -f "$folder/dist/main.js" ] || { echo "There is no service \"$SERVICE\": give one by --build-arg SERVICE=<name>" >&2; exit 2; }; \
    mkdir /own && cp -r --parents "$folder" $more /own && ln -s "$folder" /own/service

# The lock file pins the versions; what no service needs, and the engines of embedded stores, are left out of the tree before it is laid out.
FROM manifests AS packages
RUN npm pkg delete devDependencies scripts && npm pkg delete devDependencies peerDependencies peerDependenciesMeta --workspaces
ARG SERVICE
RUN --mount=type=cache,target=/root/.npm deploy/install-production.sh "$SERVICE"

# The exec form makes Node the first process, which gets SIGTERM itself. Files belong to root: the service cannot change its own program.
# On this Node kafkajs 2.2.4 asks for a timer that lies in the past whenever its queue is empty, which is harmless: a warning in the midst of the JSON lines.
FROM node AS service
COPY --from=build /app/gen gen
COPY --from=build /app/lib lib
COPY --from=packages /app/node_modules node_modules
COPY --from=own /own ./
USER node
CMD ["node", "--enable-source-maps", "--disable-warning=TimeoutNegativeWarning", "service/dist/main.js"]
