"""A review as JSON, in the shape that review.schema.json documents."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from raychart.findings import SEVERITIES
from raychart.findings_report.data import finding_data
from raychart.report import API_VERSION
from raychart.review_report.amounts import total
from raychart.review_report.difference_data import object_data
from raychart.review_report.view import blockers_of
from raychart.review_report.wording import STATES, verdict, worst_effect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.capacity import Amount, Capacity
    from raychart.diff.model import Change
    from raychart.impact.model import Pods
    from raychart.review.model import Group, NamespaceReview, Placed, Review


def as_json(review: Review) -> str:
    """Return apiVersion, kind, a summary, the groups with what differs, and the namespaces with what that does."""
    document = {
        "apiVersion": API_VERSION,
        "kind": "Review",
        "base": review.base,
        "head": review.head,
        "summary": _summary(review),
        "notes": list(review.notes),
        "groups": [_group(group) for group in review.groups],
        "namespaces": [_namespace(one, number) for number, group in enumerate(review.groups) for one in group.members],
    }
    # Laid out, a thousand namespaces take ten times as long: each is a line.
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {_laid_out(value)}" for key, value in document.items()) + "\n}\n"


def _laid_out(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"


def _summary(review: Review) -> dict[str, Any]:
    every = review.namespaces
    judged = [one for one in every if one.state != "failed"]
    states = Counter(one.state for one in every)
    effects = Counter(one.effect for one in judged)
    severities = Counter(finding.severity for one in every for finding in one.findings)
    return {
        "verdict": verdict(review),
        "effect": worst_effect(review),
        "namespaces": {state: states[state] for state in STATES},
        "effects": dict(effects),
        "blockers": sum(blocker.count for blocker in blockers_of(review)),
        "pods": {"least": sum(one.pods.least for one in every), "most": sum(one.pods.most for one in every)},
        "findings": {severity: severities[severity] for severity in SEVERITIES},
        "known": sum(one.known for one in every),
        "unchangedFiles": review.unchanged,
        "capacity": {
            "before": _capacity(total(one.before for one in judged)),
            "after": _capacity(total(one.after for one in judged)),
        },
    }


def _group(group: Group) -> dict[str, Any]:
    objects = group.first.comparison.objects if group.first.comparison else ()
    return {
        "namespaces": [one.namespace for one in group.members],
        "effect": group.first.effect,
        "objects": [object_data(diff) for diff in objects],
    }


def _namespace(one: NamespaceReview, group: int) -> dict[str, Any]:
    index = {
        diff.manifest.identity: number for number, diff in enumerate(one.comparison.objects if one.comparison else ())
    }
    return {
        "namespace": one.namespace,
        "file": one.file,
        "state": one.state,
        "why": one.why,
        "effect": one.effect,
        "pods": _pods(one.pods),
        "group": group,
        "impacts": [_impact(placed, index) for placed in one.impacts],
        "findings": [finding_data(finding) for finding in one.findings],
        "known": one.known,
        "capacity": {"before": _capacity(one.before), "after": _capacity(one.after)},
    }


def _impact(placed: Placed, index: dict[tuple[str, str, str, str], int]) -> dict[str, Any]:
    impact, position = placed.impact, placed.position
    return {
        "effect": impact.effect,
        "subject": impact.subject,
        "reason": impact.reason,
        "source": impact.source,
        "cluster": impact.cluster,
        "workerType": impact.worker_type,
        "pods": _pods(impact.pods),
        "file": position.file if position else None,
        "line": position.line if position else None,
        "column": position.column if position else None,
        "path": placed.path,
        "object": index.get(impact.object.manifest.identity),
        "changes": _indexes(impact.changes, impact.object.changes),
    }


def _indexes(some: Iterable[Change], every: Iterable[Change]) -> list[int]:
    places = {id(change): number for number, change in enumerate(every)}
    paths = {(change.path, change.kind): number for number, change in enumerate(every)}
    found = (places.get(id(change), paths.get((change.path, change.kind))) for change in some)
    return [number for number in found if number is not None]


def _pods(pods: Pods) -> dict[str, int]:
    return {"least": pods.least, "most": pods.most}


def _capacity(capacity: Capacity | None) -> dict[str, Any] | None:
    if capacity is None:
        return None
    return {
        "least": _amount(capacity.least),
        "most": _amount(capacity.most),
        "scheduled": None if capacity.scheduled is None else _amount(capacity.scheduled),
        "price": None if capacity.least_price is None else _price(capacity),
    }


def _price(capacity: Capacity) -> dict[str, Any]:
    return {
        "currency": capacity.currency,
        "least": capacity.least_price,
        "most": capacity.most_price,
        "scheduled": capacity.scheduled_price,
    }


def _amount(amount: Amount) -> dict[str, Any]:
    return {
        "pods": amount.pods,
        "cpu": amount.cpu,
        "memory": amount.memory,
        "gpu": amount.gpu,
        "devices": dict(amount.devices),
    }
