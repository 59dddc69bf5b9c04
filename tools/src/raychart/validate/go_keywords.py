"""Keywords of our own in converted schemas, for what CRDs ask of texts in Go's terms: formats and patterns."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from raychart.schema import Keyword

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT, PATTERN = "x-go-format", "x-go-pattern"


def _has_format(wanted: Any) -> Callable[[str], bool]:
    from raychart.validate.formats import format_of

    known = format_of(wanted)
    return (lambda text: bool(known.fits(text))) if known else _any_text


@cache
def _matches(pattern: Any) -> Callable[[str], bool]:
    """Return what matches a pattern with RE2, which Go's are written for; where there is none, any text does."""
    from raychart.validate.cel.program import NotCompiledError, compiled, is_installed

    if not is_installed():
        return _any_text
    try:
        program = compiled(f"self.matches({json.dumps(pattern)})")
    except NotCompiledError:
        return _any_text
    return lambda text: program.outcome(text).value is not False


def matches_surely(pattern: str, text: Any) -> bool:
    """Tell whether RE2 finds a pattern in a text; where there is no RE2, that is not known."""
    from raychart.validate.cel.program import is_installed

    return is_installed() and isinstance(text, str) and _matches(pattern)(text)


def is_pattern(pattern: str) -> bool:
    """Tell whether RE2 can read a pattern; where there is no RE2, any is taken for one."""
    from raychart.validate.cel.program import NotCompiledError, compiled, is_installed

    if not is_installed():
        return True
    try:
        return "invalid regular expression" not in compiled(f"self.matches({json.dumps(pattern)})").outcome("").unknown
    except NotCompiledError as wrong:
        return "invalid regular expression" not in str(wrong)


def _any_text(_text: str) -> bool:
    return True


KEYWORDS = {FORMAT: Keyword(_has_format), PATTERN: Keyword(_matches)}
