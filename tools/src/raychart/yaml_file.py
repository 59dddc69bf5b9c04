"""Read a YAML file that has to be one document, as values files and Chart.yaml are."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.helm_text import odd_text
from raychart.helm_yaml import read_documents
from raychart.yaml_nodes import Document

if TYPE_CHECKING:
    from pathlib import Path

_STDIN = "-"


def display_name(path: Path) -> str:
    """Return a file as messages name it."""
    return "stdin" if str(path) == _STDIN else str(path)


def read_file(path: Path, text: str | bytes | None = None) -> Document:
    """Return a file's only document; what Helm would refuse or silently drop is among its findings.

    `text` stands for what is in the file.
    """
    name = display_name(path)
    try:
        text = read_text(path) if text is None else _decoded(text)
    except UnicodeDecodeError as wrong:
        return Document(None, 1, (_not_utf8(wrong, name),))
    first, *others = _documents(text, name)
    findings = [*odd_text(text, name), *first.findings]
    for other in others:
        if other.data is not None:
            findings.append(_further_document(other.line, name))
        elif other.findings:
            findings += other.findings
    return Document(first.root, first.line, tuple(findings), text)


def _documents(text: str, name: str) -> list[Document]:
    documents = read_documents(text, name) or [Document(None, 1, ())]
    if text.endswith("\n") or not ("|" in text or ">" in text):
        return documents
    # Helm 4 ends the last line if it has no end, and that end becomes part of a block scalar.
    ended = read_documents(f"{text}\n", name) or documents
    if ended[0].data != documents[0].data:
        ended[0] = replace(ended[0], findings=(*ended[0].findings, _unended(text, name)))
    return ended


def _unended(text: str, name: str) -> Finding:
    return Finding(
        rule="helm-versions",
        severity="warning",
        message="the text that ends here ends with a line break in Helm 4 but not in Helm 3",
        remedy="end the last line with a line break",
        file=name,
        line=text.count("\n") + 1,
        column=1,
    )


def _further_document(line: int, name: str) -> Finding:
    return Finding(
        rule="values-yaml",
        severity="error",
        message="another YAML document begins here (Helm 3 drops it, Helm 4 merges it into the first)",
        remedy="join the documents into one, without the line ---",
        file=name,
        line=line,
        column=1,
    )


def read_text(path: Path) -> str:
    """Return what is in a file ("-" is standard input), without its byte order mark.

    Raises RaychartError when it cannot be read, UnicodeDecodeError when it is not UTF-8.
    """
    try:
        content = sys.stdin.buffer.read() if str(path) == _STDIN else path.read_bytes()
    except OSError as refused:
        what = f"cannot be read ({refused.strerror})"
        raise RaychartError(display_name(path), what, "check the name and the file's permissions") from refused
    return _decoded(content)


def _decoded(content: str | bytes) -> str:
    return content.decode("utf-8-sig") if isinstance(content, bytes) else content


def _not_utf8(wrong: UnicodeDecodeError, name: str) -> Finding:
    before = wrong.object[: wrong.start]
    return Finding(
        rule="values-yaml",
        severity="error",
        message=f"the file is not UTF-8 (byte 0x{wrong.object[wrong.start]:02x})",
        remedy="save it as UTF-8",
        file=name,
        line=before.count(b"\n") + 1,
        column=wrong.start - before.rfind(b"\n"),
    )
