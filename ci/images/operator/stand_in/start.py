"""The `ray start` command of a group: user parameters, detected resources, the operator's own defaults."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from . import quantity
from .names import AGENT_PORT, GCS_PORT, METRICS_PORT

if TYPE_CHECKING:
    from .cluster import Group, Object, RayCluster
    from .switches import Switches

_GPU = re.compile(r"gpu$|nvidia\.com/mig-\d+g\.\d+gb$")
_ACCELERATORS = {"aws.amazon.com/neuroncore": "neuron_cores", "google.com/tpu": "TPU"}
# The flags of `ray start` that take true and false as values; every other boolean is a bare switch.
_TAKE_BOOLEAN = frozenset({"log-color", "include-dashboard", "include-log-monitor"})


def start_command(cluster: RayCluster, group: Group, switches: Switches) -> str:
    """Return the command without what comes before it; its flags are sorted, with KubeRay's own spacing."""
    flags = convert(start_params(cluster, group, switches))
    return f"ray start --head {flags}" if group.is_head else f"ray start {flags}"


def start_params(cluster: RayCluster, group: Group, switches: Switches) -> dict[str, str]:
    """Return every parameter of `ray start` for the group."""
    params = group.start_params
    params.update(_group_resources(group.resources))
    if group.labels:
        params["labels"] = ",".join(f"{key}={value}" for key, value in sorted(group.labels.items()))
    params |= _head_params(cluster, params) if group.is_head else {}
    if not group.is_head:
        params.setdefault("address", f"{head_address(cluster, switches)}:{head_port(cluster)}")
    params.setdefault("metrics-export-port", str(METRICS_PORT))
    params.setdefault("dashboard-agent-listen-port", str(AGENT_PORT))
    params["block"] = "true"
    return _with_container_resources(params, group.ray_container.get("resources") or {})


def head_port(cluster: RayCluster) -> str:
    return cluster.head.start_params.get("port", str(GCS_PORT))


def head_service_name(cluster: RayCluster) -> str:
    given = (cluster.head.spec.get("headService") or {}).get("metadata") or {}
    return str(given.get("name") or f"{cluster.name}-head-svc")


def head_address(cluster: RayCluster, switches: Switches) -> str:
    """Return the fully qualified name of the head service."""
    return f"{head_service_name(cluster)}.{cluster.namespace}.svc.{switches.cluster_domain}"


def convert(params: dict[str, str]) -> str:
    """Return `params` as flags, each with a space on both sides."""
    flags = []
    for key, value in sorted(params.items()):
        if value.lower() in ("true", "false") and key not in _TAKE_BOOLEAN:
            flags += [f" --{key} "] if value.lower() == "true" else []
        else:
            flags.append(f" --{key}={value} ")
    return "".join(flags)


def is_gpu(resource: str) -> bool:
    return _GPU.search(resource) is not None


def _head_params(cluster: RayCluster, params: dict[str, str]) -> dict[str, str]:
    # Ray's own default, localhost, cannot be reached through the Service.
    own = {"dashboard-host": params.get("dashboard-host", "0.0.0.0")}  # noqa: S104
    if cluster.autoscaling:
        own["no-monitor"] = "true"  # the monitor runs in its own container
    options = cluster.fault_tolerance or {}
    for option, variable in (("redisUsername", "REDIS_USERNAME"), ("redisPassword", "REDIS_PASSWORD")):
        if options.get(option) is not None:
            own[variable.lower().replace("_", "-")] = f"${variable}"
    return own


def _group_resources(resources: dict[str, str]) -> dict[str, str]:
    """Return the parameters a group's `resources` set; names other than the standard ones are custom resources."""
    params: dict[str, str] = {}
    custom: dict[str, int | float] = {}
    for name, text in resources.items():
        try:
            amount = quantity.parse(text)
        except ValueError:
            continue
        standard = _standard_param(name.lower())
        if standard:
            params[standard] = str(amount.ceil())
        else:
            custom[name] = amount.number()
    if custom:
        params["resources"] = _quoted(custom)
    return params


def _standard_param(resource: str) -> str | None:
    return {"cpu": "num-cpus", "memory": "memory"}.get(resource) or ("num-gpus" if is_gpu(resource) else None)


def _with_container_resources(params: dict[str, str], resources: Object) -> dict[str, str]:
    """Return `params` with what the Ray container's limits say where the user said nothing."""
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    found = dict(params)
    cpu = quantity.parse(limits.get("cpu", 0)) or quantity.parse(requests.get("cpu", 0))
    memory = quantity.parse(limits.get("memory", 0))
    if cpu:
        found.setdefault("num-cpus", str(cpu.ceil()))
    if memory:
        found.setdefault("memory", str(memory.ceil()))
    custom = _custom_resources(found)
    if custom is None:  # unreadable: KubeRay then detects no accelerator at all
        return found
    for name, text in sorted(limits.items()):
        amount = quantity.parse(text)
        if is_gpu(name) and amount:
            found.setdefault("num-gpus", str(amount.ceil()))
        if name in _ACCELERATORS and amount and not custom.keys() & set(_ACCELERATORS.values()):
            custom[_ACCELERATORS[name]] = amount.number()
            found["resources"] = _quoted(custom)
    return found


def _custom_resources(params: dict[str, str]) -> dict[str, int | float] | None:
    try:
        found = json.loads(params.get("resources", "{}").strip("'\"` "))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _quoted(resources: dict[str, int | float]) -> str:
    return "'" + json.dumps(resources, sort_keys=True, separators=(",", ":")) + "'"
