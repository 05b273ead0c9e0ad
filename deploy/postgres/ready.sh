#!/bin/sh
# The health check of postgres-core: the server answers, and has every database of DATABASES (names between spaces), each with the role that
# owns it and is called the same. What is missing is made, so a list that grew needs nothing but a new start. Nobody connects to another's
# database, nor to those that every server has.
# A role's password is <DATABASE>_PASSWORD, in capitals, where that is set, else POSTGRES_PASSWORD; it is set when the role is made.
# Arguments: where the server is (default: 127.0.0.1, 5432).
set -eu
export PGHOST="${1:-127.0.0.1}" PGPORT="${2:-5432}" PGUSER="$POSTGRES_USER" PGPASSWORD="$POSTGRES_PASSWORD" PGDATABASE=postgres PGCONNECT_TIMEOUT=3

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# Names, never patterns of files.
set -f
for database in ${DATABASES?is not set: the databases, or nothing}; do
  case "$database" in *[!a-z0-9_]*) echo "DATABASES: '$database' is no name of a database" >&2; exit 1 ;; esac
  made=$(sql -v name="$database" <<'SQL'
select (select count(*) from pg_roles where rolname = :'name') || ' ' || (select count(*) from pg_database where datname = :'name');
SQL
)
  case "$made" in "1 1") continue ;; esac
  variable=$(printf '%s_PASSWORD' "$database" | tr 'a-z' 'A-Z')
  eval "password=\${$variable:-\$POSTGRES_PASSWORD}"
  case "$made" in 0*) printf '%s\n' "create role :\"name\" login password :'password';" | sql -v name="$database" -v password="$password" ;; esac
  case "$made" in *" 0") printf '%s\n' 'create database :"name" owner :"name";' | sql -v name="$database" ;; esac
  echo "made database $database"
done

# One that was restored, or made by hand, belongs to whoever did that; its own role would be locked out below.
sql -v databases="$DATABASES" <<'SQL' | sql
select format('alter database %I owner to %I;', datname, rolname) from pg_database join pg_roles on rolname = datname
  where datdba <> pg_roles.oid and datname = any(string_to_array(:'databases', ' '));
SQL

# Of what was made above, and of what every server has.
sql -c "select 'revoke connect, temporary on database ' || quote_ident(datname) || ' from public;' from pg_database
  where datallowconn and has_database_privilege('public', oid, 'connect')" | sql
