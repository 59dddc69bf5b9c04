"""Turn ^C and SIGTERM into a clean end."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
# Long enough for what is under way to end by the first exception.
_AGAIN = 3.0


class Interruption:
    """How often the user has asked to stop, and whether the run is cleaning up already.

    The first signal ends the work by KeyboardInterrupt, which is raised again every 3 s until the cleaning begins:
    Python drops it silently where it meets the finalizer of a file or a connection. While cleaning up, it is the second
    signal that ends that: the first may have been the one that started the cleaning, or came too late to matter.
    """

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self.count = 0
        self.cleaning = False

    def clean(self) -> None:
        """Begin the cleaning: signals count anew."""
        self.cleaning = True
        self.count = 0

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Receive a signal."""
        if self.cleaning and number == signal.SIGALRM:
            return
        self.count += 1
        if self.cleaning and self.count == 1:
            self._progress("cleaning up already; once more stops that too")
            return
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)
        raise KeyboardInterrupt


@contextmanager
def interruptible(progress: Callable[[str], None]) -> Iterator[Interruption]:
    """Receive signals during the block; outside the main thread, where Python allows no handlers, do nothing."""
    interruption = Interruption(progress)
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {number: signal.signal(number, interruption) for number in _SIGNALS}
    try:
        yield interruption
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
