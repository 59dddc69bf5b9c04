"""What holds for the chart whatever the values: checked on every scenario."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from raychart.manifests import Manifest

CHART = Path(__file__).parents[2] / "charts" / "ray"
CLUSTER_SCOPED = {"ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace", "PriorityClass"}


def test_both_helms_render_the_same_bytes(
    scenario: Path, render_text: Callable[..., str], helm3: str, helm4: str
) -> None:
    # Helm 4 keeps the line break at the end of a document that another follows, Helm 3 does not.
    three, four = (
        [document.strip() for document in render_text(scenario, helm=helm).split("\n---\n")] for helm in (helm3, helm4)
    )
    assert three == four


def test_both_helms_lint_it_strictly(scenario: Path, helm3: str, helm4: str) -> None:
    for helm in (helm3, helm4):
        argv = [helm, "lint", "--strict", str(CHART), "--values", str(scenario)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_rendering_twice_gives_the_same_bytes(scenario: Path, render_text: Callable[..., str]) -> None:
    assert render_text(scenario) == render_text(scenario)


def test_every_object_is_in_the_release_namespace(scenario: Path, render: Callable[..., list[Manifest]]) -> None:
    for manifest in render(scenario, namespace="elsewhere"):
        assert manifest.kind not in CLUSTER_SCOPED, f"{manifest.identity} is cluster-scoped"
        assert manifest.namespace == "elsewhere", manifest.identity


def test_objects_say_which_release_and_chart_they_belong_to(
    scenario: Path, render: Callable[..., list[Manifest]]
) -> None:
    for manifest in render(scenario, release="mine"):
        if manifest.name == "app":  # the user's own, which the chart leaves as it is
            continue
        labels = manifest.body["metadata"]["labels"]
        assert labels["app.kubernetes.io/instance"] == "mine", manifest.identity
        assert labels["app.kubernetes.io/managed-by"] == "Helm", manifest.identity
        assert labels["helm.sh/chart"].startswith("ray-"), manifest.identity


def test_a_new_chart_version_changes_no_pod_template(scenario: Path, render: Callable[..., list[Manifest]]) -> None:
    for manifest in render(scenario):
        for template in _pod_templates(manifest.body):
            if template is manifest.body:  # the pod of `helm test`, made anew each time
                continue
            labels = template.get("metadata", {}).get("labels", {})
            assert not {"helm.sh/chart", "app.kubernetes.io/version"} & labels.keys(), manifest.identity


def test_operators_of_two_releases_in_one_namespace_share_the_lease_alone(
    scenario: Path, render: Callable[..., list[Manifest]]
) -> None:
    def operator(release: str) -> set[tuple[str, str, str, str]]:
        objects = render(scenario, release=release)
        name = "app.kubernetes.io/name"
        return {m.identity for m in objects if m.body["metadata"].get("labels", {}).get(name) == "kuberay-operator"}

    shared = operator("one") & operator("two")
    # The lease is shared on purpose: it is what makes Helm refuse a second operator, which would only wait.
    assert {(kind, name) for _, kind, _, name in shared} <= {("Lease", "ray-operator-leader")}


def test_every_pod_passes_pod_security_restricted(scenario: Path, render: Callable[..., list[Manifest]]) -> None:
    for manifest in render(scenario):
        for template in _pod_templates(manifest.body):
            pod = template["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True, manifest.identity
            assert pod["securityContext"]["runAsUser"] > 0, manifest.identity
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, manifest.identity
            for container in pod["containers"]:
                context = container["securityContext"]
                assert context["allowPrivilegeEscalation"] is False, f"{manifest.identity} {container['name']}"
                assert context["capabilities"] == {"drop": ["ALL"]}, f"{manifest.identity} {container['name']}"


def test_no_ray_container_gets_a_service_account_token(scenario: Path, render: Callable[..., list[Manifest]]) -> None:
    for cluster in _ray_clusters(render(scenario)):
        for template in _pod_templates(cluster):
            assert template["spec"]["automountServiceAccountToken"] is False
            mounts = [mount["name"] for mount in template["spec"]["containers"][0].get("volumeMounts", [])]
            assert "autoscaler-token" not in mounts


def test_nothing_that_operator_or_autoscaler_write_is_rendered(
    scenario: Path, render: Callable[..., list[Manifest]]
) -> None:
    for cluster in _ray_clusters(render(scenario)):
        assert "status" not in cluster
        assert "finalizers" not in cluster["metadata"]
        for group in cluster["spec"]["workerGroupSpecs"]:
            assert "scaleStrategy" not in group
            assert ("replicas" in group) is not cluster["spec"]["enableInTreeAutoscaling"]


def test_no_template_swallows_a_mistake_of_its_own(scenario: Path, render: Callable[..., list[Manifest]]) -> None:
    # Helm's fromYaml turns what it cannot read into {"Error": ...}.
    for manifest in render(scenario):
        assert '"Error"' not in json.dumps(manifest.body), manifest.identity


def test_rendering_depends_on_nothing_but_the_values() -> None:
    for path in (CHART / "templates").rglob("*.*"):
        text = path.read_text()
        for live in ("lookup", ".Capabilities", ".Release.IsInstall", ".Release.IsUpgrade", ".Release.Revision"):
            assert live not in text, f"{path.name} uses {live}"
        for changing in (
            "rand",
            "genCA",
            "genSelfSigned",
            "genPrivateKey",
            "uuidv4",
            "now",
            "htpasswd",
            "derivePassword",
        ):
            assert not re.search(rf"[({{|]-? *{changing}[A-Za-z]* ", text), f"{path.name} uses {changing}"


def test_a_namespaced_object_of_the_users_lands_in_the_release_namespace(render: Callable[..., list[Manifest]]) -> None:
    own = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app"}, "data": {"x": "{{ y }}"}}
    found = next(m for m in render({"extraObjects": {"one": own}}, namespace="team-x") if m.name == "app")
    assert found.namespace == "team-x"
    assert found.body["data"] == {"x": "{{ y }}"}


def test_a_release_stays_far_below_the_size_that_a_secret_may_have(
    scenario: Path, render_text: Callable[..., str]
) -> None:
    # Helm keeps chart, values and manifests of a release, compressed, in one Secret of at most 1 MiB.
    files = [path for path in sorted(CHART.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    chart = b"".join(path.read_bytes() for path in files)
    assert len(b64encode(gzip.compress(b64encode(chart) + render_text(scenario).encode()))) < 250_000


def test_scripts_are_mounted_as_they_are(scenario: Path, render: Callable[..., list[Manifest]]) -> None:
    scripts = {path.name: path.read_text() for path in (CHART / "files").glob("*.*")}
    for manifest in render(scenario):
        if manifest.kind == "ConfigMap" and manifest.name == "ray-scripts":
            assert manifest.body["data"] == scripts


def test_every_ray_pod_is_probed_every_second(scenario: Path, render: Callable[..., list[Manifest]]) -> None:
    for cluster in _ray_clusters(render(scenario)):
        for template in _pod_templates(cluster):
            probe = template["spec"]["containers"][0]["readinessProbe"]
            assert probe["periodSeconds"] == 1
            assert "initialDelaySeconds" not in probe


def test_ray_and_autoscaler_versions_are_always_said(scenario: Path, render: Callable[..., list[Manifest]]) -> None:
    for cluster in _ray_clusters(render(scenario)):
        assert cluster["spec"]["rayVersion"]
        if cluster["spec"]["enableInTreeAutoscaling"]:
            assert cluster["spec"]["autoscalerOptions"]["version"] in {"v1", "v2"}


def test_each_cluster_has_its_address_with_the_labels_kuberay_looks_for(
    scenario: Path, render: Callable[..., list[Manifest]]
) -> None:
    objects = render(scenario)
    services = {m.name: m.body for m in objects if m.kind == "Service"}
    for cluster in _ray_clusters(objects):
        name = cluster["metadata"]["name"]
        service = services[f"{name}-head-svc"]
        wanted = {"ray.io/cluster": name, "ray.io/node-type": "head", "ray.io/identifier": f"{name}-head"}
        assert wanted.items() <= service["metadata"]["labels"].items()
        assert wanted.items() <= service["spec"]["selector"].items()
        assert {port["name"]: port["port"] for port in service["spec"]["ports"]}["client"] == 10001


def _ray_clusters(objects: list[Manifest]) -> list[dict[str, Any]]:
    return [manifest.body for manifest in objects if manifest.kind == "RayCluster"]


def _pod_templates(value: Any) -> Iterator[dict[str, Any]]:
    """Every pod template in an object, wherever it is."""
    if isinstance(value, dict):
        if "containers" in (value.get("spec") or {}):
            yield value
        for child in value.values():
            yield from _pod_templates(child)
    elif isinstance(value, list):
        for child in value:
            yield from _pod_templates(child)
