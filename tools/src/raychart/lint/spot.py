"""Whether labels, taints and pods are about spot nodes, as clouds and people name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.lint.each import dig
from raychart.lint.effective import as_list, as_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Pod

# cloud.google.com/gke-spot, gke-preemptible, eks.amazonaws.com/capacityType: SPOT, karpenter.sh/capacity-type: spot,
# kubernetes.azure.com/scalesetpriority: spot, node-lifecycle: spot, pool: spot-a and so on.
_WORD = re.compile(r"(^|[^a-z])(spot|preemptible|preemptable|interruptible)([^a-z]|$)")
_NO = {"false", "no", "0", "never"}


def is_spot(key: object, value: object) -> bool:
    """Tell whether a label or taint says spot by its key or its value."""
    said = str(value).lower() if value is not None else ""
    if said in _NO:
        return False
    return bool(_WORD.search(said) or _WORD.search(str(key).lower()))


def wanted_labels(pod: Pod) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Yield the labels that a node must have, each as its keys in the pod's spec, name and value."""
    for name, value in as_map(pod.spec.get("nodeSelector")).items():
        yield ("nodeSelector", name), str(name), str(value)
    terms = as_list(dig(pod.spec, *_REQUIRED))
    # One of several terms is enough, so only a single one is a must.
    for at, wanted in enumerate(as_list(dig(terms[0], "matchExpressions")) if len(terms) == 1 else []):
        if str(dig(wanted, "operator")) in {"In", "Exists"}:
            values = as_list(dig(wanted, "values"))
            if len(values) < 2:
                value = str(values[0]) if values else ""
                yield (*_REQUIRED, 0, "matchExpressions", at), str(dig(wanted, "key")), value


_REQUIRED = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")


def spot_label(pod: Pod) -> tuple[tuple[str | int, ...], str] | None:
    """Return where and how a pod says that it wants spot nodes; None where it does not."""
    for keys, name, value in wanted_labels(pod):
        if is_spot(name, value):
            return keys, f"{name}: {value}" if value else name
    return None


def tolerates(pod: Pod, label: str) -> bool:
    """Tell whether a pod tolerates a taint for spot nodes, or one named as the label that it selects them by."""
    return any(_fits(toleration, label) for toleration in as_list(pod.spec.get("tolerations")))


def is_for_spot(toleration: object) -> bool:
    """Tell whether a toleration is for spot nodes alone."""
    return is_spot(dig(toleration, "key"), dig(toleration, "value"))


def _fits(toleration: object, label: str) -> bool:
    key = dig(toleration, "key")
    # Without a key it is every taint.
    return not key or key == label.partition(":")[0] or is_for_spot(toleration)
