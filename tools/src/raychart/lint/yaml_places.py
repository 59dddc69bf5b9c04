"""Where each key and value stands in a YAML text, as offsets: what edits in place need to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from raychart.helm_scalars import key_text, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_Loader = getattr(yaml, "CLoader", yaml.Loader)


@dataclass(slots=True)
class Place:
    """A value from `start` to `end`; `entries` are a mapping's in the order written, `items` a list's.

    `is_flow` is for {} and [], `is_plain` for a scalar on one line; neither is true where there is an anchor or a tag.
    """

    start: int
    end: int
    is_mapping: bool = False
    is_flow: bool = False
    is_plain: bool = False
    entries: list[Entry] = field(default_factory=list)
    items: list[Place] = field(default_factory=list)

    def entry(self, key: str) -> Entry | None:
        """Return the entry that counts in Helm, which is the last of its name."""
        return next((entry for entry in reversed(self.entries) if entry.name == key), None)


@dataclass(slots=True)
class Entry:
    """A key and its value; `line` and `column` count from 1."""

    name: str | None
    key: Place
    value: Place
    line: int
    column: int


def find_places(text: str) -> Place | None:
    """Return the first document's value; None when there is none. Raises yaml.YAMLError for what is not YAML."""
    events = iter(yaml.parse(text, Loader=_Loader))
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            return _value(next(events), events)[0]
    return None


def descend(root: Place, path: ValuesPath) -> tuple[Place, int]:
    """Follow a path as far as it goes; return the place there and how many steps that was."""
    place = root
    for depth, step in enumerate(path):
        below = _step(place, step)
        if below is None:
            return place, depth
        place = below
    return place, len(path)


def mappings(place: Place) -> Iterator[Place]:
    """Yield every mapping at or below a place."""
    todo = [place]
    while todo:
        here = todo.pop()
        if here.is_mapping:
            yield here
        todo += [*here.items, *(entry.value for entry in here.entries)]


def _step(place: Place, step: str | int) -> Place | None:
    if isinstance(step, int):
        return place.items[step] if step < len(place.items) else None
    entry = place.entry(step)
    return entry.value if entry else None


def _value(event: Any, events: Iterator[Any]) -> tuple[Place, str | None]:
    """Return the place of the value that begins with `event`, and its text if it can be a plain key."""
    first: Any = event.start_mark
    last: Any = event.end_mark
    start, end = first.index, last.index
    if isinstance(event, yaml.AliasEvent):
        return Place(start, end), None
    bare = event.anchor is None and event.tag is None
    if isinstance(event, yaml.ScalarEvent):
        is_plain = bare and event.style not in {"|", ">"} and first.line == last.line
        return Place(start, end, is_plain=is_plain), _name(event) if bare else None
    place = Place(start, end, is_flow=bool(event.flow_style) and bare)
    inner: Any = None
    if isinstance(event, yaml.SequenceStartEvent):
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            place.items.append(_value(inner, events)[0])
    else:
        place.is_mapping = True
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            mark: Any = inner.start_mark
            key, name = _value(inner, events)
            value, _ = _value(next(events), events)
            place.entries.append(Entry(name, key, value, mark.line + 1, mark.column + 1))
    if event.flow_style:
        place.end = inner.end_mark.index
    else:
        # The end of a block is where the next thing begins, behind comments that are not its own.
        inside = [*place.items, *(entry.value for entry in place.entries)]
        place.end = max((one.end for one in inside), default=end)
    return place, None


def _name(event: Any) -> str | None:
    try:
        return key_text(resolve(event.value) if event.implicit[0] else event.value)
    except ValueError:
        return None
