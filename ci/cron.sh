# A program that says when cron expressions fire in Kubernetes, for the tests of the chart's own reading of them.
# Sourced after setup.sh; afterwards cron-firings is on PATH.

cron_firings() {
  local out=$1 work=$cache/tmp/cron-firings
  rm -rf "$work" && mkdir -p "$work" && cd "$work"
  cp "$root/ci/cron/firings.go" .
  go mod init cron-firings
  go mod edit -require="github.com/robfig/cron/v3@v$CRON_VERSION"
  GOFLAGS=-mod=mod CGO_ENABLED=0 go build -o "$out.new" .
  mv "$out.new" "$out"
  rm -rf "$work"
}

firings=$cache/bin/cron-firings-$(hash "$root/ci/cron/firings.go" "$CRON_VERSION")
if [ ! -x "$firings" ]; then
  go_tool
  long cron-firings "building cron-firings" cron_firings "$firings"
fi
provide cron-firings "$firings"
