"""Objects that Helm makes only when something happens to the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import text

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_HELM = "Helm: chart hooks"
# Events of each deployment, by which a hook runs again.
_EACH_TIME = {"pre-install", "post-install", "pre-upgrade", "post-upgrade"}


def hook_events(manifest: Manifest) -> set[str]:
    """Return the events that an object is made at; none of what is part of the release."""
    events = text(manifest.body, "metadata", "annotations", "helm.sh/hook")
    return {event.strip() for event in events.split(",") if event.strip()}


def hook(diff: ObjectDiff, _: Context, ledger: Ledger) -> None:
    """Enter what it does that a hook is another one."""
    events = hook_events(diff.manifest)
    if events & _EACH_TIME and diff.kind != "removed":
        reason = f"a hook: it runs with each deployment ({', '.join(sorted(events))})"
        ledger.add("live", Because(reason, _HELM))
    elif "test" in events:
        ledger.add("none", Because("a hook: it runs when somebody tests the release", _HELM))
    else:
        ledger.add("none", Because("a hook: it is made when its time comes, and nothing of it runs now", _HELM))
