"""Find what Helm refuses, and the library hands over with replacement characters: text that is not UTF-8."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from raychart.rendering.chart_files import read_chart_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raychart.rendering.engine import Request

# What the library has in place of each byte that it cannot hand over.
REPLACEMENT = "\ufffd"


def not_utf8(request: Request, rendered: Mapping[str, str]) -> str | None:
    """Return the words in which Helm refuses what a chart's files gave, None where it takes it.

    A replacement character tells, unless somebody has written one: in the values, or in a file of the chart.
    """
    path = next((path for path, text in rendered.items() if REPLACEMENT in text), None)
    if path is None or REPLACEMENT in json.dumps(request.given, ensure_ascii=False):
        return None
    contents = read_chart_files(request.chart).files.values()
    written = REPLACEMENT.encode()
    if all(map(_is_utf8, contents)) or any(written in content for content in contents):
        return None
    return f"YAML parse error on {path}: error converting YAML to JSON: yaml: invalid UTF-8"


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
