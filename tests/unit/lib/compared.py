"""What tests of comparisons share: objects made of a few fields, and what differs in them as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.diff.compare import compare
from raychart.diff.show import lines
from raychart.manifests import Manifest

if TYPE_CHECKING:
    from raychart.diff.model import Change


def manifest(kind: str, body: dict[str, Any], name: str = "main") -> Manifest:
    """Make an object of its fields."""
    return Manifest("", "v1", kind, "team-a", name, {"kind": kind, "metadata": {"name": name}, **body})


def changes(kind: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    """Return what differs between two objects of a kind."""
    found = compare([manifest(kind, old)], [manifest(kind, new)]).objects
    return found[0].changes if found else ()


def told(kind: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what differs between two objects of a kind, as lines."""
    return [line for change in changes(kind, old, new) for line in lines(change)]


def pod(**spec: Any) -> dict[str, Any]:
    """Make the fields of a workload whose pods have a spec."""
    return {"spec": {"template": {"spec": spec}}}
