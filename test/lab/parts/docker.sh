# Debian's Docker engine (20.10, API 1.41: the oldest one supported), on its own socket, folder and bridge.
# shellcheck shell=bash

DOCKER_SOCKET=unix://$RUN/docker.sock

docker_up() {
  apt_need docker.io iptables iproute2 procps curl
  running dockerd || docker_clean # left over from a machine or an engine that stopped
  bridge lab-docker 10.89.0.1/24 # docker0 is that of another engine, if there is one
  # Docker Hub's images are looked for in the lab's registry.
  start dockerd /usr/sbin/dockerd --host "$DOCKER_SOCKET" --data-root "$DATA/docker" --exec-root "$RUN/docker" \
    --pidfile "$RUN/docker.pid" --bridge lab-docker --registry-mirror http://127.0.0.1:5000
  ready 30 dockerd curl -sf --unix-socket "$RUN/docker.sock" http://docker/_ping
}

docker_down() {
  stop dockerd 30
  docker_clean
}

docker_clean() {
  kill_strays "$RUN/docker"
  unmount "$RUN/docker"
  unmount "$DATA/docker"
  rm -rf "$RUN/docker" "$RUN/docker.pid"
  pgrep -x -r R,S,D dockerd >/dev/null || strip_rules 'DOCKER|docker0' # the chains belong to every engine on the machine
  remove_bridge lab-docker
}

docker_running() { running dockerd; }

docker_about() { echo "$(debian_version docker.io) $DOCKER_SOCKET"; }

docker_env() { setting DOCKER_HOST "$DOCKER_SOCKET"; }

# engine ARGUMENT...: the docker command on the lab's engine, whatever the environment says.
engine() { docker -H "$DOCKER_SOCKET" "$@"; }
