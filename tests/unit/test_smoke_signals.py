"""How ^C ends a smoke test."""

from __future__ import annotations

import io
import os
import signal
import time

import pytest

from raychart.smoke import signals


class Connection(io.RawIOBase):
    """Is closed by its finalizer, at the moment at which the user presses ^C."""

    def close(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


def test_an_interruption_that_meets_a_finalizer_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_AGAIN", 0.05)
    with signals.interruptible(print):
        Connection()
        with pytest.raises(KeyboardInterrupt):
            time.sleep(10)


def test_while_cleaning_up_the_second_one_counts() -> None:
    told: list[str] = []
    with signals.interruptible(told.append) as interruption:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        interruption.clean()
        os.kill(os.getpid(), signal.SIGALRM)
        os.kill(os.getpid(), signal.SIGINT)
        assert told == ["cleaning up already; once more stops that too"]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
