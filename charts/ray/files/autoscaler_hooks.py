"""The limits in Ray's autoscaler, version 1: what is put around its methods, and why.

`Hooks` replaces methods of Ray's classes by ones that call the original. What Ray decides stays Ray's, but for this:

- its configuration gets the limits (autoscaler_limits.py);
- it launches no more than maxWorkers leaves room for, counted with what it does not see (autoscaler_census.py);
- it removes a pod only once the pod's raylet has agreed to be drained because it is idle. Ray itself removes busy pods
  when there are more than a maximum that was lowered, and an idle one that got a task a moment ago;
- a type may have an idle time-out of its own.
"""

from autoscaler_api import Attendance
from autoscaler_census import Size, grant
from autoscaler_limits import describe, limited, read_limits
from autoscaler_patience import say

# The names that these have had in the Ray versions known (README of the chart).
LAST_USED = ("ray_nodes_last_used_time_by_ip", "last_used_time_by_ip")
NODE_IDS = ("node_id_by_ip", "raylet_id_by_ip")
IDLE = "DRAIN_NODE_REASON_IDLE_TERMINATION"


class Hooks:
    """Methods of Ray's classes, replaced. `undo` puts the originals back."""

    def __init__(self, say=say):
        self._say = say
        self._originals = []
        self.sight = None
        self.limits = None
        self._said = None
        self._kept = set()
        self._last_used = {}

    def attend(self, *, hide_orphans):
        """Take care of what the autoscaler reads and writes, whichever version it is."""
        from ray.autoscaler._private.kuberay.node_provider import KubernetesHttpApiClient as Client

        self._originals += [(Client, "get", Client.get), (Client, "patch", Client.patch)]
        self.sight = Attendance(Client, hide_orphans=hide_orphans).sight

    def limit(self):
        """Hold the limits. Raises AttributeError or ImportError where Ray has not got what is replaced."""
        from ray.autoscaler._private.autoscaler import StandardAutoscaler
        from ray.autoscaler._private.kuberay import autoscaling_config
        from ray.autoscaler._private.kuberay.node_provider import KubeRayNodeProvider
        from ray.autoscaler._private.resource_demand_scheduler import ResourceDemandScheduler

        self._replace(autoscaling_config, "_derive_autoscaling_config_from_ray_cr", self.derive)
        self._replace(ResourceDemandScheduler, "get_nodes_to_launch", self.get_nodes_to_launch)
        self._replace(KubeRayNodeProvider, "safe_to_scale", self.safe_to_scale)
        self._replace(KubeRayNodeProvider, "submit_scale_request", self.submit_scale_request)
        self._replace(StandardAutoscaler, "terminate_nodes_to_enforce_config_constraints", self.enforce)
        self._replace(StandardAutoscaler, "_sort_based_on_last_used", self.sort_based_on_last_used)
        self._replace(StandardAutoscaler, "terminate_scheduled_nodes", self.terminate_scheduled_nodes)

    def undo(self):
        """Put the originals back."""
        for owner, name, original in reversed(self._originals):
            setattr(owner, name, original)
        self._originals = []

    def _replace(self, owner, name, hook):
        original = getattr(owner, name)
        self._originals.append((owner, name, original))
        setattr(owner, name, lambda *arguments, **options: hook(original, *arguments, **options))

    def derive(self, original, raycluster):
        """Derive Ray's configuration, with the limits; say them when they are not what they were."""
        config = original(raycluster)
        self.sight.configured = set(config["available_node_types"])
        self.limits = read_limits(raycluster)
        if self.limits is None:
            words = "the RayCluster names no limits: Ray's own hold"
        else:
            config = limited(config, self.limits)
            words = describe(self.limits, config)
        if words != self._said:
            self._say(words)
            self._said = words
        return config

    def safe_to_scale(self, original, provider):
        """Leave out a round whose report of work and idle pods dates from before the API server was away."""
        late, self.sight.late = self.sight.late, False
        return original(provider) and not late

    def get_nodes_to_launch(self, original, scheduler, nodes, *arguments, **options):
        """Launch what Ray wants as far as there is room under the maximum over all types."""
        if self.limits is None or self.limits.max_workers is None:
            wanted, unfulfilled = original(scheduler, nodes, *arguments, **options)
            return {name: number for name, number in wanted.items() if name in self.sight.groups}, unfulfilled
        census, request = self.sight.census, scheduler.provider.scale_request
        staying = {name: request.desired_num_workers.get(name, 0) for name in self.sight.groups}
        unmade, room = census.unmade(), census.room(self.limits.max_workers)
        most = scheduler.max_workers
        # Ray counts what it sees, and may ask again for what is promised and not there.
        scheduler.max_workers = sum(staying.values()) + max(room, 0) + sum(unmade.values())
        try:
            wanted, unfulfilled = original(scheduler, nodes, *arguments, **options)
        finally:
            scheduler.max_workers = most
        wanted = {name: number for name, number in wanted.items() if name in staying}
        covered = {name: max(census.staying.get(name, 0), census.promised.get(name, 0)) for name in staying}
        too_many = room < 0
        if too_many:
            # Some of what is promised has to go: what may stay of it is no more than there is room for without it.
            wanted = {name: min(number, unmade.get(name, 0)) for name, number in wanted.items()}
            room += sum(unmade.values())
            covered = {name: census.staying.get(name, 0) for name in staying}
        sizes = {name: self._size(name, staying[name], covered[name]) for name in staying}
        granted = grant(wanted, room, sizes)
        if too_many or granted != wanted:
            self._take_back(scheduler.provider, unmade, granted)
        return {name: number for name, number in granted.items() if number}, unfulfilled

    def _size(self, name, staying, covered):
        leaving_now = self.sight.census.staying.get(name, 0) - staying  # decided by Ray a moment ago, in this round
        hosts = self.sight.groups[name].get("numOfHosts", 1)
        return Size(staying, covered - leaving_now, self.limits.minimum.get(name, 0), hosts)

    def _take_back(self, provider, unmade, granted):
        """Take back promises that were not granted again, where they take the room of what is asked for."""
        for name, number in unmade.items():
            if number > granted.get(name, 0) and name in self.sight.groups:
                provider.scale_request.desired_num_workers[name] += 0  # an entry, so that `replicas` is written
                provider.scale_change_needed = True

    def submit_scale_request(self, original, provider, request):
        """Write `replicas` in workers: Ray counts pods, of which a worker may have several."""
        for name, pods in request.desired_num_workers.items():
            hosts = self.sight.groups.get(name, {}).get("numOfHosts", 1)
            request.desired_num_workers[name] = -(-pods // hosts)
        return original(provider, request)

    def enforce(self, original, autoscaler, now):
        """Look for pods to remove, each measured by the idle time-out of its own type."""
        metrics = autoscaler.load_metrics
        attribute = first_of(metrics, LAST_USED)
        last_used = getattr(metrics, attribute)
        own = self.limits.idle_minutes if self.limits else {}
        usual = autoscaler.config["idle_timeout_minutes"]
        nodes = autoscaler.provider.node_data_dict
        self._last_used, shifted = dict(last_used), dict(last_used)
        for node in autoscaler.non_terminated_nodes.worker_ids:
            ip = nodes[node].ip
            if ip in last_used:
                # A worker of several hosts is as idle as the busiest of them.
                beside = (nodes[host].ip for host in self.sight.hosts_beside.get(node, {node}) if host in nodes)
                self._last_used[ip] = max(last_used.get(host, 0) for host in beside)
                # Ray holds all against one time-out: a longer one is as if the pod had been used later.
                shifted[ip] = self._last_used[ip] + 60 * (own.get(nodes[node].type, usual) - usual)
        setattr(metrics, attribute, shifted)
        try:
            return original(autoscaler, now)
        finally:
            setattr(metrics, attribute, last_used)

    def sort_based_on_last_used(self, original, autoscaler, nodes, _last_used):
        """Sort by when pods were used in truth: the first to go are those at the end."""
        return original(autoscaler, nodes, self._last_used)

    def terminate_scheduled_nodes(self, original, autoscaler):
        """Remove only those of the pods chosen that are idle and know that they leave."""
        chosen = list(autoscaler.nodes_to_terminate)
        going = self._whole([node for node in self._whole(chosen) if self._drain(autoscaler, node)])
        kept = set(chosen) - set(going)
        for node in sorted(kept - self._kept):
            self._say(f"{node} has work, or is about to start: it stays for now")
        self._kept = kept
        autoscaler.nodes_to_terminate = going
        return original(autoscaler)

    def _whole(self, nodes):
        """Return the nodes without those of a worker of several hosts that has others: the operator removes all."""
        return [node for node in nodes if self.sight.hosts_beside.get(node, frozenset()) <= set(nodes)]

    def _drain(self, autoscaler, node):
        """Say whether a pod may go. A raylet that agrees takes no new tasks; one that has work refuses."""
        from ray.autoscaler.tags import STATUS_UP_TO_DATE
        from ray.core.generated.autoscaler_pb2 import DrainNodeReason

        data = autoscaler.provider.node_data_dict[node]
        metrics = autoscaler.load_metrics
        raylet = getattr(metrics, first_of(metrics, NODE_IDS)).get(data.ip)
        if raylet is None:
            return data.status != STATUS_UP_TO_DATE  # a container that runs is about to connect, and to get tasks
        try:
            accepted, _ = autoscaler.gcs_client.drain_node(
                node_id=raylet.hex(),
                reason=DrainNodeReason.Value(IDLE),
                reason_message="the autoscaler removes an idle pod",
                deadline_timestamp_ms=0,
            )
        except Exception as problem:
            self._say(f"{node} could not be asked whether it is idle, so it stays for now: {problem}")
            return False
        return accepted


def first_of(owner, names):
    """Return the first of the names that an object has as an attribute."""
    for name in names:
        if hasattr(owner, name):
            return name
    raise AttributeError(f"{type(owner).__name__} has none of {', '.join(names)}")
