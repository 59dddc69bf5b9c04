"""Reviews to make reports of: real comparisons of manifests, with effects as the judge words them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.capacity import capacity_of
from raychart.diff.compare import compare
from raychart.findings import Finding
from raychart.impact.model import Impact, Pods
from raychart.manifests import Manifest
from raychart.review.model import Group, NamespaceReview, Placed, Review
from raychart.values import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from raychart.diff.model import ObjectDiff
    from raychart.impact.effects import Effect

WARNING = Finding(
    "head-runs-tasks", "warning", "the head takes tasks", "set rayResources.CPU: 0", "values/team-a.yaml", 3, 1
)


def manifest(body: dict[str, Any]) -> Manifest:
    group, _, version = body["apiVersion"].rpartition("/")
    about = body["metadata"]
    return Manifest(group, version, body["kind"], about.get("namespace", ""), about["name"], body)


def pod(image: str, cpu: str, memory: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    resources = {"cpu": cpu, "memory": memory}
    container: dict[str, Any] = {"name": "ray", "image": image, "resources": {"requests": resources}}
    container["env"] = [{"name": name, "value": value} for name, value in (env or {}).items()]
    return {"metadata": {"labels": {"app": "ray"}}, "spec": {"containers": [container]}}


def cluster(
    namespace: str,
    *,
    head_memory: str = "4Gi",
    image: str = "rayproject/ray:2.60.0",
    workers: tuple[int, int] = (0, 4),
    env: dict[str, str] | None = None,
) -> dict[str, Any]:
    least, most = workers
    return {
        "apiVersion": "ray.io/v1",
        "kind": "RayCluster",
        "metadata": {"name": "main", "namespace": namespace},
        "spec": {
            "rayVersion": "2.60.0",
            "enableInTreeAutoscaling": True,
            "headGroupSpec": {"rayStartParams": {"num-cpus": "0"}, "template": pod(image, "2", head_memory)},
            "workerGroupSpecs": [
                {"groupName": "cpu", "minReplicas": 1, "maxReplicas": 8, "template": pod(image, "4", "15Gi")},
                {
                    "groupName": "gpu",
                    "minReplicas": least,
                    "maxReplicas": most,
                    "template": pod(image, "8", "30Gi", {"RAY_LOG": "info"} | (env or {})),
                },
            ],
        },
    }


def secret(namespace: str, texts: dict[str, str]) -> dict[str, Any]:
    about = {"name": "registry", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": about, "stringData": texts}


def policy(namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "main", "namespace": namespace},
        "spec": {"podSelector": {}, "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "b"}}}]}]},
    }


def effect_of(diff: ObjectDiff) -> tuple[Effect, str, str, Pods, str | None]:
    """Judge roughly, as far as reports can tell: the effect, its subject and reason, the pods, the worker type."""
    name = f"{diff.manifest.kind} {diff.manifest.name}"
    if diff.manifest.kind == "RayCluster" and diff.kind == "changed":
        text = repr(diff.changes)
        if "headGroupSpec" in text:
            return (
                "head-restart",
                "the head of main",
                "its pod is deleted and made anew by the operator",
                Pods(1, 1),
                None,
            )
        if "template" in text:
            why = "its pods carry another hash, so the rollout Job replaces idle ones first, 1 at a time"
            return "roll", "worker type gpu of main", why, Pods(0, 4), "gpu"
        return "scale-up", "worker type gpu of main", "the autoscaler may add pods", Pods(0, 0), "gpu"
    if diff.manifest.kind == "NetworkPolicy":
        return "access", name, "pods of namespaces labelled team=b may connect", Pods(0, 0), None
    if diff.kind == "removed":
        return "replace", name, "it is deleted with all that runs on it", Pods(1, 13), None
    return "live", name, "it is applied in place", Pods(0, 0), None


def impacts_of(objects: Iterable[ObjectDiff], file: str) -> tuple[Placed, ...]:
    found = []
    for line, diff in enumerate(objects, 12):
        effect, subject, reason, pods, worker_type = effect_of(diff)
        source = "KubeRay v1.7.0, raycluster_controller.go:reconcilePods"
        is_cluster = diff.manifest.kind == "RayCluster"
        impact = Impact(
            effect, subject, reason, source, diff, diff.changes, "main" if is_cluster else None, worker_type, pods
        )
        found.append(Placed(impact, Position(file, line, 9), "clusters.main.workerTypes.gpu.memory"))
    return tuple(found)


def namespace(
    name: str,
    old: Sequence[dict[str, Any]] | None,
    new: Sequence[dict[str, Any]] | None,
    findings: Sequence[Finding] = (),
) -> NamespaceReview:
    """Review one namespace whose objects were `old` and are `new`, None where it is not there."""
    before, after = ([manifest(body) for body in side or ()] for side in (old, new))
    comparison = compare(before, after)
    file = f"values/{name}.yaml"
    return NamespaceReview(
        file=file,
        namespace=name,
        state="changed" if old and new else "new" if new else "removed",
        comparison=comparison,
        impacts=impacts_of(comparison.objects, file),
        findings=tuple(findings),
        known=2,
        before=capacity_of(before) if old else None,
        after=capacity_of(after) if new else None,
        why=f"{file} changed",
    )


def failed(name: str) -> NamespaceReview:
    """A namespace whose values the chart refuses."""
    found = Finding(
        "worker-range",
        "error",
        "9 is more than maxWorkers (3)",
        "raise maxWorkers or lower minWorkers",
        f"values/{name}.yaml",
        14,
        9,
        "clusters.main.workerTypes.gpu.minWorkers",
    )
    file = f"values/{name}.yaml"
    return NamespaceReview(file, name, "failed", findings=(found,), why=f"{file} changed")


def three() -> Review:
    """A head that restarts, workers that roll with a further object, and a namespace that is new."""
    a = namespace("team-a", [cluster("team-a")], [cluster("team-a", head_memory="8Gi")], [WARNING])
    old = [cluster("team-b"), secret("team-b", {"password": "old-one"})]
    new = [
        cluster("team-b", image="rayproject/ray:2.60.0-gpu", workers=(1, 9), env={"LEVEL": "debug"}),
        secret("team-b", {"password": "new-one"}),
        policy("team-b"),
    ]
    b = namespace("team-b", old, new)
    c = namespace("team-c", None, [cluster("team-c"), secret("team-c", {"password": "theirs"}), policy("team-c")])
    return Review("main", "feature", alone(a, b, c), unchanged=4, notes=("the history was cut off",))


def many(count: int, *, alike: bool) -> Review:
    """As many namespaces, all with the same change but two, or each with a change of its own."""
    reviews = []
    for number in range(count):
        name = f"team-{number:04}"
        memory, level = ("8Gi", "debug") if alike else (f"{number + 5}Gi", f"level-{number}")
        new = cluster(name, workers=(1, 9), env={"LEVEL": level})
        new["spec"]["workerGroupSpecs"][1]["template"]["spec"]["containers"][0]["resources"]["requests"]["memory"] = (
            memory
        )
        reviews.append(namespace(name, [cluster(name)], [new]))
    if not alike:
        return Review("main", "feature", alone(*reviews))
    head = namespace("team-0001", [cluster("team-0001")], [cluster("team-0001", head_memory="9Gi")])
    same = tuple(reviews[2:])
    return Review("main", "feature", (*alone(failed("team-0000"), head), Group(same[0], same)))


def alone(*reviews: NamespaceReview) -> tuple[Group, ...]:
    """Put each namespace into a group of its own."""
    return tuple(Group(one, (one,)) for one in reviews)


def manifest_of_nothing(name: str) -> dict[str, Any]:
    """An object that never differs."""
    about = {"name": "still", "namespace": name}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": about, "data": {"a": "b"}}
