"""Settings of every kind in one release, seen from where they have to arrive: in tasks, in pods, in the API."""

from __future__ import annotations

import json
import secrets
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from contract.site import eventually
from pods import Spot, is_ready, run_in
from smoke_run import ROOT, setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Kube

pytestmark = pytest.mark.cluster

BESIDE = {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
FIRST = "echo first > /shared/first"
SHARED = [{"name": "shared", "mountPath": "/shared"}]
SMALL = {"requests": {"cpu": "50m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}
VALUES = {
    "operator": {
        "replicas": 2,
        "logLevel": "debug",
        "logEncoder": "console",
        "metrics": {"enabled": True},
        "featureGates": {"RayJobDeletionPolicy": True},
        "podDisruptionBudget": {"enabled": True},
        "labels": {"team": "platform"},
    },
    "placements": {"linux": {"nodeSelector": {"kubernetes.io/os": "linux"}}},
    "podDefaults": {
        "env": {"PLAIN": "shared", "NUMBER": 1000000},
        "envFrom": [{"configMapRef": {"name": "app"}}],
        "volumes": {
            "settings": {"mountPath": "/etc/app", "readOnly": True, "configMap": {"name": "app"}},
            "password": {"mountPath": "/etc/password", "secret": {"secretName": "password"}},
        },
        "setupCommands": ['export FROM_SETUP="$PLAIN and more"', "echo written > /tmp/setup"],
        "hostAliases": [{"ip": "10.1.2.3", "hostnames": ["somewhere.example"]}],
        "placement": ["linux"],
        "labels": {"team": "vision"},
    },
    "clusters": {
        "main": {
            "auth": {"secretName": "token"},
            "headService": {"type": "NodePort"},
            "serveService": {"enabled": True},
            "podDisruptionBudget": {"enabled": True},
            "head": {"cpu": None, "memory": None, "resources": SMALL, "sharedMemory": "256Mi"},
            "workerTypes": {
                "slice": {
                    "minWorkers": 1,
                    "maxWorkers": 1,
                    "numOfHosts": 2,
                    "resources": SMALL,
                    "env": {"PLAIN": "own"},
                    "rayResources": {"CPU": 3, "licences": 2},
                    "rayLabels": {"zone": "here"},
                    "sharedMemory": "128Mi",
                    "terminationGracePeriodSeconds": 1,
                    "initContainers": {
                        "first": {
                            **BESIDE,
                            "command": ["sh", "-c", "echo first > /shared/first"],
                            "volumeMounts": SHARED,
                        }
                    },
                    "sidecars": {"beside": {**BESIDE, "command": ["sleep", "3600"]}},
                    "pod": {"volumes": [{"name": "shared", "emptyDir": {}}]},
                    "container": {"volumeMounts": SHARED},
                }
            },
        }
    },
    "extraObjects": {
        "app": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app"}, "data": {"FROM_MAP": "mapped"}},
        "password": {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "password"}, "stringData": {"p": "s3"}},
        "token": {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "token"},
            "stringData": {"auth_token": "0" * 32},
        },
    },
}
# What a task on a worker sees, and what Ray knows of the worker.
LOOK = """
import json, os, ray
ray.init("auto", log_to_driver=False)
@ray.remote(num_cpus=1, resources={"licences": 1})
def look():
    read = lambda path: open(path).read().strip()
    size = os.statvfs("/dev/shm")
    return {
        "env": {name: os.environ.get(name) for name in ("PLAIN", "NUMBER", "FROM_MAP", "FROM_SETUP")},
        "files": [read(path) for path in ("/etc/app/FROM_MAP", "/etc/password/p", "/tmp/setup", "/shared/first")],
        "host": "somewhere.example" in read("/etc/hosts"),
        "shm": size.f_blocks * size.f_frsize // 2**20,
    }
seen = ray.get(look.remote())
workers = [node for node in ray.nodes() if node["Resources"].get("licences")]
seen["workers"] = [{name: node["Resources"][name] for name in ("CPU", "licences")} for node in workers]
seen["zones"] = [node["Labels"].get("zone") for node in workers]
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def namespace(kube: Kube) -> Iterator[str]:
    """Return a namespace that enforces Pod Security "restricted"."""
    name = f"settings-{secrets.token_hex(3)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kube.core.create_namespace({"metadata": {"name": name, "labels": labels}})
    yield name
    kube.core.delete_namespace(name)


@pytest.fixture(scope="module")
def deploy(
    kube_config: str, helm4: str, namespace: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., None]:
    """Return what installs the values above, or upgrades to them, with a layer of one's own over the cluster."""
    folder = tmp_path_factory.mktemp("settings")

    def helm(verb: str, **main: Any) -> None:
        image = yaml.safe_load(Path(setting("LAYER")).read_text())["podDefaults"]["image"]
        beside = {"image": f"{image['repository']}:{image['tag']}"}
        own = {"initContainers": {"first": beside}, "sidecars": {"beside": beside}}
        over = {"clusters": {"main": {**main, "workerTypes": {"slice": own}}}}
        layers = [folder / "values.yaml", Path(setting("LAYER")), folder / "over.yaml"]
        layers[0].write_text(yaml.safe_dump(VALUES))
        layers[2].write_text(yaml.safe_dump(over))
        argv = [helm4, verb, "ray", str(ROOT / "charts" / "ray"), "--kubeconfig", kube_config, "--namespace", namespace]
        argv += [word for path in layers for word in ("--values", str(path))]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return helm


@pytest.fixture(scope="module")
def seen(kube: Kube, namespace: str, deploy: Callable[..., None]) -> dict[str, Any]:
    """Install, and return what a task sees."""
    deploy("install")
    assert eventually(lambda: len(ready(kube, namespace, "ray.io/cluster=main")), lambda count: count == 3, 120) == 3
    head = ready(kube, namespace, "ray.io/node-type=head")[0]
    wrote = run_in(kube, Spot(namespace, head, "ray-head"), ["python3", "-c", LOOK], 120)
    found: dict[str, Any] = json.loads(wrote.splitlines()[-1])
    return found


def test_tasks_see_variables_from_every_source(seen: dict[str, Any]) -> None:
    env = {"PLAIN": "own", "NUMBER": "1000000", "FROM_MAP": "mapped", "FROM_SETUP": "own and more"}
    assert seen["env"] == env


def test_tasks_see_volumes_of_every_kind(seen: dict[str, Any]) -> None:
    assert seen["files"] == ["mapped", "s3", "written", "first"]
    assert seen["shm"] == 128
    assert seen["host"]


def test_ray_knows_resources_and_labels_of_both_pods_of_a_worker(seen: dict[str, Any]) -> None:
    assert seen["workers"] == [{"CPU": 3.0, "licences": 2.0}] * 2
    assert seen["zones"] == ["here"] * 2


@pytest.mark.usefixtures("seen")
def test_services_and_budgets_are_there(kube: Kube, namespace: str) -> None:
    services = {service.metadata.name: service for service in kube.core.list_namespaced_service(namespace).items}
    assert services["main-external"].spec.type == "NodePort"
    assert [port.port for port in services["main-serve-svc"].spec.ports] == [8000]
    list_budgets = kube.custom.list_namespaced_custom_object
    budgets = list_budgets("policy", "v1", namespace, "poddisruptionbudgets")["items"]
    assert {budget["metadata"]["name"]: budget["status"]["disruptionsAllowed"] for budget in budgets} == {
        "main-head": 0,
        "ray-operator": 1,
    }


@pytest.mark.usefixtures("seen")
def test_the_token_is_the_one_given_and_no_other_is_made(kube: Kube, namespace: str) -> None:
    names = {secret.metadata.name for secret in kube.core.list_namespaced_secret(namespace).items}
    assert "token" in names
    assert "main" not in names


@pytest.mark.usefixtures("seen")
def test_a_suspended_cluster_has_no_pods_and_comes_back(
    kube: Kube, namespace: str, deploy: Callable[..., None]
) -> None:
    deploy("upgrade", suspend=True)
    assert not eventually(lambda: ready(kube, namespace, "ray.io/cluster=main"), lambda pods: not pods, 60)
    deploy("upgrade", suspend=False)
    assert eventually(lambda: len(ready(kube, namespace, "ray.io/cluster=main")), lambda count: count == 3, 120) == 3


def ready(kube: Kube, namespace: str, selector: str) -> list[str]:
    """Return the names of the pods that are ready and are to stay."""
    items = kube.core.list_namespaced_pod(namespace, label_selector=selector).items
    return [pod.metadata.name for pod in items if pod.metadata.deletion_timestamp is None and is_ready(pod)]
