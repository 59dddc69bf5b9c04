"""Say where Helm 3 and Helm 4 make something else of what a template gave; null_defaults.py has what else there is."""

from __future__ import annotations

import re

from raychart.findings import Finding
from raychart.helm_yaml import read_documents

_RULE = "helm-versions"
_KEPT_BREAKS = re.compile(r"[|>]\d?\+")


def keeps_breaks(document: str) -> bool:
    """Tell whether a document ends with line breaks that belong to a text (|+): Helm 3 cuts them off."""
    if not document.endswith("\n\n") or not _KEPT_BREAKS.search(document):
        return False
    whole, cut = (read_documents(text, "") for text in (document, f"{document.rstrip()}\n"))
    return [one.data for one in whole] != [one.data for one in cut]


def kept_breaks(file: str) -> Finding:
    """Return what is to be said of values that make such a document."""
    message = "a document ends with a text that keeps its line breaks (|+), which Helm 3 cuts off and Helm 4 does not"
    return Finding(_RULE, "warning", message, "let another field be the last in the template", file)
