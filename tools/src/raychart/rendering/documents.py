"""Cut what Helm rendered into YAML documents, as Helm does it."""

from __future__ import annotations

import re

# SplitManifests of Helm 4: a document begins at each line that begins with ---, whatever follows.
_BREAK = re.compile(r"^---[ \t]*", re.MULTILINE)
_SOURCE = re.compile(r"# Source: [^\n]*\n")


def split_template(text: str) -> list[str]:
    """Return the documents in what one template gave, empty ones left out, as `helm template` prints them."""
    return [f"{document.lstrip()}\n" for document in _BREAK.split(text.lstrip()) if document.strip()]


def split_printed(text: str) -> list[str]:
    """Return the documents in what `helm template` printed, without the comments that name the templates."""
    documents = (document.lstrip() for document in _BREAK.split(text))
    return [_SOURCE.sub("", document, count=1) for document in documents if document]


def sources_in(text: str) -> dict[str, str]:
    """Return what `helm template` printed of each template, by the comments that name them."""
    found: dict[str, str] = {}
    for document in _BREAK.split(text):
        source = _SOURCE.match(document.lstrip())
        if source:
            template = source[0].removeprefix("# Source: ").rstrip("\n")
            found[template] = f"{found.get(template, '')}---\n{document.lstrip()}"
    return found
