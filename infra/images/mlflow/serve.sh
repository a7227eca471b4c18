#!/bin/sh
# Starts MLflow with basic authentication. Everything comes from the environment:
#   MLFLOW_BACKEND_STORE_URI       database of runs
#   MLFLOW_AUTH_DATABASE_URI       database of users
#   MLFLOW_AUTH_ADMIN_PASSWORD     of the first user, "admin"
#   MLFLOW_FLASK_SERVER_SECRET_KEY signs sessions
#   MLFLOW_ARTIFACTS_DESTINATION   folder or s3://bucket/prefix
#   MLFLOW_SERVER_ALLOWED_HOSTS    names under which the server is reached
#   MLFLOW_HOST, MLFLOW_PORT       where it listens; all addresses and 5000 without them
#   MLFLOW_WORKERS                 processes; 2 without it
set -eu
: "${MLFLOW_BACKEND_STORE_URI:?names no database of runs}"
: "${MLFLOW_AUTH_DATABASE_URI:?names no database of users}"
: "${MLFLOW_AUTH_ADMIN_PASSWORD:?must be set}"
: "${MLFLOW_FLASK_SERVER_SECRET_KEY:?must be set}"
: "${MLFLOW_ARTIFACTS_DESTINATION:?names no place for artefacts}"

# MLflow reads the users' database from a file and from nowhere else. The file holds a password, and its format takes
# a percent sign for the start of a reference.
umask 077
MLFLOW_AUTH_CONFIG_PATH=$(mktemp)
export MLFLOW_AUTH_CONFIG_PATH
cat >"$MLFLOW_AUTH_CONFIG_PATH" <<EOF
[mlflow]
default_permission = READ
database_uri = $(printf '%s' "$MLFLOW_AUTH_DATABASE_URI" | sed 's/%/%%/g')
admin_username = admin
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
EOF
# Jobs of MLflow's own, which nobody here asks for, would be one more process.
export MLFLOW_SERVER_ENABLE_JOB_EXECUTION="${MLFLOW_SERVER_ENABLE_JOB_EXECUTION:-false}"
exec mlflow server --app-name basic-auth \
  --host "${MLFLOW_HOST:-0.0.0.0}" --port "${MLFLOW_PORT:-5000}" --workers "${MLFLOW_WORKERS:-2}" \
  --uvicorn-opts "--timeout-worker-healthcheck 120"
