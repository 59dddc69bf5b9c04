"""Fill in {{name}} as ApplicationSets without goTemplate have it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.review.appsets.model import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
# Argo CD takes a text for a template only where both ends are on one line.
_IS_ONE = re.compile(r"\{\{.*\}\}")


def replaced(text: str, params: Mapping[str, Any]) -> str:
    """Return a text with its parameters filled in; one that is not there, or is no text, stays as it is written."""
    if not _IS_ONE.search(text):
        return text
    rest = _TAG.sub("", text)
    if "{{" in rest:
        what = f"a template has no end: {text.strip()[:60]}"
        raise RefusedError(what, "close it with }}", text=text)

    def said(found: re.Match[str]) -> str:
        value = params.get(found[1].strip())
        return value if isinstance(value, str) and found[1].strip() else found[0]

    return _TAG.sub(said, text)
