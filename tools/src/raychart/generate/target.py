"""The values file that is written: read as it is, made again, written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.generate import provenance
from raychart.generate.entries import UnfitError
from raychart.generate.merge import merge
from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.generate.threeway import Conflict

_BOM = "\ufeff"
_BY_HAND = "write it to another file with -o and compare the two, or replace this one with --overwrite"


@dataclass(frozen=True, slots=True)
class Renewed:
    """A file before and after, and where it keeps the team's value though the new one differs too."""

    before: str
    after: str
    conflicts: tuple[Conflict, ...] = ()


def read_target(path: Path) -> str | None:
    """Return the file's text, its line ends as they are; None when there is no such file, or nothing in it."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) else "it is not UTF-8"
        raise RaychartError(str(path), f"cannot be read ({why})", "mend it, or name another file with -o") from wrong
    return text if text.strip() else None


def problems_in(path: Path, text: str) -> list[Finding]:
    """Return what makes the file one that Helm refuses or misreads: such a file cannot be merged with."""
    documents = read_documents(_plain(text), str(path))
    return [finding for document in documents for finding in document.findings]


def renew(path: Path, text: str, generated: str) -> Renewed:
    """Merge a file that raychart wrote, and that may have been edited since, with what it would write now."""
    try:
        there = provenance.split(_plain(text))
    except provenance.DamagedError as wrong:
        what = "its last line, which tells your edits from what raychart wrote, is damaged"
        raise RaychartError(str(path), what, f"bring the line back, with git for example; or {_BY_HAND}") from wrong
    if there.generated is None:
        what = "was not written by raychart new, or has lost its last line: your edits cannot be told from its values"
        raise RaychartError(str(path), what, _BY_HAND)
    # A new raychart alone is no reason to touch a file.
    if provenance.without_version(generated) == provenance.without_version(there.generated):
        return Renewed(text, text)
    try:
        merged = merge(there.generated, there.text, generated)
    except UnfitError as unfit:
        remedy = f"write it out as plain keys and values and run this again; or {_BY_HAND}"
        raise RaychartError(f"{path}:{unfit.line}", str(unfit), remedy) from unfit
    return Renewed(text, _like(text, provenance.sealed(merged.text, generated)), merged.conflicts)


def write_target(path: Path, text: str) -> None:
    """Write the file."""
    try:
        path.write_bytes(text.encode())
    except OSError as refused:
        what = f"cannot be written ({refused.strerror})"
        raise RaychartError(str(path), what, "choose a file in a folder that exists and is writable") from refused


def _plain(text: str) -> str:
    return text.removeprefix(_BOM).replace("\r\n", "\n")


def _like(model: str, text: str) -> str:
    """Return a text with the byte-order mark and the line ends of another."""
    text = text.replace("\n", "\r\n") if "\r\n" in model else text
    return _BOM + text if model.startswith(_BOM) else text
