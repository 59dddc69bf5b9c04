"""Accounts and their rights: who may do what at the API server."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.impact.about import about_itself, immutable, keys_of
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import items, mappings, text

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_RBAC = "Kubernetes: RBAC"
_MOST = 4
# Annotations by which clouds give an account rights of theirs.
_CLOUDS = ("eks.amazonaws.com/", "iam.gke.io/", "azure.workload.identity/")


class Right(NamedTuple):
    """One thing that a rule lets somebody do; `name` is empty for objects of any name."""

    verb: str
    group: str
    resource: str
    name: str

    def within(self, other: Right) -> bool:
        """Tell whether another right includes this one."""
        return (
            other.verb in {self.verb, "*"}
            and other.group in {self.group, "*"}
            and other.resource in {self.resource, "*"}
            and other.name in {self.name, ""}
        )


def role(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a Role or a ClusterRole do."""
    if diff.kind in {"changed", "renamed"}:
        about_itself(ledger)
        changes = ledger.uncovered()
    old, new = _rights(diff.old), _rights(diff.new)
    more = [right for right in new if not any(right.within(other) for other in old)]
    fewer = [right for right in old if not any(right.within(other) for other in new)]
    parts = [f"whoever has it may also {_said(more)}"] if more else []
    parts += [f"may no longer {_said(fewer)}"] if fewer else []
    reason = "; ".join(parts) or "the same rights in other words"
    if diff.kind == "changed":
        ledger.add("access" if parts else "none", Because(reason, _RBAC), changes)
    elif diff.kind == "renamed":
        because = Because(f"under another name it is another role; {reason}", _RBAC)
        ledger.add("access", because)
    else:
        ledger.add("access", Because(f"{reason}{context.where_pruned if diff.kind == 'removed' else ''}", _RBAC))


def binding(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a RoleBinding or a ClusterRoleBinding do."""
    if diff.kind != "changed":
        gone = diff.kind == "removed"
        who = _subjects(diff.old if gone else diff.new)
        to = text(diff.manifest.body, "roleRef", "name")
        does = f"loses{context.where_pruned}" if gone else "gets"
        ledger.add("access", Because(f"{', '.join(sorted(who)) or 'nobody'} {does} the rights of {to}", _RBAC))
        return
    about_itself(ledger)
    immutable(diff, context, ledger, (("roleRef",),), lost="the rights are those of the other role")
    old, new = _subjects(diff.old), _subjects(diff.new)
    parts = [f"{', '.join(sorted(new - old))} has the rights now"] if new - old else []
    parts += [f"{', '.join(sorted(old - new))} has them no longer"] if old - new else []
    reason = "; ".join(parts) or "the same subjects in other words"
    ledger.add("access" if parts else "none", Because(reason, _RBAC), ledger.uncovered())


def service_account(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a ServiceAccount do."""
    source = "Kubernetes: ServiceAccount"
    if diff.kind == "changed":
        clouds = [
            change
            for change in diff.changes
            if change.path[:2] == ("metadata", "annotations")
            and any(key.startswith(_CLOUDS) for key in keys_of(change, 2))
        ]
        reason = (
            "a cloud goes by it: what pods of the account may do there changes, for those made from now on at least"
        )
        ledger.add("access", Because(reason, source), clouds)
        about_itself(ledger)
        tokens = [change for change in diff.changes if change.path[:1] == ("automountServiceAccountToken",)]
        reason = "whether pods of the account may talk to the API server changes for those made from now on"
        ledger.add("access", Because(reason, source), tokens)
        ledger.add("new-pods", Because("pods that are made from now on have it", source), ledger.uncovered())
    elif diff.kind == "removed":
        reason = f"the account goes{context.where_pruned}: what runs under it is refused by the API server"
        ledger.add("access", Because(reason, source))
    else:
        reason = "an account comes; what it may do, its bindings say"
        if diff.kind == "renamed":
            reason = "under another name it is another account; what it may do, its bindings say"
        ledger.add("access", Because(reason, source))


def _rights(manifest: Manifest | None) -> list[Right]:
    found: dict[Right, None] = {}
    for rule in mappings(manifest.body if manifest else None, "rules"):
        if urls := _texts(rule, "nonResourceURLs"):
            found |= dict.fromkeys(Right(verb, "", url, "") for verb, url in product(_texts(rule, "verbs"), urls))
        names = _texts(rule, "resourceNames") or [""]
        parts = (_texts(rule, "verbs"), _texts(rule, "apiGroups"), _texts(rule, "resources"), names)
        found |= dict.fromkeys(Right(*one) for one in product(*parts))
    return list(found)


def _texts(rule: dict[str, Any], field: str) -> list[str]:
    return [item for item in items(rule, field) if isinstance(item, str)]


def _said(rights: list[Right]) -> str:
    """Name rights as people do: list, delete pods; get rayclusters main."""
    verbs: dict[tuple[str, str, str], list[str]] = {}
    for right in rights:
        verbs.setdefault(right[1:], []).append(right.verb)
    shown = [
        f"{'do anything to' if '*' in found else ', '.join(found)} {_what(group, resource)}{f' {name}' if name else ''}"
        for (group, resource, name), found in verbs.items()
    ]
    more = len(shown) - _MOST
    return ", ".join(shown[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _what(group: str, resource: str) -> str:
    """Name a kind of object as people do; * is all of them."""
    if resource == "*":
        return {"": "all objects of the core group", "*": "all objects of all groups"}.get(
            group, f"all objects of {group}"
        )
    return f"{resource} of all groups" if group == "*" else f"{resource}{f'.{group}' if group else ''}"


def _subjects(manifest: Manifest | None) -> set[str]:
    found = set()
    for one in mappings(manifest.body if manifest else None, "subjects"):
        name = " ".join(filter(None, (text(one, "kind"), text(one, "name"))))
        namespace = text(one, "namespace")
        # Without a namespace it is that of the release.
        elsewhere = namespace and manifest is not None and namespace != manifest.namespace
        found.add(f"{name} of namespace {namespace}" if elsewhere else name)
    return found
