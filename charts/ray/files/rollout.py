"""Bring a RayCluster's running pods in line with its values, a few at a time, and leave the rest alone.

KubeRay changes no pod that runs, and keeps the pods of a worker group that is gone. Every pod bears what it was made
from (rollout_pods.py); this script replaces those that bear something else, by the policy under `rollout`. All it goes
by is what it finds, so it may be killed and started again at any point. Ends with 0 when it has done what the policy
lets it do, the last line saying what is left; with 1 when another start would find the same. Standard library only, but
for rollout_ray.py. Arguments: what to bring about, as JSON; --dry-run, to say what would be done and do nothing.
"""

import json
import sys
import time

from rollout_api import Api
from rollout_foresee import foresee
from rollout_health import await_pod
from rollout_images import await_images
from rollout_log import Log, StoppedError, SupersededError
from rollout_pods import is_ready, name_of, sort_pods
from rollout_ray import Ray
from rollout_workers import Workers

PERIOD = 1.0  # a drained worker ends, and its container would be back within seconds
PATIENCE = 120.0  # the Job is made a moment before the RayCluster is changed
SETTLE = 3.0  # the operator may still be making a pod from what it read before
MESSAGE = "/dev/termination-log"


class Rollout:
    """One cluster's rollout."""

    def __init__(self, task, api, ray, log):
        self.name, self.goal, self.images = task["cluster"], task["goal"], task["images"]
        self.policy = task["rollout"]
        # In a trial's image there is no Ray to ask who is idle.
        self.keeps_workers = "rollout.workers is never" if self.policy["workers"] == "never" else ""
        if task["trial"] and not self.keeps_workers:
            self.keeps_workers = "in a trial nobody can tell which are idle"
        self.trial = task["trial"]
        self.api, self.ray, self.log = api, ray, log
        self.workers = Workers(self.policy, api, ray, log)
        self.head_deleted = False

    def run(self):
        """Roll until there is nothing left to do; return the kinds that stay out of date."""
        head, types = self.begin()
        rolled = [kind.name for kind in types if kind.old and not self.keeps_workers]
        if not self.trial and (rolled or (head.old and self.policy["head"] == "restart")):
            self.ray.check()
            await_images(self.images, rolled, self.api, self.log, self.pause)
        while True:
            left, waiting = self.step(*self.look())
            if not waiting:
                return left
            time.sleep(PERIOD)

    def foresee(self):
        """Say what would be done; return the kinds that are out of date."""
        head, types = self.begin()
        states = self.ray.workers() if any(kind.old for kind in types) and not self.keeps_workers else None
        foresee(head, types, states, self.policy, self.keeps_workers, self.log)
        return [kind.name for kind in (head, *types) if kind.old]

    def begin(self):
        """Wait until the RayCluster is what this Job is for; return the head and the types, with a word about each."""
        end = time.monotonic() + PATIENCE
        while goal_of(self.api.raycluster(self.name)) != self.goal:
            if time.monotonic() > end:
                raise StoppedError(
                    f"raycluster {self.name} is not what this Job is for: the change has not been applied, or another "
                    "came after it. No pod has been touched; see what helm or Argo CD says"
                )
            self.log.once("goal", "waiting until the RayCluster is changed")
            time.sleep(PERIOD / 2)
        head, types = self.look()
        if any(kind.pods for kind in (head, *types)):
            time.sleep(SETTLE)
            head, types = self.look()
        for kind in (head, *types):
            gone = " (a type that is no longer there)" if kind.removed else ""
            self.log.say(f"{kind.name}{gone}: {len(kind.old)} of {len(kind.old + kind.fresh)} pods out of date")
        return head, types

    def look(self):
        """Return the head and the types as they are now, unless the RayCluster has become another Job's."""
        cluster = self.api.raycluster(self.name)
        if cluster is None or "deletionTimestamp" in cluster["metadata"]:
            raise SupersededError("the RayCluster is gone")
        if goal_of(cluster) != self.goal:
            raise SupersededError("the RayCluster has been changed again, and another Job is for that")
        return sort_pods(cluster, self.api.pods(f"ray.io/cluster={self.name}"))

    def pause(self):
        """Wait a moment, and go on unless this is no longer the Job for it."""
        time.sleep(PERIOD)
        self.look()

    def step(self, head, types):
        """Do what can be done now; return what stays out of date, and whether there is something to wait for."""
        left = []
        if head.old and self.policy["head"] == "manual":
            left.append(head.name)
            command = f"kubectl --namespace {self.api.namespace} delete pod {name_of(head.old[0][0])}"
            self.log.once("head", f"head: out of date, and left to you (rollout.head is manual): {command}")
        elif (head.old or self.head_deleted) and not self.roll_head(head):
            return left, True
        old = [kind for kind in types if kind.old]
        if self.keeps_workers:
            for kind in old:
                self.log.once(
                    kind.name, f"{kind.name}: {len(kind.old)} pods are left as they are: {self.keeps_workers}"
                )
            return left + [kind.name for kind in old], False
        if old and self.awaits_head(head, types):
            return left, True
        states = self.ray.workers() if old else {}
        if states is None:
            return left, True
        waiting = [self.workers.roll(kind, states) for kind in types]
        return left, any(waiting)

    def roll_head(self, head):
        """Replace the head; say whether a new one is ready."""
        for pod in (pod for worker in head.old for pod in worker):
            self.api.delete(pod)
            self.head_deleted = True
            self.log.say(f"head: {name_of(pod)} is out of date: deleted (rollout.head is restart)")
        for pod in (pod for worker in head.fresh for pod in worker):
            await_pod(pod, head, self.log)
            if is_ready(pod):
                self.log.once("head", f"head: {name_of(pod)} is ready")
                return True
        return False

    def awaits_head(self, head, types):
        """Say whether workers have to wait: the new ones may need a head of another Ray, authentication or store."""
        wanted = {kind.joint for kind in types if not kind.removed} or {head.joint}
        if head.joints == wanted:
            return False
        why = "new ones cannot work with the old head (another rayVersion, auth, faultTolerance or spec)"
        self.log.once("joint", f"workers: waiting for a new head{': ' + why if head.joints else ''}")
        return True


def goal_of(cluster):
    """Return the goal that a RayCluster bears."""
    return ((cluster or {}).get("metadata", {}).get("annotations") or {}).get("raychart/rollout")


def main(task, *flags):
    """Run, and return the exit code."""
    log = Log()
    task = json.loads(task)
    ray = Ray(f"{task['cluster']}-head-svc:6379", log)
    code = 0
    try:
        rollout = Rollout(task, Api(log), ray, log)
        left = rollout.foresee() if "--dry-run" in flags else rollout.run()
        last = f"out of date: {', '.join(left)}" if left else "nothing is out of date"
    except SupersededError as why:
        last = f"superseded: {why}"
    except StoppedError as why:
        code, last = 1, f"stopped: {why}"
    except Exception as problem:  # another start may fare better
        code, last = 3, f"{type(problem).__name__}: {problem}"
    finally:
        ray.close()
    log.say(last)
    try:
        with open(MESSAGE, "w", encoding="utf-8") as message:
            message.write(last)
    except OSError as problem:
        log.say(f"{MESSAGE}: {problem}")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
