"""Do the same to many things at once, on all cores."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Made = TypeVar("Made")

# Below this, starting processes takes longer than they save.
_WORTH_IT = 100
_work: list[Callable[[Any], Any]] = []


def spread(work: Callable[[Item], Made], items: Sequence[Item]) -> list[Made]:
    """Return what `work` makes of each item, in order; of many items in processes that share all that is loaded.

    Items and results are pickled, `work` is not.
    """
    cores = os.cpu_count() or 1
    if len(items) < _WORTH_IT or cores < 2 or not hasattr(os, "fork"):
        return [work(item) for item in items]
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(cores, _begin, (work,)) as pool:
        return pool.map(_do, items, chunksize=max(len(items) // (cores * 8), 1))


def _begin(work: Callable[[Any], Any]) -> None:
    # The parent answers an interrupt and ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _work[:] = [work]


def _do(item: Any) -> Any:
    return _work[0](item)
