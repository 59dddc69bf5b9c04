"""What the rules look at: merged values, and in them clusters and Ray pods with the settings that the chart uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raychart.paths import ValuesPath
    from raychart.values import Values

Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pod:
    """A head or a worker type; `sources` are the places its settings come from, the strongest first."""

    name: str
    is_head: bool
    path: ValuesPath
    settings: Settings
    sources: tuple[tuple[ValuesPath, Settings], ...]

    def place(self, *keys: str) -> ValuesPath:
        """Return the path in the values where a setting was made, or where it would be made."""
        return _place(keys, self.path, self.sources)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A RayCluster with its settings, head and worker types."""

    name: str
    path: ValuesPath
    settings: Settings
    sources: tuple[tuple[ValuesPath, Settings], ...]
    head: Pod
    types: tuple[Pod, ...]

    @property
    def pods(self) -> tuple[Pod, ...]:
        """Return the head and the worker types."""
        return (self.head, *self.types)

    def place(self, *keys: str) -> ValuesPath:
        """Return the path in the values where a setting was made, or where it would be made."""
        return _place(keys, self.path, self.sources)


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that a rule may look at. `namespace` and `release` are as Helm would get them."""

    values: Values
    release: str = "ray"
    namespace: str | None = None
    clusters: tuple[Cluster, ...] = field(default=())


def subject_of(values: Values, release: str = "ray", namespace: str | None = None) -> Subject:
    """Read the clusters out of values that the schema accepts."""
    data = values.data
    defaults, pod_defaults = data.get("clusterDefaults") or {}, data.get("podDefaults") or {}
    clusters = (
        _cluster(name, own, defaults, pod_defaults)
        for name, own in (data.get("clusters") or {}).items()
        if own is not None
    )
    return Subject(values, release, namespace, tuple(clusters))


def _cluster(name: str, own: Settings, defaults: Settings, pod_defaults: Settings) -> Cluster:
    path: ValuesPath = ("clusters", name)
    settings = overlaid(defaults, own)
    sources = ((path, own), (("clusterDefaults",), defaults))

    def pod(*keys: str) -> Pod:
        places = [((*where, *keys), _at(values, keys)) for where, values in sources]
        own_settings = _at(settings, keys)
        return Pod(
            keys[-1],
            keys[0] == "head",
            (*path, *keys),
            overlaid(pod_defaults, own_settings),
            (*places, (("podDefaults",), pod_defaults)),
        )

    types = settings.get("workerTypes") or {}
    return Cluster(
        name,
        path,
        settings,
        sources,
        pod("head"),
        tuple(pod("workerTypes", key) for key in types if types[key] is not None),
    )


def overlaid(below: Settings, above: Settings) -> Settings:
    """Lay settings over others as the chart does: maps merge, everything else, null too, replaces."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = overlaid(under, value) if isinstance(value, dict) and isinstance(under, dict) else value
    return merged


def _at(settings: Settings, keys: tuple[str, ...]) -> Settings:
    for key in keys:
        settings = settings.get(key) or {}
    return settings


def _place(keys: tuple[str, ...], path: ValuesPath, sources: tuple[tuple[ValuesPath, Settings], ...]) -> ValuesPath:
    for where, settings in sources:
        found: Any = settings
        for key in keys:
            found = found.get(key, _Missing) if isinstance(found, dict) else _Missing
        if found is not _Missing:
            return (*where, *keys)
    return (*path, *keys)


class _Missing:
    """Stands for no value; null is one."""
