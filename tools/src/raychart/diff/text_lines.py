"""Compare texts line by line, bounded in time and in what is written."""

from __future__ import annotations

from difflib import SequenceMatcher

from raychart.diff.values_text import cut
from raychart.paths import one_line

# Lines that differ somewhere in between, both sides together, beyond which they are not compared with each other.
_MOST = 1000


def text_lines(old: str, new: str, around: int = 1) -> list[str]:
    """Return the lines that differ, each begun by `+`, `-` or a space, with `around` lines that do not around them."""
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return [" the ends of its lines differ"]
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    middle = before[start : len(before) - end], after[start : len(after) - end]
    found: list[str] = []
    # Where the line stands after which nothing more was written.
    written = start
    for old_start, old_end, new_start, new_end in _differences(*middle):
        at = start + old_start
        found += _context(before, written, at, around, first=not found)
        found += [f"-{_line(line)}" for line in middle[0][old_start:old_end]]
        found += [f"+{_line(line)}" for line in middle[1][new_start:new_end]]
        written = start + old_end
    return found + [f" {_line(line)}" for line in before[written : written + around]]


def _context(lines: list[str], written: int, at: int, around: int, *, first: bool) -> list[str]:
    """Return what stands between two differences, all of it where it is short."""
    if first:
        place = [f" @@ line {at + 1}"] if at > around else []
        return place + [f" {_line(line)}" for line in lines[max(at - around, 0) : at]]
    if at - written <= 2 * around + 1:
        return [f" {_line(line)}" for line in lines[written:at]]
    return [
        *(f" {_line(line)}" for line in lines[written : written + around]),
        f" @@ line {at + 1}",
        *(f" {_line(line)}" for line in lines[at - around : at]),
    ]


def _differences(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    if len(old) + len(new) > _MOST:
        return [(0, len(old), 0, len(new))]
    codes = SequenceMatcher(None, old, new).get_opcodes()
    return [(a, b, c, d) for what, a, b, c, d in codes if what != "equal"]


def _alike(one: list[str], other: list[str]) -> int:
    """Return how many lines two texts begin with alike."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _line(line: str) -> str:
    return cut(one_line(line))
