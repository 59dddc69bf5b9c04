"""What is found in the ignores themselves (lint/ignores.py applies these rules)."""

from __future__ import annotations

from raychart.lint.rule import Rule

_SOURCE = "raychart's own; see raychart lint --help"

RULES = (
    Rule(
        "ignore-syntax",
        "error",
        "An ignore cannot be read.",
        "A comment reads `# raychart: ignore[rule-id] reason`, an ignore file (.raychart-ignore.yaml) is a list under "
        "the key ignore, with rule, reason and, where wanted, path, file and expires. What cannot be read ignores "
        "nothing.",
        _SOURCE,
    ),
    Rule(
        "ignore-no-reason",
        "warning",
        "An ignore gives no reason.",
        "Whoever reads the values later has to know whether the reason still holds. The finding stays ignored.",
        _SOURCE,
    ),
    Rule(
        "ignore-unused",
        "warning",
        "An ignore has nothing to ignore.",
        "The problem was mended, or moved to another line; what stays behind would hide the next one in this place. "
        "An entry of an ignore file is judged only where every file that it might be about was linted.",
        _SOURCE,
    ),
    Rule(
        "ignore-unknown-rule",
        "warning",
        "An ignore names a rule that does not exist.",
        "It ignores nothing. The rule's id is misspelt, or the rule is gone.",
        _SOURCE,
    ),
    Rule(
        "ignore-expired",
        "warning",
        "An entry of the ignore file has expired.",
        "Its date was set so that somebody looks again. What it ignored is found again.",
        _SOURCE,
    ),
)
