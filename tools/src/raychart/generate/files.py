"""Where a generated file lies: how its header names the spec, and which schema editors are sent to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMA = "values.schema.json"


def named_from(path: Path, target: Path) -> str:
    """Return a file's name as a header says it: from the top of the repository that `target` is in, else its folder."""
    return Path(os.path.relpath(path.absolute(), _top(target))).as_posix()


def editor_schema(chart: Path) -> str:
    """Return the chart's schema as editors need it: a values file by itself has not every part of the merged values."""
    document = json.loads((chart / _SCHEMA).read_bytes())
    document.pop("required", None)
    about = {"$comment": "made by `raychart new --schema values` from the chart's values.schema.json, for editors"}
    return json.dumps(about | document, ensure_ascii=False, separators=(",", ":")) + "\n"


def find_schema(target: Path, chart: Path) -> str | None:
    """Return the path from the folder of `target` to a values.schema.json for editors; None when there is none.

    Looked for is one with the title of the chart's own, in the folder and in those above up to the repository's top.
    """
    title = _title(chart / _SCHEMA)
    for folder in _upwards(target):
        if title and _title(folder / _SCHEMA) == title:
            return Path(os.path.relpath(folder / _SCHEMA, target.absolute().parent)).as_posix()
    return None


def _top(target: Path) -> Path:
    *_, last = _upwards(target)
    return last if (last / ".git").exists() else target.absolute().parent


def _upwards(target: Path) -> Iterator[Path]:
    """Yield the file's folder and those above, up to the top of its repository."""
    for folder in target.absolute().parents:
        yield folder
        if (folder / ".git").exists():
            return


def _title(schema: Path) -> str | None:
    try:
        document = json.loads(schema.read_bytes())
    except (OSError, ValueError):
        return None
    return document.get("title") if isinstance(document, dict) else None
