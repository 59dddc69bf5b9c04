"""A values file as text in pieces: each entry of a block mapping with the comments above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.yaml_nodes import Node

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnfitError(ValueError):
    """The file is laid out in a way that cannot be taken apart; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@dataclass(frozen=True, slots=True)
class Block:
    """A block mapping; `tail` is what stands below its last entry. Its text is that of its parts, one after another."""

    column: int
    entries: tuple[Entry, ...] = ()
    tail: str = ""

    @property
    def text(self) -> str:
        """Return the lines it was made of."""
        return "".join(entry.text for entry in self.entries) + self.tail

    def get(self, key: str) -> Entry | None:
        """Return the entry of a key."""
        return next((entry for entry in self.entries if entry.key == key), None)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value.

    `lead` are the comments and empty lines above it, `head` its own lines, which end where a nested `block` begins.
    `remark` is the comment at the end of its line, with the space before it.
    """

    key: str
    data: Any
    column: int
    lead: str
    head: str
    remark: str = ""
    block: Block | None = None

    @property
    def text(self) -> str:
        """Return the lines it was made of."""
        return self.lead + self.body

    @property
    def body(self) -> str:
        """Return its lines without what stands above."""
        return self.head + (self.block.text if self.block else "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole file: what stands above its first entry, and its mapping."""

    prologue: str
    block: Block
    data: dict[str, Any]

    @property
    def text(self) -> str:
        """Return the file."""
        return self.prologue + self.block.text


def take_apart(text: str) -> Sheet:
    """Take a values file apart that Helm reads as a mapping. Raises UnfitError where its layout does not allow it."""
    text = text if text.endswith("\n") or not text else f"{text}\n"
    documents = read_documents(text, "values")
    read = documents[0].root if documents else None
    root = yaml.compose(text, Loader=_Loader)
    if read is None or read.data is None or root is None:
        return Sheet(text, Block(0), {})
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise UnfitError(read.mark.line, "the file is one mapping in braces")
    lines = text.splitlines(keepends=True)
    prologue, block = _Cutter(lines).block(root, read, 0, len(lines))
    return Sheet(prologue, block, read.data)


class _Cutter:
    """Cut lines into entries, guided by the nodes that PyYAML composes and the data that Helm would read."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    def block(self, node: yaml.MappingNode, read: Node, start: int, end: int) -> tuple[str, Block]:
        """Return the lines from `start` to the first entry, and the mapping that ends before the line `end`."""
        pairs = node.value
        column = pairs[0][0].start_mark.column
        cuts: list[int] = []
        floor = start
        for key, value in pairs:
            line = key.start_mark.line
            self._check(key, line, column)
            cuts.append(self._back(line, floor, column) if cuts or start else self._paragraph(line))
            floor = max(line + 1, _content_end(key, value))
        last = self._back(end, floor, column)
        entries = tuple(self._entries(pairs, read, [*cuts, last], column))
        return self._text(start, cuts[0]), Block(column, entries, self._text(last, end))

    def _entries(
        self, pairs: Sequence[tuple[Any, Any]], read: Node, cuts: Sequence[int], column: int
    ) -> Iterator[Entry]:
        for index, (key, value) in enumerate(pairs):
            line, end = key.start_mark.line, cuts[index + 1]
            name, found = _child(read, line, column)
            lead = self._text(cuts[index], line)
            data = found.data if found else None
            if found is not None and _is_block(key, value):
                above, block = self.block(value, found, line + 1, end)
                head = self.lines[line] + above
                remark = self._remark(line, self._colon(key))
                yield Entry(name, data, column, lead, head, remark, block)
                continue
            stop = value.end_mark if value.end_mark.index >= key.end_mark.index else key.end_mark
            remark = self._remark(stop.line, stop.column) if stop.line < end else ""
            yield Entry(name, data, column, lead, self._text(line, end), remark)

    def _colon(self, key: Any) -> int:
        return int(self.lines[key.end_mark.line].index(":", key.end_mark.column)) + 1

    def _remark(self, line: int, column: int) -> str:
        rest = self.lines[line][column:].rstrip()
        return rest if rest.lstrip().startswith("#") and rest[:1].isspace() else ""

    def _check(self, key: Any, line: int, column: int) -> None:
        if not isinstance(key, yaml.ScalarNode) or self.lines[line][: key.start_mark.column].strip():
            raise UnfitError(line + 1, "a key does not begin its line")
        if key.start_mark.column != column:
            raise UnfitError(line + 1, "a key does not stand below the one before it")

    def _back(self, line: int, floor: int, column: int) -> int:
        """Go up from a line past empty ones and comments that stand no deeper than the keys around."""
        while line > floor and self._is_between(self.lines[line - 1], column):
            line -= 1
        return line

    def _paragraph(self, line: int) -> int:
        """Go up from the file's first key past the comment right above it, unless that is the file's first comment."""
        first = line
        while first and self.lines[first - 1].startswith("#"):
            first -= 1
        return first or line

    @staticmethod
    def _is_between(line: str, column: int) -> bool:
        bare = line.strip()
        # The end of a document is no entry's either.
        return not bare or line.startswith("...") or (bare.startswith("#") and len(line) - len(line.lstrip()) <= column)

    def _text(self, start: int, end: int) -> str:
        return "".join(self.lines[start:end])


def _child(read: Node, line: int, column: int) -> tuple[str, Node | None]:
    """Return the key as Helm reads it and its value; of a merge or a repeated key Helm has no child there."""
    for key, (mark, node) in read.children.items():
        if (mark.line, mark.column) == (line + 1, column + 1):
            return str(key), node
    return f"\0{line}", None


def _is_block(key: Any, value: Any) -> bool:
    """Tell whether the value is a block mapping of its own, below its key, and no alias of one elsewhere."""
    return (
        isinstance(value, yaml.MappingNode)
        and not value.flow_style
        and bool(value.value)
        and value.value[0][0].start_mark.line > key.end_mark.line
    )


def _content_end(key: Any, value: Any) -> int:
    """Return the line after the last one that a value takes up, comments below it not counted."""
    if value.start_mark.index < key.start_mark.index:
        return int(key.end_mark.line) + 1  # an alias
    if isinstance(value, yaml.CollectionNode) and not value.flow_style and value.value:
        last = value.value[-1]
        return _content_end(*last) if isinstance(last, tuple) else _content_end(key, last)
    return int(value.end_mark.line) + int(value.end_mark.column > 0)
