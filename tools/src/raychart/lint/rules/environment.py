"""Rules for environment variables that get another value than the one that is written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_map
from raychart.lint.places import all_pods, once_a_place
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath
    from raychart.values import Values

_PLAIN = re.compile(r"[-+]?[0-9A-Za-z._]+")
_SAID = ("true", "false")


def _converted(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject, made=True):
        for name, value in as_map(pod.settings.get("env")).items():
            yield from _variable(subject.values, pod.place("env", name), value)
    for cluster in subject.clusters:
        for name, value in as_map(as_map(cluster.settings.get("autoscaling")).get("env")).items():
            yield from _variable(subject.values, cluster.place("autoscaling", "env", name), value)


def _variable(values: Values, where: ValuesPath, value: Any) -> Iterator[Problem]:
    if not isinstance(value, (bool, int, float)):
        return
    written, becomes = _written(values, where), json.dumps(value)
    # True for true is how programs differ, and nobody is surprised.
    if written and written != becomes and written.lower() not in _SAID:
        yield Problem(
            where, f"{written} is not text here, and the variable becomes {becomes}", f'put it in quotes: "{written}"'
        )


def _written(values: Values, where: ValuesPath) -> str | None:
    """Return the scalar that a file has at a path, where it is on the line of its key."""
    found = values.statements(where)
    if not found or found[-1].layer.flag is not None or found[-1].position.line is None:
        return None
    line = found[-1].layer.text.splitlines()[found[-1].position.line - 1]
    key = re.escape(str(where[-1]))
    after = re.search(rf"(?:^|[\s{{,'\"]){key}['\"]?\s*:\s+({_PLAIN.pattern})\s*(?:[,}}#]|$)", line)
    return after[1] if after else None


RULES = (
    Rule(
        "env-converted",
        "warning",
        "A variable's value is not text, and becomes other text.",
        "Without quotes YAML reads numbers and booleans, and the container gets what they are written as again: `no` "
        "becomes false, 1.10 becomes 1.1, 0644 becomes 420, 1e3 becomes 1000.",
        "Helm reads YAML 1.1 (go-yaml v2); charts/ray/templates/_lists.tpl, ray.string",
        once_a_place(_converted),
    ),
)
