"""What the autoscaler's process writes to the RayCluster besides Ray's own patches, so that applies leave it its work.

The autoscaler writes `replicas` into the RayCluster's list of worker groups, which the API server takes as a whole:
with it the whole list would become the autoscaler's own, and the next server-side apply (Helm 4's way, Argo CD's
option) would be refused as a conflict. So ownership is given back after each write. And an apply of the list takes
`replicas` away: what runs is written back at the next look.
"""

MANAGER = "python-requests"  # how the API server calls the autoscaler's HTTP library


def restoring(raycluster, workers):
    """Return the patch that writes back what runs (pods to stay, by group), where an apply took `replicas` away.

    Of a suspended cluster nothing runs on: the head goes too, maybe before it has given back what it owns by a write.
    """
    operations = []
    if raycluster["spec"].get("suspend"):
        return operations
    for index, group in enumerate(raycluster["spec"].get("workerGroupSpecs") or []):
        running = -(-workers.get(group["groupName"], 0) // group.get("numOfHosts", 1))
        wanted = min(running, group.get("maxReplicas", running))
        scaling_down = (group.get("scaleStrategy") or {}).get("workersToDelete")
        if group.get("replicas", 0) < wanted and not scaling_down:
            at = f"/spec/workerGroupSpecs/{index}"
            operations.append({"op": "test", "path": f"{at}/groupName", "value": group["groupName"]})
            operations.append({"op": "add", "path": f"{at}/replicas", "value": wanted})
    return operations


def disowning(raycluster):
    """Return the patch that gives up ownership of what the autoscaler wrote."""
    operations = []
    for index, entry in enumerate(raycluster["metadata"].get("managedFields") or []):
        if entry["manager"] == MANAGER and entry["operation"] == "Update" and not entry.get("subresource"):
            at = f"/metadata/managedFields/{index}"
            # The last first, so that the places of the others stay what they are.
            gone = [{"op": "test", "path": f"{at}/manager", "value": MANAGER}, {"op": "remove", "path": at}]
            operations = gone + operations
    return operations
