#!/bin/sh
# Certificates for mutual TLS between the services on one machine or in one compose network: an authority of their own, and one
# certificate for each service. Not for production, where an authority that is looked after should sign them.
set -eu

usage() {
  cat <<'TEXT'
make-certificates.sh [--force] [--days N] [--also NAME]... [FOLDER]
make-certificates.sh --list

Writes into FOLDER (default ./certificates):
  ca.crt, ca.key          the authority
  <service>.crt, .key     for each service that speaks gRPC: server and client at once

  --days N     how long certificates are valid; default 365. A new authority lasts ten times as long
  --also NAME  one more host name for every certificate, such as a Kubernetes service name
  --force      renew what is there. Services read it at start: restart them one after the other. The authority stays while it lasts as
               long as its certificates; a new one is told, and with it all services are restarted at once. Without its ca.key there is
               always a new one
  --list       write nothing; show each service that gets one, with its other names
TEXT
}
fail() {
  echo "make-certificates: $1" >&2
  exit 2
}

# One line for each service that serves or calls gRPC: its name, then the others by which compose knows it.
registry=$(dirname "$0")/../../services/services.ts
services() {
  [ -f "$registry" ] || fail "$registry, which names the services, is not there"
  awk -v quote="'" '
    /^  [^ ].*: \{$/ { name = $1; gsub("[:" quote "]", "", name); grpc = 0; names = ""; inside = 0 }
    /^    grpc: / || index($0, "over: " quote "grpc" quote) { grpc = 1 }
    /^    aliases: / { inside = 1 }
    inside { line = $0; sub(/^ *aliases: /, "", line); gsub("[^a-z0-9-]+", " ", line); names = names " " line; if (index($0, "]")) inside = 0 }
    /^  \},$/ && name != "" { if (grpc) { $0 = name " " names; $1 = $1; print }; name = "" }
  ' "$registry"
}

days=365
force=false
also=""
folder=""
while [ $# -gt 0 ]; do
  case "$1" in
    --help | -h) usage; exit 0 ;;
    --force) force=true ;;
    --list) services; exit 0 ;;
    --days) [ $# -gt 1 ] || fail "--days takes a number"; days=$2; shift ;;
    --also) [ $# -gt 1 ] || fail "--also takes a host name"; also="$also,DNS:$2"; shift ;;
    -*) fail "there is no option $1; see --help" ;;
    *) [ -z "$folder" ] || fail "one folder is enough"; folder=$1 ;;
  esac
  shift
done
folder=${folder:-./certificates}
case "$days" in '' | *[!0-9]* | 0) fail "--days takes a whole number above 0, not \"$days\"" ;; esac
command -v openssl >/dev/null || fail "openssl is needed and not installed"
if [ -e "$folder/ca.crt" ] && [ "$force" = false ]; then fail "$folder has certificates already; --force renews them"; fi

umask 077
mkdir -p "$folder"
draft=$(mktemp -d)
trap 'rm -rf "$draft"' EXIT
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# Services of which some were renewed and some are yet to be take each other only by one authority.
keeps_authority() {
  openssl x509 -noout -checkend $((days * 86400)) -in "$folder/ca.crt" >/dev/null 2>&1 || return 1
  [ "$(openssl x509 -noout -pubkey -in "$folder/ca.crt")" = "$(openssl pkey -pubout -in "$folder/ca.key" 2>/dev/null)" ]
}
restart="restart services one after the other"
if keeps_authority; then
  cp "$folder/ca.crt" "$folder/ca.key" "$draft/"
else
  [ ! -e "$folder/ca.crt" ] || restart="the authority is a new one: restart all services at once"
  key "$draft/ca.key"
  openssl req -x509 -new -sha256 -key "$draft/ca.key" -days "$((days * 10))" -subj '/CN=tickfolio local authority' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out "$draft/ca.crt"
fi

# The names by which compose, Kubernetes and one machine know a service.
certificate() {
  service=$1
  shift
  names="DNS:localhost,IP:127.0.0.1,IP:::1,DNS:$service"
  for name in "$@"; do names="$names,DNS:$name"; done
  key "$draft/$service.key"
  openssl req -new -sha256 -key "$draft/$service.key" -subj "/CN=$service" -out "$draft/$service.csr"
  cat >"$draft/extensions" <<TEXT
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=$names$also
TEXT
  openssl x509 -req -sha256 -in "$draft/$service.csr" -CA "$draft/ca.crt" -CAkey "$draft/ca.key" -CAcreateserial \
    -days "$days" -extfile "$draft/extensions" -out "$draft/$service.crt" 2>/dev/null
  rm "$draft/$service.csr"
}
made=""
services >"$draft/services"
while read -r service names; do
  # Word by word: a service has several names.
  certificate "$service" $names
  made="$made${made:+, }$service"
done <"$draft/services"
[ -n "$made" ] || fail "no service in $registry speaks gRPC"

rm -f "$draft/extensions" "$draft/services" "$draft"/*.srl
cp "$draft"/*.crt "$draft"/*.key "$folder/"
# A container runs as another user, and mounts one service's two files and ca.crt, which are no secret.
chmod 644 "$folder"/*.crt
renewed=""
[ "$force" = false ] || renewed=" To renew those in use, $restart."
echo "Certificates for $made lie in $folder, valid for $days days.$renewed"
