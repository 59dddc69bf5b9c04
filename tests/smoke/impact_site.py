"""What was said of a change, held against what became of the pods."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from contract.site import eventually
from overlay import lay_over
from smoke_run import setting

from raychart import helm, manifests
from raychart.chart import find_chart
from raychart.diff.compare import compare
from raychart.impact.judge import judge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rollout_site import RolloutSite

    from raychart.impact.model import Impact
    from raychart.manifests import Manifest

# Effects by which pods go, by which they come, and by which both happen.
_GO = {"scale-down", "remove-type"}
_COME = {"scale-up"}
_REPLACE = {"roll", "head-restart", "operator-restart"}


def problems(found: list[Impact], part: str, pods: tuple[set[str], set[str]], cluster: str = "main") -> str:
    """Say where other pods of a part went and came than was said, by their UIDs before and after; nothing where not."""
    itself = {"head": f"head of {cluster}", "operator": "Deployment ray-operator"}
    subject = itself.get(part, f"worker type {part} of {cluster}")
    about = [impact for impact in found if impact.subject in {subject, f"RayCluster {cluster}"}]
    before, after = pods
    for verb, number, effects in (
        ("went", len(before - after), _GO | _REPLACE),
        ("came", len(after - before), _COME | _REPLACE),
    ):
        counted = [impact for impact in about if impact.effect in effects]
        # How many of a cluster's pods come is no figure of one part; and a suspended head does not come back.
        sure = [one for one in counted if one.subject == subject and (verb == "went" or one.effect != "head-restart")]
        least = max((impact.pods.least for impact in sure), default=0)
        most = sum(impact.pods.most for impact in counted)
        if not least <= number <= most:
            said = [(impact.effect, impact.pods, impact.reason) for impact in about]
            return f"{part}: {number} pods {verb}, not {least}..{most}, as was said: {said}"
    return ""


@dataclass
class ImpactSite:
    """A release that is changed step by step; `rollout` looks at its pods."""

    rollout: RolloutSite
    values: dict[str, Any]

    def render(self) -> list[Manifest]:
        """Return the manifests of the release as its values are now."""
        at = self.rollout
        text = helm.render(find_chart(), self._layers(), release="ray", namespace=at.namespace, helm=at.program)
        return manifests.load(text)

    def change(self, over: dict[str, Any]) -> list[Impact]:
        """Lay a change over the values and upgrade the release; return what is said of it."""
        old = self.render()
        lay_over(self.values, over)
        found = list(judge(compare(old, self.render())))
        self.deploy(upgrade=True)
        return found

    def deploy(self, *, upgrade: bool = False) -> None:
        """Install the release, or upgrade it."""
        at = self.rollout
        where: Any = {"release": "ray", "namespace": at.namespace, "kubeconfig": Path(at.config), "helm": at.program}
        helm.install(find_chart(), self._layers(), **where, upgrade=upgrade)

    def pods(self, part: str) -> set[str]:
        """Return the UIDs of the pods of a part of the release that are to stay."""
        if part != "operator":
            return set(self.rollout.pods(part))
        core, selector = self.rollout.kube.core, "app.kubernetes.io/name=kuberay-operator"
        found = core.list_namespaced_pod(self.rollout.namespace, label_selector=selector).items
        return {pod.metadata.uid for pod in found if pod.metadata.deletion_timestamp is None}

    def snapshot(self, parts: Iterable[str]) -> dict[str, set[str]]:
        """Return the UIDs of the pods of several parts."""
        return {part: self.pods(part) for part in parts}

    def settle(self, counts: dict[str, int], seconds: float) -> None:
        """Wait until operator and rollout are done, until there are so many pods, and for what might still happen."""
        self._await_operator()
        if self.values["clusters"]["main"].get("suspend") is None:
            how, log = self.rollout.await_job()
            assert how == "Complete", log
        found = eventually(lambda: {part: len(self.pods(part)) for part in counts}, lambda now: now == counts, 90)
        assert found == counts
        time.sleep(seconds)

    def _await_operator(self) -> None:
        apps = self.rollout.kube.apps

        def ready() -> bool:
            found = apps.read_namespaced_deployment("ray-operator", self.rollout.namespace)
            current = found.status.observed_generation == found.metadata.generation
            return bool(current and found.status.ready_replicas == found.status.updated_replicas == 1)

        assert eventually(ready, bool, 90), "the operator does not become ready"

    def _layers(self) -> list[Path]:
        path = self.rollout.folder / "impact.yaml"
        path.write_text(yaml.safe_dump(self.values))
        return [path, Path(setting("LAYER"))]
