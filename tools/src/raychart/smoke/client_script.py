"""Use one Ray cluster as an application in its namespace does, and print one JSON line per thing learnt.

Runs inside the client pod with the Ray image's Python: the standard library and ray, nothing else. It is sent there
as text (client.py), so it must not import the rest of the package.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
import time
from typing import Any

import ray

HOST, PORT = os.environ["SMOKE_HOST"], int(os.environ["SMOKE_PORT"])
NODES = int(os.environ["SMOKE_NODES"])
TASKS = int(os.environ["SMOKE_TASKS"])
OBJECT_BYTES = int(os.environ["SMOKE_OBJECT_BYTES"])
TIMEOUT = float(os.environ["SMOKE_TIMEOUT"])
DEADLINE = time.monotonic() + TIMEOUT


def main() -> None:
    """Connect, then do each piece of work in turn; an exception ends the script with a non-zero code."""
    say("started", ray=ray.__version__, python=sys.version.split()[0])
    wait_for_port()
    say("port open")
    attempts = connect()
    say("connected", attempts=attempts)
    for name, work in (("task", task), ("nodes", nodes), ("actor", actor), ("object", large_object), ("tasks", tasks)):
        start = time.monotonic()
        try:
            found = work()
        except Exception as problem:
            say("failed", work=name, error=f"{type(problem).__name__}: {problem}"[:2000], resources=resources())
            raise
        say(name, seconds=round(time.monotonic() - start, 4), **found)
    ray.util.disconnect()
    say("done")


def say(what: str, **facts: Any) -> None:
    """Print one line that the watching toolkit reads."""
    print(json.dumps({"smoke": what, **facts}), flush=True)  # noqa: T201 (the pod's log is its only way to speak)


def wait_for_port() -> None:
    """Wait until the address accepts a connection: one tried before that can hang in Ray Client for 30 s."""
    while True:
        try:
            socket.create_connection((HOST, PORT), timeout=1).close()
        except OSError as refused:
            if time.monotonic() > DEADLINE:
                raise TimeoutError(f"{HOST}:{PORT} accepts no connection after {TIMEOUT:g} s ({refused})") from refused
            time.sleep(0.1)
        else:
            return


def connect() -> int:
    """Connect to the cluster and return how many attempts that took."""
    attempt = 1
    while True:
        try:
            ray.init(f"ray://{HOST}:{PORT}", logging_level="WARNING")
        except (ConnectionError, RuntimeError, OSError) as refused:
            say("not connected yet", attempt=attempt, error=str(refused)[-500:])
            if time.monotonic() > DEADLINE:
                raise
            ray.util.disconnect()
            attempt += 1
            time.sleep(0.5)
        else:
            return attempt


def resources() -> Any:
    """Return what the cluster can run, for the message about work that did not run."""
    try:
        return ray.cluster_resources()
    except Exception as unknown:  # noqa: BLE001 (it explains another failure and must not hide it)
        return f"unknown ({unknown})"


def left() -> float:
    """Return the seconds this script may still wait."""
    return max(1.0, DEADLINE - time.monotonic())


@ray.remote
def add(a: int, b: int) -> int:
    """Do the least a task can do."""
    return a + b


@ray.remote
def echo(blob: bytes) -> tuple[str, bytes]:
    """Return the digest of what arrived, and what arrived."""
    return hashlib.sha256(blob).hexdigest(), blob


class Counter:
    """Keep a number between calls."""

    def __init__(self) -> None:
        self.value = 0

    def add(self, amount: int) -> int:
        """Add to the number and return it."""
        self.value += amount
        return self.value


def task() -> dict[str, Any]:
    """Run the first task."""
    check("add(20, 22)", ray.get(add.remote(20, 22), timeout=left()), 42)
    return {}


def nodes() -> dict[str, Any]:
    """Wait until Ray itself knows the head and every worker expected."""
    while True:
        alive = sum(bool(node["Alive"]) for node in ray.nodes())
        if alive >= NODES:
            return {"alive": alive}
        if time.monotonic() > DEADLINE:
            raise TimeoutError(f"Ray knows {alive} live nodes after {TIMEOUT:g} s, expected {NODES}")
        time.sleep(0.2)


def actor() -> dict[str, Any]:
    """Call an actor three times."""
    counter = ray.remote(Counter).remote()
    check("the actor's sums", [ray.get(counter.add.remote(n), timeout=left()) for n in (1, 2, 3)], [1, 3, 6])
    ray.kill(counter)
    return {}


def large_object() -> dict[str, Any]:
    """Send a large object and get it back."""
    blob = os.urandom(OBJECT_BYTES)
    digest, returned = ray.get(echo.remote(ray.put(blob)), timeout=left())
    check("the object's digest in the cluster", digest, hashlib.sha256(blob).hexdigest())
    check("the object's digest after its return", hashlib.sha256(returned).hexdigest(), digest)
    return {"bytes": OBJECT_BYTES}


def tasks() -> dict[str, Any]:
    """Run tasks one after the other and time each round trip."""
    milliseconds = []
    for n in range(TASKS):
        start = time.perf_counter()
        check(f"add({n}, 1)", ray.get(add.remote(n, 1), timeout=left()), n + 1)
        milliseconds.append(round((time.perf_counter() - start) * 1000, 3))
    return {"milliseconds": milliseconds}


def check(what: str, found: object, expected: object) -> None:
    """Raise when a result is not the right one."""
    if found != expected:
        raise AssertionError(f"{what}: {found!r} instead of {expected!r}")


if __name__ == "__main__":
    main()
