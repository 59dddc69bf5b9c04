"""The first and the last lines of a generated file: where it comes from, and what it was before anybody edited it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import textwrap
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODELINE = "# yaml-language-server: $schema="
_WRITTEN = "# Written by raychart "
_PACKED = "# raychart-generated:"
_KEEP = "# The last line is this file as raychart wrote it, packed: it tells your edits from its own the next time."


class DamagedError(ValueError):
    """The packed line cannot be unpacked."""


@dataclass(frozen=True, slots=True)
class Split:
    """A file without its last two lines, and what raychart had written, None where nothing says so."""

    text: str
    generated: str | None


def digest_of(data: Mapping[str, Any]) -> str:
    """Return the digest of what a spec says; comments and layout do not count."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def header(namespace: str, command: str, digest: str, modeline: str | None) -> str:
    """Return the comment that a generated file begins with."""
    about = (
        f"Ray for the namespace {namespace}. Only what differs from the chart's defaults is here. Edit it as you like: "
        "made again, it keeps your edits and tells where they and the spec disagree."
    )
    lines = [
        *([f"{_MODELINE}{modeline}"] if modeline else []),
        *(f"# {line}" for line in textwrap.wrap(about, 116)),
        f"{_WRITTEN}{__version__} (spec {digest}): {command}",
    ]
    return "".join(f"{line}\n" for line in lines) + "\n"


def sealed(text: str, generated: str) -> str:
    """Return a file's text with what raychart generated packed into a last line."""
    packed = base64.b64encode(zlib.compress(generated.encode(), 9)).decode()
    return f"{text}\n{_KEEP}\n{_PACKED}{packed}\n"


def unsealed(text: str) -> str:
    """Return a file's text without its packed line, whatever is in that."""
    rest = [line for line in text.splitlines(keepends=True) if not line.startswith((_PACKED, _KEEP))]
    while rest and not rest[-1].strip():
        rest.pop()
    return "".join(rest)


def split(text: str) -> Split:
    """Take the packed line off a file. Raises DamagedError when it cannot be unpacked."""
    packed = [line for line in text.splitlines() if line.startswith(_PACKED)]
    if not packed:
        return Split(text, None)
    try:
        generated = zlib.decompress(base64.b64decode(packed[-1][len(_PACKED) :].strip(), validate=True)).decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError) as wrong:
        raise DamagedError(str(wrong)) from wrong
    return Split(unsealed(text), generated)


def without_version(text: str) -> str:
    """Return a text whose provenance does not name raychart's version, to compare it with another's."""
    lines = text.splitlines(keepends=True)
    return "".join(
        f"{_WRITTEN}{line[len(_WRITTEN) :].partition(' ')[2]}" if line.startswith(_WRITTEN) else line for line in lines
    )


def merge_headers(old: str, edited: str, new: str) -> str:
    """Merge what stands above the first key: raychart's lines are made new, the team's stay."""
    if edited == old:
        return new
    renewed = {
        line[: len(start)]: line for line in new.splitlines(keepends=True) for start in _OWN if line.startswith(start)
    }
    lines = []
    for line in edited.splitlines(keepends=True):
        own = next((start for start in _OWN if line.startswith(start) and line in old), None)
        lines.append(renewed.get(own, line) if own else line)
    return "".join(lines)


_OWN = (_MODELINE, _WRITTEN)
