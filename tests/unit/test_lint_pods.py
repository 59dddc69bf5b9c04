"""Advice on placement, images and what runs before Ray."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rule_tables import found_and_fine

from raychart.lint.installs import unpinned
from raychart.lint.shell import parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.findings import Finding

    PlacesOf = Callable[..., list[str]]

TYPE = "clusters: {main: {workerTypes: {w: {maxWorkers: 2, cpu: 4, memory: 16Gi, %s}}}}"
HEAD = "clusters: {main: {head: {%s}, workerTypes: {w: {maxWorkers: 2, cpu: 4, memory: 16Gi}}}}"
PODS = "podDefaults: {%s}\n" + TYPE % "gpu: 0"
AFFINITY = (
    "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "{nodeSelectorTerms: [{matchExpressions: [{key: karpenter.sh/capacity-type, operator: In, values: [%s]}]}]}}}"
)
PLACED = "placements: {a: {nodeSelector: {pool: %s}}, b: {nodeSelector: {%s: b}}}\n" + TYPE % "placement: [a, b]"
TERMS = "nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
DIGEST = "sha256:" + "0" * 64
M = "clusters.main."
H = M + "head."
W = M + "workerTypes.w."

FOUND = [
    (
        "head-on-spot",
        HEAD % 'nodeSelector: {cloud.google.com/gke-spot: "true"}',
        H + 'nodeSelector."cloud.google.com/gke-spot"',
    ),
    (
        "head-on-spot",
        HEAD % "pod: {nodeSelector: {eks.amazonaws.com/capacityType: SPOT}}",
        H + 'pod.nodeSelector."eks.amazonaws.com/capacityType"',
    ),
    (
        "head-on-spot",
        "placements: {cheap: {nodeSelector: {pool: spot-a}}}\n" + HEAD % "placement: [cheap]",
        H + "placement",
    ),
    (
        "head-on-spot",
        HEAD % (AFFINITY % "spot"),
        H + f"affinity.{TERMS}[0].matchExpressions[0]",
    ),
    (
        "head-on-spot",
        HEAD % "tolerations: [{key: kubernetes.azure.com/scalesetpriority, value: spot}]",
        H + "tolerations",
    ),
    (
        "head-on-spot",
        "podDefaults: {nodeSelector: {preemptible: yes-please}}\n" + TYPE % "gpu: 0",
        "podDefaults.nodeSelector.preemptible",
    ),
    ("spot-without-toleration", TYPE % "nodeSelector: {pool: spot}", W + "nodeSelector.pool"),
    (
        "spot-without-toleration",
        TYPE % "nodeSelector: {pool: spot}, tolerations: [{key: gpu, operator: Exists}]",
        W + "nodeSelector.pool",
    ),
    (
        "spot-without-toleration",
        "placements: {s: {nodeSelector: {spot: 'true'}}}\n" + TYPE % "placement: [s]",
        "placements.s.nodeSelector.spot",
    ),
    ("placement-conflict", PLACED % ("a", "pool"), W + "placement"),
    (
        "placement-conflict",
        "placements: {a: {nodeSelector: {pool: a}}}\n" + TYPE % "placement: [a], nodeSelector: {pool: b}",
        W + "nodeSelector.pool",
    ),
    ("placement-unused", "placements: {a: {nodeSelector: {pool: a}}}\n" + TYPE % "gpu: 0", "placements.a"),
    ("image-tag-moves", PODS % "image: {tag: latest-py312}", "podDefaults.image.tag"),
    ("image-tag-moves", PODS % "image: {tag: nightly}", "podDefaults.image.tag"),
    ("image-tag-moves", TYPE % "sidecars: {log: {image: fluent/fluent-bit}}", W + "sidecars.log.image"),
    (
        "image-tag-moves",
        TYPE % 'pod: {initContainers: [{name: x, image: "localhost:5000/x"}]}',
        W + "pod.initContainers[0].image",
    ),
    ("image-tag-moves", "operator: {image: {tag: latest}}\n" + TYPE % "gpu: 0", "operator.image.tag"),
    (
        "image-tag-moves",
        'clusterDefaults: {autoscaling: {options: {image: "x:latest"}}}\n' + TYPE % "gpu: 0",
        "clusterDefaults.autoscaling.options.image",
    ),
    (
        "image-repository-tagged",
        PODS % 'image: {repository: "registry:5000/ray:2.60.0"}',
        "podDefaults.image.repository",
    ),
    (
        "image-repository-tagged",
        PODS % f'image: {{repository: "rayproject/ray@{DIGEST}"}}',
        "podDefaults.image.repository",
    ),
    ("image-ray-version", PODS % "image: {tag: 2.59.0-py312-gpu}", "podDefaults.image.tag"),
    ("image-ray-version", PODS % 'image: {repository: mirror/ray-ml, tag: "2.59"}', "podDefaults.image.tag"),
    ("image-ray-version", PODS % "image: {repository: team/app, tag: 1.2.0-ray2.58.1}", "podDefaults.image.tag"),
    ("image-mismatch", TYPE % "image: {tag: 2.58.0}", W + "image.tag"),
    (
        "image-mismatch",
        "podDefaults: {image: {tag: 2.60.0-py310}}\n" + TYPE % "image: {tag: 2.60.0-py312}",
        W + "image.tag",
    ),
    ("image-python-unsaid", HEAD % "image: {tag: 2.60.0-py312}", H + "image.tag"),
    ("client-mismatch", "x-raychart: {client: {ray: 2.59.0}}\n" + TYPE % "gpu: 0", M + "rayVersion"),
    (
        "client-mismatch",
        'x-raychart: {client: {python: "3.11"}}\n' + PODS % "image: {tag: 2.60.0-py312}",
        "podDefaults.image.tag",
    ),
    ("image-tag-idle", PODS % f'image: {{tag: 2.60.0, digest: "{DIGEST}"}}', "podDefaults.image.tag"),
    ("install-ray", PODS % "installRay: 2.60.0", "podDefaults.installRay"),
    ("install-ray", "x-raychart: {trial: [other]}\n" + HEAD % "installRay: 2.60.0", H + "installRay"),
    ("container-ray-start", TYPE % "container: {command: [bash, -c], args: [ray start --block]}", W + "container.args"),
    ("setup-ray-stop", TYPE % "setupCommands: [ray stop]", W + "setupCommands[0]"),
    (
        "setup-ray-stop",
        PODS % "setupCommands: [true, 'ulimit -n 9; ray stop --force || true']".replace("true,", "'true',"),
        "podDefaults.setupCommands[1]",
    ),
    (
        "setup-unpinned-install",
        TYPE % "setupCommands: ['cd /tmp', 'pip install pandas==2.3.3 numpy']",
        W + "setupCommands[1]",
    ),
    ("setup-other-ray", TYPE % "setupCommands: ['pip install -U ray[serve]==2.58.0']", W + "setupCommands[0]"),
    ("setup-piped-script", TYPE % "setupCommands: ['curl -LsSf https://x.example/i.sh | sh']", W + "setupCommands[0]"),
    (
        "setup-piped-script",
        TYPE % "setupCommands: ['wget -qO- https://x.example | sudo -E bash -s']",
        W + "setupCommands[0]",
    ),
    ("setup-piped-script", TYPE % "setupCommands: ['bash <(curl -s https://x.example)']", W + "setupCommands[0]"),
    ("setup-needs-root", TYPE % "setupCommands: [sudo apt-get install -y git]", W + "setupCommands[0]"),
    (
        "setup-needs-root",
        TYPE % "setupCommands: [apt-get update], podSecurityContext: {runAsUser: 0, runAsNonRoot: false}",
        W + "setupCommands[0]",
    ),
    ("setup-needs-root", TYPE % "setupCommands: [conda install -y numpy=2]", W + "setupCommands[0]"),
    ("setup-endless", TYPE % "setupCommands: [sleep infinity]", W + "setupCommands[0]"),
    ("setup-endless", TYPE % "setupCommands: ['while true; do date; sleep 5; done']", W + "setupCommands[0]"),
    ("setup-endless", TYPE % "setupCommands: [jupyter lab --port 8888]", W + "setupCommands[0]"),
    (
        "setup-too-slow",
        TYPE % "setupCommands: [sleep 60], startupProbe: {failureThreshold: 40}",
        W + "setupCommands[0]",
    ),
]

FINE = [
    ("head-on-spot", HEAD % "nodeSelector: {pool: on-demand}, tolerations: [{key: spot, operator: Exists}]"),
    ("head-on-spot", HEAD % 'nodeSelector: {cloud.google.com/gke-spot: "false"}'),
    ("head-on-spot", HEAD % (AFFINITY % "on-demand")),
    ("head-on-spot", HEAD % (AFFINITY % "spot, on-demand")),
    ("head-on-spot", HEAD % "nodeSelector: {pool: hotspots}"),
    ("spot-without-toleration", TYPE % "nodeSelector: {pool: spot}, tolerations: [{key: pool, value: spot}]"),
    ("spot-without-toleration", TYPE % "nodeSelector: {pool: spot}, tolerations: [{operator: Exists}]"),
    ("spot-without-toleration", TYPE % "nodeSelector: {pool: spot}, pod: {tolerations: [{key: cheap, value: spot}]}"),
    ("placement-conflict", PLACED % ("a", "zone")),
    ("placement-conflict", PLACED % ("b", "pool")),
    ("placement-unused", "placements: {a: {nodeSelector: {pool: a}}}\noperator: {placement: [a]}\n" + TYPE % "gpu: 0"),
    ("placement-unused", "placements: {a: {nodeSelector: {pool: a}}}\n"),
    ("image-tag-moves", PODS % f'image: {{tag: latest, digest: "{DIGEST}"}}'),
    ("image-tag-moves", PODS % "image: {repository: team/latest-app, tag: 1.0.0-development}"),
    ("image-tag-moves", TYPE % f'sidecars: {{log: {{image: "x@{DIGEST}"}}, other: {{image: "localhost:5000/x:1.2"}}}}'),
    ("image-repository-tagged", PODS % 'image: {repository: "registry:5000/ray"}'),
    ("image-ray-version", PODS % "image: {repository: team/array, tag: 1.0.0}"),
    ("image-ray-version", PODS % "image: {repository: team/my-ray, tag: 1.0.0}"),
    ("image-ray-version", PODS % 'image: {tag: "2.60-py312"}'),
    ("image-ray-version", PODS % f'image: {{tag: 2.59.0, digest: "{DIGEST}"}}'),
    ("image-mismatch", "podDefaults: {image: {tag: 2.60.0-py312}}\n" + TYPE % "image: {tag: 2.60.0-py312-gpu}"),
    ("image-mismatch", TYPE % "image: {repository: team/app, tag: 1.0.0}"),
    ("image-python-unsaid", TYPE % "image: {tag: 2.60.0-gpu}"),
    ("client-mismatch", 'x-raychart: {client: {ray: "2.60", python: 3.12.4}}\n' + PODS % "image: {tag: 2.60.0-py312}"),
    ("install-ray", "x-raychart: {trial: true}\n" + HEAD % "installRay: 2.60.0"),
    (
        "install-ray",
        "clusters: {my-trial: {head: {installRay: 2.60.0}, workerTypes: {w: {maxWorkers: 1, cpu: 1, memory: 2Gi}}}}",
    ),
    ("container-ray-start", TYPE % "container: {args: ['echo ray  start']}"),
    ("setup-ray-stop", TYPE % "setupCommands: ['echo ray stop']"),
    ("setup-piped-script", TYPE % "setupCommands: ['curl -s https://x.example | jq . > /tmp/x']"),
    ("setup-piped-script", TYPE % "setupCommands: ['curl -so /tmp/x https://x.example && sha256sum -c x.sums']"),
    ("setup-needs-root", TYPE % "setupCommands: [apt-get update || true]"),
    (
        "setup-needs-root",
        TYPE % "setupCommands: [apt-get update], securityContext: {runAsUser: 0, readOnlyRootFilesystem: false}",
    ),
    (
        "setup-needs-root",
        TYPE % "setupCommands: [conda install -y numpy=2], securityContext: {readOnlyRootFilesystem: false}",
    ),
    ("setup-needs-root", TYPE % "setupCommands: ['echo apt-get install x']"),
    ("setup-other-ray", TYPE % "setupCommands: [pip install ray==2.60.0]"),
    ("setup-endless", TYPE % "setupCommands: ['nohup sleep infinity &']"),
    ("setup-endless", TYPE % "setupCommands: ['(while true; do date; sleep 5; done) &']"),
    ("setup-endless", TYPE % "setupCommands: ['while true; do nc -z db 5432 && break; sleep 1; done']"),
    ("setup-endless", TYPE % "setupCommands: [jupyter nbextension list, tail -n 3 /etc/hosts]"),
    ("setup-too-slow", TYPE % "setupCommands: [sleep 60]"),
]


test_it_is_found_where_it_was_set, test_it_is_not_found_where_all_is_well = found_and_fine(FOUND, FINE)


def test_a_namespace_may_be_for_trials(places_of: PlacesOf) -> None:
    text = HEAD % "installRay: 2.60.0"
    assert places_of("install-ray", text, name="trial-of-ray.yaml") == []
    assert places_of("install-ray", text, name="team-a.yaml") == [H + "installRay"]


@pytest.mark.parametrize(
    ("command", "open_ones"),
    [
        ("pip install pandas", ["pandas"]),
        ("python3 -m pip install 'pandas>=2' numpy==2.1", ["pandas>=2"]),
        ("pip3.11 install --user 'torch~=2.5' -i https://index.example/simple", ["torch~=2.5"]),
        ("uv pip install --system polars[all]", ["polars[all]"]),
        ("PIP_NO_INPUT=1 /opt/venv/bin/pip install --upgrade pip", ["pip"]),
        ("pip install git+https://github.com/a/b.git", ["git+https://github.com/a/b.git"]),
        ("pip install pandas > /tmp/log 2>&1", ["pandas"]),
        ("pip install -r requirements.txt --no-cache-dir", []),
        ("pip install -c constraints.txt pandas", []),
        ("pip install pandas===2.3.3 'numpy==2.1; python_version<\"3.13\"'", []),
        ("pip install git+https://github.com/a/b.git@v1 https://x.example/a-1.whl ./local /wheels/b.whl", []),
        ("pip install -e . \"$PACKAGE\" 'a @ https://x.example/a-1.tar.gz'", []),
        ("pip download pandas", []),
        ("echo pip install pandas", []),
    ],
)
def test_requirements_without_a_version_are_told_apart(command: str, open_ones: list[str]) -> None:
    words = [words for words, _ in parts(command) if words[0] != "echo"]
    assert [name for one in words for name in unpinned(one)] == open_ones


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b && c; d | e &", [("a", "b"), ("c",), ("d",), ("e",)]),
        ("A=1 B=2 run 'x y' # all of it", [("run", "x y")]),
        ("one \\\n  two\nthree", [("one", "two"), ("three",)]),
        ("cat <<EOF\npip install x\nEOF", [("cat", "<<", "EOF")]),
        ("echo 'open", []),
    ],
)
def test_commands_are_taken_apart(text: str, expected: list[tuple[str, ...]]) -> None:
    assert [words for words, _ in parts(text)] == expected


def test_what_is_mechanical_has_a_fix(findings_in: Callable[..., list[Finding]]) -> None:
    """What the fixes do is tested where they are applied; here, that following the remedy ends the finding."""
    (found,) = [one for one in findings_in(HEAD % "rayResources: {CPU: 2}") if one.rule == "head-runs-tasks"]
    assert found.remedy == "set clusters.main.head.rayResources.CPU to 0"
    assert [one for one in findings_in(HEAD % "rayResources: {CPU: 0}") if one.severity != "info"] == []
