"""One round for one RayCluster: read everything afresh, act, write the status."""

from __future__ import annotations

import logging
import random
import string
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from . import names
from .api import PODS, RAY_CLUSTERS, SERVICES, Api, ApiError
from .children import ensure_children
from .cluster import Object, RayCluster
from .events import Note
from .finalizer import Finalizer
from .rounds import Round
from .scaling import plan
from .services import head_service_selector
from .status import Failure, differs, new_status
from .validation import metadata_problem, spec_problem, spec_warning, status_problem

if TYPE_CHECKING:
    from .recorder import Recorder
    from .switches import Switches

log = logging.getLogger(__name__)

_SOON = 0.2
_ALPHABET = string.ascii_lowercase + string.digits


class Reconciler:
    """Brings RayClusters about, one round at a time; remembers nothing but the pods it deleted."""

    def __init__(self, api: Api, recorder: Recorder, switches: Switches) -> None:
        self._api = api
        self._recorder = recorder
        self._switches = switches
        self._finalizer = Finalizer(api, recorder, switches)
        self._deleted: dict[str, dict[str, set[str]]] = {}

    async def reconcile(self, name: str) -> float | None:
        """Do one round; return the seconds until the next is due, None for none; raise ApiError to be called again.

        An invalid RayCluster gets an event and nothing else: it runs on as it was.
        """
        body = await self._api.get(RAY_CLUSTERS, name)
        if body is None:
            self._deleted.pop(name, None)
            return None
        cluster = RayCluster(body)
        if cluster.managed_elsewhere or await self._is_invalid(cluster):
            return None
        held = await self._finalizer.hold(cluster)
        if held is not None:
            return held
        if cluster.deleting:
            return None
        failure = await self._bring_about(cluster)
        return await self._write_status(cluster, failure)

    async def _is_invalid(self, cluster: RayCluster) -> bool:
        checks = (
            ("metadata", "InvalidRayClusterMetadata", metadata_problem),
            ("spec", "InvalidRayClusterSpec", spec_problem),
            ("status", "InvalidRayClusterStatus", status_problem),
        )
        for part, reason, check in checks:
            problem = check(cluster)
            if problem is not None:
                text = f"The RayCluster {part} is invalid {cluster.namespace}/{cluster.name}: {problem}"
                await self._recorder.record(cluster, Note(reason, "Validate", text, warning=True))
                return True
        warning = spec_warning(cluster)
        if warning is not None:
            text = f"RayCluster spec warning {cluster.namespace}/{cluster.name}: {warning}"
            await self._recorder.record(cluster, Note("InvalidRayClusterSpec", "Validate", text, warning=True))
        return False

    async def _bring_about(self, cluster: RayCluster) -> Failure | None:
        """Make what is missing and delete what is too much; return why it stopped early, if it did."""
        try:
            await ensure_children(self._api, self._recorder, cluster, self._switches)
            pods = await self._pods(cluster)
        except ApiError as error:
            return Failure(str(error))
        awaited = self._awaited(cluster, pods)
        found = plan(cluster, pods, awaited, self._switches, _replica_name)
        this = Round(self._api, self._recorder, cluster, self._switches, awaited)
        failure = await this.carry_out(found.actions, pods)
        if failure is None and found.retry:
            failure = Failure(found.retry)
        return failure

    def _awaited(self, cluster: RayCluster, pods: list[Object]) -> dict[str, set[str]]:
        """Return, by group, the pods this operator deleted that are still there."""
        live = {pod["metadata"]["name"] for pod in pods}
        left = {group: gone & live for group, gone in self._deleted.get(cluster.name, {}).items()}
        self._deleted[cluster.name] = left
        return left

    async def _write_status(self, cluster: RayCluster, failure: Failure | None) -> float:
        pods = await self._pods(cluster)
        services = await self._api.list(SERVICES, head_service_selector(cluster))
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if len(services) == 1:  # KubeRay writes no status either as long as there is none, or a second one
            status = new_status(cluster, pods, services[0], failure, now)
            if differs(cluster.status, status):
                await self._api.replace(RAY_CLUSTERS, {**cluster.body, "status": status}, "status")
                if failure is None:
                    return _SOON  # suspending, for one, goes on from what the status says
        if failure is not None:
            raise ApiError(0, "Retry", failure.message)
        return self._switches.resync_seconds

    async def _pods(self, cluster: RayCluster) -> list[Object]:
        """Return the cluster's pods, those being deleted included; not those of a Redis clean-up."""
        wanted = f"{names.selector(cluster=cluster.name)},{names.Label.NODE_TYPE} in (head,worker)"
        return await self._api.list(PODS, wanted)


def _replica_name(group: str) -> str:
    return f"{group}-{''.join(random.choices(_ALPHABET, k=5))}"  # noqa: S311 - a name, no secret
