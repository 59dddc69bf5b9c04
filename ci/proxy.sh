# A proxy for the test cluster, which carries Ingresses and the Gateway API, and the definitions that it watches.
# Sourced after images.sh; sets PROXY and PROXY_CRDS, a folder.

# module_folder MODULE@VERSION: where Go keeps it.
module_folder() { (cd "$cache/tmp" && GOFLAGS=-mod=mod go mod download -json "$1") | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])'; }

proxy_image() {
  local program
  PROXY=$(image_of proxy "$images"/proxy/{binary,build} "$images"/proxy/without/* "$TRAEFIK_VERSION")
  here "$PROXY" && return
  program=$cache/tmp/traefik-$TRAEFIK_VERSION
  long traefik "building traefik $TRAEFIK_VERSION (about 4 min on 2 cores)" "$images/proxy/binary" "$program"
  long proxy-image "building the proxy's image" "$images/proxy/build" "$PROXY" "$program"
  rm "$program"
}

# Nothing of them is kept in the repository: the modules carry them, and traefik says which Gateway API it is made for.
proxy_crds() {
  local traefik gateway
  PROXY_CRDS=$cache/proxy-crds-$TRAEFIK_VERSION
  [ -d "$PROXY_CRDS" ] && return
  go_tool
  traefik=$(module_folder "github.com/traefik/traefik/v3@v$TRAEFIK_VERSION")
  gateway=$(module_folder "sigs.k8s.io/gateway-api@$(awk '$1 == "sigs.k8s.io/gateway-api" {print $2}' "$traefik/go.mod")")
  rm -rf "$cache/tmp/proxy-crds" && mkdir -p "$cache/tmp/proxy-crds"
  cp "$gateway"/config/crd/standard/gateway.networking.k8s.io_*.yaml \
    "$traefik"/docs/content/reference/dynamic-configuration/traefik.io_*.yaml "$cache/tmp/proxy-crds"
  rm "$cache/tmp/proxy-crds/gateway.networking.k8s.io_vap_safeupgrades.yaml"
  chmod u+w "$cache"/tmp/proxy-crds/*
  mv "$cache/tmp/proxy-crds" "$PROXY_CRDS"
}

if published "traefik:v$TRAEFIK_VERSION"; then PROXY=traefik:v$TRAEFIK_VERSION; else proxy_image; fi
proxy_crds
