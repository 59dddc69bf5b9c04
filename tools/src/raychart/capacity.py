"""What the RayClusters of a namespace may use: pods, CPU, memory and GPUs, at least and at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """Pods with what they request: CPUs, bytes of memory, GPUs."""

    pods: int = 0
    cpu: float = 0.0
    memory: float = 0.0
    gpu: float = 0.0


@dataclass(frozen=True, slots=True)
class Capacity:
    """The least that is always there, and the most that the autoscaler may ask for.

    `least_price` and `most_price` are in the price table's unit an hour, None without a table.
    """

    least: Amount = Amount()
    most: Amount = Amount()
    least_price: float | None = None
    most_price: float | None = None
