"""What a pod requests of the node that it is put on, as the scheduler adds it up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from raychart.quantities import exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ZERO = Fraction(0)
# The API server takes more for this (k8s.io/apimachinery/pkg/api/resource, ParseQuantity).
_MOST = Fraction(2**63 - 1)
# Resources with a domain of their own that no accelerator has.
_NO_DEVICES = ("kubernetes.io/", "hugepages-")


@dataclass(frozen=True, slots=True)
class Requests:
    """The amounts by resource name, CPUs and bytes, and the labels that the pod wants its node to have."""

    amounts: dict[str, Fraction]
    node: dict[str, frozenset[str]]

    def amount(self, name: str) -> Fraction:
        """Return how much of a resource it is."""
        return self.amounts.get(name, _ZERO)

    @property
    def devices(self) -> list[str]:
        """Return the names of the accelerators and other devices."""
        return [name for name in self.amounts if "/" in name and not name.startswith(_NO_DEVICES)]


def pod_requests(spec: dict[str, Any], beside: Sequence[dict[str, Any]] = ()) -> Requests:
    """Add up a pod spec's containers, with those that are put `beside` them later.

    The larger counts of what runs all the time, with init containers that keep running, and of each other init
    container with what keeps running before it; the overhead comes on top; the pod's own resources go before all
    (k8s.io/component-helpers/resource, PodRequests).
    """
    running = _added(_requests(container) for container in (*_maps(spec.get("containers")), *beside))
    kept: dict[str, Fraction] = {}
    first: dict[str, Fraction] = {}
    for container in _maps(spec.get("initContainers")):
        own = _added([kept, _requests(container)])
        if container.get("restartPolicy") == "Always":
            kept = own
        first = _larger(first, own)
    total = _larger(_added([running, kept]), first)
    total |= _requests({"resources": spec.get("resources")})
    return Requests(_added([total, _amounts(spec.get("overhead"))]), _wanted(spec))


def _requests(container: dict[str, Any]) -> dict[str, Fraction]:
    """Return a container's requests; one that is not given is the limit."""
    resources = container.get("resources")
    about = resources if isinstance(resources, dict) else {}
    return _amounts(about.get("limits")) | _amounts(about.get("requests"))


def _amounts(given: object) -> dict[str, Fraction]:
    found = {str(name): exact(amount) for name, amount in given.items()} if isinstance(given, dict) else {}
    return {name: min(amount, _MOST) for name, amount in found.items() if amount is not None}


def _added(parts: Iterable[dict[str, Fraction]]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for part in parts:
        for name, amount in part.items():
            total[name] = total.get(name, _ZERO) + amount
    return total


def _larger(one: dict[str, Fraction], other: dict[str, Fraction]) -> dict[str, Fraction]:
    return {name: max(one.get(name, _ZERO), other.get(name, _ZERO)) for name in (*one, *other)}


def _wanted(spec: dict[str, Any]) -> dict[str, frozenset[str]]:
    """Return the labels of the nodes that a pod may be on, as nodeSelector and required affinity name them."""
    selector = spec.get("nodeSelector")
    wanted = (
        {str(key): frozenset({str(value)}) for key, value in selector.items()} if isinstance(selector, dict) else {}
    )
    step: Any = spec
    for key in ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"):
        step = step.get(key) if isinstance(step, dict) else None
    # Of several terms one is enough, so none says what the node is like.
    terms = _maps(step)
    for expression in _maps(terms[0].get("matchExpressions")) if len(terms) == 1 else ():
        values = expression.get("values")
        if expression.get("operator") == "In" and isinstance(values, list):
            wanted.setdefault(str(expression.get("key")), frozenset(map(str, values)))
    return wanted


def _maps(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
