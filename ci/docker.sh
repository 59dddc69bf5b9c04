# A docker daemon that answers: the one that runs, else one started here with its data in the cache.
# Sourced.

docker_answers() { timeout 10 docker info >/dev/null 2>&1; }

# Without CAP_SYS_RESOURCE (bit 24) in the bounding set no privileged container starts, unless that one
# capability is taken out of what the container asks for.
lacks_sys_resource() {
  local bounding
  bounding=$(awk '/^CapBnd/ {print $2}' /proc/self/status)
  (((16#$bounding >> 24 & 1) == 0))
}

write_daemon_config() {
  if lacks_sys_resource; then
    printf '{"data-root": "%s", "runtimes": {"without-sys-resource": {"path": "%s"}}, "default-runtime": "without-sys-resource"}\n' \
      "$cache/docker" "$cache/bin/runc-without-sys-resource"
    install -m 755 "$root/ci/images/node/runc-without-sys-resource" "$cache/bin/runc-without-sys-resource"
  else
    printf '{"data-root": "%s"}\n' "$cache/docker"
  fi >"$cache/dockerd.json"
}

start_docker() {
  if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
    die "docker: no daemon answers at ${DOCKER_HOST:-the default socket}" "start Docker, or give your user the right to use it, and run the same command again"
  fi
  debian docker.io iptables
  docker_answers && return # the package may have started it
  # What a daemon that was killed left behind would keep the next one from starting.
  rm -f /var/run/docker.pid "$cache/dockerd.pid"
  write_daemon_config
  say "starting dockerd (log: $cache/log/dockerd.log)"
  setsid nohup dockerd --config-file "$cache/dockerd.json" --pidfile "$cache/dockerd.pid" \
    >"$cache/log/dockerd.log" 2>&1 </dev/null 9>&- & # 9 is the set-up's lock, not dockerd's
  local tries
  for tries in $(seq 60); do
    docker_answers && return
    sleep 0.5
  done
  tail -n 20 "$cache/log/dockerd.log" >&2
  die "docker: dockerd did not answer within 30 s" "see $cache/log/dockerd.log"
}

docker_answers || start_docker
