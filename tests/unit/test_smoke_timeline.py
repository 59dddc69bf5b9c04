"""The picture of a run: well-formed, with a bar for every pod and every mark told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from raychart.smoke.recorder import PodLife, Recorder
from raychart.smoke.results import Part, Run
from raychart.smoke.timeline import timeline
from raychart.smoke.timeline_svg import draw

if TYPE_CHECKING:
    from collections.abc import Callable

SVG = "{http://www.w3.org/2000/svg}"
STATES = ("pending", "starting", "ready", "terminating", "ended")


class Watched(Recorder):
    """A recorder that has seen what it is given."""

    def __init__(self, lives: list[PodLife], marks: list[tuple[float, str]]) -> None:
        self._given, self.marks, self.began = tuple(lives), marks, 1000.0

    @property
    def lives(self) -> tuple[PodLife, ...]:
        """Return what was given."""
        return self._given


@st.composite
def lives(draw_: Callable[..., Any]) -> PodLife:
    """Draw a pod of any type that went through any states."""
    created = draw_(st.floats(1000, 1100))
    moments = sorted(draw_(st.lists(st.floats(created, 1200), max_size=4)))
    states = [(draw_(st.sampled_from(STATES)), at) for at in [created, *moments]]
    group = draw_(st.sampled_from(["cpu", 'a<b & "c"', "head"]))
    labels = {"ray.io/node-type": "head" if group == "head" else "worker", "ray.io/group": group}
    gone = draw_(st.none() | st.floats(states[-1][1], 1300))
    return PodLife(draw_(st.uuids()).hex, f"pod-{group}", labels, created, states, gone=gone)


@given(st.lists(lives(), max_size=12), st.lists(st.tuples(st.floats(1000, 1300), st.text(max_size=20)), max_size=5))
def test_every_pod_has_a_bar_and_every_mark_a_line(pods: list[PodLife], marks: list[tuple[float, str]]) -> None:
    legal = [(at, "".join(letter for letter in what if letter.isprintable())) for at, what in marks]
    data = timeline(Watched(pods, legal), None, 1300.0)
    json.dumps(data)
    root = picture({"team": data})
    bars = [group for group in root.iter(f"{SVG}g") if group.get("class") == "pod"]
    assert len(bars) == len(pods)
    for bar in bars:
        spans = list(bar.iter(f"{SVG}rect"))
        assert spans
        assert all(float(rect.get("width", "0")) > 0 for rect in spans)
    assert sum(line.get("class") == "mark" for line in root.iter(f"{SVG}line")) == len(legal)
    height = float(root.get("height", "0"))
    assert all(inside(text, height) for text in root.iter(f"{SVG}text"))


def test_each_namespace_of_each_part_has_a_panel_with_its_title() -> None:
    pods = [PodLife("u", "p", {"ray.io/node-type": "head"}, 1001.0, [("ready", 1001.0)])]
    data = timeline(Watched(pods, []), None, 1010.0)
    root = picture({"a": data, "b": data})
    titles = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "title"]
    assert titles == ["a: upgrade passed", "b: upgrade passed"]


def test_the_pod_that_does_the_work_is_left_out() -> None:
    labels = {"app.kubernetes.io/name": "raychart-smoke-client"}
    pods = [PodLife("u", "p", labels, 1001.0, [("ready", 1001.0)])]
    assert timeline(Watched(pods, []), None, 1010.0)["pods"] == []


def test_nothing_watched_is_an_empty_picture() -> None:
    assert ET.fromstring(draw(Run((Part("", ()),), 1.0))).tag == f"{SVG}svg"  # noqa: S314 (our own text)


def picture(timelines: dict[str, Any]) -> ET.Element:
    run = Run((Part("team", (), "upgrade", {"timelines": timelines}),), 1.0)
    return ET.fromstring(draw(run))  # noqa: S314 (our own text)


def inside(text: ET.Element, height: float) -> bool:
    return 0 <= float(text.get("x", "-1")) <= 960 and 0 <= float(text.get("y", "-1")) <= height
