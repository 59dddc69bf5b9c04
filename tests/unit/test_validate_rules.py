"""Every rule about manifests is explained, with examples that show what it finds and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from raychart.catalogue import all_rules
from raychart.lint.explain import FORMATS, explain
from raychart.lint.rules import RULES as OF_VALUES
from raychart.validate.check import Options, checker_for
from raychart.validate.inputs import read_manifests
from raychart.validate.rules import RULES
from raychart.validate.run import validate_file

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.validate.rule import Rule

# Release sizes are those of values: test_validate_release_size.py.
ALL = pytest.mark.parametrize("rule", [rule for rule in RULES if rule.id != "release-size"], ids=lambda rule: rule.id)
# The CRD of the example's kind.
SHELF = """\
kind: CustomResourceDefinition
spec:
  group: example.com
  names: {kind: Shelf}
  versions:
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties: {size: {type: integer}, books: {type: integer, default: 0}}
              x-kubernetes-validations: [{rule: self.books <= self.size * 20, message: more books than fit}]
"""


def findings(rule: Rule, kind: str, folder: Path) -> tuple[Finding, ...]:
    crd = folder / "crd.yaml"
    crd.write_text(SHELF)
    checker = checker_for(Options(crds=(crd,)))
    text = rule.example(kind).replace('"%s"', f'"{"x" * 1_100_000}"')
    return validate_file(read_manifests(text, "a.yaml"), checker).findings


def test_ids_are_unique_among_all_rules() -> None:
    assert len(all_rules()) == len(RULES) + len(OF_VALUES)


@ALL
def test_the_bad_example_shows_the_rule_and_no_other(rule: Rule, tmp_path: Path) -> None:
    found = findings(rule, "bad", tmp_path)
    assert {finding.rule for finding in found} == {rule.id}, found
    for finding in found:
        assert finding.severity == rule.severity
        assert finding.line
        assert finding.remedy


@ALL
def test_the_good_example_has_no_finding(rule: Rule, tmp_path: Path) -> None:
    assert findings(rule, "good", tmp_path) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("style", FORMATS)
def test_a_page_tells_what_why_and_from_where(rule: Rule, style: str) -> None:
    page = " ".join(explain(rule.id, style).split())
    for part in (rule.id, rule.severity, rule.summary, rule.why, rule.source):
        assert " ".join(part.split()) in page
