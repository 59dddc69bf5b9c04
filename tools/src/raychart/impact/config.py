"""ConfigMaps and Secrets: when a change reaches the pods that use them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from raychart.impact.about import about_itself, immutable, value_of
from raychart.impact.ledger import Because, Ledger, Whom
from raychart.impact.mappings import mapping, text
from raychart.impact.uses import holders, ways

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.context import Context
    from raychart.impact.uses import Way

_KUBELET = "Kubernetes: kubelet, updates of mounted ConfigMaps and Secrets"
_ENVIRONMENT = "Kubernetes: environment variables are read when a container starts"
_MOST_NAMES = 3


def config(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a ConfigMap or a Secret do."""
    used = _used(diff, context)
    if diff.kind == "removed":
        _removed(diff, context, ledger, used)
    elif diff.kind == "added":
        reason = "it is there for pods that are made from now on" if used else "nothing in this release uses it"
        ledger.add("live", Because(reason, f"Kubernetes: {diff.manifest.kind}"))
    elif diff.kind == "renamed":
        reason = "under another name it is another object: pods read it where their templates name it"
        ledger.add("live", Because(reason, f"Kubernetes: {diff.manifest.kind}"))
    else:
        about_itself(ledger)
        fixed: tuple[tuple[str, ...], ...] = (("type",),) if diff.manifest.kind == "Secret" else ()
        if value_of(diff.old, "immutable") is True:
            fixed += (("data",), ("binaryData",), ("stringData",), ("immutable",))
        immutable(diff, context, ledger, fixed, lost="pods read the new one when they start")
        sealed = [change for change in ledger.uncovered() if change.path == ("immutable",)]
        reason = "what it holds stays; from now on the API server refuses to change it"
        ledger.add("live", Because(reason, f"Kubernetes: {diff.manifest.kind}"), sealed)
        _content(diff, context, ledger, used, ledger.uncovered())


def _used(diff: ObjectDiff, context: Context) -> dict[Way, list[str]]:
    """Return by way of use the names of those whose pods use it."""
    used: defaultdict[Way, list[str]] = defaultdict(list)
    for holder in context.holders:
        for way in ways(holder, diff.manifest.kind, diff.manifest.name):
            if holder.name not in used[way]:
                used[way].append(holder.name)
    return used


def _removed(diff: ObjectDiff, context: Context, ledger: Ledger, used: dict[Way, list[str]]) -> None:
    kind, name = diff.manifest.kind, diff.manifest.name
    still = [
        holder.name for manifest in context.comparison.new for holder in holders(manifest) if ways(holder, kind, name)
    ]
    if still:
        reason = (
            f"it goes{context.where_pruned}, and {_names(still)} still name it: pods that run stay, new "
            "ones do not start"
        )
        ledger.add("new-pods", Because(reason, "Kubernetes: pods wait for what they mount"))
    else:
        reason = (
            f"it goes{context.where_pruned}: no pod is made with it any more"
            if used
            else f"it goes{context.where_pruned}: nothing in this release used it"
        )
        ledger.add("live", Because(reason, f"Kubernetes: {kind}"))


def _content(
    diff: ObjectDiff, context: Context, ledger: Ledger, used: dict[Way, list[str]], changes: list[Change]
) -> None:
    if _is_scripts(diff):
        reason = (
            "files change in running pods within a minute or two, but what runs has read them: they "
            "count from its next start on"
        )
        ledger.add("new-pods", Because(reason, "charts/ray templates/scripts.yaml, mounted at /etc/raychart"), changes)
        return
    _tokens(diff, context, ledger, changes)
    if names := used.get("files"):
        reason = (
            f"files in running pods of {_names(names)} change within a minute or two; a program that "
            "has read them may not see it"
        )
        ledger.add("live", Because(reason, _KUBELET), changes)
    if names := used.get("subPath"):
        reason = f"files mounted by subPath stay as they are in running pods of {_names(names)}"
        ledger.add("new-pods", Because(reason, _KUBELET), changes)
    if names := used.get("environment"):
        reason = (
            f"the environment of running containers of {_names(names)} stays as it is, and nothing is made anew for it"
        )
        ledger.add("new-pods", Because(reason, _ENVIRONMENT), changes)
    if names := used.get("images"):
        reason = f"images of {_names(names)} are pulled with it from now on"
        ledger.add("new-pods", Because(reason, "Kubernetes: imagePullSecrets"), changes)
    if not any(used.values()):
        ledger.add("live", Because("nothing in this release uses it", f"Kubernetes: {diff.manifest.kind}"), changes)


def _tokens(diff: ObjectDiff, context: Context, ledger: Ledger, changes: list[Change]) -> None:
    """Enter that a token of a RayCluster's is another one."""
    if diff.manifest.kind != "Secret":
        return
    for cluster in context.comparison.new:
        if cluster.kind != "RayCluster" or text(cluster.body, "spec", "authOptions", "mode") != "token":
            continue
        if (text(cluster.body, "spec", "authOptions", "secretName") or cluster.name) == diff.manifest.name:
            reason = (
                "it is the token: new workers have the new one and cannot join a head with the former one, "
                "until that is made anew"
            )
            source = "KubeRay v1.7.0 pod.go:SetContainerTokenAuthEnvVars"
            ledger.add(
                "access", Because(reason, source), changes, whom=Whom(f"RayCluster {cluster.name}", cluster.name)
            )


def _is_scripts(diff: ObjectDiff) -> bool:
    """Tell whether these are the scripts that this chart's pods run."""
    return diff.manifest.kind == "ConfigMap" and "ray_start.py" in mapping(diff.manifest.body, "data")


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} and {len(names) - _MOST_NAMES} more"
