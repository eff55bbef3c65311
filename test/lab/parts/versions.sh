# The control plane of an older or newer Kubernetes: API server, controllers and etcd, but no node, so that no pod ever runs.
# It is started on demand, beside the lab or without it, and listens on the loopback alone. Sourced by `lab`.
# shellcheck shell=bash disable=SC2034,SC2153

VERSION_PROCESSES=(kube-controller-manager kube-apiserver etcd)

# version_up VERSION
version_up() {
  local began=$EPOCHREALTIME
  [ -e "$SRC/versions/$1.mod" ] || die "no Kubernetes $1 is pinned, but $(versions_pinned); add one with test/lab/kubernetes/pin"
  lock
  in_version "$1" version_start 9>&-
  say "Kubernetes $1 is up ($(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $began }") s)"
}

# version_down VERSION
version_down() {
  lock
  in_version "$1" version_stop
}

versions_pinned() { basename -s .mod -a "$SRC"/versions/1.*.mod | paste -sd ' ' | sed 's/ / and /g'; }

# versions_started: those that a file in $PIDS tells of, whether pinned here or not.
versions_started() { find "$PIDS" -name 'etcd-1.*' 2>/dev/null | sed 's/.*etcd-//' | sort; }

# in_version VERSION COMMAND...: with that version in place of the lab's own Kubernetes.
in_version() {
  local VERSION=$1 K=$RUN/kubernetes-$1 KBIN=$BIN/kubernetes-$1 OF=-$1 CLUSTER=lab-$1 API_ADDRESS=127.0.0.1
  local API_PORT=$((6400 + ${1#1.})) STORE_PORT=$((23000 + 2 * ${1#1.})) MANAGER_PORT=0
  shift
  "$@"
}

version_start() {
  apt_need openssl
  version_build
  any_running "${VERSION_PROCESSES[@]/%/$OF}" || rm -rf "$K" # left over from a machine that stopped
  mkdir -p "$K"
  kubernetes_keys
  kubernetes_api
  kubernetes_manager
  ready 30 "kube-controller-manager$OF" kubernetes_kubectl get serviceaccount default
  { setting KUBECONFIG "$K/admin.kubeconfig" && setting CLOUDNATIVE_LAB_KUBECTL "$KBIN/kubectl"; } >"$LAB/env$OF"
}

# Up to 1.30, providerless leaves out the clients of clouds, which take the compiler longer than all the rest.
version_build() {
  local component
  build "kubernetes$OF" versions "$(kubernetes_flags "$(pinned "versions/$VERSION.mod" k8s.io/kubernetes)")" \
    -modfile "$VERSION.mod" -tags providerless .
  for component in etcd kube-apiserver kube-controller-manager kubectl; do ln -sf versions "$KBIN/$component"; done
}

version_stop() {
  local process
  rm -f "$LAB/env$OF"
  for process in "${VERSION_PROCESSES[@]}"; do stop "$process$OF" 1; done # nothing of theirs is kept
  rm -rf "$K"
}

version_about() {
  ! running "kube-apiserver$OF" || printf '%-10s  %-7s  %s\n' kubernetes running "$VERSION https://127.0.0.1:$API_PORT, no node"
}
