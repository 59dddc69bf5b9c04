"""Replace the pods of a worker type that are out of date: those without work first, a few at a time."""

import time

from rollout_health import await_pod
from rollout_pods import is_ready, name_of
from rollout_ray import BUSY, DRAINING, GONE, IDLE

ORDER = (GONE, IDLE, DRAINING, BUSY)


def state_of(worker, states):
    """Return what a worker is, which is its busiest pod's state. A pod that is not ready and not Ray's has no work."""
    found = [states.get(name_of(pod), BUSY if is_ready(pod) else GONE) for pod in worker]
    return max(found, key=ORDER.index)


class Workers:
    """The worker types of one cluster, brought in line by one policy."""

    def __init__(self, policy, api, ray, log, clock=time.time):
        self._policy, self._api, self._ray, self._log, self._clock = policy, api, ray, log, clock
        self._deadlines = {}
        self._touched = set()

    def roll(self, kind, states):
        """Do what can be done now with one type; say whether there is anything left to wait for.

        Stops where a replacement does not become ready: the next one would not either.
        """
        if not kind.old and kind.name not in self._touched:
            return False
        for worker in kind.fresh:
            for pod in worker:
                await_pod(pod, kind, self._log)
        found = {state: [worker for worker in kind.old if state_of(worker, states) == state] for state in ORDER}
        self._account(kind, found)
        for worker in found[GONE]:
            self._delete(kind, worker, "has no work")
        for worker in found[DRAINING]:
            self._attend(kind, worker)
        free = self._policy["maxUnavailable"] - kind.missing - len(found[GONE]) - len(found[DRAINING])
        for worker in found[IDLE]:
            # One with fewer pods than a worker is to have is none to the operator, which makes others beside it.
            whole = len(worker) >= kind.hosts
            if (free > 0 or not whole) and self._retire(kind, worker):
                free -= whole
        if self._policy["workers"] == "rolling" and not found[IDLE]:
            for worker in found[BUSY][: max(free, 0)]:
                self._drain(kind, worker)
        return bool(kind.old or kind.missing)

    def _retire(self, kind, worker):
        """Delete an idle worker that Ray has taken out of service; one that got a task in this moment stays."""
        for pod in worker:
            if not self._ray.retire(name_of(pod)):
                self._log.say(f"{kind.name}: {name_of(pod)} is idle no longer: left for later")
                return False
        self._delete(kind, worker, "is idle")
        return True

    def _drain(self, kind, worker):
        seconds = self._policy["drainSeconds"]
        deadline = self._clock() + seconds
        for pod in worker:
            if self._ray.drain(name_of(pod), int(deadline * 1000)):
                self._deadlines[name_of(pod)] = deadline
                self._log.say(f"{kind.name}: {name_of(pod)} is busy: no more tasks, and {seconds} s for those it has")

    def _attend(self, kind, worker):
        """Delete a draining worker when its time is up; one that another start of this Job drains has its time anew."""
        seconds = self._policy["drainSeconds"]
        if self._clock() >= self._deadlines.setdefault(name_of(worker[0]), self._clock() + seconds):
            self._delete(kind, worker, f"is busy after {seconds} s, and Ray retries its tasks elsewhere")

    def _delete(self, kind, worker, why):
        self._touched.add(kind.name)
        for pod in worker:
            self._api.delete(pod)
            self._log.say(f"{kind.name}: {name_of(pod)} {why}: deleted")

    def _account(self, kind, found):
        counts = [f"{len(workers)} {state}" for state, workers in found.items() if workers and state != GONE]
        if kind.missing:
            counts.append(f"{kind.missing} not there or not ready")
        self._log.once(
            kind.name, f"{kind.name}: {len(kind.old)} out of date{': ' if counts else ''}{', '.join(counts)}"
        )
