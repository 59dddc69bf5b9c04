"""How much a cluster may use at most."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from raychart.quantities import GI, MI, shown_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.generate.model import Spec, Workers

# What operator and autoscaler ask for in the chart's values.
BESIDES_CPUS = Decimal("0.1")
BESIDES_MEMORY = 384 * MI


@dataclass(frozen=True, slots=True)
class Totals:
    """CPUs, memory in bytes and GPUs."""

    cpus: Decimal
    memory: int
    gpus: int

    def __str__(self) -> str:
        """Write them as people do."""
        parts = [f"{float(self.cpus):g} CPUs", shown_memory(self.memory)]
        if self.gpus:
            parts.append(f"{self.gpus} GPU{'s' if self.gpus > 1 else ''}")
        return f"{', '.join(parts[:-1])} and {parts[-1]}"


@dataclass(frozen=True, slots=True)
class HeadSize:
    """The head's CPUs and memory, and for how many workers that is the rule."""

    cpus: Decimal
    memory: int
    workers: int


def most_workers(spec: Spec) -> int:
    """Return how many workers there may be at a time."""
    together = sum(workers.at_most for workers in spec.workers)
    return together if spec.workers_at_most is None else min(together, spec.workers_at_most)


def head_size(spec: Spec) -> HeadSize:
    """Return what the head gets: what the spec says, or what it takes to keep the books of so many workers."""
    workers = most_workers(spec)
    cpus, memory = next(size for limit, size in _HEADS if workers <= limit)
    return HeadSize(spec.head.cpus or Decimal(cpus), spec.head.memory or memory * GI, workers)


_HEADS: tuple[tuple[float, tuple[int, int]], ...] = ((20, (1, 4)), (60, (2, 8)), (float("inf"), (4, 16)))


def totals_of(spec: Spec) -> Totals:
    """Return what head, operator, autoscaler and as many workers as there may be ask for."""
    head = head_size(spec)
    return Totals(
        head.cpus + BESIDES_CPUS + _most(spec, lambda one: one.cpus),
        head.memory + BESIDES_MEMORY + int(_most(spec, lambda one: Decimal(one.memory or 0))),
        int(_most(spec, lambda one: Decimal(one.gpus))),
    )


def _most(spec: Spec, share: Callable[[Workers], Decimal]) -> Decimal:
    """Add up a share of the workers, the greediest first, until there are no more."""
    left, total = most_workers(spec), Decimal(0)
    for workers in sorted(spec.workers, key=share, reverse=True):
        number = min(left, workers.at_most)
        total += share(workers) * number
        left -= number
    return total
