# Starts the Redis of a cluster. The password goes through a file in memory: a process's arguments are no secret.
umask 077
escaped=$(sed 's/[\\"]/\\&/g' /run/secrets/redis/password)
{
  printf 'requirepass "%s"\n' "$escaped"
  # All state in an append-only file, at most a second behind.
  printf 'dir /data\nappendonly yes\nsave ""\n'
} >/run/redis/redis.conf
exec redis-server /run/redis/redis.conf
