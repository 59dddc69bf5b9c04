"""No values end a run of the linter, whatever they are."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raychart.chart import find_chart
from raychart.findings_report import FORMATS, Report, written
from raychart.lint.fix import mend
from raychart.lint.rules import RULES
from raychart.lint.run import Request, lint
from raychart.schema_keys import keys_of
from raychart.values import load_layer

if TYPE_CHECKING:
    import random

ROOT = Path(__file__).parents[2]
CHART = find_chart()
SOURCES = [
    path.read_text()
    for pattern in ("values/*.yaml", "tests/chart/scenarios/*.yaml", "tools/src/raychart/lint/examples/*.yaml")
    for path in sorted(ROOT.glob(pattern))
]
SCHEMA = json.loads((CHART / "values.schema.json").read_bytes())


def known_keys(schema: Any) -> set[str]:
    """Every key that the schema knows anywhere."""
    if isinstance(schema, list):
        return {key for of in schema for key in known_keys(of)}
    if not isinstance(schema, dict):
        return set()
    return {*keys_of(schema).names, *(key for of in schema.values() for key in known_keys(of))}


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    float("inf"),
    "",
    "x",
    "4Gi",
    "1",
    "\0",
    "é\u2028",
    [],
    {},
    [[]],
    [None],
    {"": 1},
]
KEYS = st.sampled_from([*sorted(known_keys(SCHEMA)), "main", "cpu", "spot", "", "a.b"])
SCALARS = st.sampled_from(ODD) | st.integers() | st.floats() | st.text(max_size=8)
STRUCTURES = st.recursive(
    SCALARS, lambda of: st.lists(of, max_size=3) | st.dictionaries(KEYS, of, max_size=4), max_leaves=30
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "team-a.yaml"


def check(file: Path, content: bytes) -> None:
    """Lint and mend the content; every problem has to be a finding, and a finding has to have words and a place."""
    file.write_bytes(content)
    request = Request((file,), (), CHART, date(2026, 11, 24))
    result = lint(request)
    for finding in result.findings:
        assert finding.message
        assert "could not be applied" not in finding.message, finding
        assert finding.line
    report = Report((str(file),), result.findings, RULES)
    for style in FORMATS:
        written(report, style)
    if b"\xff" not in content:
        mended = mend(request)
        for change in mended.changes:
            assert change.after != change.before


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["clusters", "podDefaults", "clusterDefaults", "operator"]), STRUCTURES))
def test_random_structures_are_findings_at_worst(file: Path, data: dict[str, Any]) -> None:
    check(file, json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, STRUCTURES, max_size=3), st.dictionaries(KEYS, STRUCTURES, max_size=3), SCALARS)
def test_random_clusters_are_findings_at_worst(
    file: Path, head: dict[str, Any], types: dict[str, Any], odd: object
) -> None:
    cluster = {"head": head, "workerTypes": types | {"cpu": head | {"maxWorkers": odd}}}
    check(
        file, json.dumps({"clusters": {"main": cluster, "other": odd}}, ensure_ascii=False).encode("utf-8", "replace")
    )


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SOURCES), st.randoms(use_true_random=False))
def test_mutated_files_are_findings_at_worst(file: Path, text: str, chance: random.Random) -> None:
    content = bytearray(text.encode())
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(content) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            content[at:at] = chance.choice(
                [b"\n", b"  ", b"- ", b": ", b"{", b"]", b"&a ", b"*a", b"#", b"|\n", b"\t", b"'"]
            )
        elif kind == 1:
            del content[at : at + chance.randint(1, 12)]
        elif kind == 2:
            content[at:at] = content[at : at + chance.randint(1, 40)]
        else:
            content[at:at] = bytes([chance.randrange(256)])
    check(file, bytes(content))


EVERYTHING = load_layer(ROOT / "tests/chart/scenarios/everything.yaml").data


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.data(), SCALARS)
def test_an_odd_value_in_any_place_is_a_finding_at_worst(file: Path, draw: st.DataObject, odd: object) -> None:
    path = draw.draw(st.sampled_from(places(EVERYTHING)))
    check(file, json.dumps(replaced(EVERYTHING, path, odd), ensure_ascii=False).encode("utf-8", "replace"))


def places(data: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [*([at] if at else []), *(place for key, of in inside for place in places(of, (*at, key)))]


def replaced(data: Any, path: tuple[str | int, ...], value: object) -> Any:
    if not path:
        return value
    copy: Any = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = replaced(data[path[0]], path[1:], value)
    return copy
