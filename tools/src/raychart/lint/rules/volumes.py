"""Rules for volumes: what is there and nobody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import dig
from raychart.lint.effective import as_list, as_map
from raychart.lint.pods import other_containers, per_any_pod
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Pod


def _unmounted(pod: Pod) -> Iterator[Problem]:
    mounted = {dig(mount, "name") for mounts in _mounts(pod) for mount in as_list(mounts)}
    for name, volume in as_map(pod.settings.get("volumes")).items():
        if isinstance(volume, dict) and volume and not volume.get("mountPath") and name not in mounted:
            yield Problem(
                pod.place("volumes", name),
                "no container mounts it: it has no mountPath",
                "add mountPath, the folder that it is in the Ray container, or mount it in another container",
            )


def _mounts(pod: Pod) -> Iterator[object]:
    yield dig(pod.settings, "container", "volumeMounts")
    for container in other_containers(pod):
        yield container.fields.get("volumeMounts")


RULES = (
    Rule(
        "volume-unmounted",
        "warning",
        "A volume is in no container.",
        "A volume that has a source alone is part of the pod, which waits for it, and no process sees it. `mountPath` "
        "puts it into the main container; sidecars and init containers name it under volumeMounts.",
        "charts/ray/templates/_pod.tpl, ray.volumes",
        per_any_pod(_unmounted),
    ),
)
