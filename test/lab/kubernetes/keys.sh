# The cluster's certificates and kubeconfigs. Sourced by `lab`.
# shellcheck shell=bash

kubernetes_keys() {
  [ ! -e "$K/node.kubeconfig" ] || return 0
  mkdir -p "$K/pki"
  (
    cd "$K/pki"
    openssl genrsa -out accounts.key 2048
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj /CN=lab
    kubernetes_certificate apiserver /CN=kube-apiserver \
      "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.96.0.1,IP:$NODE_IP"
    kubernetes_certificate admin /O=system:masters/CN=admin
    kubernetes_certificate node /O=system:nodes/CN=system:node:lab "DNS:lab,IP:$NODE_IP,IP:127.0.0.1"
    kubernetes_certificate front-proxy /CN=front-proxy
  ) >"$LOG/openssl.log" 2>&1 || die "cannot make keys" "$LOG/openssl.log"
  kubernetes_kubeconfig admin
  kubernetes_kubeconfig node
}

# kubernetes_certificate NAME SUBJECT [OTHER_NAMES]
kubernetes_certificate() {
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$1.crt" \
    -extfile <(printf 'extendedKeyUsage=clientAuth,serverAuth\n%s' "${3:+subjectAltName=$3}")
}

# kubernetes_kubeconfig USER
kubernetes_kubeconfig() {
  local pki=$K/pki
  cat >"$K/$1.kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{ name: $CLUSTER, cluster: { server: "https://127.0.0.1:$API_PORT", certificate-authority-data: $(base64 -w0 "$pki/ca.crt") } }]
users: [{ name: $1, user: { client-certificate-data: $(base64 -w0 "$pki/$1.crt"), client-key-data: $(base64 -w0 "$pki/$1.key") } }]
contexts: [{ name: $CLUSTER, context: { cluster: $CLUSTER, user: $1 } }]
current-context: $CLUSTER
END
}
