"""What else is in a release, for effects that a change has by way of another object."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from raychart.impact.operators import is_operator, operator_away
from raychart.impact.rollout_policy import Policy, policies
from raychart.impact.uses import Holder, holders

if TYPE_CHECKING:
    from raychart.diff.model import Comparison
    from raychart.manifests import Manifest

Deployer = Literal["helm", "argocd"]


@dataclass(frozen=True)
class Context:
    """Both sides of a comparison, and by what they are deployed. Everything is looked up when it is asked for."""

    comparison: Comparison
    deployer: str

    @cached_property
    def policies(self) -> dict[str, Policy]:
        """The rollout policies as they will be, by RayCluster."""
        return policies(self.comparison.new)

    @cached_property
    def former_policies(self) -> dict[str, Policy]:
        """The rollout policies as they were, by RayCluster."""
        return policies(self.comparison.old)

    @cached_property
    def holders(self) -> list[Holder]:
        """Who makes pods, on either side, and from what."""
        return [holder for manifest in (*self.comparison.new, *self.comparison.old) for holder in holders(manifest)]

    @cached_property
    def operator_changes(self) -> bool:
        """Whether the operator of the release is another pod afterwards."""
        return any(
            is_operator(diff.manifest) and any(change.path[:2] == ("spec", "template") for change in diff.changes)
            for diff in self.comparison.objects
        )

    @cached_property
    def operator_away(self) -> str:
        """Why no operator runs afterwards, nothing where one does or nobody knows."""
        return operator_away(self.comparison.old, self.comparison.new)

    def find(self, kind: str, name: str) -> Manifest | None:
        """Return an object of the release as it will be."""
        return next((one for one in self.comparison.new if (one.kind, one.name) == (kind, name)), None)

    @property
    def refusal(self) -> str:
        """Say what becomes of a deployment that the API server refuses something of."""
        return "the sync fails" if self.deployer == "argocd" else "the upgrade fails"

    @property
    def where_pruned(self) -> str:
        """Say when something that is no longer rendered is deleted."""
        return " (where the Application prunes)" if self.deployer == "argocd" else ""
