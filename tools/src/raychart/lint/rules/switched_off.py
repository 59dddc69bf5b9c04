"""A rule for settings of what is not switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.each import dig
from raychart.lint.effective import as_map
from raychart.lint.places import once_a_place
from raychart.lint.rule import Problem, Rule
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Cluster, Subject

# What is off by itself, and on only where `enabled` says so.
_OF_CLUSTER: tuple[tuple[str, ...], ...] = (
    ("dashboard", "httpRoute"),
    ("dashboard", "ingress"),
    ("faultTolerance",),
    ("podDisruptionBudget",),
    ("serveService",),
)


def _switched_off(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        for keys in _OF_CLUSTER:
            if dig(cluster.settings, *keys, "enabled") is False:
                yield from _settings(cluster, keys)


def _settings(cluster: Cluster, keys: tuple[str, ...]) -> Iterator[Problem]:
    """Tell of settings of this cluster alone: under clusterDefaults they are for the clusters that switch it on."""
    said: dict[str, Any] = as_map(dig(cluster.sources[0][1], *keys))
    given = [key for key, value in said.items() if value is not None]
    if given and "enabled" not in said:
        path = (*cluster.path, *keys)
        yield Problem(
            path,
            f"says {', '.join(given)}, and is not switched on",
            f"set {dotted((*path, 'enabled'))} to true, or remove it",
        )


RULES = (
    Rule(
        "setting-switched-off",
        "warning",
        "Something is set and not switched on.",
        "An Ingress with a host, fault tolerance with an address of a Redis, a budget with a number: none is made "
        "until `enabled` is true, and nobody says so. `enabled: false` beside them tells that it is meant.",
        "charts/ray/values.yaml, clusterDefaults",
        once_a_place(_switched_off),
    ),
)
