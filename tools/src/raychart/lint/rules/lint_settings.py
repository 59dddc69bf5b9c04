"""Rules for what the values tell lint itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.rule import Problem, Rule
from raychart.lint.settings import KEY, lint_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject


def _wrong(subject: Subject) -> Iterator[Problem]:
    return (Problem(path, what, remedy) for path, what, remedy in lint_settings(subject.values).wrong)


RULES = (
    Rule(
        "lint-settings",
        "error",
        "What the values tell lint cannot be read.",
        f"Under `{KEY}`, which the chart leaves alone, values say what lint cannot know: `launchSeconds`, how long a "
        "pod takes to start; `quota`, what the namespace has, with the names of a ResourceQuota; `client`, the Ray and "
        "Python of applications; `trial`, true or the clusters that are for a trial.",
        "raychart, lint",
        _wrong,
    ),
)
