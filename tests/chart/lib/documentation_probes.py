"""Values that must show in what is rendered: for each key of the schema a mark to look for, or a change to see."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from documentation_schema import defaults, keys, resolve, types
from pod_overlay import merge

if TYPE_CHECKING:
    from collections.abc import Iterator

# Everything switched on, so that every key has something to act on.
EVERYTHING: dict[str, Any] = {
    "operator": {
        "replicas": 2,
        "metrics": {"enabled": True, "podMonitor": {"enabled": True}},
        "podDisruptionBudget": {"enabled": True},
    },
    "placements": {"here": {"nodeSelector": {"pool": "ray"}}, "there": {"nodeSelector": {"pool": "other"}}},
    "podDefaults": {"cpu": 1, "gpu": 1, "placement": ["here"]},
    "clusterDefaults": {
        "faultTolerance": {"enabled": True, "passwordSecret": {"name": "redis"}},
        "headService": {"type": "LoadBalancer"},
        "serveService": {"enabled": True},
        "dashboard": {
            "ingress": {"enabled": True, "controller": "other"},
            "httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}]},
        },
        "metrics": {"podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True}},
        # What the chart gives the head alone would hide podDefaults.
        "head": {"cpu": None, "memory": None, "rayResources": {"CPU": None}},
        "workerTypes": {"cpu": {"maxWorkers": 2}},
    },
    "clusters": {"main": {}},
    "networkPolicy": {"peers": {"monitoring": {"namespace": "monitoring"}}},
}
_KUEUE = {"scheduler": "kueue", "name": "queue"}
_YUNIKORN = {"operator": {"batchScheduler": "yunikorn"}, "clusterDefaults": {"queue": {"scheduler": "yunikorn"}}}
_QUEUED: dict[str, Any] = {"clusterDefaults": {"queue": _KUEUE}}
_STATIC: dict[str, Any] = {"clusterDefaults": {"autoscaling": {"enabled": False}}}
# Keys that take another value, or others beside them, to count: the values without, and the key's own value.
SPECIAL: dict[str, tuple[dict[str, Any], Any]] = {
    "operator.replicas": ({}, 3),
    "operator.image.tag": ({}, "other"),
    "operator.placement": ({}, ["here"]),
    "podDefaults.image.tag": ({}, "other"),
    "podDefaults.placement": ({}, ["there"]),
    "podDefaults.installRay": ({}, "2.60.0"),
    "podDefaults.rayStartParams.num-cpus": ({}, "3"),
    "podDefaults.rayStartParams.num-gpus": ({}, "3"),
    "podDefaults.rayStartParams.memory": ({}, "3"),
    "clusterDefaults.rayVersion": ({}, "2.59.0"),
    "clusterDefaults.idleTimeoutMinutes": ({}, 7),
    "clusterDefaults.auth.mode": (
        {"clusterDefaults": {"auth": {"reason": "trial"}, "dashboard": {"exposeWithoutAuthentication": True}}},
        "disabled",
    ),
    "clusterDefaults.faultTolerance.redisAddress": ({}, "redis:6379"),
    "clusterDefaults.faultTolerance.redis.image.tag": ({}, "other"),
    "clusterDefaults.faultTolerance.redis.placement": ({}, ["here"]),
    "clusterDefaults.faultTolerance.redis.storage.existingClaim": ({}, "mine"),
    "clusterDefaults.queue.scheduler": ({"operator": {"batchScheduler": "yunikorn"}}, "yunikorn"),
    "clusterDefaults.queue.name": (_QUEUED, "other"),
    "clusterDefaults.queue.priorityClass": (_QUEUED, "high"),
    "clusterDefaults.queue.gang": (_YUNIKORN, True),
    "clusterDefaults.dashboard.ingress.controller": (
        {"clusterDefaults": {"dashboard": {"ingress": {"path": "/ray"}}}},
        "traefik",
    ),
    "clusterDefaults.workerTypes.<name>.minWorkers": ({}, 1),
    "clusterDefaults.workerTypes.<name>.replicas": (_STATIC, 1),
}
# Keys whose value no object shows, and what they are there for.
UNSEEN = {
    "global": "Helm gives it to every chart",
    "clusterDefaults.auth.reason": "asked for by a check, and shown in the notes",
    "clusterDefaults.dashboard.exposeWithoutAuthentication": "asked for by a check",
}
# The settings of a pod once more: test_pod_shorthands.py sees to head and types.
_AGAIN = ("clusterDefaults.head.", "clusters.")
_NUMBERS = {"minWorkers", "maxWorkers", "replicas", "numOfHosts"}


def probed() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every key that takes a value of its own."""
    for path, node in keys():
        again = path.startswith(_AGAIN) or (".workerTypes.<name>." in path and path.rpartition(".")[2] not in _NUMBERS)
        free = path.endswith("<name>") or ".<name>." in path.replace(".workerTypes.<name>.", ".")
        if path not in UNSEEN and not (again or free or "properties" in node or _of_named(node)):
            yield path, node


@cache
def marked() -> dict[str, tuple[dict[str, Any], str]]:
    """Return keys that can carry a mark: values with it, and how it shows."""
    marks = {path: _mark(path, node, number) for number, (path, node) in enumerate(probed()) if path not in SPECIAL}
    return {path: (at(path, mark[0]), mark[1]) for path, mark in marks.items() if mark}


@cache
def switched() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return keys with few values: values without, and values that set the key to another one on top."""
    special = {path: (beside, at(path, value)) for path, (beside, value) in SPECIAL.items()}
    rest = {path: node for path, node in probed() if path not in special and path not in marked()}
    return special | {path: ({}, at(path, _another(path, node))) for path, node in rest.items()}


def at(path: str, value: Any) -> dict[str, Any]:
    """Return a value under the keys of a dotted path."""
    for key in reversed(path.replace("workerTypes.<name>", "workerTypes.cpu").split(".")):
        value = {key: value}
    return dict(value)


def _of_named(node: dict[str, Any]) -> bool:
    """Tell whether a key holds things by name, whose own keys are probed."""
    return "properties" in resolve(node.get("additionalProperties"))


def _mark(path: str, node: dict[str, Any], number: int) -> tuple[Any, str] | None:
    """Return a value with a mark in it and the mark as it shows; None where a few values are all there are."""
    word, amount, key = f"mark-{number:03d}", 7_000_000 + number, path.rpartition(".")[2]
    by_name = {
        "digest": (f"sha256:{number:064d}", f"sha256:{number:064d}"),
        "interval": (f"{amount}s", f"{amount}s"),
        "path": (f"/{word}", f"/{word}"),
        "volumes": ({word: {"mountPath": "/x"}}, f"name: {word}"),
        "initContainers": ({word: {"image": "x"}}, f"name: {word}"),
        "sidecars": ({word: {"image": "x"}}, f"name: {word}"),
        "env": ({word: "x"}, f"name: {word}"),
        "apiServerPorts": ([7000 + number], f"{7000 + number}"),
        "object-store-memory": (str(amount), str(amount)),
        "extraObjects": ({word: {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": word}}}, word),
    }
    return by_name.get(key) or _by_type(node, word, amount)


def _by_type(node: dict[str, Any], word: str, amount: int) -> tuple[Any, str] | None:
    kinds = types(node) - {"null"}
    if "array" in kinds and "enum" not in node["items"]:
        return [{word: "x"}] if node["items"].get("type") == "object" else [word], word
    if "object" in kinds:
        return {word: _any_of(types(resolve(node.get("additionalProperties"))))}, word
    if kinds & {"integer", "number"}:
        return amount, str(amount)
    return (word, word) if kinds == {"string"} else None


def _any_of(kinds: set[str]) -> Any:
    return True if "boolean" in kinds else 1 if kinds & {"integer", "number"} else "x"


def _another(path: str, node: dict[str, Any]) -> Any:
    """Return one of the few values of a key that is not the one it has."""
    if "array" in types(node):
        return [node["items"]["enum"][-1]]
    current: Any = merge(defaults(), EVERYTHING)
    for key in path.split("."):
        current = current.get(key) if isinstance(current, dict) else None
    return next(value for value in node.get("enum", (True, False)) if value is not None and value != current)
