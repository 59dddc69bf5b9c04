"""RayServices: which changes the cluster that is there follows, and which make another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.diff.model import Item
from raychart.impact.ledger import Because, Ledger, Whom
from raychart.impact.mappings import mapping, text
from raychart.impact.model import Pods
from raychart.impact.ray.lifetime import is_suspended, of_field, only_comes_or_goes, spec_of, suspension
from raychart.impact.ray.numbers import autoscales, groups_of, pods_of, workers_of
from raychart.impact.ray.sides import is_scaling

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.context import Context
    from raychart.impact.effects import Effect
    from raychart.manifests import Manifest

_SOURCE = "KubeRay v1.7.0 rayservice_controller.go:"
_HASH = f"{_SOURCE}shouldPrepareNewCluster, isClusterSpecHashEqual"
_UPDATE = f"{_SOURCE}shouldUpdateCluster, modifyRayCluster"
_CLUSTER = "rayClusterConfig"
# Fields that KubeRay still takes, and reads no more.
_UNREAD = ("serviceUnhealthySecondThreshold", "deploymentUnhealthySecondThreshold")


def ray_service(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a RayService do."""
    pods = _pods(diff.old), _pods(diff.new)
    words = ("its cluster is made, and serves when it is ready", "the service and its cluster go")
    if only_comes_or_goes(diff, context, ledger, words, pods):
        return
    stops = "suspended: its clusters and Services are deleted, and nothing is served until it is resumed"
    starts = "resumed: a cluster and Services are made, from what it says now"
    suspension(diff, ledger, (stops, starts), pods, f"{_SOURCE}handleSuspend")
    if is_suspended(diff.old) or is_suspended(diff.new):
        reason = "a suspended service has no cluster: the next one is made from it"
        ledger.add("new-pods", Because(reason, f"{_SOURCE}handleSuspend"), ledger.uncovered())
        return
    # One that grows while it is replaced has pods beside those that go.
    both = Pods(max(one.least for one in pods), max(one.most for one in pods))
    _cluster(diff, context, ledger, both)
    _strategy(diff, ledger, pods[0])
    _serving(diff, ledger)
    ledger.add("none", Because("KubeRay no longer reads it", "KubeRay v1.7.0 CRD"), of_field(diff, *_UNREAD))
    ledger.add("live", Because("the operator acts by it at once", f"{_SOURCE}Reconcile"), ledger.uncovered())


def _pods(manifest: Manifest | None) -> Pods:
    """Return how many pods the cluster of a service has."""
    return Pods(0, 0) if is_suspended(manifest) else pods_of(mapping(spec_of(manifest), _CLUSTER))


def _cluster(diff: ObjectDiff, context: Context, ledger: Ledger, pods: Pods) -> None:
    """Enter what changes of the cluster do: as a rule they are for another one, or for nothing."""
    inside = of_field(diff, _CLUSTER)
    hashed = _hashed(diff)
    if hashed and _only_adds_groups(diff, hashed):
        _in_place(diff, ledger, hashed)
        return
    replaces = bool(hashed) and _strategy_of(diff.new) != "None"
    if replaces:
        how = "bit by bit" if _strategy_of(diff.new) == "NewClusterWithIncrementalUpgrade" else "when it is ready"
        reason = (
            f"another cluster is made beside the one that is there, takes over {how}, and the former one is deleted "
            "with its state"
        )
        if context.operator_changes:
            reason += ", unless the new operator sees the change first and takes it for its own"
        ledger.add("replace", Because(reason, _HASH), inside, pods=pods)
    else:
        reason = "upgradeStrategy is None: the cluster that is there stays as it is until it is deleted"
        ledger.add("ignored", Because(reason, _HASH), hashed)
        reason = "KubeRay passes it on to no cluster that is there: only the next one is made from it"
        ledger.add("ignored", Because(reason, _HASH), [change for change in inside if change not in hashed])


def _hashed(diff: ObjectDiff) -> list[Change]:
    """Return the changes by which KubeRay tells that it has to be another cluster (rayClusterSpecForHashing)."""
    return [
        change
        for change in of_field(diff, _CLUSTER)
        if not is_scaling(change.path[1:]) and change.path[2:3] != ("suspend",)
    ]


def _only_adds_groups(diff: ObjectDiff, hashed: list[Change]) -> bool:
    """Tell whether nothing of the cluster differs but worker groups at the end of the list."""
    old, new = (list(groups_of(mapping(spec_of(manifest), _CLUSTER))) for manifest in (diff.old, diff.new))
    added = all(
        change.kind == "added" and isinstance(change.path[-1], Item) and len(change.path) == 4 for change in hashed
    )
    return added and new[: len(old)] == old


def _in_place(diff: ObjectDiff, ledger: Ledger, added: list[Change]) -> None:
    """Enter that the cluster that is there gets further groups, and with them all that its spec says now."""
    old, new = (mapping(spec_of(manifest), _CLUSTER) for manifest in (diff.old, diff.new))
    rest = [change for change in of_field(diff, _CLUSTER) if change not in added]
    for name, group in groups_of(new).items():
        item = Item("groupName", name)
        whom = Whom(f"worker type {name} of {ledger.itself.subject}", None, name)
        after = workers_of(group, autoscaled=autoscales(new))
        if name not in groups_of(old):
            reason = "a worker group at the end of the list: it is added to the cluster that is there"
            mine = [change for change in added if change.path[-1] == item]
            ledger.add("scale-up", Because(reason, _UPDATE), mine, whom=whom, pods=after)
            continue
        before = workers_of(groups_of(old)[name], autoscaled=autoscales(new))
        effect: Effect = "scale-down" if after.most < before.most else "scale-up"
        reason = "with the new group the cluster that is there gets all other numbers of the manifest too"
        pods = Pods(0, max(abs(after.most - before.most), abs(after.least - before.least)))
        mine = [change for change in rest if change.path[3:4] == (item,)]
        ledger.add(effect, Because(reason, _UPDATE), mine, whom=whom, pods=pods)
    reason = "with the new group the cluster that is there gets all else that the manifest says too"
    ledger.add(
        "new-pods", Because(reason, _UPDATE), [change for change in rest if change.path[2:3] != ("workerGroupSpecs",)]
    )


def _strategy_of(manifest: Manifest | None) -> str:
    return text(spec_of(manifest), "upgradeStrategy", "type") or "NewCluster"


def _strategy(diff: ObjectDiff, ledger: Ledger, pods: Pods) -> None:
    """Enter what another way of upgrading does."""
    changes = of_field(diff, "upgradeStrategy")
    if _strategy_of(diff.old) == "None" != _strategy_of(diff.new):
        reason = "changes make another cluster from now on, and those that None has left aside do it now"
        ledger.add("replace", Because(reason, _HASH), changes, pods=Pods(0, pods.most))
    else:
        ledger.add("live", Because("it counts for the next change of the cluster", _HASH), changes)


def _serving(diff: ObjectDiff, ledger: Ledger) -> None:
    """Enter what changes of the applications and of how they are reached do."""
    changes = of_field(diff, "serveConfigV2")
    if _hashed(diff) and not _only_adds_groups(diff, _hashed(diff)) and _strategy_of(diff.new) != "None":
        reason = "the cluster that is made has the applications so, the one that is there keeps its own until it goes"
    else:
        reason = "the applications are changed in the cluster that is there, replica by replica"
    ledger.add("live", Because(reason, f"{_SOURCE}reconcileServe, updateServeDeployment"), changes)
    changes = of_field(diff, "excludeHeadPodFromServeSvc")
    source = f"{_SOURCE}updateHeadPodServeLabel"
    before, after = (spec_of(manifest).get("excludeHeadPodFromServeSvc") is True for manifest in (diff.old, diff.new))
    if before == after:
        ledger.add("none", Because("false is what it is when nothing is said", source), changes)
    else:
        where = "out of the Service for requests" if after else "into the Service for requests, when it serves them,"
        ledger.add("access", Because(f"the head is taken {where} at once", source), changes)
    changes = of_field(diff, "serveService")
    old, new = (text(spec_of(manifest), "serveService", "metadata", "name") for manifest in (diff.old, diff.new))
    source = f"{_SOURCE}reconcileServices"
    if old != new:
        reason = "another Service is made for requests; the former one stays, and leads where it led"
        ledger.add("access", Because(reason, source), changes)
    else:
        reason = "the Service for requests is made once, and follows only when another cluster takes over"
        ledger.add("ignored", Because(reason, source), changes)
