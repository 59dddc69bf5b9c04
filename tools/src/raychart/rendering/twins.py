"""Render once for many namespaces, where nothing but the namespace's name differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.rendering.namespace_flow import texts_looked_for
from raychart.rendering.parsed import STAND_IN, is_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.rendering.chart_files import ChartFiles
    from raychart.rendering.engine import Engine, Output, Request

# As long as a namespace's name may be, with every character that it may have: what is done to characters, or to names
# longer than some length, is done to this one. In order it comes before all the names that the stand-in stands for, and
# the stand-in after them.
LONGEST = "0123456789-abcdefghijklmnopqrstuvwxyz-9876543210-zyxwvutsrqpon0"
# Fewer are as quickly rendered each by itself.
WORTH_IT = 3


class Twins:
    """Knows of one chart whether its templates do no more with the namespace's name than write it down."""

    def __init__(self, chart: ChartFiles, *, stable: bool) -> None:
        self._chart = chart
        self._looked_for = texts_looked_for(chart.templates) if stable and chart.templates is not None else None

    def takes(self, namespace: str, given: str) -> bool:
        """Tell whether a namespace may be put in where the stand-in is: its name is not a word of chart or values."""
        if self._looked_for is None or not is_plain(namespace) or namespace > STAND_IN:
            return False
        if any(_may_make(text, namespace) for text in self._looked_for):
            return False
        return namespace not in self._chart.text and namespace not in given


def _may_make(text: str, name: str) -> bool:
    """Tell whether a text may come about by what stands beside a name, and not beside another."""
    ends = range(1, len(text) + 1)
    return text in name or any(name.startswith(text[-n:]) or name.endswith(text[:n]) for n in ends)


def render_stand_ins(engine: Engine, requests: Sequence[Request]) -> list[Output | None]:
    """Render with the stand-in for the namespace; None where another name would have given another text.

    Each text is rendered a second time, with the longest of names: cut at the names, both have to have the same parts.
    """
    named = [request._replace(namespace=name) for request in requests for name in (STAND_IN, LONGEST)]
    outputs = engine.render_many(named)
    return [
        short if _parts(short, STAND_IN, LONGEST) == _parts(long, LONGEST, STAND_IN) else None
        for short, long in zip(outputs[::2], outputs[1::2], strict=True)
    ]


def _parts(output: Output, name: str, other: str) -> list[list[object]]:
    texts = [*output.documents, output.refusal or ""]
    # A name that is in the texts for another reason would be taken for the namespace.
    return [[other in text, *text.split(name)] for text in texts]
