"""Rules for placement: heads and workers on spot nodes, and placements that get into each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import per_cluster
from raychart.lint.effective import as_list, as_map
from raychart.lint.places import all_pods, once_a_place
from raychart.lint.pods import per_any_pod
from raychart.lint.rule import Problem, Rule
from raychart.lint.spot import is_for_spot, spot_label, tolerates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Pod, Subject
    from raychart.paths import ValuesPath


def _place(pod: Pod, keys: tuple[str | int, ...]) -> ValuesPath:
    """Return where a pod asks for nodes: its own setting, or its list of placements."""
    found = pod.place_of_spec(str(keys[0]), *keys[1:])
    return pod.place("placement") if found[0] == "placements" else found


def _head_on_spot(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    found = spot_label(cluster.head)
    if found:
        keys, label = found
        yield Problem(
            _place(cluster.head, keys),
            f"the head wants spot nodes ({label}): when the node is taken away the whole cluster goes",
            f"place clusters.{cluster.name}.head on on-demand nodes, and only the worker types on spot",
        )
        return
    tolerations = as_list(cluster.head.spec.get("tolerations"))
    at = next((at for at, toleration in enumerate(tolerations) if is_for_spot(toleration)), None)
    if at is not None and not cluster.head.spec.get("nodeSelector") and not cluster.head.spec.get("affinity"):
        yield Problem(
            _place(cluster.head, ("tolerations",)),
            f"the head tolerates spot nodes ({tolerations[at].get('key')}) and nothing keeps it from them",
            f"remove the toleration from clusters.{cluster.name}.head, or select on-demand nodes as well",
        )


def _untolerated(pod: Pod) -> Iterator[Problem]:
    found = spot_label(pod)
    if found and not tolerates(pod, found[1]):
        keys, label = found
        key = label.partition(":")[0]
        yield Problem(
            pod.place_of_spec(str(keys[0]), *keys[1:]),
            f"spot nodes are asked for ({label}), but no toleration is for their taint: the pods may wait forever",
            f"add beside it tolerations: [{{key: {key}, operator: Exists}}], with the key of your nodes' taint",
        )


def _conflict(pod: Pod) -> Iterator[Problem]:
    named = [name for name in as_list(pod.settings.get("placement")) if name in pod.placements]
    seen: dict[str, tuple[str, str]] = {}
    for where, selector in (
        *((f"placement {name}", as_map(as_map(pod.placements[name]).get("nodeSelector"))) for name in named),
        ("nodeSelector", as_map(pod.settings.get("nodeSelector"))),
    ):
        for label, value in selector.items():
            earlier = seen.get(label)
            if earlier and value is not None and earlier[1] != value:
                yield Problem(
                    pod.place("placement") if where != "nodeSelector" else pod.place("nodeSelector", label),
                    f"{earlier[0]} wants {label}: {earlier[1]}, {where} wants {label}: {value}, and only the "
                    "latter stays",
                    "keep one of the two, or use labels of different names",
                )
            seen[label] = (where, value)


def _unused(subject: Subject) -> Iterator[Problem]:
    # Errands, such as the uninstalling Job, run where the head may.
    used = {name for _, pod in all_pods(subject, made=True) for name in as_list(pod.settings.get("placement"))}
    # One that is not there is most likely one of these, misspelt.
    if not subject.clusters or not used <= set(subject.placements):
        return
    for name in subject.placements:
        if name not in used:
            yield Problem(
                ("placements", name),
                "no pod names this placement",
                f"name it under placement of a head or worker type, as placement: [{name}], or remove it",
            )


RULES = (
    Rule(
        "head-on-spot",
        "warning",
        "The head runs on spot nodes.",
        "A spot node goes at a minute's notice. With a worker on it some tasks run again; with the head the cluster's "
        "state goes, all tasks and actors with it, and clients have to connect again. Heads are small: put them on "
        "on-demand nodes, and the workers on spot.",
        "charts/ray/README.md, Head on demand, workers on spot; KubeRay facts, head failure",
        per_cluster(_head_on_spot),
    ),
    Rule(
        "spot-without-toleration",
        "warning",
        "A pod selects spot nodes and does not tolerate their taint.",
        "Spot nodes are mostly tainted, so that only pods that can bear their loss go there; AKS taints them always. A "
        "pod that selects them by label and lacks the toleration stays Pending, while the autoscaler waits for it. "
        "Where your spot nodes have no taint, ignore this rule with that reason.",
        "Kubernetes, taints and tolerations; AKS: kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
        per_any_pod(_untolerated),
    ),
    Rule(
        "placement-conflict",
        "warning",
        "Two placements of a pod want different values of one node label.",
        "Placements add up, but a node selector has one value for each label: that of the last placement in the list, "
        "and the pod's own before all. The other placement silently loses its say, such as that a head be on on-demand "
        "nodes.",
        "charts/ray/templates/_pod.tpl, ray.placement",
        per_any_pod(_conflict),
    ),
    Rule(
        "placement-unused",
        "info",
        "A placement is defined and never named.",
        "Placements do nothing by themselves: a pod names them under `placement`.",
        "charts/ray/values.yaml, placements",
        once_a_place(_unused),
    ),
)
