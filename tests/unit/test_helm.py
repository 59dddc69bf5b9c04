"""Helm, asked for real: rendering, and the errors in which the chart refuses values."""

from __future__ import annotations

from pathlib import Path

import pytest

from raychart import helm, manifests
from raychart.helm_errors import read_refusal
from raychart.process import CommandError

FIXTURES = Path(__file__).parents[1] / "fixtures"
STRICT = FIXTURES / "strict"


@pytest.fixture(params=["helm3", "helm4"])
def program(request: pytest.FixtureRequest) -> str:
    """Each Helm in turn."""
    name: str = request.getfixturevalue(request.param)
    return name


def refusal(program: str, *sets: str) -> str:
    with pytest.raises(CommandError) as caught:
        helm.render(STRICT, [], release="r", namespace="space", sets=sets, helm=program)
    return caught.value.completed.stderr


def test_release_namespace_layers_and_settings_reach_the_templates(program: str, tmp_path: Path) -> None:
    for name, text in (("one.yaml", "name: one\nsize: 1\n"), ("two.yaml", "name: two\n")):
        (tmp_path / name).write_text(text)
    files = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    sets = ["--set=size=3", "--set-string=text=0644"]
    text = helm.render(STRICT, files, release="r", namespace="space", sets=sets, helm=program)
    (manifest,) = manifests.load(text)
    assert manifest.identity == ("", "ConfigMap", "space", "r-two")
    assert manifest.body["data"] == {"size": "3", "text": "0644"}


def test_the_version_is_helms_own(program: str) -> None:
    assert helm.version(program).startswith(("v3.", "v4."))


def test_failed_checks_are_findings_with_path_and_remedy(program: str) -> None:
    first, second = read_refusal(refusal(program, "--set=size=9"), "v.yaml")
    assert (first.path, first.message, first.remedy) == ("size", "9 is more than 8", "lower it\nor ask for more")
    assert (second.path, second.message, second.remedy) == (None, "nothing fits", "")
    assert {first.rule, second.rule} == {"chart-check"}
    assert first.file == "v.yaml"


def test_values_the_schema_refuses_are_findings(program: str) -> None:
    findings = read_refusal(refusal(program, "--set=size=x", "--set=other.deep=1"), "v.yaml")
    assert {finding.path for finding in findings} == {"size", None}
    assert {finding.rule for finding in findings} == {"values-schema"}
    assert any("other" in finding.message for finding in findings)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Error: template: x/templates/a.yaml:1:3: executing ... nil pointer evaluating interface {}.name",
        "Error: failed to parse v.yaml: error converting YAML to JSON: yaml: line 2: did not find expected ','",
        "Error: INSTALLATION FAILED: cannot re-use a name that is still in use",
    ],
)
def test_other_failures_are_no_findings(text: str) -> None:
    assert read_refusal(text, "v.yaml") == []
