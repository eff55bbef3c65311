# A Kubernetes cluster of one node: every component from one binary, Debian's containerd and CNI plugins, CoreDNS for
# names, metrics-server for the autoscaler. It starts empty each time. Its pieces are in kubernetes/.
# shellcheck shell=bash disable=SC2034,SC2153

# Those that `in_version` replaces, for a control plane of another version.
K=$RUN/kubernetes
KBIN=$BIN/kubernetes
OF='' # ends the names of its processes
CLUSTER=lab
API_ADDRESS=0.0.0.0
API_PORT=6443
STORE_PORT=23790
MANAGER_PORT=10257

NODE_IP=10.88.0.1
SERVICES=10.96.0.0/16
PODS=10.244.0.0/16
KUBERNETES_PROCESSES=(kube-proxy metrics-server coredns kubelet kube-scheduler kube-controller-manager kube-apiserver containerd etcd)

kubernetes_up() {
  apt_need containerd runc iptables iproute2 procps containernetworking-plugins conntrack openssl curl ca-certificates
  kubernetes_build
  any_running "${KUBERNETES_PROCESSES[@]}" || kubernetes_clean # left over from a machine that stopped
  mkdir -p "$K"
  kubernetes_links
  kubernetes_keys
  kubernetes_control
  kubernetes_addons
  kubernetes_node
}

kubernetes_build() {
  local component
  build kubernetes kubernetes "$(kubernetes_flags "$(kubernetes_version)")" . ./pause
  for component in etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl; do
    ln -sf kubernetes "$KBIN/$component"
  done
  build coredns tools/coredns "" .
  build metrics-server tools/metrics-server "" tool
}

# kubernetes_flags VERSION: for the linker, so that the programs tell their version.
kubernetes_flags() {
  local at=k8s.io/component-base/version
  echo "-X $at.gitVersion=$1 -X $at.gitMajor=1 -X $at.gitMinor=$(cut -d. -f2 <<<"$1")"
}

kubernetes_version() { pinned kubernetes/go.mod k8s.io/kubernetes; }

# The bridge lab0 carries the node's address and catches every service and pod address, so that none ever leaves the machine.
kubernetes_links() {
  bridge lab0 "$NODE_IP/32"
  bridge lab-pods 10.244.0.1/24
  ip route replace "$SERVICES" dev lab0
  ip route replace "$PODS" dev lab0 metric 4000
}

kubernetes_kubectl() { "$KBIN/kubectl" --kubeconfig "$K/admin.kubeconfig" "$@"; }

kubernetes_down() {
  local process
  for process in "${KUBERNETES_PROCESSES[@]}"; do stop "$process" 1; done # nothing of theirs is kept
  kubernetes_clean
}

kubernetes_clean() {
  kill_strays "$K"
  unmount "$K"
  strip_rules 'KUBE-|CNI-'
  remove_bridge lab-pods
  remove_bridge lab0
  kubernetes_remove_traces
  rm -rf "$K"
}

# What containerd, CNI and the kubelet write where no setting of theirs can move it.
kubernetes_remove_traces() {
  cat "$K"/containerd-state/io.containerd.runtime.v2.task/k8s.io/*/address 2>/dev/null | sed "s#unix://#\n#g" | xargs -r rm -f || true
  rm -f /var/lib/cni/results/{lab,cni-loopback}-* /var/lib/kubelet/device-plugins/kubelet.sock
  find /var/log/containers -xtype l -delete 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d \( -name kubepods -o -path '*/kubepods/*' \) -exec rmdir {} + 2>/dev/null || true
}

kubernetes_running() {
  local process
  for process in "${KUBERNETES_PROCESSES[@]}"; do running "$process" || return 1; done
}

kubernetes_about() { echo "$(kubernetes_version | tr -d v) https://127.0.0.1:$API_PORT"; }

kubernetes_env() {
  setting KUBECONFIG "$K/admin.kubeconfig"
  setting CLOUDNATIVE_LAB_KUBECTL "$KBIN/kubectl"
}
