"""Draw what happened to the pods over time, as SVG text: no display, no library, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.smoke.api import Json
    from raychart.smoke.results import Run

_WIDTH, _LEFT, _RIGHT = 960, 150, 24
_BAR, _STEP, _LANE_GAP = 8, 11, 9
_RESULTS = 36
_LINE = 16
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_FIRST = ("operator", "head")
_STATES = ("pending", "starting", "ready", "terminating", "ended")
_STYLE = """
svg { font: 12px system-ui, sans-serif; color-scheme: light dark; background: #fff }
text { fill: #1f2328 } .small { font-size: 10.5px; fill: #59636e } .title { font-size: 14px; font-weight: 600 }
.pending { fill: #d4a72c } .starting { fill: #54aeff } .ready { fill: #2da44e } .terminating { fill: #cf222e }
.ended { fill: #8c959f } .grid { stroke: #d1d9e0; stroke-width: 1 } .results { fill: #8250df }
.gap { fill: #cf222e; opacity: .13 } .mark { stroke: #1f2328; stroke-width: 1; stroke-dasharray: 3 2 }
.dot { fill: #1f2328 } .number { fill: #fff; font-size: 9px; text-anchor: middle }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117 } text { fill: #f0f6fc } .small { fill: #9198a1 } .grid { stroke: #30363d }
  .mark { stroke: #f0f6fc } .dot { fill: #f0f6fc } .number { fill: #0d1117 } .results { fill: #ab7df8 }
  .gap { opacity: .3 }
}
""".strip()


def draw(run: Run) -> str:
    """Return a picture with a panel for each namespace of each part that was watched; an empty one where none was."""
    panels = [
        (f"{namespace}: {part.scenario or 'smoke test'} {'passed' if part.passed else 'FAILED'}", data)
        for part in run.parts
        for namespace, data in part.facts.get("timelines", {}).items()
    ]
    body: list[str] = []
    top = 12.0
    for title, data in panels:
        lines = list(_panel(title, data))
        body.append(f'<g transform="translate(0 {top:g})">')
        body += lines
        body.append("</g>")
        top += _height(data)
    size = f'width="{_WIDTH}" height="{top:g}" viewBox="0 0 {_WIDTH} {top:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><style>{_STYLE}</style>'
    return "\n".join([head, *body, "</svg>"]) + "\n"


def _panel(title: str, data: Json) -> Iterator[str]:
    lanes = _lanes(data["pods"])
    bottom = _lanes_bottom(lanes)
    yield f'<text class="title" x="12" y="14">{escape(title)}</text>'
    yield from _legend()
    yield from _axis(data, bottom)
    yield from _gap(data, bottom)
    y = _TOP
    for name, pods in lanes.items():
        yield f'<text x="{_LEFT - 10}" y="{y + _BAR:g}" text-anchor="end">{escape(name)}</text>'
        for pod in pods:
            yield from _bar(pod, y, data["seconds"])
            y += _STEP
        y += _LANE_GAP
    yield from _results(data, bottom)
    yield from _marks(data, bottom)


_TOP = 52.0


def _height(data: Json) -> float:
    return _lanes_bottom(_lanes(data["pods"])) + _RESULTS + 34 + _LINE * ((len(data["marks"]) + 1) // 2) + 26


def _lanes(pods: list[Json]) -> dict[str, list[Json]]:
    """Return the pods by what they are, the operator and the head first, then by name."""
    names = sorted({pod["type"] for pod in pods}, key=lambda name: (name not in _FIRST, name != "operator", name))
    return {name: [pod for pod in pods if pod["type"] == name] for name in names}


def _lanes_bottom(lanes: dict[str, list[Json]]) -> float:
    return _TOP + sum(len(pods) * _STEP + _LANE_GAP for pods in lanes.values())


def _x(second: float, length: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * max(0.0, min(second, length)) / max(length, 1.0)


def _legend() -> Iterator[str]:
    x = float(_LEFT)
    for name in (*_STATES, "results", "gap"):
        said = {"results": "results per second", "gap": "longest time without a result"}.get(name, name)
        yield f'<rect class="{name}" x="{x:g}" y="24" width="10" height="10"/>'
        yield f'<text class="small" x="{x + 14:g}" y="33">{said}</text>'
        x += 30 + 6.1 * len(said)


def _axis(data: Json, bottom: float) -> Iterator[str]:
    length = data["seconds"]
    step = next((tick for tick in _TICKS if length / tick <= 12), _TICKS[-1])
    foot = bottom + _RESULTS
    for second in range(0, int(length) + 1, step):
        x = _x(second, length)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4:g}" y2="{foot:g}"/>'
        yield f'<text class="small" x="{x:.1f}" y="{foot + 13:g}" text-anchor="middle">{second}</text>'
    yield f'<text class="small" x="{_LEFT - 10}" y="{foot + 13:g}" text-anchor="end">seconds</text>'


def _bar(pod: Json, y: float, length: float) -> Iterator[str]:
    span = f"{pod['created']:g} s to {pod['gone']:g} s" if pod["gone"] is not None else f"from {pod['created']:g} s"
    restarts = f", restarted {pod['restarts']}x" if pod["restarts"] else ""
    yield f'<g class="pod"><title>{escape(pod["name"])}, {span}{restarts}</title>'
    for state in pod["states"]:
        start, end = _x(state["from"], length), _x(state["to"], length)
        size = f'width="{max(end - start, 1):.1f}" height="{_BAR}"'
        yield f'<rect class="{state["state"]}" x="{start:.1f}" y="{y:g}" {size}/>'
    yield "</g>"


def _gap(data: Json, bottom: float) -> Iterator[str]:
    gap = data.get("gap")
    if gap and gap["seconds"] >= 1:
        start, end = _x(gap["from"], data["seconds"]), _x(gap["to"], data["seconds"])
        size = f'width="{end - start:.1f}" height="{bottom + _RESULTS - _TOP + 4:g}"'
        yield f'<rect class="gap" x="{start:.1f}" y="{_TOP - 4:g}" {size}/>'


def _results(data: Json, bottom: float) -> Iterator[str]:
    results = data.get("results")
    if not results:
        return
    most = max(one["count"] for one in results)
    width = max(_x(1, data["seconds"]) - _x(0, data["seconds"]) - 0.3, 0.5)
    foot = bottom + _RESULTS
    yield f'<text x="{_LEFT - 10}" y="{foot - 12:g}" text-anchor="end">results/s</text>'
    yield f'<text class="small" x="{_WIDTH - _RIGHT + 4}" y="{bottom + 8:g}">{most}</text>'
    for one in results:
        height = (_RESULTS - 4) * one["count"] / most
        x = _x(one["second"], data["seconds"])
        yield f'<rect class="results" x="{x:.1f}" y="{foot - height:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    if (gap := data.get("gap")) and _x(gap["to"], data["seconds"]) - _x(gap["from"], data["seconds"]) > 40:
        middle = _x((gap["from"] + gap["to"]) / 2, data["seconds"])
        said = f"{gap['seconds']:.1f} s"
        yield f'<text class="small" x="{middle:.1f}" y="{foot - 6:g}" text-anchor="middle">{said}</text>'


def _marks(data: Json, bottom: float) -> Iterator[str]:
    foot = bottom + _RESULTS
    for number, mark in enumerate(data["marks"], 1):
        x = _x(mark["at"], data["seconds"])
        yield f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4:g}" y2="{foot:g}"/>'
        yield f'<circle class="dot" cx="{x:.1f}" cy="{_TOP - 9:g}" r="6"/>'
        yield f'<text class="number" x="{x:.1f}" y="{_TOP - 5.8:g}">{number}</text>'
        column = _LEFT + (number - 1) % 2 * (_WIDTH - _LEFT) / 2
        row = foot + 32 + _LINE * ((number - 1) // 2)
        said = f"{number}  {mark['at']:.1f} s  {escape(mark['what'])}"
        yield f'<text class="small" x="{column:g}" y="{row:g}">{said}</text>'
