"""Findings that a repository had when it began to lint: recorded once, and not told again."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.findings import ordered
from raychart.report import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from raychart.findings import Finding

# A message may name a line of the file, which says nothing about what the finding is.
_LINE = re.compile(r"\b(line|column) \d+")


def fingerprint(finding: Finding, file: str) -> str:
    """Return what stays the same when the finding moves to another line; `file` is its file for all machines."""
    parts = (finding.rule, file, finding.path or "", _LINE.sub(r"\1", finding.message))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:20]


def split_known(findings: Iterable[Finding], baseline: Path) -> tuple[list[Finding], int]:
    """Return the findings that are not in the baseline, and how many are.

    Raises RaychartError when there is no such file, or it is not a baseline.
    """
    known = Counter(_read(baseline))
    new = []
    count = 0
    for finding in findings:
        key = fingerprint(finding, _portable(finding.file, baseline))
        if known[key] > 0:
            known[key] -= 1
            count += 1
        else:
            new.append(finding)
    return new, count


def as_baseline(findings: Iterable[Finding], baseline: Path) -> str:
    """Return the text of a baseline with these findings; files are named as seen from the folder of `baseline`."""
    entries = [
        {
            "fingerprint": fingerprint(finding, file := _portable(finding.file, baseline)),
            "rule": finding.rule,
            "file": file,
            "path": finding.path,
        }
        for finding in ordered(findings)
    ]
    entries.sort(key=lambda entry: (entry["file"] or "", entry["path"] or "", entry["rule"] or ""))
    return json.dumps({"apiVersion": API_VERSION, "kind": "Baseline", "findings": entries}, indent=2) + "\n"


def _portable(file: str | None, baseline: Path) -> str:
    if file is None or file == "stdin":
        return file or ""
    return os.path.relpath(file, baseline.parent).replace(os.sep, "/")


def _read(baseline: Path) -> list[str]:
    try:
        document: Any = json.loads(baseline.read_bytes())
        entries = {(API_VERSION, "Baseline"): document["findings"]}[document["apiVersion"], document["kind"]]
        return [str(entry["fingerprint"]) for entry in entries]
    except OSError as refused:
        what = f"cannot be read ({refused.strerror})"
        raise RaychartError(str(baseline), what, "make it with --write-baseline") from refused
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        what = "is not a baseline of raychart"
        raise RaychartError(str(baseline), what, "make it anew with --write-baseline") from wrong
