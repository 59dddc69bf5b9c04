"""How the chart lays settings over each other, as its templates do: _settings.tpl and _lists.tpl."""

from __future__ import annotations

import json
from typing import Any

from raychart.merging import overlaid

Settings = dict[str, Any]

# Lists of the pod API that both the chart and the user fill, and what makes two entries the same.
_KEYED = {
    "containers": "name",
    "initContainers": "name",
    "volumes": "name",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "env": "name",
    "ports": "name",
    "volumeMounts": "mountPath",
    "envFrom": "",
    "tolerations": "",
    "topologySpreadConstraints": "",
}


def laid_over(below: Settings, above: Settings | None) -> Settings:
    """Lay a part of a pod over another (ray.overlay): the lists of the pod API add up, and null removes."""
    upper = dict(above or {})
    for key, same in _KEYED.items():
        low, high = below.get(key), upper.get(key)
        if isinstance(low, list) and isinstance(high, list):
            upper[key] = _joined(low, high, same)
    pruned: Settings = _pruned(overlaid(below, upper))
    return pruned


def said(settings: Settings) -> Settings:
    """Leave out what says nothing (ray.said): null, empty text, lists and maps; false and 0 stay."""
    return {key: value for key, value in settings.items() if isinstance(value, (bool, int, float)) or value}


def as_string(value: object) -> str:
    """Write a scalar as the chart writes it where the API wants text (ray.string)."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value)


def _joined(low: list[Any], high: list[Any], same: str) -> list[Any]:
    taken = {str(entry[same]) for entry in high if isinstance(entry, dict) and same in entry}
    return [entry for entry in low if not (isinstance(entry, dict) and str(entry.get(same)) in taken)] + high


def _pruned(value: Any) -> Any:
    # Lists of lists do not occur in the pod API, and the chart does not look into them.
    if isinstance(value, dict):
        return {key: _pruned(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [_pruned(entry) if isinstance(entry, dict) else entry for entry in value]
    return value
