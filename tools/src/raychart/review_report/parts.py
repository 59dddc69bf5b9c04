"""Divide a long document into parts, each of which opens and closes what stands around its pieces."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What stands before and after pieces that belong together; `again` is what a further part begins it with."""

    opener: str
    closer: str = ""
    again: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that is never divided, inside of frames, the outermost first."""

    text: str
    frames: tuple[Frame, ...] = ()


def divided(pieces: Iterable[Piece], room: int) -> list[str]:
    """Return as many texts as it takes for none to have more than `room` bytes of UTF-8.

    A piece that has no room with its frames makes its part longer.
    """
    division = _Division(room)
    for piece in pieces:
        division.add(piece)
    return division.finished()


class _Division:
    """Parts in the making."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._parts: list[str] = []
        self._texts: list[str] = []
        self._used = 0
        self._open: tuple[Frame, ...] = ()
        self._begun: set[Frame] = set()

    def add(self, piece: Piece) -> None:
        text = self._around(piece)
        end = sum(_size(frame.closer) for frame in piece.frames)
        if self._texts and self._used + _size(text) + end > self._room:
            self._end_part()
            text = self._around(piece)
        self._texts.append(text)
        self._used += _size(text)
        self._open = piece.frames
        self._begun.update(piece.frames)

    def finished(self) -> list[str]:
        if self._texts:
            self._end_part()
        return self._parts

    def _around(self, piece: Piece) -> str:
        """Return the piece after what has to be closed and opened before it."""
        if self._open == piece.frames:
            return piece.text
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(self._open, piece.frames, strict=False)))
        closed = [frame.closer for frame in reversed(self._open[shared:])]
        opened = [self._opener(frame) for frame in piece.frames[shared:]]
        return "".join([*closed, *opened, piece.text])

    def _opener(self, frame: Frame) -> str:
        return frame.opener if frame.again is None or frame not in self._begun else frame.again

    def _end_part(self) -> None:
        closers = [frame.closer for frame in reversed(self._open)]
        self._parts.append("".join([*self._texts, *closers]))
        self._texts, self._used, self._open = [], 0, ()


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "backslashreplace"))
