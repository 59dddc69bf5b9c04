"""Names of fields as rules in CEL write them (Kubernetes: apiserver/pkg/cel, Escape)."""

from __future__ import annotations

import re
from functools import cache

RESERVED = frozenset(
    (
        *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"),
        *("let", "loop", "package", "namespace", "return", "var", "void", "while"),
    )
)
_ESCAPED = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_NAME = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*")
_PART = re.compile(r"__|[./-]")


@cache
def escaped(name: str) -> str | None:
    """Return how a rule names a field; None where it cannot."""
    if name in RESERVED:
        return f"__{name}__"
    if not _NAME.fullmatch(name):
        return None
    return _PART.sub(lambda found: _ESCAPED[found[0]], name)
