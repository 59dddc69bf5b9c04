"""Scenarios as data, the account of their work, and how both are asked for, without a cluster."""

from __future__ import annotations

import argparse
import itertools
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raychart.errors import RaychartError
from raychart.smoke import command
from raychart.smoke.ledger import Ledger
from raychart.smoke.options import Options, read_options
from raychart.smoke.recorder import PodLife
from raychart.smoke.scenario import NAMES
from raychart.smoke.scenarios import BY_NAME, SCENARIOS, listing
from raychart.smoke.scenarios.autoscale import most_at_once, rounds_of
from raychart.smoke.scenarios.upgrade import changed_types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[..., Options]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read a command line, in a folder with two values files."""
    monkeypatch.chdir(tmp_path)
    for name in ("team-a", "team-b"):
        (tmp_path / f"{name}.yaml").write_text("clusters: {}\n")
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return lambda *words: read_options(parser.parse_args(words))


def test_all_names_have_a_scenario_and_every_scenario_a_name() -> None:
    assert tuple(BY_NAME) == NAMES


@pytest.mark.parametrize("scenario", SCENARIOS, ids=NAMES)
def test_a_scenario_installs_first_uninstalls_last_and_its_steps_are_told_apart(scenario: Any) -> None:
    names = [name for name, _ in scenario.steps]
    assert len(set(names)) == len(names)
    assert "install" in names[:2]
    assert names[-1] == "uninstall"
    assert scenario.plays == ("work ends" in names)


def test_the_list_has_every_scenario_with_every_step() -> None:
    text = listing()
    for scenario in SCENARIOS:
        part = text.split(f"{scenario.name}: ", 1)[1].split("\n\n")[0]
        assert [line.split(". ", 1)[1] for line in part.splitlines()[1:]] == [name for name, _ in scenario.steps]


def test_names_may_follow_each_other_before_the_values_files(read: Read) -> None:
    for words in (
        ("--scenario", "upgrade", "head-loss", "team-a.yaml"),
        ("--scenario", "upgrade,head-loss", "team-a.yaml"),
        ("team-a.yaml", "--scenario", "upgrade", "--scenario", "head-loss", "--scenario", "upgrade"),
    ):
        options = read(*words)
        assert options.scenarios == ("upgrade", "head-loss"), words
        assert list(options.values) == ["team-a"]


def test_all_is_every_scenario_and_none_named_is_none(read: Read) -> None:
    assert read("--scenario", "all", "team-a.yaml").scenarios == NAMES
    assert read("team-a.yaml").scenarios == ()


def test_a_file_called_like_a_scenario_is_a_file(read: Read, tmp_path: Path) -> None:
    (tmp_path / "upgrade").write_text("{}\n")
    options = read("--scenario", "head-loss", "upgrade")
    assert (options.scenarios, list(options.values)) == (("head-loss",), ["upgrade"])


def test_a_prefix_goes_before_every_namespace(read: Read) -> None:
    assert list(read("--namespace-prefix", "trial-", "team-a.yaml", "team-b.yaml").values) == [
        "trial-team-a",
        "trial-team-b",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("--scenario", "head-los", "team-a.yaml"),
        ("--scenario", "head-loss"),
        ("--scenario", "all", "--keep", "team-a.yaml"),
        ("--long-task", "0", "team-a.yaml"),
        ("--from-values", "nothing.yaml", "team-a.yaml"),
        ("--namespace-prefix", "Trial", "team-a.yaml"),
    ],
)
def test_what_cannot_be_meant_is_refused(read: Read, words: tuple[str, ...]) -> None:
    with pytest.raises(RaychartError):
        read(*words)


def account(lines: list[dict[str, Any]]) -> Ledger:
    ledger = Ledger(threading.Event())
    for line in lines:
        ledger.hear({"t": 0.0, **line})
    return ledger


def short(number: int, at: float, tries: int = 1, *, right: bool = True) -> dict[str, Any]:
    return {"smoke": "short", "t": at, "id": number, "right": right, "node": "n", "seconds": 0.1, "tries": tries}


def long(event: str, number: int, attempt: int = 1) -> dict[str, Any]:
    facts = {"node": "n", "started": 1.0, "ended": 2.0} if event == "returned" else {"error": "gone"}
    about = {"smoke": "long", "event": event, "type": "cpu", "id": f"cpu/{number}", "attempt": attempt}
    return {**about, **(facts if event in {"returned", "broken"} else {})}


def test_a_task_that_began_twice_is_interrupted_and_not_lost() -> None:
    ledger = account([long("submitted", 1), long("broken", 1), long("submitted", 1, 2), long("returned", 1, 2)])
    assert ledger.figures()["longTasks"] == {"cpu": {"submitted": 1, "returned": 1, "interrupted": 1, "withdrawn": 0}}
    assert not ledger.lost()


def test_a_task_that_never_returned_is_lost_unless_it_was_withdrawn() -> None:
    ledger = account([long("submitted", 1), long("submitted", 2), long("withdrawn", 2)])
    assert ledger.lost() == ["long task cpu/1"]


def test_a_type_works_when_one_task_has_returned_and_another_is_under_way() -> None:
    lines = [long("submitted", 1), long("returned", 1), long("submitted", 2), long("returned", 2)]
    assert [account(lines[:count]).works_on("cpu") for count in range(5)] == [False, False, False, True, False]


def test_short_tasks_without_a_result_are_counted_when_the_pod_is_done() -> None:
    done = {"smoke": "done", "short": 4}
    ledger = account([short(0, 1.0), short(2, 2.0, 3, right=False), done])
    assert ledger.lost() == ["short task 1", "short task 3"]
    assert ledger.figures()["shortTasks"] == {"returned": 2, "repeated": 1, "lost": 2, "wrong": 1}


@given(st.lists(st.floats(0, 1e4), min_size=2, unique=True))
def test_the_longest_gap_is_the_longest_between_two_results(times: list[float]) -> None:
    gap = account([short(number, at) for number, at in enumerate(times)]).longest_gap()
    ordered = sorted(times)
    assert gap
    assert gap.end - gap.start == max(b - a for a, b in itertools.pairwise(ordered))


@pytest.mark.parametrize(
    ("created", "rounds"),
    [([], []), ([10.0, 10.1, 10.4, 15.3, 15.4, 25.0], [3, 2, 1]), ([5.0, 1.0, 1.2], [2, 1])],
)
def test_pods_created_at_once_are_one_round(created: list[float], rounds: list[int]) -> None:
    assert rounds_of(created) == rounds


def test_a_pod_that_is_being_deleted_is_not_counted_with_its_successor() -> None:
    def pod(created: float, deleted: float | None) -> PodLife:
        return PodLife(f"{created}", "p", {}, created, [("ready", created)], deleted=deleted)

    assert most_at_once([pod(1, 5), pod(2, None), pod(5, None)]) == 2
    assert most_at_once([pod(1, None), pod(2, 9), pod(3, 4)]) == 3


def test_types_whose_pods_differ_are_changed_and_their_numbers_do_not_count() -> None:
    def body(**groups: dict[str, Any]) -> dict[str, Any]:
        return {"spec": {"workerGroupSpecs": [{"groupName": name, **group} for name, group in groups.items()]}}

    before = body(same={"maxReplicas": 1, "template": {}}, other={"template": {"a": 1}}, gone={"template": {}})
    after = body(same={"maxReplicas": 9, "template": {}}, other={"template": {"a": 2}}, new={"template": {}})
    assert changed_types(before, after) == {"other", "gone", "new"}
