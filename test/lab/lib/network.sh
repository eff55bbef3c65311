# Bridges, packet rules and mounts, and how to be rid of them. Sourced by `lab`.
# shellcheck shell=bash

# bridge NAME ADDRESS. Its traffic is let through by name: Docker sets the policy to drop where it is the one to switch
# forwarding on, so forwarding is on before.
bridge() {
  sysctl -qw net.ipv4.ip_forward=1
  ! ip link show "$1" >/dev/null 2>&1 || return 0
  ip link add "$1" type bridge
  ip address add "$2" dev "$1"
  ip link set "$1" up
  iptables -I FORWARD -i "$1" -j ACCEPT
  iptables -I FORWARD -o "$1" -j ACCEPT
}

remove_bridge() {
  strip_rules " $1 "
  ! ip link show "$1" >/dev/null 2>&1 || ip link delete "$1"
}

# strip_rules PATTERN: drops the iptables chains and rules whose line matches.
strip_rules() {
  local rules
  rules=$(iptables-save 2>/dev/null) || return 0
  ! grep -qE "$1" <<<"$rules" || grep -vE "$1" <<<"$rules" | iptables-restore
}

# unmount FOLDER: everything mounted at or under it, deepest first.
unmount() { awk -v root="$1/" 'index($2 "/", root) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l; }
