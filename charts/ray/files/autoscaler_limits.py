"""The limits of a cluster that a RayCluster has no field for, and what they make of Ray's autoscaling configuration.

The chart renders them into an annotation, the schedules' Jobs write the minimum in force into another. Both are read
anew each round, so that a change holds within seconds and restarts nothing.
"""

import json
from typing import NamedTuple

LIMITS = "raychart/autoscaling"
SCHEDULED = "raychart/min-workers"


class Limits(NamedTuple):
    """What holds now. Minimum and idle time-out by worker type, the former in pods, the latter in minutes."""

    max_workers: object  # None: as many as the types' own maxima allow
    upscaling_speed: float
    idle_minutes: dict
    minimum: dict


def groups_of(raycluster):
    """Return the worker groups by name, in their order."""
    return {group["groupName"]: group for group in raycluster["spec"].get("workerGroupSpecs") or []}


def read_limits(raycluster):
    """Return the limits that a RayCluster names; None where the chart named none.

    A number that a schedule put in force counts for more than the type's own. Raises ValueError when it is no JSON.
    """
    annotations = raycluster["metadata"].get("annotations") or {}
    if LIMITS not in annotations:
        return None
    said = _said(annotations, LIMITS)
    # What was in force last stays written when the schedules are gone from the values.
    scheduled = {name: at for name, at in _said(annotations, SCHEDULED).items() if name in said.get("scheduled", [])}
    numbers = {**(said.get("minWorkers") or {}), **scheduled}
    most = said.get("maxWorkers")
    return Limits(
        max_workers=None if most is None else int(most),
        upscaling_speed=float(said.get("upscalingSpeed", 1)),
        idle_minutes={name: float(minutes) for name, minutes in (said.get("idleTimeoutMinutes") or {}).items()},
        minimum=_minimum(groups_of(raycluster), numbers, most),
    )


def limited(config, limits):
    """Return Ray's configuration with the limits in it, as far as it has a place for them."""
    types = {
        name: {**node_type, "min_workers": limits.minimum.get(name, node_type["min_workers"])}
        for name, node_type in config["available_node_types"].items()
    }
    most = config["max_workers"]
    if limits.max_workers is not None:
        most = min(most, limits.max_workers)
    return {
        **config,
        "available_node_types": types,
        "max_workers": most,
        "upscaling_speed": limits.upscaling_speed,
    }


def describe(limits, config):
    """Say the limits in one line."""
    idle = "".join(f", {name} {minutes:g}" for name, minutes in sorted(limits.idle_minutes.items()))
    minimum = ", ".join(f"{name} {pods}" for name, pods in sorted(limits.minimum.items()) if pods)
    return (
        f"limits in force: maxWorkers {config['max_workers']}, upscalingSpeed {limits.upscaling_speed:g}, "
        f"idleTimeoutMinutes {config['idle_timeout_minutes']:g}{idle}, minWorkers {minimum or 'none'}"
    )


def _said(annotations, key):
    try:
        said = json.loads(annotations.get(key) or "{}")
        said.keys()  # an object, and nothing else that is JSON
    except (ValueError, AttributeError) as problem:
        raise ValueError(f"annotation {key} of the RayCluster is no JSON object: {annotations[key]!r}") from problem
    return said


def _minimum(groups, numbers, most):
    """Return each group's minimum in pods, as far as its own maximum and that over all groups allow.

    Never below minReplicas: to that number the operator makes pods whatever the autoscaler says.
    """
    minimum = {}
    left = float("inf") if most is None else most
    for name, group in groups.items():
        hosts = group.get("numOfHosts", 1)
        least = group.get("minReplicas", 0)
        wanted = min(max(int(numbers.get(name, least)), least), group.get("maxReplicas", float("inf")))
        workers = int(min(wanted, left // hosts))
        minimum[name] = workers * hosts
        left -= minimum[name]
    return minimum
