"""Say which rules in CEL were not applied, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.validate.cel.apply import ABOUT_CHANGES, NOT_INSTALLED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SERVER = "kubectl apply --dry-run=server applies them"
# Longer rules are cut off: their kind and their beginning are enough to find them by.
_MOST = 120


def told(unapplied: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield messages with remedies about rules by kind, each of which comes with why it was not applied."""
    for why, remedy in ((NOT_INSTALLED, f"pip install 'raychart[cel]', or {_SERVER}"), (ABOUT_CHANGES, _SERVER)):
        counts = {kind: list(rules.values()).count(why) for kind, rules in unapplied.items()}
        shown = ", ".join(f"{count} of {kind}" for kind, count in counts.items() if count)
        what = "rules about changes (oldSelf)" if why == ABOUT_CHANGES else "rules in CEL (x-kubernetes-validations)"
        if shown:
            because = f", because {why}" if why == NOT_INSTALLED else ""
            yield f"{what} are not applied: {shown}{because}", remedy
    for kind, rules in unapplied.items():
        for rule, why in rules.items():
            if why not in {NOT_INSTALLED, ABOUT_CHANGES}:
                words = " ".join(rule.split())
                words = words if len(words) <= _MOST else f"{words[:_MOST]}..."
                yield f"a rule of {kind} is not applied: {words} ({why})", "kubectl apply --dry-run=server applies it"
