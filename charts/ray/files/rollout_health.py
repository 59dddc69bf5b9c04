"""What keeps a pod from becoming ready, as its status tells it."""

import calendar
import time

from rollout_log import StoppedError
from rollout_pods import is_ready, name_of

PULL = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
CREATE = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
PATIENCE = 60.0  # seconds that a registry, or a Secret that is still to come, has


def await_pod(pod, kind, log):
    """Say why a new pod is not ready yet; stop where it will not be without a change."""
    if is_ready(pod):
        return
    if why := problem(pod):
        raise StoppedError(
            f"{kind.name}: the new pod {name_of(pod)} does not become ready: {why}. Nothing further is touched; "
            "correct the values, or go back to the former ones"
        )
    if why := delay(pod):
        log.once(name_of(pod), f"{kind.name}: waiting for the new pod {name_of(pod)}: {why}")


def pull_problem(pod):
    """Return the kubelet's words for an image that cannot be pulled, or None."""
    return next((f"{reason}: {said}" for _, reason, said in waits(pod) if reason in PULL), None)


def problem(pod):
    """Return why a pod will not become ready, or None while it still may: a first end may be a chance one."""
    for name, reason, said in waits(pod):
        if reason in PULL | CREATE and age(pod) > PATIENCE:
            return f"container {name} cannot be started ({reason}: {said})"
        if reason == "CrashLoopBackOff":
            return f"container {name} keeps ending{ending(pod, name)}"
    for container in containers(pod):
        if container.get("restartCount", 0) > 1 and not container.get("ready"):
            return f"container {container['name']} keeps ending{ending(pod, container['name'])}"
    if pod.get("status", {}).get("phase") == "Failed":
        names = [container["name"] for container in containers(pod)]
        said = next(filter(None, (ending(pod, name) for name in names)), "")
        return f"it failed{said or ' (' + (pod['status'].get('reason') or 'no reason given') + ')'}"
    return None


def age(pod):
    """Return the seconds since a pod was made."""
    made = pod["metadata"].get("creationTimestamp")
    return time.time() - calendar.timegm(time.strptime(made, "%Y-%m-%dT%H:%M:%SZ")) if made else 0.0


def delay(pod):
    """Return why a pod is not scheduled yet, or None."""
    for condition in pod.get("status", {}).get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"it cannot be scheduled yet ({condition.get('message') or condition.get('reason')})"
    return None


def ending(pod, name):
    """Return how a container last ended: exit code, reason, and its message if it left one."""
    for container in containers(pod):
        for state in (container.get("state") or {}, container.get("lastState") or {}):
            ended = state.get("terminated")
            if ended and container["name"] == name:
                said = (ended.get("reason"), (ended.get("message") or "").strip())
                return ", ".join((f" (exit code {ended.get('exitCode')}", *filter(None, said))) + ")"
    return ""


def waits(pod):
    """Return name, reason and message of each container that waits."""
    waiting = [(container["name"], (container.get("state") or {}).get("waiting")) for container in containers(pod)]
    return [(name, state.get("reason", ""), state.get("message", "")) for name, state in waiting if state]


def containers(pod):
    """Return the status of each container, those that run first first."""
    status = pod.get("status", {})
    return (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or [])
