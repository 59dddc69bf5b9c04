"""The smoke test's plan, clean-up and reports, without a cluster."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.smoke import command, report
from raychart.smoke.cleanup import Cleanup
from raychart.smoke.operators import watched_namespaces
from raychart.smoke.options import Options, read_options
from raychart.smoke.plan import expected_workers
from raychart.smoke.results import Outcome, Part, Run, StepResult
from raychart.smoke.work import latency

if TYPE_CHECKING:
    from pathlib import Path

FAILED = Finding("smoke-quota", "error", "too\x07 small", "raise it", file="raycluster a/main", path="clusters.main")


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """The options of the smallest command line."""
    values = tmp_path / "team.yaml"
    values.write_text("clusters: {}\n")
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return read_options(parser.parse_args([str(values)]))


@pytest.fixture
def run() -> Run:
    """A run with one namespace that passed and one that failed."""
    good = Part(
        "a", (StepResult("install", Outcome(detail="fine"), 1.25), StepResult("job", Outcome(skipped="none"), 0))
    )
    bad = Part("b", (StepResult("install", Outcome((FAILED,)), 2.0),))
    return Run((good, bad), 3.5)


@pytest.mark.parametrize(
    ("group", "workers"),
    [
        ({"minReplicas": 1, "maxReplicas": 3}, 1),
        ({"replicas": 2, "minReplicas": 1, "maxReplicas": 3}, 2),
        ({"replicas": 9, "maxReplicas": 3}, 3),
        ({"minReplicas": 2, "maxReplicas": 3, "numOfHosts": 4}, 8),
        ({"maxReplicas": 0}, 0),
    ],
)
def test_workers_are_expected_as_kuberay_starts_them(group: dict[str, Any], workers: int) -> None:
    assert expected_workers({"workerGroupSpecs": [group]}) == workers


@pytest.mark.parametrize(
    ("arguments", "namespaces"),
    [
        (["--watch-namespace=a,b"], {"a", "b"}),
        (["-watch-namespace", "a"], {"a"}),
        (["--watch-namespace="], None),
        (["--leader-election-namespace=a"], None),
    ],
)
def test_an_operators_arguments_say_what_it_watches(arguments: list[str], namespaces: set[str] | None) -> None:
    assert watched_namespaces([{"args": arguments}]) == namespaces


def test_cleaning_up_goes_backwards_and_past_what_fails() -> None:
    done: list[str] = []

    def refuse() -> None:
        raise RaychartError("b", "is stuck", "pull")

    cleanup = Cleanup()
    cleanup.add("a", lambda: done.append("a"), by_hand="rm a")
    cleanup.add("b", refuse, by_hand="rm b")
    cleanup.add("c", lambda: done.append("c"), by_hand="rm c")
    left = cleanup.run(done.append)
    assert [word for word in done if word in "abc"] == ["c", "a"]
    assert [(finding.file, finding.remedy) for finding in left] == [("b", "remove it: rm b")]


def test_the_text_report_begins_with_verdict_and_findings(run: Run, options: Options) -> None:
    lines = report.as_text(run, options).splitlines()
    assert lines[0] == "smoke test FAILED in 4 s"
    assert lines[2] == str(FAILED).splitlines()[0]


def test_the_json_report_has_a_version_and_every_step(run: Run) -> None:
    body = json.loads(report.as_json(run))
    assert (body["apiVersion"], body["kind"], body["passed"]) == ("raychart/v1", "SmokeTest", False)
    assert [step["status"] for part in body["parts"] for step in part["steps"]] == ["passed", "skipped", "failed"]
    assert body["parts"][1]["findings"][0]["rule"] == "smoke-quota"


def test_the_junit_report_is_well_formed_whatever_a_log_holds(run: Run) -> None:
    suites = ET.fromstring(report.as_junit(run))  # noqa: S314 (our own text)
    assert (suites.get("tests"), suites.get("failures"), suites.get("skipped")) == ("3", "1", "1")


def test_latency_is_given_in_percentiles_of_what_was_measured() -> None:
    assert latency([float(n) for n in range(1, 101)]) == {"tasks": 100, "p50": 50.5, "p90": 90.1, "p99": 99.0}


@pytest.mark.parametrize("words", [["--timeout", "0"], ["--provider", "kind", "--context", "x"]])
def test_arguments_that_cannot_be_meant_are_refused(tmp_path: Path, words: list[str]) -> None:
    values = tmp_path / "team.yaml"
    values.write_text("{}\n")
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    with pytest.raises(RaychartError):
        read_options(parser.parse_args([str(values), *words]))
