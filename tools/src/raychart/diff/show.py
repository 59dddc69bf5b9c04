"""Write changes as lines of text, which every report shows in its own frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.diff.model import Item
from raychart.diff.text_lines import text_lines
from raychart.diff.values_text import LONGEST, cut, on_one_line, pair
from raychart.paths import dotted, one_line, shown_key

if TYPE_CHECKING:
    from raychart.diff.model import Change, ChangePath

# Of a step into a list, whose item may be known by all that it says.
_LONGEST_STEP = 60
_MARKS = {"added": "+", "removed": "-", "changed": "~", "moved": "~", "renamed": "~"}


def path_text(path: ChangePath) -> str:
    """Write a path as people do: spec.workerGroupSpecs[gpu].template.spec.containers[ray-worker].image."""
    text = ""
    for number, step in enumerate(path, 1):
        if isinstance(step, Item) and step.key == "content" and number == len(path):
            # What is said of the item begins with all that it says.
            text += "[]"
        elif isinstance(step, Item):
            text += f"[{cut(one_line(step.value), _LONGEST_STEP)}]"
        elif isinstance(step, int):
            text += dotted((step,))
        else:
            text += f".{shown_key(step)}" if text else shown_key(step)
    return text


def lines(change: Change, *, arrows: bool = True, longest: int = 20) -> list[str]:
    """Write a change as lines, each begun by `+ `, `- `, `~ ` or two spaces, so that they also do for a diff fence.

    A value that changed is one line `~ path: old -> new`, or without `arrows` two lines, `- path: old` and
    `+ path: new`. Of text with several lines and of mappings no more than `longest` lines are shown, and how many
    there are. JSON and YAML in a text are shown by what differs inside.
    """
    written = _lines(change, path_text(change.path), arrows)
    if change.unstable:
        written[0] += "  (differs each time it is rendered)"
    if len(written) > longest + 1:
        left = len(written) - longest
        written[longest:] = [f"  … {left} more lines"]
    return written


def _lines(change: Change, path: str, arrows: bool) -> list[str]:
    mark = _MARKS[change.kind]
    if change.kind == "moved":
        return [f"{mark} {path}: moved from position {change.old + 1} to {change.new + 1}"]
    if change.kind == "renamed":
        return [f"{mark} {path}: renamed from {one_line(str(change.old))}"]
    if change.kind == "added":
        return _one_sided(mark, path, change.new)
    if change.kind == "removed":
        return _one_sided(mark, path, change.old)
    return _changed(change, path, arrows)


def _one_sided(mark: str, path: str, value: Any) -> list[str]:
    """Write what was added or removed: on one line where it fits, else as a block below its path."""
    text = on_one_line(value)
    if len(text) <= LONGEST or not (isinstance(value, (dict, list)) or _is_block(value)):
        return [f"{mark} {path}: {cut(text)}"]
    return [f"{mark} {path}:", *(f"{mark}     {line}" for line in _block(value))]


def _changed(change: Change, path: str, arrows: bool) -> list[str]:
    old, new = change.old, change.new
    if isinstance(old, str) and isinstance(new, str):
        inside = _inside(old, new, arrows)
        if inside is not None:
            return [f"~ {path}:", *inside]
    elif isinstance(old, (dict, list)) or isinstance(new, (dict, list)):
        return [*_one_sided("-", path, old), *_one_sided("+", path, new)]
    before, after = pair(old, new)
    return [f"~ {path}: {before} -> {after}"] if arrows else [f"- {path}: {before}", f"+ {path}: {after}"]


def _inside(old: str, new: str, arrows: bool) -> list[str] | None:
    """Show what differs inside of two texts; None where each is a plain value."""
    from raychart.diff.embedded import differences

    found = differences(old, new)
    if found is not None:
        return [f"{line[:2]}    {line[2:]}" for change in found for line in lines(change, arrows=arrows)]
    if _is_block(old) or _is_block(new):
        return [f"{line[0]}     {line[1:]}" for line in text_lines(old, new)]
    return None


def _is_block(value: object) -> bool:
    return isinstance(value, str) and "\n" in value.strip("\n")


def _block(value: Any) -> list[str]:
    if isinstance(value, str):
        return [cut(line) for line in value.splitlines()]
    return [cut(line) for line in _yaml(value, "")]


def _yaml(value: Any, indent: str) -> list[str]:
    """Lay mappings and lists out as YAML, with what is hidden in its place."""
    if isinstance(value, dict) and value:
        found = []
        for key, item in value.items():
            start, text = f"{indent}{shown_key(key)}:", on_one_line(item)
            short = len(text) <= LONGEST // 2 or not isinstance(item, (dict, list))
            found += [f"{start} {text}"] if short else [start, *_yaml(item, f"{indent}  ")]
        return found
    if isinstance(value, list) and value:
        return [line for item in value for line in _item(item, indent)]
    return [f"{indent}{on_one_line(value)}"]


def _item(item: Any, indent: str) -> list[str]:
    text = on_one_line(item)
    if len(text) <= LONGEST // 2 or not isinstance(item, (dict, list)):
        return [f"{indent}- {text}"]
    first, *rest = _yaml(item, f"{indent}  ")
    return [f"{indent}- {first[len(indent) + 2 :]}", *rest]
