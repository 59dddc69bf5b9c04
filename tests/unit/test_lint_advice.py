"""The rules that advise, as a whole: each has examples, none troubles a good file, none fails on odd values."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart.lint import rules
from raychart.lint.check import check_files
from raychart.lint.subject import subject_of
from raychart.values import load_defaults, load_layer, merge_layers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from raychart.findings import Finding

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "ray"
NO_ADVICE = tuple(f"{rules.__name__}.{theme}" for theme in ("refused_", "reading", "ignoring"))
EXAMPLES = ROOT / "tools/src/raychart/lint/examples"
# The others tell of what is refused, of what cannot be read, and of ignores.
RULES = [rule for rule in rules.RULES if rule.check and not rule.check.__module__.startswith(NO_ADVICE)]
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


ODD: list[Any] = [None, "", "x", 0, 1, -1, True, [], [None], ["x"], [{}], {}, {"x": "y"}, [["x"]], 1e300, "4Gi", 0.5]
# Where the schema leaves everything open: of a pod, and of the whole.
OPEN_IN_POD = """
pod:
  securityContext: {runAsUser: 0, capabilities: {add: [X]}}
  containers: [{name: c, image: "x:latest", env: [{name: PASSWORD, value: abc}], resources: {requests: {cpu: "2"}}}]
  volumes: [{hostPath: {path: /x}}]
container: {resources: {limits: {cpu: 1}}, env: [{name: A, value: b}], args: [ray start], volumeMounts: [{name: x}]}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [spot]}]}]
sidecars: {log: {image: x, resources: {requests: {cpu: 1}, limits: {cpu: 2}}}}
initContainers: {fetch: {image: x}}
startupProbe: {failureThreshold: 3, periodSeconds: 1}
tolerations: [{key: spot}]
"""
OPEN = """
extraObjects:
  quota: {apiVersion: v1, kind: ResourceQuota, metadata: {}, spec: {hard: {pods: 1}}}
  secret: {apiVersion: v1, kind: Secret, metadata: {}, data: {a: b}}
x-raychart: {launchSeconds: 9, quota: {pods: 3}, client: {ray: "2"}, trial: true}
"""


@pytest.mark.parametrize("seed", range(100))
def test_odd_values_make_no_rule_fail(seed: int, tmp_path: Path) -> None:
    drawn = random.Random(seed)  # noqa: S311 (nothing secret)
    values = yaml.safe_load((ROOT / "tests/chart/scenarios/everything.yaml").read_text(encoding="utf-8"))
    main = values["clusters"]["main"]
    open_parts = [yaml.safe_load(OPEN)]
    values |= open_parts[0]
    for pod in (main["head"], main["workerTypes"]["cpu"], values["operator"]):
        open_parts.append(yaml.safe_load(OPEN_IN_POD))
        pod.update(open_parts[-1])
    for _ in range(3):
        # Not the first level, which has the schema's names.
        places = [place for part in open_parts for below in part.values() for place in _places(below)]
        within, key = drawn.choice(places)
        within[key] = drawn.choice(ODD)
    file = tmp_path / "team-a.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    subject = subject_of(merge_layers(load_defaults(CHART), [load_layer(file)]))
    for rule in RULES:
        assert rule.check is not None
        for problem in rule.check(subject):
            assert problem.path, rule.id
            assert problem.remedy, rule.id


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, below in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(below, (dict, list)):
            yield from _places(below)
