"""Do the same to many things at once, on all cores."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Made = TypeVar("Made")

# Below this, starting processes takes longer than they save.
_WORTH_IT = 100
# What a process does that was started here; nothing in all others.
_work: list[Callable[[Any], Any]] = []


def cores() -> int:
    """Return how many things this process may do at once: one, where it is one of several already."""
    return 1 if _work else os.cpu_count() or 1


def spread(work: Callable[[Item], Made], items: Sequence[Item], *, at_least: int = _WORTH_IT) -> Iterator[Made]:
    """Yield what `work` makes of each item, in order; of many items in processes that share all that is loaded.

    Items and results are pickled, `work` is not.
    """
    if len(items) < at_least or cores() < 2 or not hasattr(os, "fork"):
        yield from map(work, items)
        return
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(cores(), _begin, (work,)) as pool:
        yield from pool.imap(_do, items, chunksize=max(len(items) // (cores() * 8), 1))


def _begin(work: Callable[[Any], Any]) -> None:
    # The parent answers an interrupt and ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _work[:] = [work]


def _do(item: Any) -> Any:
    return _work[0](item)
