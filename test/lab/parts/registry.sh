# Two OCI registries: one open, one that asks for a password.
# shellcheck shell=bash

registry_up() {
  apt_need docker-registry curl
  mkdir -p "$RUN/registry"
  # The password is `lab`; registries take bcrypt hashes only.
  # shellcheck disable=SC2016
  echo 'lab:$2b$05$4Zqd5ac9CXjcNhaBRNKhD.WWUS9eIZGJ2DV4rClDxfGqw3IsM23US' >"$RUN/registry/htpasswd"
  registry_serve registry 5000 ""
  registry_serve registry-auth 5001 "auth: { htpasswd: { realm: lab, path: '$RUN/registry/htpasswd' } }"
}

# registry_serve NAME PORT CONFIGURATION
registry_serve() {
  if ! running "$1" && curl -s "http://127.0.0.1:$2/" >/dev/null; then
    die "port $2 is taken by another program"
  fi
  cat >"$RUN/registry/$1.yml" <<END
version: 0.1
log: { level: warn }
storage: { filesystem: { rootdirectory: '$DATA/$1' }, delete: { enabled: true } }
http: { addr: 127.0.0.1:$2 }
$3
END
  start "$1" docker-registry serve "$RUN/registry/$1.yml"
  ready 10 "$1" curl -s "http://127.0.0.1:$2/v2/"
}

registry_down() {
  stop registry
  stop registry-auth
}

registry_running() { running registry && running registry-auth; }

registry_about() { echo "$(debian_version docker-registry) 127.0.0.1:5000, and 127.0.0.1:5001 for lab:lab"; }

registry_env() {
  setting CLOUDNATIVE_LAB_REGISTRY 127.0.0.1:5000
  setting CLOUDNATIVE_LAB_REGISTRY_AUTH lab:lab@127.0.0.1:5001
}
