"""What is said of changes of RayJobs, RayServices and RayCronJobs is what becomes of their clusters."""

from __future__ import annotations

import copy
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from contract.site import Site, eventually
from smoke_run import setting

from raychart import helm
from raychart.chart import find_chart
from raychart.diff.compare import compare
from raychart.impact.judge import judge
from raychart.manifests import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Kube

    from raychart.impact.model import Impact

    Object = dict[str, Any]
    Change = Callable[[Object], object]

pytestmark = pytest.mark.cluster

# Two rounds of the operator, which looks at jobs every 3 s, and at services every 2 s.
HOLDS = 6.0
_HEAD = (Path(__file__).parent / "false_head.py").read_text()
# What the operator may do beside what the chart lets it do for RayClusters alone.
_RULES = [
    {"apiGroups": ["ray.io"], "resources": ["*"], "verbs": ["*"]},
    {"apiGroups": ["", "batch"], "resources": ["services", "jobs"], "verbs": ["create", "update", "patch", "delete"]},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["get", "list", "watch"]},
]
_OPERATOR: Object = {
    "featureGates": {"RayCronJob": True},
    "env": {"ENABLE_INIT_CONTAINER_INJECTION": "false", "ENABLE_PROBES_INJECTION": "false"},
    "args": ["--reconcile-concurrency=4"],
    "extraRules": _RULES,
}
_GO = {"scale-down", "replace"}
# A service makes its other cluster before the former one goes.
_COME = {"scale-up", "replace"}


class Row(NamedTuple):
    """An object and a change of its spec, an effect that is said, and how many pods then go and come."""

    kind: str
    change: Change
    effect: str
    goes: int = 0
    comes: int = 0
    before: Object | None = None
    status: str = "RUNNING"


def spec(**fields: Any) -> Change:
    """Return a change of fields."""
    return lambda body: body.update(fields)


def groups(change: Callable[[list[Object]], object]) -> Change:
    """Return a change of the worker groups of a service or of a job."""
    return lambda body: change((body.get("rayClusterConfig") or body["rayClusterSpec"])["workerGroupSpecs"])


def _limit(found: list[Object], memory: str) -> None:
    found[0]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] = memory


def _now() -> str:
    """Return a schedule whose last time was at the beginning of this minute, and whose next is in an hour."""
    return f"{datetime.now(UTC).minute} * * * *"


SHUTS = {"shutdownAfterJobFinishes": True}
ROWS: dict[str, Row] = {
    "workers of a job": Row("RayJob", groups(lambda found: found[0].update(replicas=2)), "ignored"),
    "a job suspended": Row("RayJob", spec(suspend=True), "replace", 3, before=SHUTS),
    "a job suspended whose cluster is kept": Row("RayJob", spec(suspend=True), "rejected"),
    "a deadline that has passed": Row("RayJob", spec(activeDeadlineSeconds=1), "scale-down", 3, before=SHUTS),
    "a deadline for a cluster that is kept": Row("RayJob", spec(activeDeadlineSeconds=1), "live"),
    "shut down after the end": Row("RayJob", spec(**SHUTS), "scale-down", 3, status="SUCCEEDED"),
    "workers of a service": Row("RayService", groups(lambda found: found[0].update(replicas=2)), "ignored"),
    "a group at the end": Row("RayService", groups(lambda found: found.append(_group("c"))), "scale-up", 0, 1),
    "groups in another order": Row("RayService", groups(lambda found: found.reverse()), "replace", 3, 3),
    "a service's memory in bytes": Row("RayService", groups(lambda found: _limit(found, "134217728")), "replace", 3, 3),
    "a service's memory in kibibytes": Row("RayService", groups(lambda found: _limit(found, "131072Ki")), ""),
    "empty in place of nothing": Row("RayService", groups(lambda found: found[0].update(labels={})), "none"),
    "parameters that are not said": Row(
        "RayService", groups(lambda found: found[0].pop("rayStartParams")), "replace", 3, 3
    ),
    "a service suspended": Row("RayService", spec(suspend=True), "replace", 3),
    "a schedule by which a run was due": Row("RayCronJob", lambda body: body.update(schedule=_now()), "scale-up", 0, 3),
    "a cron job's template": Row("RayCronJob", lambda body: body["jobTemplate"].update(entrypoint="b"), "live"),
}


def _template(*command: str, status: str) -> Object:
    container = {
        "name": "ray",
        "image": ":".join(_image()),
        "command": list(command),
        "env": [{"name": "STATUS", "value": status}],
        "resources": {"requests": {"cpu": "1m", "memory": "16Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
    }
    return {"spec": {"terminationGracePeriodSeconds": 0, "containers": [container]}}


def _image() -> tuple[str, str]:
    image = yaml.safe_load(Path(setting("LAYER")).read_text())["podDefaults"]["image"]
    return image["repository"], image["tag"]


def _group(name: str) -> Object:
    numbers = {"replicas": 1, "minReplicas": 0, "maxReplicas": 3}
    return {"groupName": name, **numbers, "rayStartParams": {}, "template": _template("sleep", "inf", status="")}


def _object(name: str, row: Row) -> Object:
    """Return an object of a kind, whose cluster has a head and two workers."""
    # Of a cron job's annotations its jobs have none, and nobody asks their heads.
    runs = ("sleep", "inf") if row.kind == "RayCronJob" else ("python3", "-c", _HEAD)
    head = {"rayStartParams": {}, "template": _template(*runs, status=row.status)}
    cluster = {"rayVersion": "2.60.0", "headGroupSpec": head, "workerGroupSpecs": [_group("a"), _group("b")]}
    job = {"entrypoint": "a", "submissionMode": "HTTPMode", "rayClusterSpec": cluster}
    specs: dict[str, Object] = {
        "RayJob": job,
        "RayService": {"serveConfigV2": "{}", "rayClusterDeletionDelaySeconds": 1, "rayClusterConfig": cluster},
        "RayCronJob": {"schedule": "0 0 1 1 *", "jobTemplate": job},
    }
    metadata = {"name": name, "annotations": {"ray.io/overwrite-container-cmd": "true"}}
    made = {**specs[row.kind], **(row.before or {})}
    return {"apiVersion": "ray.io/v1", "kind": row.kind, "metadata": metadata, "spec": copy.deepcopy(made)}


class Outcome(NamedTuple):
    """What was said of a change, the pods before and after, and the object's status afterwards."""

    said: list[Impact]
    before: set[str]
    after: set[str]
    status: Object


@pytest.fixture(scope="module")
def site(kube: Kube, kube_config: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a namespace with an operator that looks after all four kinds."""
    if not setting("OPERATOR"):
        pytest.skip("the stand-in looks after RayClusters alone")
    found = Site(kube.api_client, f"impact-{secrets.token_hex(3)}")
    kube.core.create_namespace({"metadata": {"name": found.namespace}})
    values = tmp_path_factory.mktemp("kinds") / "values.yaml"
    values.write_text(yaml.safe_dump({"clusters": {}, "operator": _OPERATOR}))
    where: Any = {"release": "ray", "namespace": found.namespace, "kubeconfig": Path(kube_config)}
    try:
        helm.install(find_chart(), [values, Path(setting("LAYER"))], **where)
        yield found
    finally:
        made = [
            (kind, one["metadata"]["name"])
            for kind in ("RayCronJob", "RayJob", "RayService")
            for one in found.find(kind)
        ]
        for kind, name in made:
            found.delete(kind, name)
        eventually(lambda: [one for kind, _ in made for one in found.find(kind)], lambda left: not left)
        helm.uninstall(**where, missing_ok=True)
        kube.core.delete_namespace(found.namespace)


@pytest.fixture(scope="module")
def outcomes(site: Site) -> dict[str, Outcome]:
    """Make every object, change all of them, and return what was said and what became of each."""
    names = {words: f"thing{number}" for number, words in enumerate(ROWS)}
    made = {words: _object(names[words], row) for words, row in ROWS.items()}
    for body in made.values():
        site.create(body)
    for words, row in ROWS.items():
        assert eventually(lambda row=row, words=words: _begun(site, row, names[words]), bool, 90), words  # type: ignore[misc]
    # Into another minute than that in which the cron jobs were made.
    time.sleep(61 - datetime.now(UTC).second)
    before = {words: _pods(site, name) for words, name in names.items()}
    said = {}
    for words, row in ROWS.items():
        new = copy.deepcopy(made[words])
        row.change(new["spec"])
        said[words] = list(judge(compare([_manifest(made[words])], [_manifest(new)])))
        site.change(names[words], row.change, row.kind)
    wanted = {words: len(before[words]) - row.goes + row.comes for words, row in ROWS.items()}
    eventually(lambda: {words: len(_pods(site, name)) for words, name in names.items()}, lambda now: now == wanted, 60)
    time.sleep(HOLDS)
    return {
        words: Outcome(
            said[words], before[words], _pods(site, name), site.get(ROWS[words].kind, name).get("status", {})
        )
        for words, name in names.items()
    }


def _begun(site: Site, row: Row, name: str) -> bool:
    status = site.get(row.kind, name).get("status", {})
    serves = {one["type"]: one["status"] for one in status.get("conditions", [])}.get("Ready") == "True"
    begun = {"RayJob": status.get("jobStatus") == row.status, "RayService": serves, "RayCronJob": True}
    ended = row.status == "RUNNING" or status.get("jobDeploymentStatus") == "Complete"
    return begun[row.kind] and ended


def _manifest(body: Object) -> Manifest:
    return Manifest("ray.io", "v1", body["kind"], "", body["metadata"]["name"], body)


def _pods(site: Site, name: str) -> set[str]:
    """Return the UIDs of the pods of what an object has made that are to stay."""
    return {
        pod["metadata"]["uid"]
        for pod in site.find("Pod", "ray.io/cluster")
        if pod["metadata"]["name"].startswith(f"{name}-") and "deletionTimestamp" not in pod["metadata"]
    }


@pytest.mark.parametrize("words", ROWS)
def test_the_operator_does_what_was_said(outcomes: dict[str, Outcome], words: str) -> None:
    row, found = ROWS[words], outcomes[words]
    assert row.effect in {impact.effect for impact in found.said} or not (row.effect or found.said)
    assert (len(found.before - found.after), len(found.after - found.before)) == (row.goes, row.comes)
    for number, effects in ((row.goes, _GO), (row.comes, _COME)):
        counted = [impact.pods for impact in found.said if impact.effect in effects]
        assert number <= sum(pods.most for pods in counted), found.said


def test_a_job_that_was_refused_is_never_looked_at_again(site: Site, outcomes: dict[str, Outcome]) -> None:
    words = "a job suspended whose cluster is kept"
    refused = outcomes[words]
    assert refused.status["jobDeploymentStatus"] == "ValidationFailed"
    name = f"thing{list(ROWS).index(words)}"
    old = site.get("RayJob", name)
    new = {**old, "spec": {key: value for key, value in old["spec"].items() if key != "suspend"}}
    assert [one.effect for one in judge(compare([_manifest(old)], [_manifest(new)]))] == ["ignored"]
    site.change(name, lambda body: body.pop("suspend"), "RayJob")
    time.sleep(HOLDS)
    assert site.get("RayJob", name)["status"]["jobDeploymentStatus"] == "ValidationFailed"
    assert _pods(site, name) == refused.after
