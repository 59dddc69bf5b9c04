"""Every rule is explained, with examples that show what it finds and what it does not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from raychart.catalogue import all_rules
from raychart.chart import find_chart
from raychart.errors import RaychartError
from raychart.findings import reaches
from raychart.lint.explain import FORMATS, explain
from raychart.lint.fix import mend
from raychart.lint.rules import BY_ID, RULES
from raychart.lint.run import Request, Result, lint

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.lint.rule import Rule

ALL = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
CHART = find_chart()
# What a bad example shows besides, because it cannot do without.
ALSO = {
    # What an ignore that is of no use does not hide.
    "ignore-syntax": {"head-runs-tasks"},
    "ignore-unknown-rule": {"head-runs-tasks"},
    "ignore-expired": {"head-runs-tasks"},
}


def request(rule: Rule, kind: str, folder: Path) -> Request:
    """Lay an example out: as a values file, maybe with a layer, or as an ignore file beside one."""
    text = rule.example(kind)
    values = folder / "team-a.yaml"
    if "\nignore:\n" in text:
        (folder / ".raychart-ignore.yaml").write_text(text)
        text = BY_ID["head-runs-tasks"].example("bad")
    values.write_text(text)
    layer = rule.examples / f"{rule.id}.{kind}.layer.yaml"
    return Request((values,), (layer,) if layer.is_file() else (), CHART, date(2026, 11, 24))


def linted(rule: Rule, kind: str, folder: Path) -> Result:
    return lint(request(rule, kind, folder))


def test_ids_are_unique_and_tell_a_theme() -> None:
    assert len(BY_ID) == len(RULES)
    assert [rule.id for rule in RULES if rule.id != rule.id.lower() or "-" not in rule.id] == []


@ALL
def test_the_bad_example_shows_the_rule_and_no_other(rule: Rule, tmp_path: Path) -> None:
    found = linted(rule, "bad", tmp_path).findings
    told = {finding.rule for finding in found if reaches(finding.severity, "warning")}
    assert rule.id in {finding.rule for finding in found}
    assert told - {rule.id} == ALSO.get(rule.id, set()), found


@ALL
def test_a_finding_has_a_place_the_rules_severity_and_a_remedy(rule: Rule, tmp_path: Path) -> None:
    for finding in linted(rule, "bad", tmp_path).findings:
        if finding.rule == rule.id:
            assert finding.severity == rule.severity
            assert finding.remedy
            assert finding.line
            assert finding.column


@ALL
def test_the_good_example_has_no_finding(rule: Rule, tmp_path: Path) -> None:
    found = linted(rule, "good", tmp_path).findings
    assert [str(finding) for finding in found if reaches(finding.severity, "warning")] == []


@ALL
def test_a_fix_of_the_bad_example_mends_it(rule: Rule, tmp_path: Path) -> None:
    asked = request(rule, "bad", tmp_path)
    offered = {fixed.rule for one in lint(asked).linted for fixed, _ in one.fixes}
    left = {finding.rule for finding in mend(asked).result.findings}
    assert not offered & left


@ALL
@pytest.mark.parametrize("style", FORMATS)
def test_a_page_tells_what_why_and_from_where(rule: Rule, style: str) -> None:
    page = explain(rule.id, style)
    words = " ".join(page.split())
    for part in (rule.id, rule.severity, rule.summary, rule.why, rule.source):
        assert " ".join(part.split()) in words
    assert page.count("clusters:") + page.count("ignore:") >= 2


def test_the_list_has_every_rule() -> None:
    assert [line.split()[0] for line in explain().splitlines()] == list(all_rules())
    assert explain(style="markdown").count("\n") == len(all_rules()) + 2


def test_a_misspelt_rule_gets_a_suggestion() -> None:
    with pytest.raises(RaychartError, match="did you mean values-schema"):
        explain("value-schema")
    with pytest.raises(RaychartError, match="lists the rules"):
        explain("zzz")
