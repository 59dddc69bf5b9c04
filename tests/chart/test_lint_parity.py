"""What the chart's checks refuse, lint's rules find at the same values path, and nothing that the checks take."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from beyond_checks import BEYOND
from broken_values import BROKEN, WRONG_TIMES, main, scheduled
from hypothesis import given, settings
from lint_values import FILES

from raychart import helm
from raychart.helm_errors import read_refusal
from raychart.lint.rules import RULES
from raychart.lint.subject import subject_of
from raychart.process import CommandError
from raychart.values import Layer, load_defaults, load_layer, merge_layers

if TYPE_CHECKING:
    from raychart.findings import Finding

EXAMPLES = Path(__file__).parents[2] / "tools" / "src" / "raychart" / "lint" / "examples"
CHART = Path(__file__).parents[2] / "charts" / "ray"
# Where lint names another place than the chart, because the mistake was made there: the chart's last keys, lint's.
ELSEWHERE = {"auth.mode": "rayVersion"}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_each_thing_that_the_checks_refuse_is_found_by_a_rule(
    helm4: str, tmp_path: Path, broken: tuple[dict[str, Any], str]
) -> None:
    refused, found = both(broken[0], tmp_path, helm4)
    assert refused
    assert apart(refused, found) == ([], [])


@pytest.mark.parametrize(("time", "what"), WRONG_TIMES)
def test_a_wrong_time_is_told_in_the_chart_s_words(helm4: str, tmp_path: Path, time: str, what: str) -> None:
    file = written(scheduled(end=time), tmp_path)
    (refused,) = refusals(file, helm4)
    (problem,) = [problem for rule, problem in problems(file) if rule == "schedule-time"]
    assert (refused.message, refused.remedy) == (problem.message, problem.remedy)


@settings(max_examples=60)
@given(values=FILES)
def test_lint_refuses_what_the_checks_refuse_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, helm4: str, values: dict[str, Any]
) -> None:
    refused, found = both(values, tmp_path_factory.mktemp("values"), helm4)
    assert apart(refused, found) == ([], [])


@pytest.mark.parametrize("rule", sorted(BEYOND))
def test_the_checks_take_what_only_others_refuse(helm4: str, rule: str) -> None:
    assert refusals(EXAMPLES / f"{rule}.bad.yaml", helm4) == [], f"{rule} is no longer beyond the checks"


def test_every_check_of_the_chart_has_a_case_here(helm4: str, tmp_path: Path) -> None:
    told = [
        f"{f.path}: {f.message}" for values, _ in BROKEN.values() for f in refusals(written(values, tmp_path), helm4)
    ]
    told += [f"clusters.main.schedules.mornings.end: {time}: {what}" for time, what in WRONG_TIMES]
    missing = [text for text, pattern in messages().items() if not any(re.fullmatch(pattern, one) for one in told)]
    assert missing == [], "add a case to tests/chart/lib/broken_values.py, and a rule for it to raychart.lint.rules"


def messages() -> dict[str, str]:
    """Return each message line of the chart's checks with a pattern for what it is rendered to."""
    found = {}
    for file in sorted((CHART / "templates" / "validation").glob("*.tpl")):
        for line in file.read_text().splitlines():
            if line and not line.startswith((" ", "{{-", "{{/*")):
                found[line] = ".*".join(map(re.escape, re.split(r"\{\{.*?\}\}", line)))
    assert len(found) > 40
    return found


def both(values: dict[str, Any], folder: Path, program: str) -> tuple[list[str], list[str]]:
    """Return the paths that the chart refuses and the paths that rules find an error at."""
    file = written(values, folder)
    paths = [finding.path or "" for finding in refusals(file, program)]
    found = [".".join(map(str, problem.path)) for rule, problem in problems(file) if rule not in BEYOND]
    return sorted(set(paths)), sorted(set(found))


def apart(refused: list[str], found: list[str]) -> tuple[list[str], list[str]]:
    """Return what only the chart refuses, and what only lint finds."""
    chart_alone = [path for path in refused if not any(same(path, other) for other in found)]
    lint_alone = [path for path in found if not any(same(other, path) for other in refused)]
    return chart_alone, lint_alone


def same(path: str, found: str) -> bool:
    """Tell whether lint's path is the chart's, something in it, or the place in the defaults that it comes from."""
    places = [path, re.sub(r"^clusters\.[^.]+", "clusterDefaults", path)]
    places.append(re.sub(r"^clusters\.[^.]+\.(head|workerTypes\.[^.]+)", "podDefaults", path))
    places += [
        place.removesuffix(end) + other for end, other in ELSEWHERE.items() for place in places if place.endswith(end)
    ]
    return any(found == place or found.startswith(f"{place}.") for place in places)


def written(values: dict[str, Any], folder: Path) -> Path:
    """Write values into a file."""
    file = folder / "team.yaml"
    file.write_text(yaml.safe_dump(values))
    return file


def refusals(file: Path, program: str) -> list[Finding]:
    """Return what the chart's checks refuse."""
    refusal = ""
    try:
        helm.render(CHART, [file], release="ray", namespace="team", helm=program)
    except CommandError as failed:
        refusal = failed.completed.stderr
    found = read_refusal(refusal, str(file))
    assert bool(found) == bool(refusal), refusal
    assert {finding.rule for finding in found} <= {"chart-check"}, refusal
    return found


def problems(file: Path) -> list[tuple[str, Any]]:
    """Return the errors that the rules find, each with its rule."""
    subject = subject_of(merge_layers(defaults(), [load_layer(file)]), namespace="team")
    errors = [rule for rule in RULES if rule.severity == "error"]
    return [(rule.id, problem) for rule in errors if rule.check for problem in rule.check(subject)]


@cache
def defaults() -> Layer:
    """Return the chart's own values."""
    return load_defaults(CHART)


def test_the_simplest_values_have_no_errors(tmp_path: Path) -> None:
    assert problems(written(main(), tmp_path)) == []
