"""Find in the text of a YAML file what Helm takes otherwise than the rules of YAML have it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

# Helm 4 cuts a file at each line that begins with --- before YAML's rules apply.
_ODD = re.compile(r"(?m:^---(?![ \t]*\r?$|[ \t]+#))|\r\r\n|\ufeff")
_WORDS = {
    "---": (
        "Helm 4 refuses a line that begins with --- and goes on",
        "put what follows --- on the next line, or in quotes if it is a name",
    ),
    "\r\r\n": ("the line ends with two carriage returns, which Helm 3 and Helm 4 read differently", "remove one"),
    "\ufeff": ("an invisible character (U+FEFF) stands here, which Helm takes for text", "remove the character"),
}


def odd_text(text: str, name: str) -> Iterator[Finding]:
    """Yield a finding for each place; `name` is the file that findings name."""
    for found in _ODD.finditer(text):
        message, remedy = _WORDS[found[0]]
        begin = text.rfind("\n", 0, found.start()) + 1
        line, column = text.count("\n", 0, begin) + 1, found.start() - begin + 1
        yield Finding("values-yaml", "error", message, remedy, name, line, column)
