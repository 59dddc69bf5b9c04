"""The rules that advise, as a whole: each has examples, none troubles a good file, none fails on odd values."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart.lint.check import check_files
from raychart.lint.rules import (
    autoscaling,
    exposure,
    gpu,
    head,
    idle,
    images,
    keys,
    lint_settings,
    network,
    object_store,
    placement,
    quota,
    resources,
    rollout,
    schedules,
    secrets,
    security,
    setup_commands,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.findings import Finding

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "ray"
EXAMPLES = ROOT / "tools/src/raychart/lint/examples"
THEMES = (
    resources, object_store, gpu, head, autoscaling, idle, placement, images, start, setup_commands, secrets, exposure,
    network, security, schedules, rollout, quota, keys, lint_settings,
)  # fmt: skip
RULES = [rule for theme in THEMES for rule in theme.RULES]
GOOD = [*sorted((ROOT / "values").glob("*.yaml")), *sorted((ROOT / "tests/chart/scenarios").glob("*.yaml"))]
# Values files in the documentation; the others in it are of other programs.
SHOWN = [
    block
    for page in (ROOT / "README.md", CHART / "README.md")
    for block in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    if re.search(r"^clusters:", block, re.MULTILINE)
]


def _of_example(name: str) -> tuple[Finding, ...]:
    layer = EXAMPLES / f"{name}.layer.yaml"
    return check_files([EXAMPLES / f"{name}.yaml"], [layer] if layer.exists() else [], CHART)[0].findings


def test_no_two_rules_have_one_name() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_bad_example_shows_this_rule_alone_and_the_good_one_nothing_to_mend(rule: str) -> None:
    assert {found.rule for found in _of_example(f"{rule}.bad")} == {rule}
    good = _of_example(f"{rule}.good")
    assert [found for found in good if found.severity != "info" or found.rule == rule] == []


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_good_files_get_no_warning(file: Path, findings_in: Callable[..., list[Finding]]) -> None:
    found = findings_in(file.read_text(encoding="utf-8"))
    # This scenario opens a cluster on purpose, and says why beside it.
    expected = {"exposed-without-authentication"} if file.stem == "several" else set()
    assert {one.rule for one in found if one.severity != "info"} == expected


@pytest.mark.parametrize("text", SHOWN)
def test_what_the_documentation_shows_gets_no_warning(text: str, findings_in: Callable[..., list[Finding]]) -> None:
    assert [str(one) for one in findings_in(text) if one.severity != "info"] == []


@pytest.mark.parametrize("file", ["values/team-a.yaml", "values/team-b.yaml"])
def test_the_projects_own_values_get_nothing_at_all(file: str, findings_in: Callable[..., list[Finding]]) -> None:
    assert findings_in((ROOT / file).read_text(encoding="utf-8")) == []


ODD: list[Any] = [None, "", "x", 0, 1, -1, True, [], [None], ["x"], [{}], {}, {"": None}, {"x": "y"}, [["x"]], 1e300]


@pytest.mark.parametrize("seed", range(150))
def test_odd_values_make_no_rule_fail(
    seed: int, findings_in: Callable[..., list[Finding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAYCHART_DEBUG", "1")
    drawn = random.Random(seed)  # noqa: S311 (nothing secret)
    values = yaml.safe_load((ROOT / "tests/chart/scenarios/everything.yaml").read_text(encoding="utf-8"))
    main = values["clusters"]["main"]
    for pod in (main["head"], main["workerTypes"]["cpu"], values["operator"]):
        # Where the schema leaves everything open.
        pod |= {
            "pod": {"securityContext": {}, "tolerations": [], "containers": [{}], "volumes": [{}], "nodeSelector": {}},
            "container": {"resources": {"limits": {}}, "env": [{}], "securityContext": {}, "args": []},
            "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}},
            "sidecars": {"log": {"image": "x", "resources": {}}},
            "startupProbe": {"failureThreshold": 3},
        }
    values["extraObjects"]["quota"] = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {},
        "spec": {"hard": {}},
    }
    values["x-raychart"] = {"launchSeconds": 9, "quota": {"pods": 3}, "client": {"ray": "2"}, "trial": True}
    for _ in range(4):
        _spoil(values, drawn)
    findings_in(yaml.safe_dump(values))


def _spoil(value: Any, drawn: random.Random) -> None:
    while True:
        key = drawn.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if not value[key] or not isinstance(value[key], (dict, list)) or drawn.random() < 0.2:
            value[key] = drawn.choice(ODD)
            return
        value = value[key]
