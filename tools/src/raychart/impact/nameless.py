"""Objects that have a generateName in place of a name: no deployment finds one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context

# Tried with Helm 3.21.4 and 4.3.1: "resource name may not be empty", at the first installation too.
_HELM = "Helm: resources are looked up by name"
_ARGO_CD = "Argo CD: what has a generateName alone is created with each sync"


def is_nameless(diff: ObjectDiff, context: Context, ledger: Ledger) -> bool:
    """Tell, and enter, whether an object has no name that it could be found by."""
    if mapping(diff.manifest.body, "metadata").get("name"):
        return False
    if context.deployer == "argocd":
        if diff.kind == "removed":
            reason = f"no more of them are made; those that are there go{context.where_pruned}"
        else:
            reason = "each sync makes another one, and changes none that is there"
        ledger.add("live", Because(reason, _ARGO_CD))
    elif diff.kind == "removed":
        ledger.add("none", Because("Helm has never made it: it takes no object with a generateName alone", _HELM))
    else:
        reason = f"Helm takes no object with a generateName alone, but for hooks: {context.refusal}"
        ledger.add("rejected", Because(reason, _HELM))
    return True
