"""The rules for what is refused: each finds its bad example, at one place, and nothing in its good one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart.lint.rules import RULES
from raychart.lint.subject import subject_of
from raychart.values import load_defaults, load_layer, merge_layers

if TYPE_CHECKING:
    from raychart.lint.rule import Problem

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tools" / "src" / "raychart" / "lint" / "examples"
DEFAULTS = load_defaults(ROOT / "charts" / "ray")
REFUSING = [rule for rule in RULES if rule.check and rule.severity == "error"]
SOUND = [*sorted((ROOT / "values").glob("*.yaml")), *sorted((ROOT / "tests" / "chart" / "scenarios").glob("*.yaml"))]


@pytest.mark.parametrize("rule", [rule.id for rule in REFUSING])
def test_the_bad_example_of_a_rule_has_that_mistake_alone(rule: str) -> None:
    found = errors(EXAMPLES / f"{rule}.bad.yaml")
    assert [name for name, _ in found] == [rule] * max(1, len(found)), found


@pytest.mark.parametrize("rule", [rule.id for rule in REFUSING])
def test_the_good_example_of_a_rule_has_no_mistake(rule: str) -> None:
    assert errors(EXAMPLES / f"{rule}.good.yaml") == []


@pytest.mark.parametrize("file", SOUND, ids=[file.stem for file in SOUND])
def test_values_that_are_deployed_have_no_mistake(file: Path) -> None:
    assert errors(file) == []


def errors(file: Path, release: str = "ray") -> list[tuple[str, Problem]]:
    """Return the errors that rules find in a values file."""
    subject = subject_of(merge_layers(DEFAULTS, [load_layer(file)]), release=release, namespace="team")
    return [
        (rule.id, problem)
        for rule in RULES
        if rule.check and rule.severity == "error"
        for problem in rule.check(subject)
    ]
