"""Ray versions, as far as rules compare them."""

from __future__ import annotations

import re


def release_of(version: str) -> tuple[int, ...]:
    """Return the three numbers of a version, without what follows them."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return tuple(map(int, found.groups())) if found else (0, 0, 0)
