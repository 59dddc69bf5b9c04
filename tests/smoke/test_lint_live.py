"""Rules of lint against a real API server: it refuses the bad example of a rule that says so, and takes the good one.

Nothing is made: objects are sent with dryRun. A RayCluster's pods are sent as KubeRay would make them of its templates,
so this needs no operator, and no more of the CRDs than that they are there.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from beyond_checks import API_SERVER, BEYOND
from kubernetes import dynamic
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import ResourceNotFoundError
from smoke_run import ROOT

from raychart import helm, manifests
from raychart.lint import explain
from raychart.lint.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Kube

pytestmark = pytest.mark.cluster

CHART = ROOT / "charts" / "ray"
EXAMPLES = Path(explain.__file__).parent / "examples"
GOOD = sorted(f"{rule.id}.good" for rule in RULES if rule.check and rule.severity == "error")
# An unknown field is an error; without that it is dropped without a word.
STRICT = ("fieldValidation", "Strict")
REFUSING = sorted(rule for rule, who in BEYOND.items() if who == API_SERVER)


@pytest.fixture(scope="module")
def api(kube: Kube) -> dynamic.DynamicClient:
    """Return a client that knows every kind of the cluster."""
    return dynamic.DynamicClient(kube.api_client)


@pytest.mark.parametrize("rule", REFUSING)
def test_what_a_rule_says_is_refused_is_refused(api: dynamic.DynamicClient, rule: str) -> None:
    assert refused(api, f"{rule}.bad"), f"the API server takes {rule}.bad.yaml"


@pytest.mark.parametrize("example", GOOD)
def test_a_good_example_is_taken(api: dynamic.DynamicClient, example: str) -> None:
    assert refused(api, example) == []


def refused(api: dynamic.DynamicClient, example: str) -> list[str]:
    """Return what the API server says against the objects of an example."""
    text = helm.render(CHART, [EXAMPLES / f"{example}.yaml"], release="ray", namespace="default")
    return [said for body in sent(text) if (said := answer(api, body))]


def sent(text: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a release, and of each RayCluster the pods that KubeRay would make, with their accounts."""
    for manifest in manifests.load(text):
        yield manifest.body
        if manifest.kind == "RayCluster":
            spec = manifest.body["spec"]
            for group in (spec["headGroupSpec"], *spec.get("workerGroupSpecs", ())):
                yield from pod_of(group["template"])


def pod_of(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a template becomes. Its account is not there: it is sent as well, and the pod without."""
    spec = copy.deepcopy(template["spec"])
    account = spec.pop("serviceAccountName", None)
    if account:
        yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account}}
    yield {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "ray-", **template["metadata"]},
        "spec": spec,
    }


def answer(api: dynamic.DynamicClient, body: dict[str, Any]) -> str:
    """Return why the API server would not take an object; empty where it would."""
    try:
        kind = api.resources.get(api_version=body["apiVersion"], kind=body["kind"])
    except ResourceNotFoundError:
        return ""  # a kind that the test cluster lacks, such as HTTPRoute
    try:
        kind.create(body=body, namespace="default", dry_run="All", query_params=[STRICT])
    except ApiException as error:
        return f"{body['kind']}: {error.body}"
    return ""
