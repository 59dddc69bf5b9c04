"""What the rules look at: merged values, and in them clusters and pods with the settings that the chart uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from raychart.lint import effective
from raychart.lint.merging import Settings
from raychart.merging import overlaid

if TYPE_CHECKING:
    from raychart.paths import ValuesPath
    from raychart.values import Values

Sources = tuple[tuple["ValuesPath", Settings], ...]


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod of the chart; `sources` are the places where users may set it, with what they say, the strongest first.

    `settings` are those of values.yaml, merged. What they come to, with placements, shorthands, `pod` and `container`:
    `resources` (requests and limits of the main container), `env` (its variables by name: text, or {valueFrom: ...})
    and `spec` (nodeSelector, tolerations and the other fields of the pod that values.yaml has keys for).
    """

    name: str
    is_head: bool
    path: ValuesPath
    settings: Settings
    sources: Sources
    role: Literal["head", "worker", "operator", "redis"] = "worker"
    placements: Settings = field(default_factory=dict)
    resources: dict[str, dict[str, str]] = field(init=False)
    env: Settings = field(init=False)
    spec: Settings = field(init=False)

    def __post_init__(self) -> None:
        """Work out what the settings come to."""
        object.__setattr__(self, "resources", effective.resources(self.settings))
        object.__setattr__(self, "env", effective.env(self.settings))
        object.__setattr__(self, "spec", effective.spec(self.settings, self.placements))

    def place(self, *keys: str | int) -> ValuesPath:
        """Return the path in the values where a setting was made, or where it would be made."""
        return _place(keys, self.path, self.sources)

    def place_of_resource(self, kind: Literal["requests", "limits"], name: str) -> ValuesPath:
        """Return where a request or limit was made: under container, under resources, or by a shorthand."""
        return self.place(*effective.resource_keys(self.settings, kind, name))

    def place_of_env(self, name: str) -> ValuesPath:
        """Return where a variable was set: under container, or under env."""
        return self.place(*effective.env_keys(self.settings, name))

    def place_of_spec(self, key: str, *keys: str | int) -> ValuesPath:
        """Return where a field of the pod was set, or an entry of it: under pod, by its own key, or in a placement."""
        for start in (("pod", key), (key,)):
            found = effective.look_up(self.settings, (*start, *keys))
            if found or isinstance(found, (bool, int, float)):
                return self.place(*start, *keys)
        for name in reversed(self.settings.get("placement") or []):
            if effective.look_up(self.placements, (name, key, *keys)) is not effective.MISSING:
                return ("placements", name, key, *keys)
        return self.place(key, *keys)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A RayCluster with its settings, head and worker types, and the Redis that it may run."""

    name: str
    path: ValuesPath
    settings: Settings
    sources: Sources
    head: Pod
    types: tuple[Pod, ...]
    redis: Pod

    @property
    def pods(self) -> tuple[Pod, ...]:
        """Return the head and the worker types."""
        return (self.head, *self.types)

    def place(self, *keys: str | int) -> ValuesPath:
        """Return the path in the values where a setting was made, or where it would be made."""
        return _place(keys, self.path, self.sources)


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that a rule may look at. `namespace` and `release` are as Helm would get them."""

    values: Values
    operator: Pod
    placements: Settings
    release: str = "ray"
    namespace: str | None = None
    clusters: tuple[Cluster, ...] = field(default=())


def subject_of(values: Values, release: str = "ray", namespace: str | None = None) -> Subject:
    """Read the clusters out of values that the schema accepts."""
    data = values.data
    placements = {name: what for name, what in (data.get("placements") or {}).items() if what is not None}
    own = data.get("operator") or {}
    path: ValuesPath = ("operator",)
    operator = Pod("operator", False, path, own, ((path, own),), "operator", placements)
    clusters = (
        _cluster(name, own, values, placements)
        for name, own in sorted((data.get("clusters") or {}).items())
        if own is not None
    )
    return Subject(values, operator, placements, release, namespace, tuple(clusters))


def _cluster(name: str, own: Settings, values: Values, placements: Settings) -> Cluster:
    data = values.data
    path: ValuesPath = ("clusters", name)
    defaults = data.get("clusterDefaults") or {}
    settings = overlaid(defaults, own)
    sources: Sources = ((path, own), (("clusterDefaults",), defaults))
    pod_defaults = (("podDefaults",), data.get("podDefaults") or {})
    # What only the chart says would be set where it counts.
    by_users = ((path, own), *_by_users(values, "clusterDefaults"), (path, defaults))
    pod_by_users = _by_users(values, "podDefaults")

    def pod(role: Literal["head", "worker", "redis"], *keys: str, below: Sources = ()) -> Pod:
        merged: Settings = {}
        for _, layer in reversed((*_below(sources, keys), *below)):
            merged = overlaid(merged, layer)
        chart = tuple(((*path, *keys), layer) for _, layer in below)
        places = (*_below(by_users, keys), *((*pod_by_users, *chart) if below else ()))
        return Pod(keys[-1], role == "head", (*path, *keys), merged, places, role, placements)

    types = {key: value for key, value in (settings.get("workerTypes") or {}).items() if value is not None}
    settings["workerTypes"] = types
    return Cluster(
        name,
        path,
        settings,
        by_users,
        pod("head", "head", below=(pod_defaults,)),
        tuple(pod("worker", "workerTypes", key, below=(pod_defaults,)) for key in sorted(types)),
        pod("redis", "faultTolerance", "redis"),
    )


def _by_users(values: Values, key: str) -> Sources:
    """Return what is left of the defaults under a key without those that only the chart sets."""
    said: Settings = {}
    for layer in values.layers[1:]:
        said = overlaid(said, effective.as_map(layer.data.get(key)))
    return (((key,), _kept(effective.as_map(values.data.get(key)), said)),)


def _kept(merged: Settings, said: Settings) -> Settings:
    # A null that has taken a default away has gone with it.
    return {
        key: _kept(value, said[key]) if isinstance(value, dict) and isinstance(said[key], dict) else value
        for key, value in merged.items()
        if key in said
    }


def _below(sources: Sources, keys: tuple[str, ...]) -> Sources:
    return tuple(((*where, *keys), _map_at(settings, keys)) for where, settings in sources)


def _map_at(settings: Settings, keys: tuple[str, ...]) -> Settings:
    return effective.as_map(effective.look_up(settings, keys))


def _place(keys: tuple[str | int, ...], path: ValuesPath, sources: Sources) -> ValuesPath:
    for where, settings in sources:
        found: Any = settings
        for depth, key in enumerate(keys):
            found = effective.step(found, key)
            if found is effective.MISSING:
                break
            # Null, a list or a scalar decides everything below it, whatever weaker sources say there.
            if depth < len(keys) - 1 and not isinstance(found, (dict, list)):
                return (*where, *keys[: depth + 1])
        else:
            return (*where, *keys)
    return (*path, *keys)
