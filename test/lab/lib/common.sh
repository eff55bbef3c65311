# Where the lab keeps what, messages, the lock and Debian packages. Sourced by `lab`.
# shellcheck shell=bash disable=SC2034

LAB=$(realpath -m "${CLOUDNATIVE_LAB_DIR:-$HOME/.cache/cloudnative-lab}")
BIN=$LAB/bin   # a folder of programs for each Go module built
RUN=$LAB/run   # what the running parts write; `down` removes it
DATA=$LAB/data # what outlives `down`: registry contents, Docker's images
LOG=$LAB/log
PIDS=$LAB/pid

say() { printf 'lab: %s\n' "$*"; }

# die MESSAGE [LOG]: the end of the log says why.
die() {
  printf 'lab: %s\n' "$1" >&2
  [ -z "${2:-}" ] || { printf -- '--- end of %s\n' "$2" >&2 && tail -25 "$2" >&2; }
  exit 1
}

# lock: one up or down on this machine at a time; held on descriptor 9 until the script ends. And one lab: addresses, links
# and rules are the machine's, so one in another folder must be down.
lock() {
  local here=/run/cloudnative-lab other servers
  [ "$(id -u)" = 0 ] || die "needs root: it starts container engines and adds network links"
  mkdir -p "$here" "$BIN" "$RUN" "$DATA" "$LOG" "$PIDS"
  exec 9>"$here/lock"
  flock -w 1800 9 || die "another up or down is at work"
  other=$(readlink "$here/folder") || other=$LAB
  servers=("$other"/pid/*)
  if [ "$other" != "$LAB" ] && PIDS=$other/pid any_running "${servers[@]##*/}"; then
    die "a lab runs in $other: set CLOUDNATIVE_LAB_DIR to that, or take it down"
  fi
  ln -sfn "$LAB" "$here/folder"
}

# apt_need PACKAGE...: installs what is missing, without starting the services that packages bring: they would take the lab's ports.
apt_need() {
  local missing=() package policy=/usr/sbin/policy-rc.d made='' failed=''
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} != 0 ] || return 0
  say "installing ${missing[*]}"
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && made=1; }
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$LOG/apt.log" 2>&1 || failed=1
  [ -z "$made" ] || rm $policy
  [ -z "$failed" ] || die "apt-get failed" "$LOG/apt.log"
}

debian_version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed -E 's/^[0-9]+://; s/[+~-].*//'; }

# setting NAME VALUE: a line of $LAB/env, which tests read.
setting() { printf '%s=%s\n' "$1" "$2"; }
