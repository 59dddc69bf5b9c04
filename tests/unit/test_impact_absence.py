"""What is said of changes of Ray's objects while no operator runs."""

from __future__ import annotations

from typing import Any

import pytest
from impact_clusters import impacts, manifest, raycluster, rollout_job

Values = dict[str, Any]


def operator(replicas: int) -> Values:
    """Return a Deployment of so many operators."""
    return {"spec": {"replicas": replicas, "template": {"spec": {"containers": [{"command": ["/manager"]}]}}}}


HERE, AWAY = (manifest("Deployment", "operator", operator(number), group="apps") for number in (1, 0))
REDIS: Values = {"gcsFaultToleranceOptions": {"redisAddress": "redis:6379"}}
RECREATE: Values = {"upgradeStrategy": {"type": "Recreate"}}


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "says"),
    [
        (HERE, AWAY, {}, {"rayVersion": "2"}, "nothing of this is done until one runs again"),
        (AWAY, AWAY, RECREATE, {**RECREATE, "rayVersion": "2"}, "the operator has no pod (replicas is 0)"),
        (HERE, None, {}, {"rayVersion": "2"}, "the operator goes (unless another one looks after the namespace)"),
        (HERE, AWAY, {}, None, "for which this does not wait"),
        (HERE, AWAY, REDIS, None, "its finalizer keeps the RayCluster, and its pods, until one runs again"),
        (HERE, AWAY, None, {}, "nothing of this is done until one runs again"),
        # It comes back, it stays, or nobody knows it.
        (AWAY, HERE, {}, {"rayVersion": "2"}, ""),
        (HERE, HERE, {}, {"rayVersion": "2"}, ""),
        (None, None, {}, {"rayVersion": "2"}, ""),
        # The autoscaler alone, or the API server.
        (HERE, AWAY, {"enableInTreeAutoscaling": True, "autoscalerOptions": {"version": "v2"}},
         {"enableInTreeAutoscaling": True, "autoscalerOptions": {"version": "v2", "idleTimeoutSeconds": 9}}, ""),
        (HERE, AWAY, {"managedBy": "ray.io/kuberay-operator"}, {"managedBy": "kueue.x-k8s.io/multikueue"}, ""),
    ],
)  # fmt: skip
def test_without_an_operator_nothing_is_done(before: Any, after: Any, old: Any, new: Any, says: str) -> None:
    sides = [
        [raycluster(spec)] * (spec is not None) + [one] * (one is not None)
        for spec, one in ((old, before), (new, after))
    ]
    reasons = [impact.reason for impact in impacts(*sides) if impact.object.manifest.kind == "RayCluster"]
    assert reasons
    for reason in reasons:
        assert says in reason
        assert bool(says) == ("; but the operator" in reason)


def test_without_an_operator_what_a_rollout_takes_away_does_not_come_back() -> None:
    stamped = [
        raycluster({"headGroupSpec": {"template": {"metadata": {"labels": {"raychart/template": stamp}}}}})
        for stamp in "ab"
    ]
    job = rollout_job(head="restart")
    found = impacts([stamped[0], job, HERE], [stamped[1], job, AWAY])
    (restart,) = (impact for impact in found if impact.effect == "head-restart")
    assert "what the rollout takes away is not made anew" in restart.reason


def test_an_operator_that_comes_back_does_what_was_changed_meanwhile() -> None:
    (found,) = impacts([AWAY], [HERE])
    assert found.effect == "scale-up"
    assert "is done now" in found.reason


@pytest.mark.parametrize("kind", ["RayJob", "RayService"])
def test_without_an_operator_a_finalizer_keeps_jobs_and_services(kind: str) -> None:
    removed = manifest(kind, "thing", {"spec": {"entrypoint": "x"}}, group="ray.io")
    reasons = [impact.reason for impact in impacts([removed, HERE], [AWAY]) if impact.effect == "replace"]
    assert f"its finalizer keeps the {kind}" in "".join(reasons)


def test_a_lease_goes_with_its_operator() -> None:
    lease = manifest("Lease", "leader", {}, group="coordination.k8s.io")
    (found,) = (impact for impact in impacts([HERE, lease], []) if impact.object.manifest.kind == "Lease")
    assert found.effect == "none"
