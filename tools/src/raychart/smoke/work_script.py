"""Keep a Ray cluster at work while things happen to it, and print one JSON line per thing learnt.

Runs inside a pod with the Ray image's Python: the standard library and ray, nothing else. It is sent there as text
(long_work.py), so it must not import the rest of the package. Short tasks go one after the other, all the time; beside
them a long task runs on every worker type, followed by the next. A connection that is lost is made again, plainly.
SIGTERM ends it: what is under way is brought to its end, nothing new is begun.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
import uuid
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError

HOST, PORT = os.environ["SMOKE_HOST"], int(os.environ["SMOKE_PORT"])
SECONDS = float(os.environ["SMOKE_SECONDS"])
# Worker types without long tasks, because their pods are meant to become idle.
LEAVE = os.environ["SMOKE_LEAVE"].split()
# Long tasks belong to a detached actor on a worker, not to this client, whose place in the cluster is the head.
DETACHED = bool(os.environ.get("SMOKE_DETACHED"))
BURST = json.loads(os.environ.get("SMOKE_BURST") or "null")
KEEPER = "raychart-smoke-keeper"
GROUP = "ray.io/node-group"
PAUSE = 0.2
# A slot that any pod has, beside whatever else runs there.
SLIVER = 0.01
# So long a task may wait for a pod of a type that has none any more.
WITHDRAWN_AFTER = 10.0
# So long, at the end, one that broke waits for such a pod; then it is lost.
LOST_AFTER = 60.0

ending = threading.Event()


def main() -> None:
    """Do what the environment says, until it is done or SIGTERM comes."""
    heed()
    if BURST:
        connect()
        burst(**BURST)
    else:
        stream()


def say(what: str, **facts: Any) -> None:
    """Print one line that the watching toolkit reads."""
    print(json.dumps({"smoke": what, "t": round(time.time(), 3), **facts}), flush=True)  # noqa: T201 (the pod's log)


def heed() -> None:
    """Take SIGTERM as the word to end, in a thread of its own: ray.init puts its own handler in place of any other."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Thread(target=await_word, daemon=True).start()


def await_word() -> None:
    """Wait for SIGTERM."""
    signal.sigwait({signal.SIGTERM})
    ending.set()


def connect() -> None:
    """Connect as soon as the address accepts a connection, however long that takes."""
    said, attempts = 0.0, 0
    while True:
        attempts += 1
        try:
            socket.create_connection((HOST, PORT), timeout=1).close()
            ray.init(f"ray://{HOST}:{PORT}", namespace=KEEPER, logging_level="ERROR", log_to_driver=False)
        except Exception as refused:  # noqa: BLE001 (whatever it is, the address is tried again)
            if time.monotonic() - said > 2:
                say("not connected", error=f"{type(refused).__name__}: {refused}"[-300:])
                said = time.monotonic()
            disconnect()
            time.sleep(PAUSE)
        else:
            say("connected", attempts=attempts)
            return


def disconnect() -> None:
    """Forget the connection, whatever state it is in."""
    try:
        ray.util.disconnect()
    except Exception as problem:  # noqa: BLE001 (the connection is lost already)
        say("not disconnected", error=f"{type(problem).__name__}: {problem}"[-300:])


def echo(number: int) -> tuple[int, str]:
    """Do the least a task can do, and say where."""
    return number, os.uname().nodename


def endure(seconds: float) -> dict[str, Any]:
    """Run for so long, and say where and when."""
    started = time.time()
    time.sleep(seconds)
    return {"node": os.uname().nodename, "started": round(started, 3), "ended": round(time.time(), 3)}


class Chains:
    """One long task after the other on each worker type; records what becomes of each.

    Ray is told never to run one again by itself, so that none starts twice unnoticed: a task that breaks is recorded,
    then submitted once more under the same id. The first of each type ends at once, as a sign that the type works.
    """

    def __init__(self, seconds: float, leave: list[str]) -> None:
        self.seconds, self.leave = seconds, leave
        self.born, self.calls = uuid.uuid4().hex, 0
        self.records: list[dict[str, Any]] = []
        self.under_way: dict[str, dict[str, Any]] = {}
        self.count: dict[str, int] = {}
        self.cpus: dict[str, float] = {}
        self.looked = 0.0

    def tick(self, known: int, ending: bool) -> dict[str, Any]:
        """Move each chain on; return the records after the first `known`, and how many tasks are under way."""
        self.calls += 1
        if time.monotonic() - self.looked > 1:
            self.cpus = worker_types()
            self.looked = time.monotonic()
        for kind in list(self.under_way):
            self._follow(kind, ending)
        for kind in self.cpus:
            if not ending and kind not in self.under_way and kind not in self.leave:
                number = self.count[kind] = self.count.get(kind, 0) + 1
                self.under_way[kind] = {"id": f"{kind}/{number}", "attempt": 0, "ref": None}
                self._submit(kind)
        news = {"records": self.records[known:], "underWay": len(self.under_way)}
        return {**news, "born": self.born, "calls": self.calls}

    def let_go(self, why: str) -> None:
        """Record that whatever is under way is lost to its owner, to be submitted again."""
        for kind, task in self.under_way.items():
            if task["ref"] is not None:
                self._record(kind, "broken", error=why)
                task["ref"] = None

    def _submit(self, kind: str) -> None:
        task = self.under_way[kind]
        task["attempt"] += 1
        slots = SLIVER if self.cpus[kind] else 0
        long = ray.remote(endure).options(max_retries=0, num_cpus=slots, label_selector={GROUP: kind})
        task["ref"] = long.remote(0 if self.count[kind] == 1 else self.seconds)
        task["seen"] = time.monotonic()
        self._record(kind, "submitted")

    def _follow(self, kind: str, ending: bool) -> None:
        task = self.under_way[kind]
        if kind in self.cpus:
            task["seen"] = time.monotonic()
        if task["ref"] is None:
            if kind in self.cpus:
                self._submit(kind)
            elif ending and time.monotonic() - task["seen"] > LOST_AFTER:
                del self.under_way[kind]
            return
        if ray.wait([task["ref"]], timeout=0)[0]:
            try:
                facts = ray.get(task["ref"])
            except RayError as problem:
                self._record(kind, "broken", error=f"{type(problem).__name__}: {problem}"[:300])
                task["ref"] = None
            else:
                self._record(kind, "returned", **facts)
                del self.under_way[kind]
        elif time.monotonic() - task["seen"] > WITHDRAWN_AFTER:
            # No pod of the type is left: what never began is not lost, it has no place to run any more.
            ray.cancel(task["ref"])
            self._record(kind, "withdrawn")
            del self.under_way[kind]

    def _record(self, kind: str, event: str, **facts: Any) -> None:
        task = self.under_way[kind]
        about = {
            "event": event,
            "type": kind,
            "id": task["id"],
            "attempt": task["attempt"],
            "at": round(time.time(), 3),
        }
        self.records.append({**about, **facts})


class Detached:
    """The same, done by an actor that outlives this client and the head."""

    def __init__(self, cpus: dict[str, float]) -> None:
        options = {"name": KEEPER, "lifetime": "detached", "num_cpus": 0, "label_selector": {GROUP: min(cpus)}}
        self.actor = ray.remote(Chains).options(get_if_exists=True, **options).remote(SECONDS, LEAVE)
        self.call: Any = None

    def tick(self, known: int, ending: bool) -> dict[str, Any]:
        """Have the actor do it, without waiting: it may wait for the new head, and short tasks need not wait for it."""
        if self.call is None:
            self.call = self.actor.tick.remote(known, ending)
        if not ray.wait([self.call], timeout=0)[0]:
            return {"records": [], "underWay": 1, "born": "", "calls": 0}
        news: dict[str, Any] = ray.get(self.call)
        self.call = None
        return news

    def let_go(self, why: str) -> None:
        """Do nothing: the tasks are the actor's."""


def stream() -> None:
    """Work until SIGTERM, over any number of connections."""
    state: dict[str, Any] = {"number": 0, "known": 0, "short": None, "chains": None}
    while True:
        connect()
        try:
            if state["chains"] is None or DETACHED:
                state["chains"] = Detached(await_types()) if DETACHED else Chains(SECONDS, LEAVE)
            while not work_once(state):
                time.sleep(PAUSE)
        except Exception as problem:  # noqa: BLE001 (whatever it is, the connection is of no use any more)
            why = f"{type(problem).__name__}: {problem}"[:300]
            say("disconnected", error=why)
            if state["chains"] is not None:
                state["chains"].let_go(why)
            disconnect()
        else:
            say("done", short=state["number"])
            disconnect()
            return


def work_once(state: dict[str, Any]) -> bool:
    """Move the long tasks on and run one short task; True when all has come to its end after SIGTERM."""
    over = ending.is_set()
    news = state["chains"].tick(state["known"], over)
    state["known"] += len(news["records"])
    for record in news["records"]:
        say("long", **record)
    if DETACHED and news["calls"] % 10 == 1:
        say("keeper", born=news["born"], calls=news["calls"])
    if over and not news["underWay"] and not state["short"]:
        return True
    if not state["short"] and not over:
        state["short"] = {"id": state["number"], "tries": 0, "since": time.time()}
        state["number"] += 1
    if state["short"] and run_short(state["short"]):
        state["short"] = None
    return False


def run_short(short: dict[str, Any]) -> bool:
    """Run a short task and say what came of it; False when it has to be tried again."""
    short["tries"] += 1
    ref = ray.remote(echo).options(max_retries=0, num_cpus=SLIVER).remote(short["id"])
    while True:
        try:
            number, node = ray.get(ref, timeout=2)
        except GetTimeoutError:
            say("waiting", id=short["id"])
        except RayError as problem:
            if not ray.util.client.ray.is_connected():
                raise
            say("short broken", id=short["id"], error=f"{type(problem).__name__}: {problem}"[:300])
            return False
        else:
            seconds = round(time.time() - short["since"], 4)
            say("short", id=short["id"], right=number == short["id"], node=node, seconds=seconds, tries=short["tries"])
            return True


def worker_types() -> dict[str, float]:
    """Return the worker types that have live nodes, each with the CPUs that one offers."""
    nodes = [node for node in ray.nodes() if node["Alive"] and "node:__internal_head__" not in node["Resources"]]
    return {
        node["Labels"][GROUP]: float(node["Resources"].get("CPU", 0))
        for node in nodes
        if GROUP in node.get("Labels", {})
    }


def await_types() -> dict[str, float]:
    """Wait until there is a worker."""
    while not (found := worker_types()):
        time.sleep(PAUSE)
    return found


def burst(tasks: int, seconds: float, resource: str) -> None:
    """Submit so many tasks at once, each of which takes one of a resource, and say when each has returned."""
    run = ray.remote(endure).options(num_cpus=0, resources={resource: 1})
    refs = {run.remote(seconds): number for number in range(tasks)}
    say("submitted", tasks=tasks)
    while refs:
        ready, _ = ray.wait(list(refs), timeout=5)
        for ref in ready:
            say("burst", id=refs.pop(ref), **ray.get(ref))
        if ending.is_set():
            return
    say("done", tasks=tasks)
    disconnect()


if __name__ == "__main__":
    main()
