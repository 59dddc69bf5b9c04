"""Run Ray's autoscaler so that it and whoever applies the RayCluster leave each other's work alone.

The autoscaler writes `replicas` into the RayCluster's list of worker groups, which the API server takes as a whole:
with it the whole list would become the autoscaler's own, and the next server-side apply (Helm 4's way, Argo CD's
option) would be refused as a conflict. So ownership is given back after each write. And an apply of the list takes
`replicas` away: what runs is written back at the next look. Argument: the command that KubeRay generates.
"""

import os
import shlex
import socket
import sys
import time

from follow_head import follow_head

MANAGER = "python-requests"  # how the API server calls the autoscaler's HTTP library
ATTEMPTS = 5  # the operator writes the status whenever `replicas` changes, which moves the places that a patch names
TRIAL = "/opt/trial"  # where a trial's Ray is installed, once the head has done so


def await_head():
    """Wait until the head answers: starting at once would compete with it for the CPU."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", 52365), 1).close()
        except OSError:
            time.sleep(0.5)
        else:
            return


def count_workers(pods):
    """Count the pods of each worker group that are to stay."""
    count = {}
    for pod in pods:
        labels = pod["metadata"].get("labels", {})
        if labels.get("ray.io/node-type") == "worker" and "deletionTimestamp" not in pod["metadata"]:
            group = labels.get("ray.io/group")
            count[group] = count.get(group, 0) + 1
    return count


def restoring(raycluster, workers):
    """Return the patch that writes back what runs, where an apply took `replicas` away."""
    operations = []
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


def attend(client):
    """Look at what the autoscaler reads and writes through this class; put right what an apply would stumble over."""
    get, patch = client.get, client.patch
    workers = {}

    def change(self, path, raycluster, wanted):
        """Patch at once what `wanted` finds, also where somebody else's write comes in between."""
        try:
            for attempt in range(ATTEMPTS):
                operations = wanted(raycluster)
                if not operations:
                    return raycluster
                try:
                    return patch(self, path, operations)
                except Exception:
                    if attempt == ATTEMPTS - 1:
                        raise
                    raycluster = get(self, path)
        except Exception as problem:  # the next look comes in seconds; the autoscaler's own work must go on
            print(f"raychart: {path}: {operations} is tried again at the next look: {problem}", flush=True)
        return raycluster

    def attended_get(self, path):
        answer = get(self, path)
        if path.startswith("pods?"):
            workers.clear()
            workers.update(count_workers(answer["items"]))
        elif path.startswith("rayclusters/"):
            answer = change(self, path, answer, lambda raycluster: restoring(raycluster, workers))
            answer = change(self, path, answer, disowning)
        return answer

    def attended_patch(self, path, *arguments, **options):
        answer = patch(self, path, *arguments, **options)
        return change(self, path, answer, disowning) if path.startswith("rayclusters/") else answer

    client.get, client.patch = attended_get, attended_patch


def main(command):
    """Wait, attend, become the autoscaler."""
    follow_head()
    await_head()
    if os.path.isdir(TRIAL):
        sys.path.insert(0, TRIAL)
        os.environ["PATH"] = f"{TRIAL}/bin:{os.environ['PATH']}"
        os.environ["PYTHONPATH"] = TRIAL
    try:
        from ray.autoscaler._private.kuberay.node_provider import KubernetesHttpApiClient

        attend(KubernetesHttpApiClient)
    except (ImportError, AttributeError) as problem:
        print(f"raychart: WARNING: this Ray's autoscaler is unlike those known ({problem})", flush=True)
        print("raychart: after it has scaled, server-side apply of the RayCluster needs --force-conflicts", flush=True)
    from ray.scripts.scripts import main as ray

    sys.argv = shlex.split(command)
    sys.exit(ray())


if __name__ == "__main__":
    main(sys.argv[1])
