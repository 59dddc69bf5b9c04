# kind and both Helms: the ones on PATH where there are any, else built from their Go modules into the cache.
# Sourced; afterwards kind, helm, helm3 and helm4 are on PATH.

provide() { # provide NAME FILE: make FILE the program NAME
  ln -sfn "$2" "$cache/bin/$1"
}

provide_helm() { # provide_helm 3|4 VERSION LDFLAGS
  local candidate program
  for candidate in "helm$1" helm; do
    program=$(installed "$candidate") || continue
    if "$program" version --template '{{.Version}}' 2>/dev/null | grep -q "^v$1\."; then
      provide "helm$1" "$program"
      return
    fi
  done
  go_program "helm$1" "$2" "helm.sh/helm/v$1/cmd/helm" "-X helm.sh/helm/v$1/internal/version.version=v$2 ${3:-}"
  provide "helm$1" "helm$1-$2"
}

# What Helm 3 takes the cluster's version for when it renders without one is set when it is built.
chartutil=helm.sh/helm/v3/pkg/chartutil
provide_helm 3 "$HELM3_VERSION" "-X $chartutil.k8sVersionMajor=1 -X $chartutil.k8sVersionMinor=$HELM3_KUBERNETES_MINOR"
provide_helm 4 "$HELM4_VERSION"
installed helm >/dev/null || provide helm helm4

if ! installed kind >/dev/null; then
  go_program kind "$KIND_VERSION" sigs.k8s.io/kind
  provide kind "kind-$KIND_VERSION"
fi
