"""What KubeRay's operator refuses, told before anything is applied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart import manifests
from raychart.lint import field_shapes
from raychart.validate.check import Options, checker_for

if TYPE_CHECKING:
    from collections.abc import Iterator

CRD = Path(__file__).parents[2] / "ci" / "images" / "operator" / "crd.yaml"
CHECKER = checker_for(Options())


def ray_cluster(head: str = "{}", worker: str = "{}", spec: str = "{}", metadata: str = "{}") -> dict[str, Any]:
    """A RayCluster that nothing is wrong with, laid over with what is given as YAML."""
    container = {"name": "ray", "image": "rayproject/ray:2.60.0"}
    template = {"spec": {"containers": [container]}}
    body: dict[str, Any] = {
        "apiVersion": "ray.io/v1",
        "kind": "RayCluster",
        "metadata": {"name": "main"},
        "spec": {
            "rayVersion": "2.60.0",
            "headGroupSpec": {"rayStartParams": {}, "template": template},
            "workerGroupSpecs": [{"groupName": "cpu", "minReplicas": 0, "maxReplicas": 2, "template": template}],
        },
    }
    body = laid_over(body, {"metadata": yaml.safe_load(metadata), "spec": yaml.safe_load(spec)})
    body["spec"]["headGroupSpec"] = laid_over(body["spec"]["headGroupSpec"], yaml.safe_load(head))
    groups = body["spec"]["workerGroupSpecs"]
    groups[0] = laid_over(groups[0], yaml.safe_load(worker))
    return body


def laid_over(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return below | {key: laid_over(below.get(key), value) for key, value in above.items()}


def env(*names: str) -> str:
    """A pod's template whose Ray container has variables."""
    variables = ", ".join(f'{{name: {name}, value: "1"}}' for name in names)
    return f"template: {{spec: {{containers: [{{name: ray, image: a, env: [{variables}]}}]}}}}"


def told(body: dict[str, Any], *others: dict[str, Any]) -> set[tuple[str, str]]:
    """The rule and the path of each finding."""
    text = "---\n".join(yaml.safe_dump(each) for each in (body, *others))
    return {
        (found.rule.id, str(found.finding().path).partition(": ")[2]) for found in CHECKER.check(manifests.load(text))
    }


HEAD, WORKER = "spec.headGroupSpec", "spec.workerGroupSpecs[0]"
HEAD_ENV = f"{HEAD}.template.spec.containers[0].env[0]"
V2 = "{enableInTreeAutoscaling: true, autoscalerOptions: {version: v2}}"
REDIS = "{gcsFaultToleranceOptions: {redisAddress: 'redis:6379'}}"
ROCKSDB = "{gcsFaultToleranceOptions: {backend: rocksdb, %s}}"
GATED = {("kuberay-feature-gate", "spec.gcsFaultToleranceOptions.backend")}
POLICY = "{networkPolicy: {mode: %s}}"
REFUSED: list[tuple[dict[str, str], str, str]] = [
    ({"metadata": f"{{name: {'a' * 54}}}"}, "kuberay-name", "metadata.name"),
    ({"metadata": "{name: a.b}"}, "kuberay-name", "metadata.name"),
    ({"worker": "{minReplicas: 3}"}, "kuberay-group-size", f"{WORKER}.minReplicas"),
    ({"worker": "{minReplicas: -1}"}, "kuberay-group-size", f"{WORKER}.minReplicas"),
    ({"worker": "{maxReplicas: -1}"}, "kuberay-group-size", f"{WORKER}.maxReplicas"),
    ({"worker": "{template: {spec: {containers: []}}}"}, "kuberay-containers", f"{WORKER}.template.spec.containers"),
    (
        {"head": "{rayStartParams: {memory: '1'}, resources: {CPU: '1'}}"},
        "kuberay-resources-twice",
        f"{HEAD}.resources",
    ),
    ({"worker": "{rayStartParams: {labels: 'a=b'}}"}, "kuberay-labels", f"{WORKER}.rayStartParams.labels"),
    ({"worker": "{labels: {a: b c}}"}, "kuberay-labels", f"{WORKER}.labels.a"),
    ({"worker": f"{{groupName: {'g' * 64}}}"}, "kuberay-group-name", f"{WORKER}.groupName"),
    ({"worker": "{idleTimeoutSeconds: 5}"}, "kuberay-autoscaler", f"{WORKER}.idleTimeoutSeconds"),
    ({"worker": "{idleTimeoutSeconds: -5}", "spec": V2}, "kuberay-autoscaler", f"{WORKER}.idleTimeoutSeconds"),
    ({"worker": "{priority: 5}"}, "kuberay-autoscaler", f"{WORKER}.priority"),
    ({"worker": "{suspend: true}", "spec": V2}, "kuberay-suspended-group", f"{WORKER}.suspend"),
    (
        {"worker": "{template: {spec: {restartPolicy: Always}}}", "spec": V2},
        "kuberay-autoscaler",
        f"{WORKER}.template.spec.restartPolicy",
    ),
    ({"head": f"{{{env('RAY_enable_autoscaler_v2')}}}"}, "kuberay-autoscaler", HEAD_ENV),
    ({"head": f"{{{env('RAY_enable_autoscaler_v2')}}}", "spec": V2}, "kuberay-autoscaler", HEAD_ENV),
    (
        {"spec": "{autoscalerOptions: {idleTimeoutSeconds: -1}}"},
        "kuberay-autoscaler",
        "spec.autoscalerOptions.idleTimeoutSeconds",
    ),
    ({"head": f"{{{env('RAY_REDIS_ADDRESS')}}}"}, "kuberay-fault-tolerance", HEAD_ENV),
    ({"head": f"{{{env('RAY_REDIS_ADDRESS')}}}", "spec": REDIS}, "kuberay-fault-tolerance", HEAD_ENV),
    ({"head": f"{{{env('REDIS_PASSWORD')}}}", "spec": REDIS}, "kuberay-fault-tolerance", HEAD_ENV),
    ({"head": f"{{{env('REDIS_USERNAME')}}}"}, "kuberay-fault-tolerance", HEAD_ENV),
    (
        {"head": "{rayStartParams: {redis-username: a}}"},
        "kuberay-fault-tolerance",
        f"{HEAD}.rayStartParams.redis-username",
    ),
    (
        {"head": "{rayStartParams: {redis-password: a}}", "spec": REDIS},
        "kuberay-fault-tolerance",
        f"{HEAD}.rayStartParams.redis-password",
    ),
    (
        {"metadata": "{annotations: {ray.io/ft-enabled: 'true'}}", "spec": REDIS},
        "kuberay-fault-tolerance",
        'metadata.annotations."ray.io/ft-enabled"',
    ),
    (
        {"spec": "{gcsFaultToleranceOptions: {redisAddress: a, storage: {size: 1Gi}}}"},
        "kuberay-fault-tolerance",
        "spec.gcsFaultToleranceOptions.storage",
    ),
    ({"spec": "{authOptions: {mode: token}, rayVersion: 2.51.0}"}, "kuberay-authentication", "spec.authOptions.mode"),
    ({"spec": "{authOptions: {mode: token}, rayVersion: ''}"}, "kuberay-authentication", "spec.authOptions.mode"),
    ({"spec": "{authOptions: {mode: token}, rayVersion: nightly}"}, "kuberay-authentication", "spec.authOptions.mode"),
    (
        {"spec": "{authOptions: {enableK8sTokenAuth: true}}"},
        "kuberay-authentication",
        "spec.authOptions.enableK8sTokenAuth",
    ),
    (
        {"spec": "{authOptions: {mode: token, enableK8sTokenAuth: true, secretName: a}}"},
        "kuberay-authentication",
        "spec.authOptions.secretName",
    ),
    ({"spec": "{managedBy: me}"}, "kuberay-managed-by", "spec.managedBy"),
]
FINE: list[dict[str, str]] = [
    {},
    {"worker": "{idleTimeoutSeconds: 5, priority: 5}", "spec": V2},
    {"spec": REDIS},
    {"spec": "{authOptions: {mode: token}, rayVersion: '2.52'}"},
    {"metadata": "{annotations: {ray.io/ft-enabled: 'true'}}", "head": f"{{{env('RAY_REDIS_ADDRESS')}}}"},
    {"worker": "{minReplicas: 2, maxReplicas: 2, groupName: Camel_Case}"},
    {"metadata": f"{{name: {'a' * 53}}}"},
    # The API server puts the default in the place of null.
    {"worker": "{minReplicas: null, maxReplicas: null}"},
]


@pytest.mark.parametrize(("given", "rule", "path"), REFUSED)
def test_what_the_operator_refuses_is_told_where_it_stands(given: dict[str, str], rule: str, path: str) -> None:
    found = told(ray_cluster(**given))
    assert (rule, path) in found
    assert {each for each, _ in found} == {rule}


@pytest.mark.parametrize("kind", ["RayCluster", "RayJob", "RayService", "RayCronJob"])
@pytest.mark.parametrize("rest", [{}, {"spec": None}])
def test_an_object_without_a_spec_is_one_that_only_the_api_server_takes(kind: str, rest: dict[str, Any]) -> None:
    body = {"apiVersion": "ray.io/v1", "kind": kind, "metadata": {"name": "a"}}
    assert ("kuberay-containers", "") in told(body | rest)


@pytest.mark.parametrize("given", FINE)
def test_what_the_operator_takes_is_fine(given: dict[str, str]) -> None:
    assert told(ray_cluster(**given)) == set()


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ("{networkPolicy: {mode: DenyAllEgress, head: {ingressRules: [{}]}}}", "networkPolicy.head.ingressRules"),
        ("{networkPolicy: {mode: DenyAllIngress, worker: {egressRules: [{}]}}}", "networkPolicy.worker.egressRules"),
        ("{networkPolicy: {workerGroups: [{groupName: gpu}]}}", "networkPolicy.workerGroups[0].groupName"),
    ],
)
def test_a_network_policy_that_does_nothing_is_told(spec: str, path: str) -> None:
    assert ("kuberay-network-policy", f"spec.{path}") in told(ray_cluster(spec=spec))


@pytest.mark.parametrize(
    ("options", "head", "path"),
    [
        ("redisAddress: a", "{}", "spec.gcsFaultToleranceOptions.redisAddress"),
        ("storage: {claimName: a, size: 1Gi}", "{}", "spec.gcsFaultToleranceOptions.storage.claimName"),
        ("storage: {}", f"{{{env('RAY_gcs_storage')}}}", HEAD_ENV),
        (
            "storage: {}",
            "{template: {spec: {volumes: [{name: gcs-storage, emptyDir: {}}]}}}",
            f"{HEAD}.template.spec.volumes[0]",
        ),
    ],
)
def test_the_embedded_backend_has_settings_of_its_own(options: str, head: str, path: str) -> None:
    found = told(ray_cluster(head=head, spec=ROCKSDB % options))
    assert found - GATED == {("kuberay-fault-tolerance", path)}


OPERATOR = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: o}
spec:
  selector: {matchLabels: {app: o}}
  template:
    metadata: {labels: {app: o}}
    spec: {containers: [{name: kuberay-operator, image: 'quay.io/kuberay/operator:v1', args: ["--feature-gates=%s"]}]}
"""


@pytest.mark.parametrize(
    ("gates", "severity"),
    [(None, "warning"), ("RayClusterNetworkPolicy=false", "error"), ("A=true,RayClusterNetworkPolicy=true", None)],
)
def test_a_gate_is_looked_for_in_the_operator_that_comes_along(gates: str | None, severity: str | None) -> None:
    bodies = [ray_cluster(spec=POLICY % "DenyAll"), *([yaml.safe_load(OPERATOR % gates)] if gates else [])]
    found = CHECKER.check(manifests.load("---\n".join(map(yaml.safe_dump, bodies))))
    assert [each.severity for each in found] == [severity][: bool(severity)]


JOB = {"apiVersion": "ray.io/v1", "kind": "RayJob", "metadata": {"name": "j"}}
SELECTOR = "clusterSelector: {ray.io/cluster: a}"
RULE = "{policy: %s, condition: {jobStatus: FAILED, ttlSeconds: %d}}"


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ("{}", "spec"),
        ("{clusterSelector: {a: b}}", "spec.clusterSelector"),
        (f"{{{SELECTOR}, suspend: true, shutdownAfterJobFinishes: true}}", "spec.suspend"),
        (f"{{{SELECTOR}, backoffLimit: 1}}", "spec.backoffLimit"),
        (f"{{{SELECTOR}, backoffLimit: -1}}", "spec.backoffLimit"),
        (f"{{{SELECTOR}, ttlSecondsAfterFinished: 5}}", "spec.ttlSecondsAfterFinished"),
        (f"{{{SELECTOR}, activeDeadlineSeconds: 0}}", "spec.activeDeadlineSeconds"),
        (f"{{{SELECTOR}, submissionMode: SidecarMode}}", "spec.clusterSelector"),
        (f"{{{SELECTOR}, runtimeEnvYAML: 'a: ['}}", "spec.runtimeEnvYAML"),
        (f"{{{SELECTOR}, runtimeEnvYAML: text}}", "spec.runtimeEnvYAML"),
        (f"{{{SELECTOR}, deletionStrategy: {{}}}}", "spec.deletionStrategy"),
        (f"{{{SELECTOR}, deletionStrategy: {{onSuccess: {{policy: DeleteSelf}}}}}}", "spec.deletionStrategy"),
        (
            f"{{{SELECTOR}, deletionStrategy: {{deletionRules: [{RULE % ('DeleteCluster', 1)}]}}}}",
            "spec.deletionStrategy.deletionRules[0].policy",
        ),
        (
            f"{{{SELECTOR}, deletionStrategy: {{deletionRules: [{', '.join([RULE % ('DeleteSelf', 1)] * 2)}]}}}}",
            "spec.deletionStrategy.deletionRules[1]",
        ),
    ],
)
def test_a_job_that_contradicts_itself_is_told(spec: str, path: str) -> None:
    found = told(JOB | {"spec": yaml.safe_load(spec)})
    assert found
    assert {where for _, where in found} == {path}


def test_the_order_of_deletion_is_told() -> None:
    rules = [yaml.safe_load(RULE % (policy, after)) for policy, after in (("DeleteSelf", 1), ("DeleteCluster", 9))]
    spec = {"rayClusterSpec": ray_cluster()["spec"], "deletionStrategy": {"deletionRules": rules}}
    path = "spec.deletionStrategy.deletionRules[1].condition.ttlSeconds"
    assert told(JOB | {"spec": spec}) == {("kuberay-deletion", path)}


def test_a_cluster_in_another_kind_is_held_to_the_same() -> None:
    inner = ray_cluster(worker="{minReplicas: 9}")["spec"]
    place = "workerGroupSpecs[0].minReplicas"
    job = JOB | {"spec": {"rayClusterSpec": inner}}
    service = JOB | {"kind": "RayService", "spec": {"rayClusterConfig": inner}}
    cron = JOB | {"kind": "RayCronJob", "spec": {"schedule": "@daily", "jobTemplate": {"rayClusterSpec": inner}}}
    assert ("kuberay-group-size", f"spec.rayClusterSpec.{place}") in told(job)
    assert ("kuberay-group-size", f"spec.rayClusterConfig.{place}") in told(service)
    assert ("kuberay-group-size", f"spec.jobTemplate.rayClusterSpec.{place}") in told(cron)


INCREMENTAL = "type: NewClusterWithIncrementalUpgrade"
OPTIONS = "gatewayClassName: a, stepSizePercent: 50, intervalSeconds: 1, maxSurgePercent: 10"


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        (f"{{{INCREMENTAL}}}", "clusterUpgradeOptions is missing"),
        (f"{{{INCREMENTAL}, clusterUpgradeOptions: {{{OPTIONS}}}}}", "50 is more than maxSurgePercent (10)"),
    ],
)
def test_an_incremental_upgrade_needs_its_options(strategy: str, words: str) -> None:
    config = ray_cluster(spec="{enableInTreeAutoscaling: true}")["spec"]
    service = JOB | {
        "kind": "RayService",
        "spec": {"rayClusterConfig": config, "upgradeStrategy": yaml.safe_load(strategy)},
    }
    found = CHECKER.check(manifests.load(yaml.safe_dump(service)))
    assert [each.problem.message for each in found] == [words]


@pytest.mark.parametrize(
    ("schedule", "fine"),
    [("0 3 * * *", True), ("@daily", True), ("0 25 * * *", False), ("* * *", False), ("TZ=UTC 0 3 * * *", False)],
)
def test_a_cron_jobs_schedule_is_read(schedule: str, fine: bool) -> None:
    spec = {"schedule": schedule, "jobTemplate": {"clusterSelector": {"ray.io/cluster": "a"}}}
    found = told(JOB | {"kind": "RayCronJob", "spec": spec})
    gate = {("kuberay-feature-gate", "kind")}
    assert found - gate == (set() if fine else {("kuberay-cron-job", "spec.schedule")})


def schema() -> Any:
    return CHECKER.schemas.of(manifests.load(yaml.safe_dump(ray_cluster()))[0])


def fields_of(definition: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The fields that a definition names, by their path, with their types."""
    for name, of in definition.get("properties", {}).items():
        yield f"{path}.{name}", of.get("type")
        yield from fields_of(of, f"{path}.{name}")
        yield from fields_of(of.get("items", {}), f"{path}.{name}[]")


def test_the_stand_in_operators_definition_is_a_part_of_kuberays() -> None:
    definitions = {each["spec"]["names"]["kind"]: each["spec"] for each in yaml.safe_load_all(CRD.read_text())}
    spec = definitions["RayCluster"]
    (version,) = [each for each in spec["versions"] if each["name"] == "v1"]
    document = schema()._document
    known = dict(fields_of(expanded(document["properties"]["spec"], document)))
    stand_ins = dict(fields_of(version["schema"]["openAPIV3Schema"]["properties"]["spec"]))
    assert stand_ins
    for path, kind in stand_ins.items():
        assert path in known, path
        assert kind is None or kind in known[path] or known[path] == kind, path


def test_the_schema_has_the_fields_that_lint_knows() -> None:
    document = schema()._document
    spec = expanded(document["properties"]["spec"], document)["properties"]
    pods = spec["headGroupSpec"]["properties"]["template"]["properties"]["spec"]["properties"]
    for names, key in ((pods, "pod"), (spec["autoscalerOptions"]["properties"], "autoscalerOptions")):
        assert set(names) == set(field_shapes.shape(field_shapes.shape_of(key))["fields"])


def expanded(part: Any, document: dict[str, Any]) -> Any:
    """Write out what references stand for."""
    if isinstance(part, list):
        return [expanded(item, document) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return expanded(document["$defs"][part["$ref"].rpartition("/")[2]], document)
    return {key: expanded(value, document) for key, value in part.items()}
