"""The commented examples of values.yaml: lines that begin, after their indentation, with "#  "."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

EXAMPLE = re.compile(r"( *)#(  .*)")
KEY = re.compile(r"( *)([A-Za-z]+):(.*)")


@dataclass(frozen=True)
class Example:
    """One block: the dotted path of the key that it belongs to, its line, and the file with the block uncommented."""

    path: str
    line: int
    text: str


def examples(text: str) -> list[Example]:
    """Return every example in a values file."""
    lines = text.splitlines()
    numbered = [(number, bool(EXAMPLE.fullmatch(line))) for number, line in enumerate(lines)]
    blocks = [[number for number, _ in run] for is_one, run in groupby(numbered, lambda pair: pair[1]) if is_one]
    return [_example(lines, block) for block in blocks]


def _example(lines: list[str], block: list[int]) -> Example:
    """Uncomment a block. An empty default above it goes, since the block takes its place."""
    changed = list(lines)
    for number in block:
        changed[number] = EXAMPLE.sub(r"\1\2", lines[number])
    indentation = len(lines[block[0]]) - len(lines[block[0]].lstrip())
    path: list[str] = []
    for number in range(block[0] - 1, -1, -1):
        found = KEY.fullmatch(lines[number])
        if not found or len(found[1]) > indentation:
            continue
        if not path:
            changed[number] = re.sub(r': (\{\}|\[\]|null|"")$', ":", lines[number])
        path.insert(0, found[2])
        indentation = len(found[1]) - 1
        if indentation < 0:
            break
    return Example(".".join(path), block[0] + 1, "\n".join(changed) + "\n")
