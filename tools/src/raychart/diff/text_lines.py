"""Compare texts line by line, bounded in time and in what is written."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from raychart.diff.order import increasing
from raychart.diff.values_text import cut, parts
from raychart.paths import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    # Of the old and of the new lines the first, and the one after the last.
    _Span = tuple[int, int, int, int]

# Lines that differ somewhere in between, both sides together, beyond which not each is compared with each.
_MOST = 1000
# What is written for a space that cannot be seen.
_SPACE = r"\x20"


def text_lines(old: str, new: str, around: int = 1) -> list[str]:
    """Return the lines that differ, each begun by `+`, `-` or a space, with `around` lines that do not around them."""
    # At form feeds, where Python would begin lines too, neither YAML nor shells do.
    before, after = (text.removesuffix("\n").split("\n") for text in (old, new))
    if before != after and [line.rstrip("\r") for line in before] == [line.rstrip("\r") for line in after]:
        counts = [text.count("\r\n") for text in (old, new)]
        return [f" lines that end in \\r\\n and not \\n: {counts[0]} -> {counts[1]}"]
    found = _changed(before, after, around)
    if old.endswith("\n") != new.endswith("\n"):
        found.append(" no line break at its end any more" if old.endswith("\n") else " a line break at its end")
    return found


def _changed(before: list[str], after: list[str], around: int) -> list[str]:
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    middle = before[start : len(before) - end], after[start : len(after) - end]
    found: list[str] = []
    # Where the line stands after which nothing more was written.
    written = start
    for old_start, old_end, new_start, new_end in _differences(*middle):
        at = start + old_start
        found += _context(before, written, at, around, first=not found)
        found += _block(middle[0][old_start:old_end], middle[1][new_start:new_end])
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


def _differences(old: list[str], new: list[str]) -> Iterator[_Span]:
    """Yield which lines became which; of many those between lines that are there once on both sides."""
    if len(old) + len(new) <= _MOST:
        codes = SequenceMatcher(None, old, new).get_opcodes()
        yield from ((a, b, c, d) for what, a, b, c, d in codes if what != "equal")
        return
    kept = _kept(old, new)
    if not kept:
        yield 0, len(old), 0, len(new)
        return
    at = (0, 0)
    for one, other in [*kept, (len(old), len(new))]:
        inner = _differences(old[at[0] : one], new[at[1] : other]) if (one, other) != at else ()
        yield from ((at[0] + a, at[0] + b, at[1] + c, at[1] + d) for a, b, c, d in inner)
        at = one + 1, other + 1


def _kept(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Return where lines stand that both texts have once, and in the same order."""
    counts = Counter(old), Counter(new)
    place = {line: index for index, line in enumerate(new) if counts[0][line] == counts[1][line] == 1}
    here = [index for index, line in enumerate(old) if line in place]
    there = [place[old[index]] for index in here]
    return [(here[step], there[step]) for step in increasing(there)]


def _alike(one: list[str], other: list[str]) -> int:
    """Return how many lines two texts begin with alike."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _block(old: list[str], new: list[str]) -> list[str]:
    """Write lines that became others; of long ones the part that differs."""
    if len(old) == len(new):
        pairs = [_pair(one, other) for one, other in zip(old, new, strict=True)]
        return [f"-{one}" for one, _ in pairs] + [f"+{other}" for _, other in pairs]
    return [f"-{_line(line)}" for line in old] + [f"+{_line(line)}" for line in new]


def _pair(old: str, new: str) -> tuple[str, str]:
    if old.rstrip(" ") == new.rstrip(" "):
        old, new = (f"{line.rstrip(' ')}{_SPACE * (len(line) - len(line.rstrip(' ')))}" for line in (old, new))
    return parts(one_line(old), one_line(new))


def _line(line: str) -> str:
    return cut(one_line(line))
