"""Amounts as text: numbers, sizes, pods, and what changes of the capacity."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from raychart.capacity import Amount, Capacity
    from raychart.impact.model import Pods
    from raychart.review.model import NamespaceReview


def span(least: float, most: float) -> str:
    """Write the least and the most: 3, or 3..12."""
    return _between(number(least), number(most))


def pods_touched(pods: Pods) -> str:
    """Write how many running pods are touched: 1 pod, or 3..12 pods."""
    text = span(pods.least, pods.most)
    return f"{text} pod" if text == "1" else f"{text} pods"


def number(value: float) -> str:
    """Write a number with at most three digits after the point."""
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")


def memory(size: float) -> str:
    """Write bytes in the largest unit that leaves a number above one."""
    for unit, factor in (("Ti", 2**40), ("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
        if abs(size) >= factor:
            return f"{round(size / factor, 1):,g}{unit}"
    return number(size)


def capacity_change(before: Capacity | None, after: Capacity | None) -> str:
    """Say what changes of the least and the most that may be used: `pods 2..8 -> 2..16, CPU 8..32 -> 8..64`."""
    if before is None and after is None:
        return ""
    if before is None or after is None:
        only = after or before
        assert only is not None  # noqa: S101 (told apart above)
        figures = [f"{name} {text}" for name, text in _figures(only).items() if text != "0"]
        return f"{'new' if before is None else 'gone'}: {', '.join(figures)}" if figures else ""
    old, new = _figures(before), _figures(after)
    names = dict.fromkeys((*old, *new))
    changes = [(name, old.get(name, "0"), new.get(name, "0")) for name in names]
    return ", ".join(f"{name} {one} -> {other}" for name, one, other in changes if one != other) or "same"


def total_change(namespaces: Iterable[NamespaceReview]) -> str:
    """Say the same of many namespaces together; of those that failed nothing is known."""
    before, after = [], []
    for one in namespaces:
        if one.state != "failed":
            before.append(one.before)
            after.append(one.after)
    return capacity_change(total(before), total(after))


def total(capacities: Iterable[Capacity | None]) -> Capacity:
    """Add capacities up; what is not there counts for nothing."""
    from raychart.capacity import Capacity

    there = [one for one in capacities if one is not None]
    has_prices = any(one.least_price is not None for one in there)
    # Who has no schedules has the same at all hours.
    has_schedules = any(one.scheduled is not None for one in there)
    return Capacity(
        _sum(one.least for one in there),
        _sum(one.most for one in there),
        sum(one.least_price or 0 for one in there) if has_prices else None,
        sum(one.most_price or 0 for one in there) if has_prices else None,
        _sum(one.scheduled or one.least for one in there) if has_schedules else None,
        sum(one.scheduled_price or one.least_price or 0 for one in there) if has_prices and has_schedules else None,
        next((one.currency for one in there if one.currency), ""),
    )


def _sum(amounts: Iterable[Amount]) -> Amount:
    from raychart.capacity import Amount

    pods, cpu, size, gpu = 0, 0.0, 0.0, 0.0
    devices: dict[str, float] = defaultdict(float)
    for one in amounts:
        pods, cpu, size, gpu = pods + one.pods, cpu + one.cpu, size + one.memory, gpu + one.gpu
        for name, amount in one.devices:
            devices[name] += amount
    return Amount(pods, cpu, size, gpu, tuple(sorted(devices.items())))


def _figures(capacity: Capacity) -> dict[str, str]:
    """Return each figure as text by its name."""
    least, most = capacity.least, capacity.most
    figures = {
        "pods": span(least.pods, most.pods),
        "CPU": span(least.cpu, most.cpu),
        "memory": _between(memory(least.memory), memory(most.memory)),
        "GPU": span(least.gpu, most.gpu),
    }
    figures |= dict(_devices(least, most))
    if capacity.scheduled is not None:
        figures["pods in schedules' hours"] = number(capacity.scheduled.pods)
    if capacity.least_price is not None and capacity.most_price is not None:
        from raychart.capacity import HOURS_A_MONTH

        name = capacity.currency or "price"
        figures[f"{name} an hour"] = _price(capacity.least_price, capacity.most_price)
        # Beyond cents nobody counts in months.
        monthly = (f"{price * HOURS_A_MONTH:,.0f}" for price in (capacity.least_price, capacity.most_price))
        figures[f"{name} a month"] = _between(*monthly)
    return figures


def _devices(least: Amount, most: Amount) -> Iterator[tuple[str, str]]:
    """Yield devices other than GPUs by their names."""
    from raychart.capacity import is_gpu

    low, high = dict(least.devices), dict(most.devices)
    for name in dict.fromkeys((*low, *high)):
        if not is_gpu(name):
            yield name, span(low.get(name, 0), high.get(name, 0))


def _price(least: float, most: float) -> str:
    return _between(f"{least:,.2f}", f"{most:,.2f}")


def _between(least: str, most: str) -> str:
    return least if least == most else f"{least}..{most}"


def growth(before: Capacity | None, after: Capacity | None) -> float:
    """Return by how many CPUs and GPUs the most grows, to sort by; a GPU weighs more than all CPUs of its node."""
    old, new = ((side.most.cpu + 1000 * side.most.gpu if side else 0.0) for side in (before, after))
    return round(new - old, 3)
