"""The head service, which KubeRay makes once and never changes: what of later pods it does not follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.about import keys_of
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import text

if TYPE_CHECKING:
    from raychart.impact.ray.sides import Sides

_SOURCE = "KubeRay v1.7.0 rcc:reconcileHeadService"
_NAME = "KubeRay v1.7.0 util.go:GenerateHeadServiceName, GenerateFQDNServiceName"
_AT = "KubeRay v1.7.0 pod.go:GetHeadPort, DefaultWorkerPodTemplate"
_PORT = "6379"
# By these the service finds the head, and by what they were when it was made (service.go: HeadServiceLabels).
_SELECTED = ("app.kubernetes.io/name", "app.kubernetes.io/created-by", "ray.io/identifier")
_TEMPLATE = ("spec", "headGroupSpec", "template")


def head_ports(sides: Sides, ledger: Ledger) -> None:
    """Enter that the head service does not follow the ports of the head's container, where KubeRay made it."""
    changes = [change for change in sides.below(*_TEMPLATE, "spec", "containers") if change.path[6:7] == ("ports",)]
    if _is_made_by_kuberay(sides):
        reason = (
            "KubeRay makes the head service once, with the ports of that time: it stays as it is until it is deleted"
        )
        ledger.add("ignored", Because(reason, _SOURCE), changes, whom=sides.itself)


def head_service_name(sides: Sides, ledger: Ledger) -> None:
    """Enter that pods look for the head under a name that nobody makes a Service of while the former one is there."""
    path = ("spec", "headGroupSpec", "headService")
    before, after = (
        text(spec, *path[1:], "metadata", "name") or f"{sides.name}-head-svc" for spec in (sides.old, sides.new)
    )
    if before != after:
        reason = (
            f"workers that are made from now on look for the head at {after}, which KubeRay does not make as long as "
            f"{before} is there: they cannot join until that is deleted"
        )
        changes = [change for change in sides.below(*path) if change.path[3:4] in {(), ("metadata",)}]
        ledger.add("access", Because(reason, _NAME), changes, whom=sides.itself)


def head_port(sides: Sides, ledger: Ledger) -> None:
    """Enter that workers look for the head at the port that it will have when it is made anew."""
    path = ("spec", "headGroupSpec", "rayStartParams", "port")
    before, after = (text(spec, *path[1:]) or _PORT for spec in (sides.old, sides.new))
    if before != after:
        reason = (
            f"workers that are made from now on look for the head at port {after}, and the head that runs is at "
            f"{before}: they cannot join until it is made anew"
        )
        changes = sides.not_recreated(sides.below(*path))
        ledger.add("access", Because(reason, _AT), changes, whom=sides.itself)


def head_service_labels(sides: Sides, ledger: Ledger) -> None:
    """Enter that the head service does not find a head whose labels are others than when it was made."""
    changes = [
        change
        for change in sides.below(*_TEMPLATE, "metadata", "labels")
        if any(key in _SELECTED for key in keys_of(change, 5))
    ]
    if _is_made_by_kuberay(sides):
        reason = "the head service finds the head by this label as it was: the next head is not reached by it"
        ledger.add("access", Because(reason, _SOURCE), changes, whom=sides.itself)


def _is_made_by_kuberay(sides: Sides) -> bool:
    return sides.context.find("Service", f"{sides.name}-head-svc") is None
