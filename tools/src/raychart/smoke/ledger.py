"""What became of each task that the working pod submitted, from the lines it wrote."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raychart.smoke.api import ApiError, Json


@dataclass(slots=True)
class LongTask:
    """One long task; `attempts` above 1 says that it had to be begun again. Times are the cluster's, in seconds."""

    id: str
    kind: str
    attempts: int = 0
    breaks: list[str] = field(default_factory=list)
    returned: bool = False
    withdrawn: bool = False
    node: str = ""
    started: float = 0.0
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class Gap:
    """The longest time between two results; times are the working pod's."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Return its length."""
        return round(self.end - self.start, 2)


class Ledger:
    """Keeps account while the lines come in; `news` is set with each but those of short tasks, which never cease."""

    def __init__(self, news: threading.Event) -> None:
        self._news = news
        self._lock = threading.Lock()
        self._short: dict[int, Json] = {}
        self._long: dict[str, LongTask] = {}
        self._submitted: int | None = None
        self._ahead: float | None = None
        self._keepers: list[str] = []
        self._disconnected: list[str] = []
        self._other: list[str] = []
        self.counted_from = 0.0
        self.done = False
        self.ended = False
        self.refused: ApiError | None = None

    def hear(self, facts: Json) -> None:
        """Take a line of the pod."""
        what = str(facts["smoke"])
        with self._lock:
            behind = time.time() - facts["t"]
            self._ahead = behind if self._ahead is None else min(self._ahead, behind)
            if what == "short":
                self._short[facts["id"]] = facts
            elif what == "long":
                self._note_long(facts)
            elif what == "keeper" and facts["born"] not in self._keepers:
                self._keepers.append(facts["born"])
            elif what == "disconnected":
                self._disconnected.append(str(facts["error"]))
            elif what == "done":
                self._submitted = facts["short"]
                self.done = True
        if what != "short":
            self._news.set()

    def overhear(self, line: str) -> None:
        """Take a line that was not meant for us."""
        with self._lock:
            self._other.append(line)

    def end(self, refused: ApiError | None) -> None:
        """Take notice that the pod has ended or was refused."""
        self.ended, self.refused = True, refused
        self._news.set()

    @property
    def last_words(self) -> str:
        """Return what the pod wrote last that was no line for us."""
        with self._lock:
            return " | ".join(self._other[-3:])

    @property
    def keepers(self) -> tuple[str, ...]:
        """Return the incarnations of the detached actor; there is one unless it was lost."""
        with self._lock:
            return tuple(self._keepers)

    @property
    def disconnections(self) -> tuple[str, ...]:
        """Return why connections were lost."""
        with self._lock:
            return tuple(self._disconnected)

    @property
    def long_tasks(self) -> tuple[LongTask, ...]:
        """Return the long tasks in the order in which they were first submitted."""
        with self._lock:
            return tuple(self._long.values())

    def local(self, at: float) -> float:
        """Translate a time of the working pod into this machine's; right to a few milliseconds of delay."""
        return at + (self._ahead or 0.0)

    def results(self) -> list[float]:
        """Return when each result came, by the working pod's clock."""
        with self._lock:
            return sorted(facts["t"] for facts in self._short.values())

    def results_since(self, at: float) -> int:
        """Return how many results have come since a time of this machine."""
        return sum(self.local(result) > at for result in self.results())

    def works_on(self, kind: str) -> bool:
        """Say whether a long task is under way on a worker type that has proved to work."""
        tasks = [task for task in self.long_tasks if task.kind == kind]
        return any(task.returned for task in tasks) and any(not task.returned and not task.withdrawn for task in tasks)

    def longest_gap(self, since: float | None = None) -> Gap | None:
        """Return the longest gap between two results, of those that end after a time of this machine.

        Unless told otherwise it counts from `counted_from`: a cluster that has just come up stutters.
        """
        since = self.counted_from if since is None else since
        gaps = [Gap(start, end) for start, end in pairwise(self.results()) if self.local(end) > since]
        return max(gaps, key=lambda gap: gap.end - gap.start, default=None)

    def interrupted(self, kind: str) -> list[LongTask]:
        """Return the long tasks of a worker type that were begun more than once, or broke."""
        return [task for task in self.long_tasks if task.kind == kind and (task.breaks or task.attempts > 1)]

    def lost(self) -> list[str]:
        """Return the tasks that were submitted and have not returned: before the end, those under way among them."""
        with self._lock:
            submitted = self._submitted if self._submitted is not None else max(self._short, default=-1) + 1
            short = [f"short task {number}" for number in range(submitted) if number not in self._short]
            return short + [f"long task {t.id}" for t in self._long.values() if not t.returned and not t.withdrawn]

    def wrong(self) -> list[int]:
        """Return the short tasks whose result was another's."""
        with self._lock:
            return [number for number, facts in self._short.items() if not facts["right"]]

    def figures(self) -> Json:
        """Return the account as JSON data."""
        gap = self.longest_gap()
        lost = self.lost()
        with self._lock:
            repeated = sum(facts["tries"] > 1 for facts in self._short.values())
            short = {"returned": len(self._short), "repeated": repeated}
        kinds = dict.fromkeys(task.kind for task in self.long_tasks)
        return {
            "shortTasks": {**short, "lost": sum(one.startswith("short") for one in lost), "wrong": len(self.wrong())},
            "longTasks": {kind: self._count(kind) for kind in kinds},
            "lost": len(lost),
            "longestGapSeconds": gap.seconds if gap else None,
            "reconnections": len(self.disconnections),
        }

    def _count(self, kind: str) -> dict[str, Any]:
        tasks = [task for task in self.long_tasks if task.kind == kind]
        return {
            "submitted": len(tasks),
            "returned": sum(task.returned for task in tasks),
            "interrupted": len(self.interrupted(kind)),
            "withdrawn": sum(task.withdrawn for task in tasks),
        }

    def _note_long(self, facts: Json) -> None:
        task = self._long.setdefault(facts["id"], LongTask(facts["id"], facts["type"]))
        task.attempts = max(task.attempts, facts["attempt"])
        if facts["event"] == "returned":
            task.returned, task.node = True, facts["node"]
            task.started, task.ended = facts["started"], facts["ended"]
        elif facts["event"] == "withdrawn":
            task.withdrawn = True
        elif facts["event"] == "broken":
            task.breaks.append(str(facts["error"]))
