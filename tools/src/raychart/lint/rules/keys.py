"""Rules for keys that say nothing: defaults, repetitions, nulls, what is set again everywhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from raychart.lint.each import layers_with
from raychart.lint.effective import MISSING, look_up
from raychart.lint.inheritance import leaves, overruled, settings
from raychart.lint.rule import Fix, Problem, Rule
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject


def _shown(value: Any) -> str:
    return "the same" if isinstance(value, (dict, list)) else f"{json.dumps(value):.60}"


def _equals_default(subject: Subject) -> Iterator[Problem]:
    for path, value, inherited in settings(subject):
        # An empty map or list, such as clusters: {}, is a place to begin.
        if value not in (None, {}, []) and type(value) is type(inherited) and value == inherited:
            yield Problem(path, f"is what it would be anyway ({_shown(value)})", "remove it", Fix("remove", path))


def _null_removes_nothing(subject: Subject) -> Iterator[Problem]:
    for path, value, inherited in settings(subject):
        # A type's field and a cluster's may be null to say that they are left open.
        if value is None and inherited in (None, MISSING):
            yield Problem(path, "null removes nothing: there is nothing to remove", "remove it", Fix("remove", path))


def _repeated(subject: Subject) -> Iterator[Problem]:
    values = subject.values
    if len(values.layers) < 3:
        return
    for path, _ in leaves(values):
        at = layers_with(values, path)
        if len(at) < 2:
            continue
        last, before = (look_up(values.layers[layer].data, path) for layer in (at[-1], at[-2]))
        if type(last) is type(before) and last == before:
            what = f"{values.layers[at[-2]].file} says {dotted(path)} already, and the same"
            yield Problem(path, what, "remove it from one of the two", Fix("remove", path))


def _overruled(subject: Subject) -> Iterator[Problem]:
    for path, who in overruled(subject):
        yield Problem(path, f"has no effect: {who} sets it again", "remove it, or remove it where it is set again")


RULES = (
    Rule(
        "equals-default",
        "info",
        "A value is what it would be without.",
        "A values file that holds only what differs is read in a minute, and follows when a default gets better. What "
        "is inherited is counted too: podDefaults and clusterDefaults, of the chart and of the file.",
        "charts/ray/values.yaml",
        _equals_default,
    ),
    Rule(
        "null-removes-nothing",
        "info",
        "A null stands where there is nothing to remove.",
        "null removes a default, a cluster or a worker type. Where there is none it is left over from one that was, or "
        "the key is misspelt.",
        "charts/ray/README.md, How values work",
        _null_removes_nothing,
    ),
    Rule(
        "layer-repeats",
        "info",
        "A later values file says what an earlier one has said.",
        "Of several files the last to set a value wins. One that sets it to the same hides later changes of the "
        "earlier one.",
        "Helm, values files",
        _repeated,
    ),
    Rule(
        "default-overruled",
        "info",
        "A default is set again wherever it would apply.",
        "podDefaults and clusterDefaults are for what pods or clusters have in common. One that all of them set again "
        "is read, and believed, by whoever reads the file.",
        "charts/ray/README.md, How values work",
        _overruled,
    ),
)
