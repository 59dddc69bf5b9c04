"""What the chart promises for `pod` and `container`, written a second time, to compare what Helm renders with."""

from __future__ import annotations

from typing import Any

# Lists that both the chart and the user fill: they add up, and the user's entry replaces one with the same key.
POD_LISTS = {
    "containers": "name",
    "initContainers": "name",
    "volumes": "name",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "tolerations": None,
    "topologySpreadConstraints": None,
}
CONTAINER_LISTS = {"env": "name", "ports": "name", "volumeMounts": "mountPath", "envFrom": None}


def expected(spec: dict[str, Any], pod: dict[str, Any], container: dict[str, Any]) -> dict[str, Any]:
    """Return the chart's pod spec with the user's `pod` and `container` over it."""
    main, *others = spec["containers"]
    own = {**spec, "containers": [overlay(main, container, CONTAINER_LISTS), *others]}
    return overlay(own, pod, POD_LISTS)


def overlay(lower: dict[str, Any], upper: dict[str, Any], lists: dict[str, str | None]) -> dict[str, Any]:
    """Lay one map over another: lists named in `lists` add up, the rest merges, and null removes."""
    joined = {
        name: [*(entry for entry in lower[name] if not _replaced(entry, upper[name], key)), *upper[name]]
        for name, key in lists.items()
        if lower.get(name) and upper.get(name)
    }
    kept = {name: lower[name] for name in lists if lower.get(name) and upper.get(name) == []}
    merged: dict[str, Any] = without_null(merge(lower, {**upper, **joined, **kept}))
    return merged


def merge(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """Lay one map over another as Helm does for values: maps merge, anything else replaces, null too."""
    return lower | {
        key: merge(lower[key], value) if isinstance(value, dict) and isinstance(lower.get(key), dict) else value
        for key, value in upper.items()
    }


def without_null(value: Any) -> Any:
    """Return a value without the keys that are null, at every depth."""
    if isinstance(value, dict):
        return {key: without_null(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [without_null(entry) for entry in value]
    return value


def _replaced(entry: dict[str, Any], upper: list[dict[str, Any]], key: str | None) -> bool:
    return key is not None and key in entry and entry[key] in [other.get(key) for other in upper]
