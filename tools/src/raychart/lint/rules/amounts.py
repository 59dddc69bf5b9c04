"""Rules for amounts that are quantities, but none that anybody means: a unit is missing, or one too many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_map
from raychart.lint.places import all_pods, once_a_place
from raychart.lint.pods import other_containers
from raychart.lint.rule import Problem, Rule
from raychart.quantities import count, number, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath

# Below the first no process starts; above the others no machine is for rent.
_LEAST_BYTES = 4 * 1024**2
_MOST_BYTES = 64 * 1024**4
_MOST_CPUS = 2000.0
# What a Ray worker's own processes take before it has a task, measured with an image of Ray 2.60.
_LEAST_OF_RAY = 256 * 1024**2
_IN_BYTES = ("memory", "ephemeral-storage")


def _amounts(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject, made=True):
        least = _LEAST_OF_RAY if pod.role in ("head", "worker") else _LEAST_BYTES
        yield from _resources(pod.resources, pod.place_of_resource, least)
        for container in other_containers(pod):
            resources = as_map(container.fields.get("resources"))
            yield from _resources(resources, partial(pod.place, *container.keys, "resources"), _LEAST_BYTES)
        yield from _bytes(pod.place("sharedMemory"), "shared memory", pod.settings.get("sharedMemory"), _LEAST_BYTES)
    for cluster in subject.clusters:
        resources = as_map(as_map(cluster.settings.get("autoscaling")).get("resources"))
        yield from _resources(resources, partial(cluster.place, "autoscaling", "resources"), _LEAST_BYTES)


def _resources(resources: dict[str, Any], place: Callable[..., ValuesPath], least: int) -> Iterator[Problem]:
    for kind in ("requests", "limits"):
        for name, written in as_map(resources.get(kind)).items():
            if name in _IN_BYTES:
                smallest = least if name == "memory" else _LEAST_BYTES
                yield from _bytes(place(kind, name), name.replace("-", " "), written, smallest)
            elif name == "cpu" and (number(written) or 0) > _MOST_CPUS:
                cpus = count(number(written) or 0)
                yield Problem(
                    place(kind, name),
                    f"{cpus} CPUs are more than any machine has",
                    f"write {cpus}m, if thousandths of a CPU are meant, or fewer CPUs",
                )


def _bytes(where: ValuesPath, name: str, written: object, least: int) -> Iterator[Problem]:
    amount = number(written)
    if not amount:
        return
    if amount >= _MOST_BYTES:
        yield Problem(where, f"{written} of {name} is more than any machine has", "write it with Gi or Mi, and less")
    elif amount < _LEAST_BYTES:
        meant = f"{count(amount * 1000 if str(written).endswith('m') else amount)}"
        yield Problem(
            where,
            f"{written} of {name} is {count(amount)} bytes, in which nothing starts",
            f"write the unit: {meant}{'Mi' if float(meant) >= 128 else 'Gi'}",
        )
    elif amount < least:
        yield Problem(
            where,
            f"{size(amount)} of {name}: Ray's own processes take more than {size(least)} before there is a task",
            "give it 1Gi or more",
        )


RULES = (
    Rule(
        "amount-implausible",
        "warning",
        "An amount is so small or so large that its unit is wrong.",
        "Kubernetes takes `memory: 16` for sixteen bytes, `memory: 400m` for less than one, and `cpu: 4000` for four "
        "thousand CPUs. All are in order for it: pods are killed as they start, or wait for a machine that does not "
        "exist.",
        "Kubernetes, resource.Quantity; Ray 2.60, the memory of a worker without tasks",
        once_a_place(_amounts),
    ),
)
