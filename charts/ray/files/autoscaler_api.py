"""What the autoscaler reads from the Kubernetes API and writes to it, all of which goes through one class of Ray's.

Requests wait for an API server that is away. Patches reach the worker groups that were meant. Ownership is given back
and resets are undone. Pods of groups that the RayCluster no longer has are kept from Ray, which fails on them.
"""

from autoscaler_census import Sight
from autoscaler_limits import groups_of
from autoscaler_ownership import disowning, restoring
from autoscaler_patience import patient, say, status_of
from autoscaler_places import guarded, moved

ATTEMPTS = 5  # the operator writes the status whenever `replicas` changes, which moves the places that a patch names


class Attendance:
    """Care for the requests of a class like Ray's KubernetesHttpApiClient, in place of its methods get and patch."""

    def __init__(self, client, *, hide_orphans):
        self.sight = Sight()
        self._hide_orphans = hide_orphans
        self._get, self._patch = patient(client.get, self._note_wait), patient(client.patch)

        # Functions, not methods of this: only those get the caller.
        def attended_get(caller, path):
            return self.get(caller, path)

        def attended_patch(caller, path, *arguments, **options):
            return self.patch(caller, path, *arguments, **options)

        client.get, client.patch = attended_get, attended_patch

    def get(self, caller, path):
        """Read. The RayCluster is put right before it is handed on, the list of pods is counted."""
        answer = self._get(caller, path)
        if path.startswith("rayclusters/"):
            answer = self._change(caller, path, answer, lambda cluster: restoring(cluster, self.sight.census.staying))
            answer = self._change(caller, path, answer, disowning)
            self.sight.see_cluster(answer)
            caller.raychart_groups = list(self.sight.groups)  # what the places in this caller's patches refer to
        elif path.startswith("pods?"):
            self.sight.see_pods(answer["items"])
            if self._hide_orphans:
                answer = {**answer, "items": list(filter(self.sight.is_known, answer["items"]))}
        return answer

    def patch(self, caller, path, payload, *arguments, **options):
        """Write. What a type that has gone meanwhile was to get is left out; the next round sees to it."""
        if not path.startswith("rayclusters/"):
            return self._patch(caller, path, payload, *arguments, **options)
        names = getattr(caller, "raychart_groups", [])
        for attempt in range(ATTEMPTS):
            try:
                answer = self._patch(caller, path, guarded(payload, names), *arguments, **options)
            except Exception as problem:
                if attempt == ATTEMPTS - 1 or not 400 <= (status_of(problem) or 0) < 500:
                    raise
                answer = self._get(caller, path)
                now = list(groups_of(answer))
                payload, names = moved(payload, names, now), now
                if not payload:
                    break
            else:
                return self._change(caller, path, answer, disowning)
        say(f"{path}: worker groups went while they were scaled; the next round sees to what is left")
        return answer

    def _note_wait(self):
        self.sight.late = True

    def _change(self, caller, path, raycluster, wanted):
        """Patch at once what `wanted` finds, also where somebody else's write comes in between."""
        try:
            for attempt in range(ATTEMPTS):
                operations = wanted(raycluster)
                if not operations:
                    return raycluster
                try:
                    return self._patch(caller, path, operations)
                except Exception:
                    if attempt == ATTEMPTS - 1:
                        raise
                    raycluster = self._get(caller, path)
        except Exception as problem:  # the next look comes in seconds; the autoscaler's own work must go on
            say(f"{path}: {operations} is tried again at the next look: {problem}")
        return raycluster
