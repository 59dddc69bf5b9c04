"""Keep a RayCluster with state in Redis until that state is cleaned up."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from . import names
from .api import JOBS, PODS, RAY_CLUSTERS, Api, ApiError
from .environment import storage_namespace
from .events import Note
from .redis_cleanup import cleanup_job, is_finished

if TYPE_CHECKING:
    from .cluster import RayCluster
    from .recorder import Recorder
    from .switches import Switches

log = logging.getLogger(__name__)

FINALIZER = "ray.io/gcs-ft-redis-cleanup-finalizer"
_DEFAULT_TIMEOUT = 300
_SOON = 2.0


class Finalizer:
    """Adds KubeRay's finalizer to clusters with GCS fault tolerance, and takes it off when they go."""

    def __init__(self, api: Api, recorder: Recorder, switches: Switches) -> None:
        self._api = api
        self._recorder = recorder
        self._switches = switches

    async def hold(self, cluster: RayCluster) -> float | None:
        """Do what the finalizer asks for; return the seconds until the next round, None to go on with this one."""
        if not self._switches.redis_cleanup or cluster.fault_tolerance is None:
            return None
        has = FINALIZER in cluster.finalizers
        if cluster.deleting:
            return await self._clean_up(cluster) if has else None
        if has:
            return None
        # KubeRay, too, starts on the pods only after the finalizer is written.
        await self._write(cluster, [*cluster.finalizers, FINALIZER])
        return 0.0

    async def _clean_up(self, cluster: RayCluster) -> float:
        """Delete the pods, then run a Job that empties Redis: the head must be gone before, or it writes on."""
        selector = f"{names.selector(cluster=cluster.name)},{names.Label.NODE_TYPE} in (head,worker)"
        pods = await self._api.list(PODS, selector)
        if any("deletionTimestamp" not in pod["metadata"] for pod in pods):
            await self._api.delete_all(PODS, selector)
        if any(pod["metadata"]["labels"][names.Label.NODE_TYPE] == "head" for pod in pods):
            return _SOON
        if self._age(cluster) >= self._timeout(cluster):
            await self._let_go(cluster)
            text = f"Force-removed the finalizer; Redis may still hold {storage_namespace(cluster)!r}"
            await self._recorder.record(cluster, Note("ForceDeletedStuckCluster", "Cleanup", text, warning=True))
            return _SOON
        jobs = await self._api.list(JOBS, names.selector(cluster=cluster.name, node_type="redis-cleanup"))
        if not jobs:
            await self._start(cluster)
        elif is_finished(jobs[0]):
            await self._let_go(cluster)
        return _SOON

    async def _start(self, cluster: RayCluster) -> None:
        job = cleanup_job(cluster, self._switches)
        named = f"{cluster.namespace}/{job['metadata']['name']}"
        try:
            await self._api.create(JOBS, job)
        except ApiError as error:
            text = f"Failed to create Redis cleanup Job {named}: {error}"
            await self._recorder.record(cluster, Note("FailedToCreateRedisCleanupJob", "Create", text, warning=True))
            raise
        await self._recorder.record(
            cluster, Note("CreatedRedisCleanupJob", "Create", f"Created Redis cleanup Job {named}")
        )

    async def _let_go(self, cluster: RayCluster) -> None:
        await self._write(cluster, [item for item in cluster.finalizers if item != FINALIZER])

    async def _write(self, cluster: RayCluster, finalizers: list[str]) -> None:
        metadata = {**cluster.metadata, "finalizers": finalizers}
        await self._api.replace(RAY_CLUSTERS, {**cluster.body, "metadata": metadata})

    @staticmethod
    def _age(cluster: RayCluster) -> float:
        since = datetime.fromisoformat(cluster.metadata["deletionTimestamp"])
        return (datetime.now(UTC) - since).total_seconds()

    @staticmethod
    def _timeout(cluster: RayCluster) -> int:
        text = cluster.annotations.get(names.Annotation.DELETION_TIMEOUT, "")
        return int(text) if text.isdigit() and int(text) else _DEFAULT_TIMEOUT
