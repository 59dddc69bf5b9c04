"""Read `# raychart: ignore[rule-id] reason` from the comments of a values file."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from raychart.lint.ignores import finding_of
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from raychart.findings import Finding

_Loader = getattr(yaml, "CLoader", yaml.Loader)
_COMMENT = re.compile(r"(?:^|(?<=\s))#[ \t]*raychart:[ \t]*(?P<body>[^\r\n]*)", re.MULTILINE)
_IGNORE = re.compile(r"ignore[ \t]*\[(?P<rules>[^\]]*)\][\s:,;-]*(?P<reason>.*)")
_BLANK = re.compile(r"[ \t]*(#.*)?")
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class IgnoreComment:
    """A comment that ignores a rule's findings on one line: its own, or the next one with something on it."""

    rule: str
    reason: str
    place: tuple[str, int, int]
    line: int
    expires: date | None = None

    def covers(self, finding: Finding) -> bool:
        """Tell whether the finding is on the line."""
        return (finding.file, finding.line) == (self.place[0], self.line)


def read_comments(text: str, file: str) -> tuple[tuple[IgnoreComment, ...], tuple[Finding, ...]]:
    """Return the ignores in a file's text, and what is wrong with the way they are written."""
    if "raychart:" not in text:
        return (), ()
    try:
        scalars = _scalars(text)
    except yaml.YAMLError:
        # The file's own finding says that it cannot be read.
        return (), ()
    lines = _BREAK.split(text)
    ignores: list[IgnoreComment] = []
    findings: list[Finding] = []
    for found in _COMMENT.finditer(text):
        if _is_inside(found.start(), scalars):
            continue
        number = len(_BREAK.findall(text, 0, found.start())) + 1
        before = re.split(r"[\r\n]", text[: found.start()])[-1]
        place = (file, number, len(before) + 1)
        read = _IGNORE.fullmatch(found["body"].rstrip())
        if read:
            target = number if before.strip() else _next_line(lines, number)
            ids = [rule.strip() for rule in read["rules"].split(",")]
            ignores += [IgnoreComment(rule, read["reason"], place, target) for rule in ids]
        elif nearest(re.split(r"[^a-zA-Z-]", found["body"])[0], ["ignore"]):
            findings.append(_unreadable(found["body"], place))
    return tuple(ignores), tuple(findings)


def _scalars(text: str) -> list[tuple[int, int]]:
    """Return where the text's scalars are, in order; the header line of a block scalar is not its text."""
    return list(_ranges(text))


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    for token in yaml.scan(text, Loader=_Loader):
        if isinstance(token, yaml.ScalarToken):
            start, end = token.start_mark.index, token.end_mark.index
            if token.style in {"|", ">"}:
                header = _BREAK.search(text, start, end)
                start = header.end() if header else end
            yield start, end


def _is_inside(index: int, ranges: list[tuple[int, int]]) -> bool:
    at = bisect_right(ranges, (index, len(ranges) and ranges[-1][1] + 1)) - 1
    return at >= 0 and ranges[at][0] <= index < ranges[at][1]


def _next_line(lines: list[str], number: int) -> int:
    return next((at for at in range(number + 1, len(lines) + 1) if not _BLANK.fullmatch(lines[at - 1])), number)


def _unreadable(body: str, place: tuple[str, int, int]) -> Finding:
    message = f"the comment ignores nothing: it cannot be read (found {body.strip():.60})"
    return finding_of("ignore-syntax", message, "write # raychart: ignore[rule-id] and a reason", place)
