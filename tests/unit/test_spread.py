"""Work that is spread over processes gives what one process makes of it, in order, and never hangs."""

from __future__ import annotations

import multiprocessing
import os
import signal
from typing import TYPE_CHECKING, cast

import pytest

from raychart.errors import RaychartError
from raychart.process import CommandError, Completed
from raychart.spread import cores, spread

if TYPE_CHECKING:
    from collections.abc import Generator

ITEMS = range(300)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_results_come_in_order_from_other_processes() -> None:
    made = list(spread(lambda number: (number * 2, os.getpid()), ITEMS))
    assert [double for double, _ in made] == [number * 2 for number in ITEMS]
    assert os.getpid() not in {process for _, process in made}


def test_little_work_is_done_here() -> None:
    assert set(spread(lambda _: os.getpid(), range(99))) == {os.getpid()}


def test_what_is_spread_already_is_not_spread_again() -> None:
    def work(_: int) -> bool:
        return cores() == 1 and set(spread(lambda _: os.getpid(), ITEMS)) == {os.getpid()}

    assert all(spread(work, range(4), at_least=2))


@pytest.mark.parametrize(
    "error",
    [
        RaychartError("here", "is wrong", "mend it"),
        CommandError(Completed(("helm", "template"), 1, "", "no"), "ended with code 1", "mend it"),
    ],
)
def test_errors_arrive_as_they_are(error: RaychartError) -> None:
    def work(number: int) -> int:
        if number == 150:
            raise error
        return number

    with pytest.raises(type(error)) as raised:
        list(spread(work, ITEMS))
    assert (str(raised.value), vars(raised.value)) == (str(error), vars(error))


def test_a_process_that_is_killed_is_told_of() -> None:
    def work(number: int) -> int:
        if number == 150:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(RaychartError, match="memory"):
        list(spread(work, ITEMS))


def test_who_wants_no_more_gets_no_more() -> None:
    results = spread(lambda number: number, ITEMS)
    assert next(results) == 0
    cast("Generator[int]", results).close()
    assert multiprocessing.active_children() == []
