"""A cluster's pods, compared with what its RayCluster says: which are out of date, and how many are there to serve."""

STAMPS = ("raychart/template", "raychart/joint")  # what a pod was made from; _rollout.tpl writes them
HEAD = "head"


class Kind:
    """The head, or a worker type: one that the RayCluster has, or one that only its pods remember."""

    def __init__(self, name, template=None, size=0, hosts=1):
        self.name = name
        self.stamps = None if template is None else stamps_of(template)
        self.size = size  # pods that the operator keeps
        self.hosts = hosts
        self.pods = []
        self.leaving = 0

    @property
    def removed(self):
        """Say whether the RayCluster has no such type."""
        return self.stamps is None

    @property
    def joint(self):
        """Return what its pods must have alike with those of the other kinds."""
        return self.stamps[1]

    @property
    def joints(self):
        """Return what its pods have of that."""
        return {stamps_of(pod)[1] for pod in self.pods}

    @property
    def old(self):
        """Return the workers that are out of date, each a list of the pods that stand and fall together."""
        return self._workers(lambda pod: stamps_of(pod) != self.stamps)

    @property
    def fresh(self):
        """Return the workers that are as they should be."""
        return self._workers(lambda pod: stamps_of(pod) == self.stamps)

    @property
    def missing(self):
        """Return how many workers are not there to serve: not made yet, on their way out or not ready."""
        absent = max(self.size - len(self.pods), self.leaving)
        unready = sum(not all(map(is_ready, worker)) for worker in self.fresh)
        return -(-absent // self.hosts) + unready

    def _workers(self, chosen):
        workers = {}
        for pod in self.pods:
            if chosen(pod):
                labels = pod["metadata"].get("labels") or {}
                key = labels.get("ray.io/worker-group-replica-name") if self.hosts > 1 else None
                workers.setdefault(key or name_of(pod), []).append(pod)
        return list(workers.values())


def sort_pods(cluster, pods):
    """Return the head's kind, and the worker types' in order of name."""
    spec = cluster["spec"]
    kinds = {("head", HEAD): Kind(HEAD, spec["headGroupSpec"].get("template"), 1)}
    for group in spec.get("workerGroupSpecs") or []:
        hosts = group.get("numOfHosts", 1)
        replicas = max(group.get("replicas", 0), group.get("minReplicas", 0))
        size = min(replicas, group.get("maxReplicas", replicas)) * hosts
        kinds["worker", group["groupName"]] = Kind(group["groupName"], group["template"], size, hosts)
    for pod in pods:
        labels = pod["metadata"]["labels"]
        key = (labels.get("ray.io/node-type"), labels.get("ray.io/group"))
        if key[0] == "head":
            key = ("head", HEAD)
        elif key[0] != "worker":
            continue
        kind = kinds.setdefault(key, Kind(key[1]))
        if "deletionTimestamp" in pod["metadata"]:
            kind.leaving += 1
        else:
            kind.pods.append(pod)
    head = kinds.pop(("head", HEAD))
    return head, [kinds[key] for key in sorted(kinds)]


def stamps_of(holder):
    """Return the stamps of a pod or of a pod template."""
    labels = (holder.get("metadata") or {}).get("labels") or {}
    return tuple(labels.get(stamp) for stamp in STAMPS)


def name_of(pod):
    """Return a pod's name."""
    return pod["metadata"]["name"]


def is_ready(pod):
    """Say whether a pod is ready."""
    conditions = pod.get("status", {}).get("conditions") or []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
