# The node: containerd, the kubelet and kube-proxy. Sourced by `lab`.
# shellcheck shell=bash

kubernetes_node() {
  kubernetes_containerd
  kubernetes_kubelet
  start kube-proxy "$KBIN/kube-proxy" --kubeconfig "$K/admin.kubeconfig" --hostname-override lab \
    --cluster-cidr "$PODS" --proxy-mode iptables --conntrack-max-per-core 0
  ready 60 kubelet kubernetes_kubectl wait --for condition=Ready node/lab --timeout 1s
  ready 30 kube-controller-manager kubernetes_kubectl get serviceaccount default # without it no pod is accepted
  ready 60 metrics-server kubernetes_kubectl wait --for condition=Available apiservice/v1beta1.metrics.k8s.io --timeout 1s
}

kubernetes_containerd() {
  mkdir -p "$K/registries/_default" "$K/cni"
  # oom: a machine without CAP_SYS_RESOURCE cannot lower a process's score. netns: mounts where `down` finds them.
  cat >"$K/containerd.toml" <<END
version = 2
root = "$K/containerd"
state = "$K/containerd-state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "$K/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$K/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "lab.local/pause:1"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "$K/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$K/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$K/registries"
END
  # Every image, whatever registry its name begins with, comes from the lab's.
  cat >"$K/registries/_default/hosts.toml" <<END
[host."http://127.0.0.1:5000"]
  capabilities = ["pull", "resolve"]
END
  # But for the one that asks for a password: there a pod needs a secret.
  mkdir -p "$K/registries/127.0.0.1:5001"
  echo 'server = "http://127.0.0.1:5001"' >"$K/registries/127.0.0.1:5001/hosts.toml"
  cat >"$K/cni/10-lab.conflist" <<END
{ "cniVersion": "0.4.0", "name": "lab", "plugins": [
  { "type": "bridge", "bridge": "lab-pods", "isGateway": true, "ipMasq": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "dataDir": "$K/addresses", "ranges": [[{ "subnet": "10.244.0.0/24" }]],
      "routes": [{ "dst": "0.0.0.0/0" }] } },
  { "type": "portmap", "capabilities": { "portMappings": true } } ] }
END
  start containerd containerd -c "$K/containerd.toml"
  ready 20 containerd kubernetes_ctr version
  kubernetes_ctr image ls -q | grep -qx lab.local/pause:1 ||
    static_image lab.local/pause:1 "$KBIN/pause" | kubernetes_ctr image import - >/dev/null
}

kubernetes_ctr() { ctr -a "$K/containerd.sock" -n k8s.io "$@"; }

kubernetes_kubelet() {
  # From 1.35 on, the kubelet refuses control groups of version 1 unless told.
  cat >"$K/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
containerRuntimeEndpoint: unix://$K/containerd.sock
clusterDNS: [$NODE_IP]
clusterDomain: cluster.local
authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: $K/pki/ca.crt } }
authorization: { mode: Webhook }
tlsCertFile: $K/pki/node.crt
tlsPrivateKeyFile: $K/pki/node.key
podCIDR: 10.244.0.0/24
evictionHard: { imagefs.available: 1%, nodefs.available: 1%, memory.available: 100Mi }
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
podLogsDir: $K/pod-logs
END
  start kubelet "$KBIN/kubelet" --kubeconfig "$K/node.kubeconfig" --config "$K/kubelet.yaml" \
    --hostname-override lab --node-ip "$NODE_IP" --root-dir "$K/kubelet"
}
