#!/bin/bash
# Runs once, in the empty PostgreSQL container: roles, their passwords, the database.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --file /portal/roles.sql
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
     -v owner="$PORTAL_OWNER_PASSWORD" -v app="$PORTAL_APP_PASSWORD" <<'SQL'
alter role portal_owner password :'owner';
alter role portal_app password :'app';
create database portal owner portal_owner template template0 encoding 'UTF8'
  locale_provider builtin builtin_locale 'C.UTF-8' locale 'C.UTF-8';
SQL
