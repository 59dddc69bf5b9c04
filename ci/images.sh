# The images of a test cluster: published where the local docker has them or can pull them, else built here.
# Sourced; sets NODE, RAY, OPERATOR (the real one, or empty), STAND_IN (or empty) and KIND_CONFIG.

images=$root/ci/images

here() { docker image inspect "$1" >/dev/null 2>&1; }

# published IMAGE: true when it is here, or a registry offers it within seconds and it can be pulled.
published() {
  local name=${1%%[:@]*}
  here "$1" && return
  timeout 10 docker manifest inspect "$1" >/dev/null 2>&1 || return 1
  long "pull-${name##*/}" "pulling $1" docker pull -q "$1"
}

# image_of NAME INPUT...: the name of the image that these files and words build.
image_of() { printf 'raychart/%s:%s\n' "$1" "$(hash "${@:2}")"; }

node_image() {
  local binaries
  binaries=$cache/node-$(hash "$images"/node/{binaries,pause.go} "$KUBERNETES_VERSION" "$ETCD_VERSION" "$COREDNS_VERSION" "$CNI_PLUGINS_VERSION")
  if [ ! -d "$binaries" ]; then
    rm -rf "$cache/tmp/binaries"
    long kubernetes "building Kubernetes $KUBERNETES_VERSION, etcd, CoreDNS and the CNI plug-ins (about 12 min on 2 cores)" \
      "$images/node/binaries" "$cache/tmp/binaries"
    mv "$cache/tmp/binaries" "$binaries"
  fi
  installed kubectl >/dev/null || provide kubectl "$binaries/kubectl"
  NODE=$(image_of node "$images"/node/* "$KUBERNETES_VERSION" "$KIND_VERSION" "$ETCD_VERSION" "$COREDNS_VERSION" \
    "$CNI_PLUGINS_VERSION" "$KUBE_ROUTER_VERSION" "$NETLINK_VERSION" "$DEBIAN_RELEASE" \
    "$ETCD_IMAGE_TAG" "$COREDNS_IMAGE_TAG" "$PAUSE_IMAGE_TAG")
  here "$NODE" && return
  debian mmdebstrap
  go_tool
  long node-image "building the kind node image (about 3 min)" "$images/node/build" "$NODE" "$binaries"
}

python_image() {
  PYTHON_BASE=$(image_of python "$images/python/build" "$DEBIAN_RELEASE")
  here "$PYTHON_BASE" && return
  debian mmdebstrap
  long python-image "building the Debian and Python base image (about 1 min)" "$images/python/build" "$PYTHON_BASE"
}

ray_image() {
  RAY=$(image_of ray "$images"/{ray,python}/build "$RAY_VERSION")
  here "$RAY" && return
  python_image
  long ray-image "building the Ray $RAY_VERSION image (about 2 min)" "$images/ray/build" "$RAY" "$PYTHON_BASE"
}

stand_in_image() {
  local sources
  mapfile -t sources < <(find "$images/operator" -type f -not -path '*/__pycache__/*' | sort)
  STAND_IN=$(image_of operator-stand-in "${sources[@]}" "$images/python/build")
  here "$STAND_IN" && return
  python_image
  long operator-image "building the stand-in operator image" "$images/operator/build" "$STAND_IN" "$PYTHON_BASE"
}

if published "$NODE_IMAGE"; then
  NODE=$NODE_IMAGE KIND_CONFIG=$root/ci/kind.yaml
else
  KIND_CONFIG=$images/node/kind.yaml
  node_image
fi
if published "$RAY_IMAGE"; then RAY=$RAY_IMAGE; else ray_image; fi
# The stand-in runs where the real operator cannot be had; its contract is tested wherever it can be built.
OPERATOR= STAND_IN=
if published "$OPERATOR_IMAGE"; then OPERATOR=$OPERATOR_IMAGE; fi
if [ -z "$OPERATOR" ] || have mmdebstrap; then stand_in_image; fi
