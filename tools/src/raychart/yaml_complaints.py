"""Say what is wrong with text that is no YAML: where it was made wrong, and what mends it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.yaml_nodes import DEEPEST, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    import yaml

TOO_DEEP = (f"nested more than {DEEPEST} levels deep", "check the brackets, or make it flatter")
_NO_MORE = "did not find expected <document start>"
# What libyaml complains of, and what mends it.
_REMEDIES = {
    "scanning an alias": "put what begins with * in quotes",
    "scanning an anchor": "put what begins with & in quotes",
    "a quoted scalar": "close the quotes",
    "parsing a flow mapping": "close the { that is open, or put a comma between its keys",
    "parsing a flow sequence": "close the [ that is open, or put a comma between its items",
    "mapping values are not allowed": "put text with ': ' in it in quotes, or indent the line as those it belongs with",
    "cannot start any token": "put the text in quotes",
    "parsing a block mapping": "indent the line as those it belongs with",
    "parsing a block collection": "indent the line as those it belongs with",
    "could not find expected ':'": "put a : behind the key, and indent the line as those it belongs with",
}
_CONFLICT = re.compile(r"(<{7}|={7}|>{7})( |$)")
_NO_COLON = re.compile(r"[ ]*([A-Za-z][-\w.]*)(?::(?![ ])\s*|[ ]+(?!.*:([ ]|$)))(\S.*)")


def explained(wrong: yaml.MarkedYAMLError, text: str) -> tuple[Mark, str, str]:
    """Return the place of a mistake, what it is, and the remedy."""
    lines = text.splitlines()
    message = f"not YAML: {wrong.problem}" + (f" {wrong.context}" if wrong.context else "")
    mark: Any = wrong.problem_mark or wrong.context_mark
    place = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
    if conflict := next((at for at, line in enumerate(lines, 1) if _CONFLICT.match(line)), None):
        return Mark(conflict, 1), "a conflict that git could not resolve", "resolve it, and remove the three marks"
    if "end of stream" in message and wrong.context_mark:
        opened: Any = wrong.context_mark
        return Mark(opened.line + 1, opened.column + 1), message, _remedy(message, "")
    if "maximum nesting depth" in message:
        # From libyaml 0.2.6 on its scanner, which is ahead of the parser, gives up before the reader does.
        return place, *TOO_DEEP
    if wrong.problem == _NO_MORE:
        what = "Helm stops reading here without a word: the text above is a whole document"
        return place, what, "indent this line as the lines it belongs with, and remove a line ... above it"
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if "block mapping" in message and (above := _above(lines, place.line)):
        number, found = above
        remedy = f"write {found[1]}: {found[3]}, with a space behind the colon"
        return Mark(number, len(lines[number - 1]) - len(lines[number - 1].lstrip()) + 1), message, remedy
    return place, message, _remedy(message, line)


def _remedy(message: str, line: str) -> str:
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not tabs"
    found = (remedy for words, remedy in _REMEDIES.items() if words in message)
    return next(found, "mend the YAML on this line or just above it")


def _above(lines: Sequence[str], number: int) -> tuple[int, re.Match[str]] | None:
    """Return the line before this one where a key lacks its colon, or the colon its space."""
    for at in range(min(number - 1, len(lines)), 0, -1):
        line = lines[at - 1]
        if line.strip() and not line.lstrip().startswith("#"):
            found = _NO_COLON.fullmatch(line.split(" #")[0].rstrip())
            return (at, found) if found else None
    return None
