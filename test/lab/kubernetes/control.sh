# The control plane, and CoreDNS and metrics-server, which run beside it, not in pods. Sourced by `lab`.
# shellcheck shell=bash

kubernetes_control() {
  kubernetes_api
  kubernetes_manager
  start kube-scheduler "$KBIN/kube-scheduler" --kubeconfig "$K/admin.kubeconfig" --leader-elect=false
}

kubernetes_manager() {
  # The autoscaler looks every 5 s and trusts a new pod after 10 s; the defaults (15 s, 5 min) are for real traffic.
  start "kube-controller-manager$OF" "$KBIN/kube-controller-manager" --kubeconfig "$K/admin.kubeconfig" --leader-elect=false \
    --secure-port "$MANAGER_PORT" \
    --service-account-private-key-file "$K/pki/accounts.key" --root-ca-file "$K/pki/ca.crt" --use-service-account-credentials \
    --cluster-signing-cert-file "$K/pki/ca.crt" --cluster-signing-key-file "$K/pki/ca.key" \
    --allocate-node-cidrs --cluster-cidr "$PODS" --node-cidr-mask-size 24 \
    --horizontal-pod-autoscaler-sync-period 5s --horizontal-pod-autoscaler-cpu-initialization-period 10s \
    --horizontal-pod-autoscaler-initial-readiness-delay 5s --horizontal-pod-autoscaler-downscale-stabilization 15s
}

kubernetes_api() {
  local store=http://127.0.0.1:$STORE_PORT peers=http://127.0.0.1:$((STORE_PORT + 1)) pki=$K/pki
  start "etcd$OF" "$KBIN/etcd" --data-dir "$K/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$store" --advertise-client-urls "$store" \
    --listen-peer-urls "$peers" --initial-advertise-peer-urls "$peers" --initial-cluster "default=$peers"
  start "kube-apiserver$OF" "$KBIN/kube-apiserver" --etcd-servers "$store" --bind-address "$API_ADDRESS" --secure-port "$API_PORT" \
    --advertise-address "$NODE_IP" --service-cluster-ip-range "$SERVICES" --authorization-mode Node,RBAC --allow-privileged \
    --client-ca-file "$pki/ca.crt" --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$pki/accounts.key" --service-account-signing-key-file "$pki/accounts.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --kubelet-client-certificate "$pki/admin.crt" --kubelet-client-key "$pki/admin.key" \
    --requestheader-client-ca-file "$pki/ca.crt" --requestheader-allowed-names front-proxy \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- --enable-aggregator-routing \
    --proxy-client-cert-file "$pki/front-proxy.crt" --proxy-client-key-file "$pki/front-proxy.key"
  ready 60 "kube-apiserver$OF" kubernetes_kubectl get --raw /readyz
}

# Both look for the API server only, so they start before the node and are ready with it.
kubernetes_addons() {
  local admin=$K/admin.kubeconfig
  cat >"$K/Corefile" <<END
.:53 {
  bind $NODE_IP
  ready 127.0.0.1:18181
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $admin
    fallthrough in-addr.arpa
  }
  forward . /etc/resolv.conf
  cache 5
}
END
  start coredns "$BIN/coredns/coredns" -conf "$K/Corefile"
  # The resolution must exceed the timeout.
  start metrics-server "$BIN/metrics-server/metrics-server" --kubeconfig "$admin" \
    --authentication-kubeconfig "$admin" --authorization-kubeconfig "$admin" --cert-dir "$K/metrics-server" --secure-port 4443 \
    --metric-resolution 10s --kubelet-request-timeout 5s \
    --kubelet-certificate-authority "$K/pki/ca.crt" --kubelet-preferred-address-types InternalIP
  ready 30 coredns curl -sf http://127.0.0.1:18181/ready
  ready 30 metrics-server curl -skf https://127.0.0.1:4443/livez
  kubernetes_kubectl apply --server-side -f "$SRC/kubernetes/addons.yaml" >"$LOG/addons.log" 2>&1 ||
    die "cannot add metrics-server" "$LOG/addons.log"
}
