"""Carry out a plan: create and delete pods, tell of each in an event, stop at the first failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import names
from .api import PODS, Api, ApiError
from .cluster import HEAD_GROUP, Object, RayCluster
from .events import Note
from .pods import head_pod, worker_pod
from .scaling import Action, Create, Delete, DeleteAll
from .status import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .recorder import Recorder
    from .switches import Switches


@dataclass(frozen=True, slots=True)
class Round:
    """One round for one cluster; what it deletes is added to `awaited`, by group."""

    api: Api
    recorder: Recorder
    cluster: RayCluster
    switches: Switches
    awaited: dict[str, set[str]]

    async def carry_out(self, actions: Iterable[Action], pods: list[Object]) -> Failure | None:
        """Do the actions in their order; return the first failure, after which nothing more is done."""
        for action in actions:
            node = "Head" if getattr(action, "group", None) == HEAD_GROUP else "Worker"
            match action:
                case Create():
                    failure = await self._create(action, node)
                case Delete():
                    failure = await self._delete(action, node)
                case DeleteAll():
                    failure = await self._delete_all(action, pods)
            if failure is not None:
                return failure
        return None

    async def _create(self, action: Create, node: str) -> Failure | None:
        if action.seat is None:
            pod = head_pod(self.cluster, self.switches)
        else:
            group = next(group for group in self.cluster.workers if group.name == action.group)
            pod = worker_pod(self.cluster, group, action.seat, self.switches)
        try:
            made = await self.api.create(PODS, pod)
        except ApiError as error:
            text = f"Failed to create {node.lower()} Pod {self._named(pod['metadata']['generateName'])}: {error}"
            await self._warn(f"FailedToCreate{node}Pod", "Create", text)
            return Failure(str(error), f"FailedCreate{node}Pod")
        text = f"Created {node.lower()} Pod {self._named(made['metadata']['name'])}"
        await self._tell(f"Created{node}Pod", "Create", text)
        return None

    async def _delete(self, action: Delete, node: str) -> Failure | None:
        named = self._named(action.pod)
        try:
            there = await self.api.delete(PODS, action.pod)
        except ApiError as error:
            await self._warn(f"FailedToDelete{node}Pod", "Delete", f"Failed to delete Pod {named}: {error}")
            return Failure(str(error), f"FailedDelete{node}Pod")
        if there:
            self.awaited.setdefault(action.group, set()).add(action.pod)
            await self._tell(f"Deleted{node}Pod", "Delete", f"Deleted {node.lower()} Pod {named}; {action.why}")
        return None

    async def _delete_all(self, action: DeleteAll, pods: list[Object]) -> Failure | None:
        """Delete the cluster's pods, or a group's; with none left to delete, only the event is written."""
        selector = names.selector(cluster=self.cluster.name)
        if action.group is not None:
            selector += f",{names.Label.GROUP}={action.group}"
            pods = [pod for pod in pods if pod["metadata"]["labels"].get(names.Label.GROUP) == action.group]
        whole = action.group is None
        where = self._named(self.cluster.name)
        try:
            if any("deletionTimestamp" not in pod["metadata"] for pod in pods):
                await self.api.delete_all(PODS, selector)
        except ApiError as error:
            reason = "FailedToDeletePodCollection" if whole else "FailedToDeleteWorkerPodCollection"
            await self._warn(reason, "Delete", f"Failed to delete Pods for RayCluster {where} {action.why}: {error}")
            return Failure(str(error), "FailedDeleteAllPods" if whole else "FailedDeleteWorkerPod")
        if whole:
            self.awaited.clear()
        text = f"Deleted Pods for RayCluster {where} {action.why}"
        await self._tell("DeletedPod" if whole else "DeletedWorkerPod", "Delete", text)
        return None

    def _named(self, name: str) -> str:
        return f"{self.cluster.namespace}/{name}"

    async def _tell(self, reason: str, action: str, text: str) -> None:
        await self.recorder.record(self.cluster, Note(reason, action, text))

    async def _warn(self, reason: str, action: str, text: str) -> None:
        await self.recorder.record(self.cluster, Note(reason, action, text, warning=True))
