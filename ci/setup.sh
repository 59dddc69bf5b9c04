# Everything `make demo` and `make test` need on this machine: used where it is there, installed or built where not.
# Sourced. One at a time; what is finished is kept, so it may be interrupted and run again at any point.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

exec 9>"$cache/lock"
if have flock; then
  flock -n 9 || { say "waiting for another set-up on this machine to finish" && flock 9; }
fi

source "$root/ci/python.sh"
source "$root/ci/tools.sh"
source "$root/ci/docker.sh"
source "$root/ci/images.sh"
exec 9>&-

# A layer of values that deploys what is here, in place of the chart's default images.
RUNNING=${OPERATOR:-$STAND_IN}
IMAGES_LAYER=$cache/images.yaml
cat >"$IMAGES_LAYER" <<Y
operator: {image: {repository: "${RUNNING%:*}", tag: "${RUNNING##*:}"}}
podDefaults: {image: {repository: "${RAY%:*}", tag: "${RAY##*:}"}}
Y
# The stand-in's definitions are enough for the real operator too, and need no network.
CRDS=$root/ci/images/operator/crd.yaml
say "node $NODE, Ray $RAY, operator $RUNNING"
