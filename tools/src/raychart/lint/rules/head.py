"""Rules for the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import per_cluster
from raychart.lint.pods import memory, said_to_ray
from raychart.lint.rule import Fix, Problem, Rule
from raychart.quantities import count, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here

# Ray's processes on a head take most of a gigabyte; with 1.5 GiB the Ray Client server did not start.
_LEAST_MEMORY = 2 * 1000**3
# From here on the head keeps track of more than its default of 1 CPU and 4Gi is good for.
_MANY, _MEMORY_OF_MANY = 100, 8 * 1024**3


def _runs_tasks(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    head = cluster.head
    told = said_to_ray(head, "CPU", "num-cpus")
    if not cluster.types or (told and told[0] == 0):
        return
    keys = told[1] if told else ("rayResources", "CPU")
    found = f"CPU {count(told[0])}" if told else "CPU not set, so the container's"
    path = head.place(*keys)
    own = (*head.path, "rayResources", "CPU")
    fix = Fix("set", path, 0) if path == own and keys == ("rayResources", "CPU") else None
    remedy = f"set {'.'.join(map(str, own))} to 0"
    if keys[0] == "rayStartParams":
        remedy += f", and remove rayStartParams.{keys[1]}, which may not stand beside it"
    yield Problem(
        path,
        f"the head takes tasks ({found}) though there are worker types: one that takes it down takes down all",
        remedy,
        fix,
    )


def _too_small(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    limit = memory(cluster.head)
    if limit and limit < _LEAST_MEMORY:
        yield Problem(
            cluster.head.place_of_resource("limits", "memory"),
            f"a head with {size(limit)} of memory: Ray's own processes need 2Gi, and it is killed or takes no clients",
            f"give clusters.{cluster.name}.head 2Gi or more; 4Gi is the default",
        )


def _small_for_many(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    limit = memory(cluster.head)
    workers = sum(pod.settings.get("maxWorkers") or 0 for pod in cluster.types)
    cap = cluster.settings.get("maxWorkers")
    workers = workers if cap is None else min(workers, int(cap))
    if limit and workers >= _MANY and limit < _MEMORY_OF_MANY:
        yield Problem(
            cluster.head.place_of_resource("limits", "memory"),
            f"a head with {size(limit)} of memory for up to {count(workers)} workers",
            f"give clusters.{cluster.name}.head more, such as cpu: 4 and memory: 16Gi",
        )


RULES = (
    Rule(
        "head-runs-tasks",
        "warning",
        "The head runs tasks although there are worker types.",
        "A task that uses up the head's memory or CPU takes down the GCS, the autoscaler and with them the cluster.",
        "Ray's advice for large clusters; KubeRay passes CPU 0 as --num-cpus=0 and the autoscaler never counts it",
        per_cluster(_runs_tasks),
    ),
    Rule(
        "head-too-small",
        "warning",
        "The head has too little memory for Ray itself.",
        "The head runs the GCS, the dashboard and its agents, the Ray Client server with a process for each client, "
        "and the raylet. With 1.5 GiB the Ray Client server did not start once; with less the kernel kills one of "
        "them, and the cluster goes with it.",
        "Measured with Ray 2.60.0 and KubeRay 1.7.0; this chart's own values files work with 2Gi",
        per_cluster(_too_small),
    ),
    Rule(
        "head-small-for-many",
        "info",
        "The head is small for so many workers.",
        "The GCS keeps the state of every node, actor and task, and each worker talks to it all the time: a head grows "
        "with its cluster.",
        "Ray's advice for large clusters",
        per_cluster(_small_for_many),
    ),
)
