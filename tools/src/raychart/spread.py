"""Do the same to many things at once, on all cores."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any, TypeVar

from raychart.errors import RaychartError

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

    Items and results are pickled, `work` is not. Raises RaychartError where a process is ended from outside.
    """
    if len(items) < at_least or cores() < 2 or not hasattr(os, "fork"):
        yield from map(work, items)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(cores(), mp_context=context, initializer=_begin, initargs=(work,))
    try:
        yield from pool.map(_do, items, chunksize=max(len(items) // (cores() * 8), 1))
    except BrokenProcessPool as broken:
        what = "was ended from outside, as systems do when memory runs out"
        raise RaychartError("one of the processes that share the work", what, "give it more memory") from broken
    except (KeyboardInterrupt, GeneratorExit):
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(work: Callable[[Any], Any]) -> None:
    # An interrupt from the terminal reaches all processes, and the parent is the one that says something of it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _work[:] = [work]


def _do(item: Any) -> Any:
    return _work[0](item)
