# Programs built from Go modules, and images made of one of them. Sourced by `lab`.
# shellcheck shell=bash

# build NAME FOLDER LDFLAGS GO_BUILD_ARGUMENT...: builds a module once per content; its programs are in $BIN/NAME/.
build() {
  local name=$1 dir=$SRC/$2 flags="-s -w $3" key out log=$LOG/build-$1.log
  shift 3
  key=$({ find "$dir" -type f \( -name '*.go' -o -name '*.mod' -o -name '*.sum' \) -print0 | LC_ALL=C sort -z | xargs -0 cat &&
    echo "$flags $*"; } | sha256sum)
  out=$LAB/build/$name-${key:0:12}
  if [ ! -d "$out" ]; then
    command -v go >/dev/null || die "needs Go to build $name"
    say "building $name (once; minutes)"
    rm -rf "$out.part" && mkdir -p "$out.part"
    (cd "$dir" && CGO_ENABLED=0 go build -trimpath -ldflags "$flags" -o "$out.part/" "$@") >"$log" 2>&1 ||
      die "cannot build $name" "$log"
    mv "$out.part" "$out"
  fi
  ln -sfn "$out" "$BIN/$name"
}

# pinned FILE MODULE: the version a go.mod asks for.
pinned() { awk -v module="$2" '$1 == module || $2 == module { print $1 == module ? $2 : $3; exit }' "$SRC/$1"; }

# static_image NAME PROGRAM: prints an image that is one static program, in the format of `docker save`.
static_image() {
  local dir sum program=${2##*/}
  dir=$(mktemp -d)
  tar -C "${2%/*}" -h --owner 0 --group 0 --mtime @0 -cf "$dir/layer.tar" "$program"
  sum=$(sha256sum <"$dir/layer.tar")
  cat >"$dir/config.json" <<END
{ "architecture": "$(go env GOARCH)", "os": "linux", "config": { "Entrypoint": ["/$program"], "User": "65532:65532" },
  "rootfs": { "type": "layers", "diff_ids": ["sha256:${sum%% *}"] } }
END
  printf '[{ "Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"] }]' "$1" >"$dir/manifest.json"
  tar -C "$dir" -c manifest.json config.json layer.tar
  rm -r "$dir"
}
