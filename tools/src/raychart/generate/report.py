"""Say what became of a file: conflicts in words, and differences."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from raychart.findings import Finding
from raychart.generate.provenance import unsealed
from raychart.generate.threeway import MISSING
from raychart.generate.write import in_one_line
from raychart.helm_yaml import read_documents
from raychart.paths import dotted
from raychart.yaml_nodes import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.generate.threeway import Conflict

_LONGEST = 70


def conflict_findings(file: str, text: str, conflicts: Sequence[Conflict]) -> list[Finding]:
    """Return a finding for each conflict, with the place where the team's value stands in `text`."""
    return [_finding(file, text, conflict) for conflict in conflicts]


def as_diff(file: str, before: str, after: str) -> str:
    """Return what changes, in the unified form, without the packed line at the end."""
    old, new = (unsealed(text).splitlines(keepends=True) for text in (before, after))
    lines = difflib.unified_diff(old, new, f"{file} (as it is)", f"{file} (made again)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _finding(file: str, text: str, conflict: Conflict) -> Finding:
    key, above = str(conflict.path[-1]), dotted(conflict.path[:-1]) or "the top level"
    new = "" if conflict.new is MISSING else _shown(conflict.new)
    was = "" if conflict.old is MISSING else f", where it was {_shown(conflict.old)}"
    if conflict.edited is MISSING:
        message = f"was removed by hand, and the spec now comes to {new}{was}"
        remedy = f"it stays away; if the spec is right, write {key}: {new} under {above}"
    elif conflict.new is MISSING:
        message = f"was changed by hand to {_shown(conflict.edited)}{was}, and the spec no longer has it"
        remedy = "it stays as it is; remove it if it is of no use without the spec"
    else:
        message = f"was set by hand to {_shown(conflict.edited)}, and the spec now comes to {new}{was}"
        remedy = f"it stays as it is; if the spec is right, write {key}: {new}"
    mark = _place(text, conflict.path)
    return Finding("new-conflict", "warning", message, remedy, file, mark.line, mark.column, dotted(conflict.path))


def _shown(value: Any) -> str:
    text = in_one_line(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."


def _place(text: str, path: Sequence[str | int]) -> Mark:
    documents = read_documents(text.replace("\r\n", "\n"), "values")
    node, mark = documents[0].root if documents else None, Mark(1, 1)
    for step in path:
        if node is None or step not in node.children:
            break
        mark, node = node.children[step]
    return mark
