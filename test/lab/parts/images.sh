# Stand-ins for the base images that generated Dockerfiles name (the originals cannot be pulled everywhere), under their
# usual names in the engine, and in the open registry where the engine and the cluster look for them.
# shellcheck shell=bash

# a target of images.Dockerfile, then its image; golang last, because the whole context is sent for each
IMAGES=(
  "static gcr.io/distroless/static-debian13:nonroot"
  "node node:24-slim"
  "nodejs gcr.io/distroless/nodejs24-debian13:nonroot"
  "python python:3.13-slim"
  "python-static gcr.io/distroless/python3-debian13:nonroot"
  "golang golang:1.26"
)
CONTEXT=$DATA/base-images

images_up() {
  local image key
  key=$(images_key)
  for image in "${IMAGES[@]}"; do
    images_have "${image#* }" "$key" || images_build "${image%% *}" "${image#* }" "$key"
  done
}

# images_key: of what the images are made; each carries it in a label.
images_key() { cat "$SRC/parts/images.sh" "$SRC/images.Dockerfile" <(go version) | sha256sum | cut -c1-12; }

images_have() { [ "$(engine image inspect -f '{{.Config.Labels.lab}}' "$1" 2>/dev/null)" = "$2" ]; }

# images_build TARGET NAME KEY
images_build() {
  local target=$1 name=$2 key=$3 mirrored
  images_context "$key"
  say "building $name"
  [ "$target" != golang ] || [ -e "$CONTEXT/go" ] || cp -a "$(go env GOROOT)" "$CONTEXT/go"
  DOCKER_BUILDKIT=0 engine build --target "$target" --label "lab=$key" --tag "$name" --file "$SRC/images.Dockerfile" \
    --build-arg "GOPROXY=$(go env GOPROXY)" --build-arg "GOSUMDB=$(go env GOSUMDB)" "$CONTEXT" >"$LOG/images.log" 2>&1 ||
    die "cannot build $name" "$LOG/images.log"
  mirrored=$(images_mirrored "$name")
  engine tag "$name" "$mirrored"
  engine push --quiet "$mirrored" >/dev/null
}

# images_mirrored NAME: where the name is looked for when the lab's registry stands for the one it belongs to.
images_mirrored() {
  case $1 in
    gcr.io/*) echo "127.0.0.1:5000/${1#gcr.io/}" ;;
    *) echo "127.0.0.1:5000/library/$1" ;;
  esac
}

# images_context KEY: Debian 13, Node.js and npm, from wherever this machine takes its packages from.
images_context() {
  [ ! -e "$CONTEXT/.$1" ] || return 0
  apt_need mmdebstrap debian-archive-keyring ca-certificates
  rm -rf "$CONTEXT" && mkdir -p "$CONTEXT"
  find /etc/apt \( -name sources.list -o -name debian.sources \) -exec sed 's/bookworm/trixie/g' {} + |
    mmdebstrap --variant=minbase --include=ca-certificates,tzdata trixie "$CONTEXT/debian.tar" - >"$LOG/images.log" 2>&1 ||
    die "cannot make the Debian image" "$LOG/images.log"
  npm install --prefix "$CONTEXT" --no-save --ignore-scripts --no-audit --no-fund "node-linux-$(node -p process.arch)@24" npm@11 \
    >"$LOG/images.log" 2>&1 || die "cannot install Node.js" "$LOG/images.log"
  echo "registry=$(npm config get registry 2>/dev/null)" >"$CONTEXT/npmrc"
  cp -L /etc/ssl/certs/ca-certificates.crt "$CONTEXT/"
  images_pip >"$CONTEXT/pip.conf"
  engine import "$CONTEXT/debian.tar" lab.local/debian >/dev/null && rm "$CONTEXT/debian.tar"
  touch "$CONTEXT/.$1"
}

# images_pip: asks whom this machine asks for Python packages.
images_pip() {
  local index
  printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n'
  ! index=$(python3 -m pip config get global.index-url 2>/dev/null) || echo "index-url = $index"
}

images_down() { :; }

images_running() {
  local image key
  running dockerd || return 1
  key=$(images_key)
  for image in "${IMAGES[@]}"; do images_have "${image#* }" "$key" || return 1; done
}

images_about() { echo "${IMAGES[*]##* }"; }

images_env() { :; }
