# kube-score and checkov in the pinned versions, since another version has other rules: the machine's own where they
# are these, else from the Go module and from PyPI into the cache. Sourced after setup.sh; afterwards both are on PATH.

# scanner_here NAME VERSION COMMAND-THAT-PRINTS-IT...: true when the machine, the cache aside, has this one.
scanner_here() {
  local program
  program=$(installed "$1") || return
  "$program" "${@:3}" 2>/dev/null | grep -qwF "$2" && provide "$1" "$program"
}

# Dependencies of its own, dozens and pinned hard: not in the project's environment.
make_checkov() {
  rm -rf "$1"
  python3 -m venv "$1"
  "$1/bin/python" -m pip install -q --disable-pip-version-check "checkov==$CHECKOV_VERSION"
}

checkov_program() {
  local venv=$cache/checkov-$CHECKOV_VERSION
  # The mark is written last, so that an environment that was interrupted is made again.
  if [ ! -f "$venv/made" ]; then
    long checkov "installing checkov $CHECKOV_VERSION" make_checkov "$venv"
    touch "$venv/made"
  fi
  provide checkov "$venv/bin/checkov"
}

exec 9>"$cache/lock" # one at a time, as the set-up
if have flock; then
  flock -n 9 || { say "waiting for another set-up on this machine to finish" && flock 9; }
fi
scanner_here kube-score "$KUBE_SCORE_VERSION" version || {
  go_program kube-score "$KUBE_SCORE_VERSION" github.com/zegl/kube-score/cmd/kube-score "-X main.version=$KUBE_SCORE_VERSION"
  provide kube-score "kube-score-$KUBE_SCORE_VERSION"
}
scanner_here checkov "$CHECKOV_VERSION" --version || checkov_program
exec 9>&-
