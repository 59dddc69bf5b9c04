"""The columns and the scale that a version of a CRD has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.reach import mapping, mappings, text
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_TYPES = ("boolean", "date", "integer", "number", "string")
_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_REPLICAS = (
    ("specReplicasPath", (".spec.",), True),
    ("statusReplicasPath", (".status.",), True),
    ("labelSelectorPath", (".spec.", ".status."), False),
)


def columns(path: ValuesPath, version: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the columns that kubectl shows."""
    for at, column in mappings(version, ("additionalPrinterColumns",)):
        where = (*path, *at)
        for key, known in (("type", _TYPES), ("format", _FORMATS)):
            found = column.get(key)
            if isinstance(found, str) and found and found not in known:
                yield Problem(
                    (*where, key), f"{found} is not one of {', '.join(known)}", f"choose the {key} of the field"
                )
        if column.get("name") == "":
            yield Problem((*where, "name"), "is empty", "name the column")
        json_path = column.get("jsonPath")
        if isinstance(json_path, str) and not json_path.startswith("."):
            yield Problem((*where, "jsonPath"), "has to start with a dot", f"write .{json_path}")


def scale(path: ValuesPath, version: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the paths by which objects are scaled."""
    said = mapping(version, "subresources", "scale")
    for key, beginnings, is_required in _REPLICAS if said else ():
        found = text(said, key)
        if (found or is_required) and not found.startswith(beginnings):
            where = (*path, "subresources", "scale", *([key] if key in said else []))
            yield Problem(where, f"{key} has to be below {' or '.join(beginnings)[:-1]}", "name a field there")
