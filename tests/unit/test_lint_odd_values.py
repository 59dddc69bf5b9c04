"""No rule fails on values that the schema takes, whatever stands where Kubernetes' own fields are handed on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from raychart.lint.rules import RULES
from raychart.lint.subject import subject_of
from raychart.schema import check_schema, load_schema
from raychart.values import load_defaults, load_layer, merge_layers

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "ray"
DEFAULTS = load_defaults(CHART)
SCHEMA = load_schema(CHART)
FIELDS = json.loads((ROOT / "tools" / "src" / "raychart" / "lint" / "fields.json").read_text())
NAMES = st.sampled_from(sorted({name for shape in FIELDS["shapes"] for name in shape.get("fields", ())}))
SCALARS = st.sampled_from([None, True, 0, -1, 1.5, "", "x", "1Gi", "*", "a b"])
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
MAPS = st.none() | st.dictionaries(NAMES, ANYTHING, max_size=3)
LISTS = st.none() | st.lists(st.dictionaries(NAMES, ANYTHING, max_size=3), max_size=2)
POD = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("pod", "container", "affinity", "lifecycle", "readinessProbe", "podSecurityContext"), MAPS),
        **dict.fromkeys(("tolerations", "envFrom", "hostAliases", "topologySpreadConstraints"), LISTS),
        **dict.fromkeys(("sidecars", "initContainers", "volumes"), st.dictionaries(st.just("own"), MAPS)),
        "env": st.dictionaries(st.just("A"), st.fixed_dictionaries({"valueFrom": MAPS})),
    },
)
CLUSTER = st.fixed_dictionaries(
    {"workerTypes": st.just({"cpu": {"maxWorkers": 1, "cpu": 1}})},
    optional={
        "head": POD,
        "spec": MAPS,
        "autoscaling": st.fixed_dictionaries({}, optional={"options": MAPS, "envFrom": LISTS}),
        "dashboard": st.fixed_dictionaries(
            {
                "ingress": st.fixed_dictionaries({"enabled": st.just(True), "tls": LISTS}),
                "httpRoute": st.fixed_dictionaries({"enabled": st.just(True), "parentRefs": LISTS}),
            }
        ),
    },
)
OBJECT = st.fixed_dictionaries({"apiVersion": ANYTHING, "kind": ANYTHING, "metadata": ANYTHING})
FILES = st.fixed_dictionaries(
    {},
    optional={
        "operator": POD,
        "podDefaults": POD,
        "clusters": st.fixed_dictionaries({"main": CLUSTER}),
        "extraObjects": st.dictionaries(st.just("own"), OBJECT, max_size=1),
        "networkPolicy": st.fixed_dictionaries({"egress": LISTS}),
    },
)


@settings(max_examples=300)
@given(values=FILES)
def test_no_rule_fails_on_what_the_schema_takes(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("values") / "team.yaml"
    file.write_text(yaml.safe_dump(values))
    merged = merge_layers(DEFAULTS, [load_layer(file)])
    assert SCHEMA is not None
    if check_schema(merged, SCHEMA):
        return
    subject = subject_of(merged)
    for problem in (problem for rule in RULES if rule.check for problem in rule.check(subject)):
        assert problem.message
        assert problem.remedy
        assert merged.position(problem.path).line


def test_values_of_another_chart_have_no_clusters_to_judge(tmp_path: Path) -> None:
    other = ROOT / "tests" / "fixtures" / "strict"
    subject = subject_of(merge_layers(load_defaults(other), []))
    assert [problem for rule in RULES if rule.check for problem in rule.check(subject)] == []
