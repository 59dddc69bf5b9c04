"""Ray versions as the operator reads them: numbers first, anything after them ignored."""

from __future__ import annotations

import re

_FORM = re.compile(r"\s*v?(\d+(?:\.\d+)+)")


def parse(text: str) -> tuple[int, ...] | None:
    """Return the leading numbers of a version, None where there are fewer than two."""
    match = _FORM.match(text)
    return tuple(int(part) for part in match[1].split(".")) if match else None


def at_least(text: str, minimum: tuple[int, ...]) -> bool:
    """Say whether `text` is a version and no older than `minimum`."""
    found = parse(text)
    return found is not None and found >= minimum
