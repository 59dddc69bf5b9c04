"""Settings of Ray clusters that an operator takes with a feature gate alone, and the history server, which is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.schema_words import show
from raychart.validate.reach import at, entries, mappings, text
from raychart.validate.rule import Problem, Rule
from raychart.validate.rules.pods import containers
from raychart.validate.rules.ray_cluster import operators_rule
from raychart.validate.subject import cluster_of, pods_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.findings import Severity
    from raychart.manifests import Manifest
    from raychart.paths import ValuesPath
    from raychart.validate.subject import RayCluster, Subject

_ON = frozenset(
    {"RayClusterStatusConditions", "RayJobDeletionPolicy", "RayMultiHostIndexing", "RayServiceIncrementalUpgrade"}
)
_COLLECTOR = "ray-history-collector"
_INJECTED = (
    "POD_IP", "FQ_RAY_IP", "RAY_CLUSTER_NAME", "RAY_CLUSTER_NAMESPACE", "RAY_ROLE", "OWNER_KIND", "OWNER_NAME",
    "EVENTS_PORT",
)  # fmt: skip
# What each kind of storage needs: any of one group of variables.
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "GCS": (("GCS_BUCKET",),),
    "S3": (("S3_REGION",),),
    "AZUREBLOB": (("AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT_URL"),),
    "ALIYUNOSS": (("OSS_BUCKET",), ("OSS_ENDPOINT",), ("OSS_REGION",)),
}
# Azure's ways to authenticate, each of which reads one variable.
_AZURE = {
    "connection_string": "AZURE_STORAGE_CONNECTION_STRING",
    "workload_identity": "AZURE_STORAGE_ACCOUNT_URL",
    "default": "AZURE_STORAGE_ACCOUNT_URL",
}


def _gates(manifests: Sequence[Manifest]) -> Iterator[tuple[Manifest, Problem]]:
    operators = [gates for manifest in manifests for gates in _operators(manifest)]
    on = frozenset[str]().union(*operators) if operators else _ON
    severity: Severity = "error" if operators else "warning"
    for manifest in manifests:
        for gate, path in _needed(manifest):
            if gate not in on:
                who = "the operator that comes along has it off" if operators else "an operator has it off by default"
                message = f"needs the feature gate {gate} ({who})"
                remedy = f"start the operator with --feature-gates={gate}=true, or remove it"
                yield manifest, Problem(path, message, remedy, severity)


def _operators(manifest: Manifest) -> Iterator[frozenset[str]]:
    """Yield the gates that are on in each container that runs KubeRay's operator."""
    for pod in pods_of(manifest):
        for _, container in containers(pod):
            words = [word for key in ("command", "args") for word in entries(container, key) if isinstance(word, str)]
            is_operator = "kuberay" in text(container, "image") or "kuberay-operator" in text(container, "name")
            if is_operator and not pod.ray:
                yield _switched(words)


def _switched(words: Sequence[str]) -> frozenset[str]:
    on = set(_ON)
    for index, word in enumerate(words):
        flag, equals, value = word.lstrip("-").partition("=")
        if flag != "feature-gates":
            continue
        for switch in (value if equals else "".join(words[index + 1 : index + 2])).split(","):
            name, _, state = switch.strip().partition("=")
            (on.add if state.lower() in {"true", "t", "1"} else on.discard)(name)
    return frozenset(on)


def _needed(manifest: Manifest) -> Iterator[tuple[str, ValuesPath]]:
    if (manifest.group, manifest.kind) == ("ray.io", "RayCronJob"):
        yield "RayCronJob", ("kind",)
    cluster = cluster_of(manifest)
    for gate, path, is_set in _needed_by(cluster) if cluster else ():
        if is_set:
            yield gate, (*cluster.path, *path) if cluster else path


def _needed_by(cluster: RayCluster) -> Iterator[tuple[str, ValuesPath, bool]]:
    spec = cluster.spec
    yield "RayClusterNetworkPolicy", ("networkPolicy",), spec.get("networkPolicy") is not None
    yield "RayClusterMTLS", ("tlsOptions",), spec.get("tlsOptions") is not None
    yield "RayClusterHistoryServer", ("historyServerOptions",), spec.get("historyServerOptions") is not None
    backend = ("gcsFaultToleranceOptions", "backend")
    yield "GCSFaultToleranceEmbeddedStorage", backend, at(spec, backend) == "rocksdb"


def _history(subject: Subject) -> Iterator[Problem]:
    cluster = subject.cluster
    options = cluster.spec.get("historyServerOptions") if cluster else None
    if cluster is None or not isinstance(options, dict):
        return
    top = (*cluster.path, "historyServerOptions")
    collector = options.get("collectorOptions")
    if not isinstance(collector, dict):
        yield Problem(top, "collectorOptions is missing", "add it, with an image and where to store events")
        return
    path = (*top, "collectorOptions")
    if not collector.get("image"):
        yield Problem(path, "image is missing", "name the collector's image")
    for group in cluster.groups:
        for where, container in containers(group.pod):
            if container.get("name") == _COLLECTOR:
                yield Problem(
                    (*where, "name"), f"{_COLLECTOR} is the name of the operator's own container", "rename it"
                )
    yield from _storage(collector, path)


def _storage(collector: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    variables = {str(one.get("name")): (where, one) for where, one in mappings(collector, ("env",))}
    for name in _INJECTED:
        if name in variables:
            yield Problem((*path, *variables[name][0]), f"{name} is set by the operator", "remove it")

    def is_set(name: str) -> bool:
        one = variables.get(name, ((), {}))[1]
        return bool(one.get("value") or one.get("valueFrom"))

    backend = text(variables.get("STORAGE_BACKEND", ((), {}))[1], "value")
    if not backend:
        yield Problem(
            (*path, "env"), "STORAGE_BACKEND is missing", f"set it to one of {', '.join(_NEEDS)}, as a plain value"
        )
        return
    needs = _NEEDS.get(backend.upper(), ())
    if backend.upper() == "AZUREBLOB":
        way = text(variables.get("AZURE_STORAGE_AUTH_MODE", ((), {}))[1], "value").strip().lower()
        needs = ((_AZURE[way],),) if way in _AZURE else needs
    for names in needs:
        if not any(map(is_set, names)):
            wanted = " or ".join(names)
            yield Problem((*path, "env"), f"{wanted} is missing, which {show(backend)} needs", f"set {wanted}")


RULES = (
    Rule(
        "kuberay-feature-gate",
        "error",
        "A setting needs a feature gate that the operator has off.",
        "Gates of KubeRay's alpha features are off unless the operator is started with them. The operator refuses a "
        "cluster that needs one, and does not look at RayCronJobs at all.\n\nWhere no operator is among what is "
        "validated it is a warning: the operator may be installed by somebody else.",
        "KubeRay 1.7.0: pkg/features, ValidateRayClusterSpec",
        check_all=_gates,
    ),
    operators_rule(
        "kuberay-history-server",
        "Settings of the history server's collector are not complete.",
        "The collector runs beside Ray in each pod, and needs an image and a place to store what happened.",
        "ValidateRayClusterSpec (historyServerOptions), validateCollectorOptions",
        _history,
    ),
)
