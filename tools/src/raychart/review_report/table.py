"""Lay cells out as a table of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BETWEEN = "  "
# Of the last column; with less room it goes below its row.
_NARROW = 30
_BELOW = "    "


def laid_out(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """Yield the lines of a table; columns with nothing in them are left out, and the last one is wrapped to `width`."""
    kept = [number for number in range(len(heads)) if any(row[number] for row in rows)]
    if not kept:
        return
    table = [[row[number] for number in kept] for row in (heads, *rows)]
    widths = [max(len(row[number]) for row in table) for number in range(len(kept) - 1)]
    start = sum(widths) + len(_BETWEEN) * len(widths)
    for row in table:
        before = _BETWEEN.join(cell.ljust(size) for cell, size in zip(row, widths, strict=False)) + _BETWEEN
        if width is None or start + len(row[-1]) <= width:
            yield (before + row[-1]).rstrip()
            continue
        indent = start
        if width - start < _NARROW:
            yield before.rstrip()
            indent, before = len(_BELOW), _BELOW
        first, *rest = _wrapped(row[-1], width - indent)
        yield before + first
        yield from (" " * indent + line for line in rest)


def _wrapped(text: str, room: int) -> list[str]:
    """Break a text after its commas."""
    lines = [""]
    for part in text.split(", "):
        joined = f"{lines[-1]}, {part}" if lines[-1] else part
        if len(joined) < room or not lines[-1]:
            lines[-1] = joined
        else:
            lines[-1] += ","
            lines.append(part)
    return lines
