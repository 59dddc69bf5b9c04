"""Pods that nobody makes anew: most of what they say cannot be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.about import about_itself
from raychart.impact.ledger import Because, Ledger
from raychart.impact.model import Pods

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.context import Context

_UPDATE = "Kubernetes: pod update, immutable fields"
_ONE = Pods(1, 1)
# What may be changed in a pod that is there (ValidatePodUpdate).
_MUTABLE = {"tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds", "schedulingGates"}


def pod(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a Pod do."""
    if diff.kind == "added":
        ledger.add("scale-up", Because("the pod is made", "Kubernetes: Pod"), pods=_ONE)
    elif diff.kind == "removed":
        ledger.add(
            "scale-down",
            Because(f"the pod goes{context.where_pruned}, and nobody makes it anew", "Kubernetes: Pod"),
            pods=_ONE,
        )
    elif diff.kind == "renamed":
        ledger.add(
            "replace",
            Because("under another name it is another pod: the former one goes", "Kubernetes: Pod"),
            pods=_ONE,
        )
    else:
        about_itself(ledger)
        images = [change for change in diff.changes if _is_image(change)]
        reason = "the container is started again in the same pod, with the other image"
        ledger.add("roll", Because(reason, "Kubernetes: pod update, image"), images, pods=_ONE)
        mutable = [
            change
            for change in diff.changes
            if change.path[:1] == ("spec",) and change.path[1:2] and change.path[1] in _MUTABLE
        ]
        ledger.add("live", Because("it is changed in the pod that is there", _UPDATE), mutable)
        reason = f"most of a pod cannot be changed once it is there: {context.refusal}"
        ledger.add("rejected", Because(reason, _UPDATE), ledger.uncovered())


def _is_image(change: Change) -> bool:
    return (
        change.path[:1] == ("spec",)
        and change.path[1:2] in {("containers",), ("initContainers",)}
        and change.path[3:] == ("image",)
    )
