# The Node.js versions besides this machine's that the command-line tool must run on: programs only.
# shellcheck shell=bash

NODES=(22.23.3 24.21.0)

nodes_up() {
  local version
  for version in "${NODES[@]}"; do
    [ ! -x "$(nodes_program "$version")" ] || continue
    npm install --prefix "$LAB/nodes/$version" --no-save --ignore-scripts --no-audit --no-fund \
      "node-linux-$(node -p process.arch)@$version" >"$LOG/nodes.log" 2>&1 || die "cannot install Node.js $version" "$LOG/nodes.log"
  done
}

# nodes_program VERSION
nodes_program() { echo "$LAB/nodes/$1/node_modules/node-linux-$(node -p process.arch)/bin/node"; }

nodes_down() { :; }

nodes_running() {
  local version
  for version in "${NODES[@]}"; do [ -x "$(nodes_program "$version")" ] || return 1; done
}

nodes_about() { echo "${NODES[*]} $LAB/nodes/ (programs)"; }

nodes_env() {
  local version
  for version in "${NODES[@]}"; do setting "NODE_${version%%.*}" "$(nodes_program "$version")"; done
}
