"""A spec as data, once the schema has accepted it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from raychart.quantities import GI, read_cpus, read_memory, rounded_up

if TYPE_CHECKING:
    from collections.abc import Mapping

ONE = Decimal(1)
POD_SECONDS = 30
"""What a worker is taken to need for its start on a node, where the spec does not say."""
RAY_MEMORY = GI
"""What Ray's own processes on a node are given."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of nodes."""

    name: str
    labels: Mapping[str, str]
    taints: tuple[str, ...]
    spot: bool
    start_seconds: float
    notice_seconds: int | None


@dataclass(frozen=True, slots=True)
class Workers:
    """A kind of workers: what one of them has, and how many there may be.

    `memory` is None where nothing says how much; `stated` tells that it was said and not reckoned.
    """

    name: str
    tasks: int
    cpus_per_task: Decimal
    cpus: Decimal
    memory: int | None
    stated: bool
    memory_per_task: int | None
    objects: int | None
    gpus: int
    at_most: int
    always: int
    pools: tuple[str, ...]
    start_seconds: float
    start_stated: bool
    idle_minutes: float | None


@dataclass(frozen=True, slots=True)
class Window:
    """Busy hours; times are minutes of the day, days count from Sunday (0)."""

    name: str
    days: tuple[int, ...]
    begin: int
    end: int
    workers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Head:
    """The head; what is None is the chart's."""

    cpus: Decimal | None = None
    memory: int | None = None
    pools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """An image, taken apart; what is not said is empty."""

    repository: str
    tag: str
    digest: str

    @property
    def ray(self) -> str | None:
        """Return the version of Ray that the tag of an image called ray begins with: 2.60.0-py312."""
        said = _RAY_TAG.match(self.tag) if self.repository.rpartition("/")[2] in _RAY_IMAGES else None
        return said[0] if said else None


_RAY_IMAGES = {"ray", "ray-ml", "ray-llm"}
_RAY_TAG = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?![0-9.])")


@dataclass(frozen=True, slots=True)
class Spec:
    """What a team needs."""

    namespace: str
    cluster: str
    head: Head
    workers: tuple[Workers, ...]
    pools: Mapping[str, Pool]
    windows: tuple[Window, ...]
    ray_version: str | None = None
    image: Image | None = None
    modeline: str | None = None
    workers_at_most: int | None = None
    upscaling_speed: float | None = None
    cpu_limits: bool = True
    longest_task_minutes: float | None = None
    time_zone: str | None = None
    dashboard: Mapping[str, str] = field(default_factory=dict)
    fault_tolerance: Mapping[str, str] = field(default_factory=dict)
    quota: Mapping[str, Any] = field(default_factory=dict)

    def node_seconds(self, pools: tuple[str, ...]) -> float:
        """Return how long a node of these pools takes to come."""
        return max((self.pools[name].start_seconds for name in pools if name in self.pools), default=0)

    def launch_seconds(self, workers: Workers) -> float:
        """Return how long a worker takes to start, its node included."""
        return self.node_seconds(workers.pools) + workers.start_seconds


def spec_of(data: Mapping[str, Any]) -> Spec:
    """Read a spec out of data that the schema accepts."""
    head = data.get("head") or {}
    image = _image(data["image"]) if "image" in data else None
    return Spec(
        namespace=data["namespace"],
        cluster=data.get("cluster", "main"),
        head=Head(
            read_cpus(head["cpus"]) if "cpus" in head else None,
            read_memory(head["memory"]) if "memory" in head else None,
            _names(head.get("nodes")),
        ),
        workers=tuple(_workers(name, of) for name, of in data["workers"].items() if of is not None),
        pools={name: _pool(name, of) for name, of in (data.get("nodes") or {}).items() if of is not None},
        windows=tuple(_window(name, of) for name, of in (data.get("busyHours") or {}).items() if of is not None),
        ray_version=data.get("rayVersion") or (image.ray if image else None),
        image=image,
        modeline=data.get("modeline"),
        workers_at_most=data.get("workersAtMost"),
        upscaling_speed=data.get("upscalingSpeed"),
        cpu_limits=data.get("cpuLimits", True),
        longest_task_minutes=data.get("longestTaskMinutes"),
        time_zone=data.get("timeZone"),
        dashboard=data.get("dashboard") or {},
        fault_tolerance=data.get("faultTolerance") or {},
        quota=data.get("quota") or {},
    )


def _image(text: str) -> Image:
    named, _, digest = text.partition("@")
    repository, colon, tag = named.rpartition(":")
    # What follows the last colon may be a registry's port.
    return Image(repository, tag, digest) if colon and "/" not in tag else Image(named, "", digest)


def _workers(name: str, of: Mapping[str, Any]) -> Workers:
    gpus = of.get("gpus", 0)
    per_task = read_cpus(of["cpusPerTask"]) if "cpusPerTask" in of else ONE
    tasks = of.get("tasks") or gpus or max(1, int(read_cpus(of.get("cpus", 1)) / per_task))
    cpus = read_cpus(of["cpus"]) if "cpus" in of else tasks * per_task
    memory_per_task = read_memory(of["memoryPerTask"]) if "memoryPerTask" in of else None
    objects = read_memory(of["objectMemory"]) if "objectMemory" in of else None
    memory = read_memory(of["memory"]) if "memory" in of else None
    return Workers(
        name=name,
        tasks=tasks,
        cpus_per_task=per_task,
        cpus=cpus,
        memory=_reckoned(tasks, memory_per_task, objects) if memory is None else memory,
        stated=memory is not None,
        memory_per_task=memory_per_task,
        objects=objects,
        gpus=gpus,
        at_most=of["atMost"],
        always=of.get("always", 0),
        pools=_names(of.get("nodes")),
        start_seconds=of.get("startSeconds", POD_SECONDS),
        start_stated="startSeconds" in of,
        idle_minutes=of.get("idleMinutes"),
    )


def _reckoned(tasks: int, per_task: int | None, objects: int | None) -> int | None:
    """Return the memory of a worker: its tasks, Ray's own, and objects, half of the whole at most, 30 % unless said."""
    if per_task is None:
        return None
    needed = tasks * per_task + RAY_MEMORY
    return rounded_up(-(-needed * 10 // 7) if objects is None else max(needed + objects, 2 * objects))


def _pool(name: str, of: Mapping[str, Any]) -> Pool:
    return Pool(
        name,
        of.get("labels") or {},
        tuple(of.get("taints") or ()),
        of.get("spot", False),
        of.get("startSeconds", 0),
        of.get("noticeSeconds"),
    )


_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def _window(name: str, of: Mapping[str, Any]) -> Window:
    return Window(name, _days(of.get("days")), _minutes(of["from"]), _minutes(of["to"]), of["workers"])


def _days(text: str | None) -> tuple[int, ...]:
    if text is None:
        return tuple(range(7))
    days: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        days |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}
    return tuple(sorted(days))


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def _names(pools: str | list[str] | None) -> tuple[str, ...]:
    if pools is None:
        return ()
    return (pools,) if isinstance(pools, str) else tuple(pools)
