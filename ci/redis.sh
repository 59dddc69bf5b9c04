# The Redis image of a test cluster: the chart's default where it can be had, else Debian's redis-server.
# Sourced after setup.sh; sets REDIS.

# The one place that says which is the chart's values.
chart_redis() {
  python - "$root/charts/ray/values.yaml" <<'P'
import sys, yaml
with open(sys.argv[1], encoding="utf-8") as values:
    image = yaml.safe_load(values)["clusterDefaults"]["faultTolerance"]["redis"]["image"]
print(f"{image['repository']}:{image['tag']}")
P
}

redis_image() {
  REDIS=$(image_of redis "$images/redis/build" "$DEBIAN_RELEASE")
  here "$REDIS" && return
  debian mmdebstrap
  long redis-image "building the Redis image (about 1 min)" "$images/redis/build" "$REDIS"
}

REDIS=$(chart_redis)
published "$REDIS" || redis_image
