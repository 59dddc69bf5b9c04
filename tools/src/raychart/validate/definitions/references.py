"""What a pod's variables and files may say of the pod itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.reach import mapping
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.validate.definitions.check import Check

_FIELDS = ("metadata.name", "metadata.namespace", "metadata.uid")
OF_VARIABLES = {*_FIELDS, "spec.nodeName", "spec.serviceAccountName"} | {
    f"status.{name}" for name in ("hostIP", "hostIPs", "podIP", "podIPs")
}
OF_FILES = {*_FIELDS, "metadata.labels", "metadata.annotations"}


def field_path(known: set[str]) -> Check:
    """What a fieldRef refers to is one of these fields."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        path = mapping(value, "fieldRef").get("fieldPath")
        # One label or annotation of it has a form of its own.
        if isinstance(path, str) and path and path not in known and "[" not in path:
            message = f'"{path}" is nothing that can be referred to here'
            yield Problem(("fieldRef", "fieldPath"), message, f"use one of {', '.join(sorted(known))}")

    return check
