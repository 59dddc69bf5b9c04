"""The rollout Jobs of a release: found by what the RayCluster is to be, started again under another name."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart import helm, manifests
from raychart.errors import RaychartError
from raychart.process import CommandError

if TYPE_CHECKING:
    from raychart.smoke.api import Api, Json

_GOAL = "raychart/rollout"
_KEPT = 3600  # seconds for which a Job that was started by hand, and its log, are kept
_GONE = 60.0
# What the Job controller gives to each Job anew.
_CONTROLLER = ("controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name")


@dataclass(frozen=True, slots=True)
class Rollouts:
    """One release's."""

    api: Api
    namespace: str
    release: str
    helm: str = "helm"

    def clusters(self, named: str | None) -> list[str]:
        """Return the names of the release's RayClusters, or the one named."""
        selector = f"app.kubernetes.io/instance={self.release},app.kubernetes.io/part-of=ray"
        found = self.api.items(f"/apis/ray.io/v1/namespaces/{self.namespace}/rayclusters", labelSelector=selector)
        names = sorted(cluster["metadata"]["name"] for cluster in found)
        if named is None and names:
            return names
        if named is not None and named in names:
            return [named]
        what = f"no RayCluster{f' {named}' if named else ''} of release {self.release} is there"
        there = f" ({', '.join(names)})" if names else ""
        raise RaychartError(f"namespace {self.namespace}", what + there, "check --namespace, --release and --cluster")

    def own(self, cluster: str) -> Json:
        """Return the Job that the release has for what the RayCluster is now."""
        body = self.api.get(f"/apis/ray.io/v1/namespaces/{self.namespace}/rayclusters/{cluster}")
        goal = (body["metadata"].get("annotations") or {}).get(_GOAL)
        where = f"raycluster {self.namespace}/{cluster}"
        if goal is None:
            remedy = "unless it is suspended or run elsewhere, upgrade the release with a chart that has rollouts"
            raise RaychartError(where, "it bears no rollout to bring about", remedy)
        live = self.api.items(self._jobs, labelSelector=f"{_GOAL}={cluster}")
        job = next((job for job in live if job["metadata"]["name"].endswith(f"-rollout-{goal}")), None)
        return job or self._rendered(where, cluster, goal)

    def is_running(self, job: Json) -> bool:
        """Say whether a Job is there, and has not ended."""
        return "uid" in job["metadata"] and ending(job) is None

    def start(self, job: Json, *, dry_run: bool) -> Json:
        """Start a Job that does the same again, or says what it would do; it and its log are kept for an hour."""
        if not dry_run:
            for image in _task(job)["images"].values():
                self._try_again(image["job"])
        template = _again(job["spec"]["template"])
        if dry_run:
            template["spec"]["containers"][0]["command"].append("--dry-run")
        base = job["metadata"]["name"]
        body: Json = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": f"{base[:57]}-{secrets.token_hex(2)}",
                "namespace": self.namespace,
                "labels": {_GOAL: job["metadata"]["labels"][_GOAL]},
            },
            "spec": {
                "backoffLimit": job["spec"]["backoffLimit"],
                "podFailurePolicy": job["spec"]["podFailurePolicy"],
                "ttlSecondsAfterFinished": _KEPT,
                "template": template,
            },
        }
        return self.api.create(self._jobs, body)

    def _rendered(self, where: str, cluster: str, goal: str) -> Json:
        """Return the Job as Helm has kept it, where it was deleted."""
        access = self.api.access
        what = f"the Job for it (...-rollout-{goal}) is gone"
        try:
            text = helm.get_manifest(
                release=self.release,
                namespace=self.namespace,
                kubeconfig=access.kubeconfig,
                context=access.context,
                helm=self.helm,
            )
        except CommandError as refused:
            remedy = "apply the release again (helm upgrade, or sync in Argo CD): that makes it"
            raise RaychartError(where, f"{what}, and Helm has no release {self.release} here", remedy) from refused
        for manifest in manifests.load(text):
            labels = manifest.body["metadata"].get("labels") or {}
            if manifest.kind == "Job" and labels.get(_GOAL) == cluster and manifest.name.endswith(f"-rollout-{goal}"):
                return dict(manifest.body)
        raise RaychartError(where, what, "apply the release again: what Helm has is not what the cluster has")

    def _try_again(self, name: str) -> None:
        """Have an image tried anew unless it is proven: it may have been pushed since."""
        path = f"{self._jobs}/{name}"
        job = self.api.find(path)
        if job is None or ending(job) != "Failed":
            return
        self.api.delete(path)
        deadline = time.monotonic() + _GONE
        while self.api.find(path):
            if time.monotonic() > deadline:
                raise RaychartError(f"job {name}", f"still there {_GONE:g} s after its deletion", "see what holds it")
            time.sleep(0.2)
        meta = {key: job["metadata"][key] for key in ("name", "labels", "annotations") if key in job["metadata"]}
        spec = {key: job["spec"][key] for key in ("backoffLimit", "podFailurePolicy")}
        body: Json = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta}
        self.api.create(self._jobs, {**body, "spec": {**spec, "template": _again(job["spec"]["template"])}})

    @property
    def _jobs(self) -> str:
        return f"/apis/batch/v1/namespaces/{self.namespace}/jobs"


def ending(job: Json) -> str | None:
    """Return how a Job ended, Complete or Failed; None while it has not."""
    conditions = (job.get("status") or {}).get("conditions") or []
    return next((c["type"] for c in conditions if c["type"] in {"Complete", "Failed"} and c["status"] == "True"), None)


def _task(job: Json) -> dict[str, Any]:
    """Return what a rollout Job is to bring about; nothing for one that tries an image."""
    command = job["spec"]["template"]["spec"]["containers"][0]["command"]
    return dict(json.loads(command[3])) if command[2:3] == ["/etc/raychart/rollout.py"] else {}


def _again(template: Json) -> Json:
    """Return a pod template without what belongs to the Job that it was in."""
    labels = {key: value for key, value in template["metadata"]["labels"].items() if key not in _CONTROLLER}
    spec = json.loads(json.dumps(template["spec"]))
    return {"metadata": {"labels": labels}, "spec": spec}
