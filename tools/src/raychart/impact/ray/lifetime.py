"""RayJobs, RayServices and RayCronJobs that come, go, are refused, or are looked after by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.about import about_itself, keys_of
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping, text
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.labels import FOR_PODS
from raychart.impact.ray.refused import refusal

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_OWNED = "Kubernetes: owner references"
_COPIED = "KubeRay v1.7.0 constructRayClusterForRayService, constructRayClusterForRayJob"
_ELSEWHERE = "KubeRay v1.7.0 utils:ManagedByExternalController"
_MULTIKUEUE = "kueue.x-k8s.io/multikueue"


def only_comes_or_goes(
    diff: ObjectDiff, context: Context, ledger: Ledger, words: tuple[str, str], pods: tuple[Pods, Pods]
) -> bool:
    """Enter that an object comes or goes, or that nobody acts by its change; tell whether that is all.

    `words` say what comes with it and what goes with it, `pods` how many it has before and after.
    """
    comes, goes = words
    before, after = pods
    if diff.kind == "added" and (problem := refusal(diff, context)):
        ledger.add("rejected", problem)
    elif diff.kind == "added":
        reason = f"{comes}, unless it is suspended" if is_suspended(diff.new) else comes
        ledger.add("scale-up", Because(reason, "KubeRay v1.7.0"), pods=after)
    elif diff.kind == "removed":
        ledger.add("replace", Because(f"{goes}{context.where_pruned}", _OWNED), pods=before)
    elif diff.kind == "renamed":
        # Those of the other one are made beside those that go.
        both = Pods(max(before.least, after.least), max(before.most, after.most))
        ledger.add("replace", Because(f"under another name it is another one: {goes}", _OWNED), pods=both)
    elif problem := refusal(diff, context):
        ledger.add("rejected", problem)
    elif text(diff.new.body if diff.new else None, "spec", "managedBy") == _MULTIKUEUE:
        about_itself(ledger)
        reason = "managedBy is multikueue: this namespace's operator leaves it alone, and what runs of it without care"
        ledger.add("ignored", Because(reason, _ELSEWHERE), ledger.uncovered())
    else:
        _passed_on(diff, ledger)
        about_itself(ledger)
        return False
    return True


def _passed_on(diff: ObjectDiff, ledger: Ledger) -> None:
    """Enter that annotations by which pods are made are passed on to clusters when these are made."""
    changes = [
        change
        for change in diff.changes
        if change.path[:2] == ("metadata", "annotations") and any(key in FOR_PODS for key in keys_of(change, 2))
    ]
    if diff.manifest.kind in {"RayJob", "RayService"}:
        reason = (
            "KubeRay passes the annotation on to the next cluster that it makes: the one that is there has none of it"
        )
        ledger.add("ignored", Because(reason, _COPIED), changes)


def spec_of(manifest: Manifest | None) -> dict[str, object]:
    """Return the spec of an object, an empty one where it has none."""
    return mapping(manifest.body if manifest else None, "spec")


def is_suspended(manifest: Manifest | None) -> bool:
    """Tell whether an object is suspended; where suspend is not said it is not."""
    return spec_of(manifest).get("suspend") is True


def of_field(diff: ObjectDiff, *fields: str) -> list[Change]:
    """Return the changes of some fields of the spec."""
    paths = {("spec", field) for field in fields}
    return [change for change in diff.changes if change.path[:2] in paths]


def suspension(diff: ObjectDiff, ledger: Ledger, words: tuple[str, str], pods: tuple[Pods, Pods], source: str) -> None:
    """Enter what suspending and resuming do; `words` say what each means, `pods` how many it has before and after."""
    changes = of_field(diff, "suspend")
    before, after = is_suspended(diff.old), is_suspended(diff.new)
    if after and not before:
        ledger.add("replace", Because(words[0], source), changes, pods=pods[0])
    elif before and not after:
        ledger.add("scale-up", Because(words[1], source), changes, pods=pods[1])
    else:
        ledger.add("none", Because("false is what it is when nothing is said", source), changes, pods=NO_PODS)
