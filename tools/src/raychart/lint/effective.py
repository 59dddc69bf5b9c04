"""What a pod's settings come to in its pod spec, as the chart's _pod.tpl works it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from raychart.lint.merging import as_string, laid_over, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.lint.merging import Settings

# The shorthands of what a container asks for and is limited to, by the name that Kubernetes has for it.
_SHORTHANDS = {"cpu": "cpu", "memory": "memory", "ephemeral-storage": "ephemeralStorage"}
_SPEC_FIELDS = (
    "nodeSelector",
    "tolerations",
    "affinity",
    "topologySpreadConstraints",
    "priorityClassName",
    "runtimeClassName",
    "schedulerName",
    "serviceAccountName",
    "hostAliases",
    "dnsPolicy",
    "dnsConfig",
    "terminationGracePeriodSeconds",
)


class _Missing:
    """Stands for no value; null is one."""

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()


def resources(settings: Settings) -> dict[str, dict[str, str]]:
    """Return the main container's requests and limits, as text."""
    short = {name: as_string(settings[key]) for name, key in _SHORTHANDS.items() if settings.get(key) is not None}
    limits = dict(short)
    if settings.get("gpu"):
        limits[str(settings.get("gpuResource"))] = as_string(settings["gpu"])
    written = laid_over({"requests": short, "limits": limits}, settings.get("resources"))
    final = as_map(laid_over({"resources": written}, as_map(settings.get("container"))).get("resources"))
    return {
        kind: {str(name): as_string(amount) for name, amount in as_map(final.get(kind)).items()}
        for kind in ("requests", "limits")
    }


def resource_keys(settings: Settings, kind: str, name: str) -> tuple[str, ...]:
    """Return the keys that decide a request or limit."""
    for keys in (("container", "resources", kind, name), ("resources", kind, name)):
        if look_up(settings, keys) not in (None, MISSING):
            return keys
    if kind == "limits" and name == settings.get("gpuResource"):
        return ("gpu",)
    return (_SHORTHANDS[name],) if name in _SHORTHANDS else ("resources", kind, name)


def env(settings: Settings) -> Settings:
    """Return the main container's variables by name: text, or a map with valueFrom."""
    variables = {
        name: value if isinstance(value, dict) else as_string(value)
        for name, value in (settings.get("env") or {}).items()
        if value is not None
    }
    container = as_map(settings.get("container"))
    if "env" in container and container["env"] is None:
        return {}
    for entry in _container_env(settings):
        if isinstance(entry, dict) and "name" in entry:
            rest = {key: value for key, value in entry.items() if key != "name"}
            variables[str(entry["name"])] = rest if "valueFrom" in rest else as_string(rest.get("value") or "")
    return variables


def env_keys(settings: Settings, name: str) -> tuple[str | int, ...]:
    """Return the keys that decide a variable."""
    for index, entry in enumerate(_container_env(settings)):
        if isinstance(entry, dict) and entry.get("name") == name:
            return ("container", "env", index)
    return ("env", name)


def spec(settings: Settings, placements: Settings) -> Settings:
    """Return the pod's own fields, with what its placements and `pod` say of them."""
    merged: Settings = {}
    for name in settings.get("placement") or []:
        merged = laid_over(merged, placements.get(name))
    merged = laid_over(merged, said({key: settings.get(key) for key in _SPEC_FIELDS}))
    return laid_over(merged, settings.get("pod"))


def look_up(settings: object, keys: Sequence[str | int]) -> Any:
    """Return what is at the keys; MISSING when nothing is, not even null."""
    for key in keys:
        settings = step(settings, key)
    return settings


def step(value: object, key: str | int) -> Any:
    """Return what a map or list has at a key; MISSING when nothing is there."""
    if isinstance(value, dict):
        return value.get(key, MISSING)
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if 0 <= key < len(value) else MISSING
    return MISSING


def _container_env(settings: Settings) -> list[Any]:
    return as_list(as_map(settings.get("container")).get("env"))


def as_map(value: object) -> Settings:
    """Return a value that ought to be a map; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return a value that ought to be a list; an empty one where it is something else."""
    return value if isinstance(value, list) else []
