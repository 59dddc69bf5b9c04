"""Where rules for what is refused put their findings: on the line where the mistake was made, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from raychart.lint.rules import RULES
from raychart.lint.subject import subject_of
from raychart.paths import dotted
from raychart.values import load_defaults, load_layer, merge_layers

DEFAULTS = load_defaults(Path(__file__).parents[2] / "charts" / "ray")
TYPE = "workerTypes: {a: {maxWorkers: 1, cpu: 1}}"
TWO = f"clusters: {{a: {{{TYPE}}}, b: {{{TYPE}}}}}\n"
# The last line of each text is where the mistake is.
CASES = {
    "in podDefaults, for every pod": (
        'reserved-label podDefaults.labels."ray.io/group"',
        f"{TWO}podDefaults:\n  labels:\n    ray.io/group: mine\n",
    ),
    "in clusterDefaults, for every cluster": (
        "reserved-annotation clusterDefaults.annotations.raychart/rollout",
        f"{TWO}clusterDefaults:\n  annotations:\n    raychart/rollout: x\n",
    ),
    "in a placement": (
        "toleration-form placements.spot.tolerations[0].effect",
        "placements:\n  spot:\n    tolerations:\n      - operator: Exists\n        effect: noSchedule\n",
    ),
    "in the list of placements": (
        "placement-unknown operator.placement[1]",
        "placements: {gpu: {}}\noperator:\n  placement:\n    - gpu\n    - spot\n",
    ),
    "in a variable of the container": (
        "field-value podDefaults.container.env[0].value",
        "podDefaults:\n  container:\n    env:\n      - name: THREADS\n        value: 4\n",
    ),
    "in a resource of the shorthand": (
        "resource-name podDefaults.gpuResource",
        f"{TWO}podDefaults:\n  gpu: 1\n  gpuResource: gpu\n",
    ),
    "in a device whose request is not its limit": (
        'device-request podDefaults.resources.requests."nvidia.com/gpu"',
        f"{TWO}podDefaults:\n  resources:\n    requests:\n      nvidia.com/gpu: 1\n",
    ),
    "in a peer": (
        "field-unknown networkPolicy.peers.web.from[0].namespaceSelektor",
        "networkPolicy:\n  peers:\n    web:\n      from:\n        - namespaceSelektor: {}\n",
    ),
    "in the rules of the operator's Role": (
        "field-unknown operator.extraRules[0].resource",
        "operator:\n  extraRules:\n    - verbs: [get]\n      resource: [pods]\n",
    ),
    "in the name of a volume's source": (
        "field-unknown podDefaults.volumes.scratch.emptydir",
        "podDefaults:\n  volumes:\n    scratch:\n      mountPath: /scratch\n      emptydir: {}\n",
    ),
    "in a probe that merges with the default": (
        "probe-handlers podDefaults.livenessProbe.exec",
        f"{TWO}podDefaults:\n  livenessProbe:\n    exec: {{command: [ls]}}\n",
    ),
    "in a port": (
        "field-value operator.livenessProbe.httpGet.port",
        "operator:\n  livenessProbe:\n    httpGet:\n      port: 80820\n",
    ),
    "in a queue's name": (
        "label-form clusters.main.queue.name",
        "clusters:\n  main:\n    autoscaling: {enabled: false}\n    queue: {scheduler: kueue,\n      name: team a}\n",
    ),
    "in an address": (
        "address-range networkPolicy.egress[0].to[0].ipBlock.cidr",
        "networkPolicy:\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 10.0.0.1\n",
    ),
    "in an exception of a range": (
        "address-range networkPolicy.peers.office.from[0].ipBlock.except[1]",
        "networkPolicy: {peers: {office: {from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16,\n 8.0.0.0/7]}}]}}}",
    ),
    "in a name for an address": (
        "host-name podDefaults.hostAliases[0].hostnames[1]",
        f"{TWO}podDefaults:\n  hostAliases:\n    - ip: 10.0.0.1\n      hostnames:\n        - db\n        - My_db\n",
    ),
    "in a port that Ray refuses": (
        "ray-start-value podDefaults.rayStartParams.min-worker-port",
        f'{TWO}podDefaults:\n  rayStartParams:\n    min-worker-port: "1000"\n',
    ),
    "in a list of ports": (
        "ray-start-value podDefaults.rayStartParams.worker-port-list",
        f'{TWO}podDefaults:\n  rayStartParams:\n    worker-port-list: "10000,900"\n',
    ),
    "in an object's name": (
        "object-name extraObjects.settings.metadata.name",
        "extraObjects:\n  settings:\n    apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: My_Settings\n",
    ),
}


@pytest.mark.parametrize(("expected", "text"), CASES.values(), ids=CASES)
def test_a_mistake_is_told_once_on_its_line(tmp_path: Path, expected: str, text: str) -> None:
    assert told(tmp_path, text) == [(expected, len(text.splitlines()))]


@pytest.mark.parametrize(
    ("release", "cluster", "names"),
    [
        ("ray", "ray-operator", ["account-collision clusters.ray-operator"]),
        ("team", "ray-operator", []),
        ("team", "main-rollout", ["account-collision clusters.main-rollout"]),
    ],
)
def test_names_are_judged_with_the_name_of_the_release(
    tmp_path: Path, release: str, cluster: str, names: list[str]
) -> None:
    found = told(tmp_path, f"clusters: {{main: {{{TYPE}}}, {cluster}: {{{TYPE}}}}}\n", release)
    assert [one for one, _ in found] == names


def told(folder: Path, text: str, release: str = "ray") -> list[tuple[str, int | None]]:
    """Return the errors that rules find in a text: rule with path, and line."""
    file = folder / "team.yaml"
    file.write_text(text)
    values = merge_layers(DEFAULTS, [load_layer(file)])
    subject = subject_of(values, release=release, namespace="team")
    return [
        (f"{rule.id} {dotted(problem.path)}", values.position(problem.path).line)
        for rule in RULES
        if rule.check and rule.severity == "error"
        for problem in rule.check(subject)
    ]
