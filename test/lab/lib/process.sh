# Servers: started apart from this script, known by a file in $PIDS, stopped by it. Sourced by `lab`.
# shellcheck shell=bash

# running NAME. A process is known by its id and its start time, so that a reused id is never taken for it.
running() {
  local pid since
  [ -e "$PIDS/$1" ] && read -r pid since <"$PIDS/$1" && [ -n "$since" ] && [ "$(started_at "$pid")" = "$since" ]
}

# any_running NAME...
any_running() {
  local name
  for name; do ! running "$name" || return 0; done
  return 1
}

# started_at PID: nothing for one that ended; a slow init may leave it a zombie for a second.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }

# start NAME COMMAND...: unless it runs already.
start() {
  local name=$1
  shift
  ! running "$name" || return 0
  setsid "$@" >"$LOG/$name.log" 2>&1 </dev/null &
  echo "$! $(started_at $!)" >"$PIDS/$name"
}

# ready LIMIT NAME COMMAND...: waits until the command succeeds; fails after LIMIT seconds, or once the process NAME is gone.
ready() {
  local end=$((SECONDS + $1)) name=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    running "$name" || die "$name ended" "$LOG/$name.log"
    [ $SECONDS -lt $end ] || die "$name is not ready" "$LOG/$name.log"
    sleep 0.1
  done
}

# stop NAME [LIMIT]: asks, waits, then kills.
stop() {
  local name=$1 end=$((SECONDS + ${2:-15})) pid
  if running "$name"; then
    read -r pid _ <"$PIDS/$name"
    kill "$pid" 2>/dev/null || true
    while running "$name" && [ $SECONDS -lt $end ]; do sleep 0.1; done
    ! running "$name" || kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$PIDS/$name"
}

# kill_strays FOLDER: containers whose engine was killed live on under shims that name its folder; so may its containerd.
kill_strays() {
  local pid
  for pid in $(pgrep -f "^([^ ]*/)?containerd(-shim[^ ]*)? .*$1/" || true); do
    pkill -KILL -P "$pid" || true
    kill -KILL "$pid" 2>/dev/null || true
  done
}
