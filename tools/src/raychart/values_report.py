"""Merged values and explanations of them as text, YAML and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from raychart.helm_yaml import read_documents
from raychart.manifest_text import to_yaml
from raychart.origins import explain, leaves
from raychart.paths import dotted, one_line
from raychart.report import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.origins import Explanation, Origin
    from raychart.paths import ValuesPath
    from raychart.values import Values
    from raychart.yaml_nodes import Node

_WIDEST = 60


def as_yaml(values: Values) -> str:
    """Return the merged values, which Helm reads as the same values again."""
    return to_yaml([values.data]).removeprefix("---").lstrip()


def as_text(values: Values) -> str:
    """Return the merged values as YAML, the layers named at the top, with a comment where a layer set something."""
    text = as_yaml(values)
    lines = text.removesuffix("\n").split("\n")
    (document,) = read_documents(text, "values")
    if document.root is not None:
        for path, line in _lines(document.root, ()):
            statements = values.statements(path)
            if statements and statements[-1].layer is not values.layers[0] and _may_end(lines[line - 1], path, values):
                lines[line - 1] += f"  # {one_line(str(statements[-1].position))}"
    names = "".join(f"#   {one_line(layer.file)}\n" for layer in values.layers)
    return f"# The last of these that sets a value counts; those of the first are not marked.\n{names}" + "".join(
        f"{line}\n" for line in lines
    )


def as_json(values: Values) -> str:
    """Return the merged values and the names of the layers, the strongest last."""
    layers = [layer.file for layer in values.layers]
    return _json({"kind": "Values", "layers": layers, "values": values.data})


def explanations_as_text(values: Values, paths: Sequence[ValuesPath]) -> str:
    """Return for each path its value and where that comes from; for a mapping, a table of what is in it."""
    return "\n".join("".join(f"{line}\n" for line in _explained(values, path)) for path in paths)


def explanations_as_json(values: Values, paths: Sequence[ValuesPath]) -> str:
    """Return every explanation: one for each path, and for a mapping one for each value in it."""
    return _json(
        {"kind": "Explanations", "explanations": [_item(one) for path in paths for one in leaves(values, path)]}
    )


def _lines(node: Node, path: ValuesPath) -> Iterator[tuple[ValuesPath, int]]:
    for key, (mark, child) in node.children.items():
        if isinstance(child.data, dict) and child.data:
            yield from _lines(child, (*path, key))
        else:
            yield (*path, key), mark.line


def _may_end(line: str, path: ValuesPath, values: Values) -> bool:
    """Tell whether a comment may follow: not where text in quotes goes on in the next line."""
    value: Any = values.data
    for step in path:
        value = value[step]
    return not (isinstance(value, str) and "\n" in value) or line.rstrip("-+123456789").endswith(": |")


def _explained(values: Values, path: ValuesPath) -> Iterator[str]:
    explanation = explain(values, path)
    if isinstance(explanation.value, dict) and explanation.value:
        yield f"{dotted(path)}:" if path else "values:"
        rows = [(dotted(one.path[len(path) :]), _short(one.value), _origin_of(one)) for one in leaves(values, path)]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        for name, value, place in rows:
            yield f"  {name:{widths[0]}}  {value:{widths[1]}}  {place}".rstrip()
        return
    yield f"{dotted(path)}: {_shown(explanation.value) if explanation.is_set else 'not set'}"
    width = max((len(_place(origin, path)) for origin in explanation.origins), default=0)
    roles = _ROLES if explanation.is_set else _ROLES | {"in force": "because"}
    for origin in explanation.origins:
        yield f"  {roles[origin.role]:8}  {_place(origin, path):{width}}  {_found(origin)}".rstrip()


_ROLES = {"in force": "set by", "removes": "taken by", "overridden": "over"}


def _place(origin: Origin, path: ValuesPath) -> str:
    return str(origin.position) if origin.path == path else f"{origin.position} as {dotted(origin.path)}"


def _found(origin: Origin) -> str:
    note = "  (the chart's default)" if origin.is_default else ""
    if origin.role == "in force":
        return note.strip()
    takes = " takes the default away" if origin.role == "removes" else ""
    return f"{_short(origin.value)}{takes}{note}"


def _origin_of(explanation: Explanation) -> str:
    origin = explanation.in_force
    return _place(origin, explanation.path) if origin else ""


def _shown(value: Any) -> str:
    """Return a value on one line, as JSON."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _short(value: Any) -> str:
    if isinstance(value, dict) and value:
        return f"a mapping of {len(value)}"
    text = _shown(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def _item(explanation: Explanation) -> dict[str, Any]:
    return {
        "path": dotted(explanation.path),
        "set": explanation.is_set,
        "value": explanation.value,
        "origins": [
            {
                "role": origin.role,
                "path": dotted(origin.path),
                "value": origin.value,
                "file": origin.position.file,
                "line": origin.position.line,
                "column": origin.position.column,
            }
            for origin in explanation.origins
        ],
    }


def _json(document: dict[str, Any]) -> str:
    return json.dumps({"apiVersion": API_VERSION, **document}, indent=2, ensure_ascii=False) + "\n"
