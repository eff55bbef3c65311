# Prometheus and promtool: programs only; a test starts a server with its own configuration.
# Debian's has no discovery of Kubernetes and Docker targets; this one lacks that of the clouds.
# shellcheck shell=bash

prometheus_up() {
  build prometheus tools/prometheus "-X github.com/prometheus/common/version.Version=$(prometheus_version)" \
    -tags remove_all_sd,enable_kubernetes_sd,enable_consul_sd,enable_dns_sd,enable_moby_sd tool
}

prometheus_down() { :; }

prometheus_running() { [ -x "$BIN/prometheus/prometheus" ] && [ -x "$BIN/prometheus/promtool" ]; }

prometheus_about() { echo "$(prometheus_version) $BIN/prometheus/ (programs; tests start them)"; }

# Its Go module calls version 3.15.0 v0.315.0.
prometheus_version() { pinned tools/prometheus/go.mod github.com/prometheus/prometheus | sed s/v0.3/3./; }

prometheus_env() {
  setting PROMETHEUS "$BIN/prometheus/prometheus"
  setting PROMTOOL "$BIN/prometheus/promtool"
}
