"""Values of every shape that the schema takes, to compare what lint and the chart's checks refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Some = SearchStrategy[Any]


def _some(**parts: Some) -> Some:
    return st.fixed_dictionaries({}, optional=parts)


def _one(*values: Any) -> Some:
    return st.sampled_from(values)


def _keys(names: list[str], values: Some) -> Some:
    return st.dictionaries(st.sampled_from(names), values, max_size=2)


_GATES = ["RayClusterMTLS", "RayClusterNetworkPolicy", "RayClusterHistoryServer"]
_SPEC = ["tlsOptions", "networkPolicy", "enableIngress", "headServiceAnnotations"]
_LABELS = _keys(
    ["app.kubernetes.io/name", "ray.io/group", "kueue.x-k8s.io/queue-name", "yunikorn.apache.org/app-id", "own"],
    _one("x", None),
)
_ANNOTATIONS = _keys(
    ["ray.io/ft-enabled", "raychart/autoscaling", "ray.io/overwrite-container-cmd", "own"], _one("true", "x")
)
_CONTAINERS = st.lists(_one({"name": "ray-head"}, {"name": "redis"}, {"name": "operator"}, {"name": "x"}), max_size=1)
_PLACEMENT = st.lists(_one("spot", "gone", "nowhere"), unique=True, max_size=2)
_ANY_POD: dict[str, Some] = {
    "placement": st.none() | _PLACEMENT,
    "sidecars": _keys(["autoscaler", "redis", "own"], _one(None, {}, {"image": "x"})),
    "pod": _some(containers=_CONTAINERS, restartPolicy=_one("Never", "Always")),
    "container": _some(
        name=_one("x"),
        args=_one(["x"]),
        command=_one([], ["x"]),
        resources=_some(requests=_one(None, {}, {"cpu": None}, {"cpu": 1})),
    ),
}
_RAY_POD: dict[str, Some] = {
    **_ANY_POD,
    "cpu": _one(None, 1),
    "resources": _some(limits=_one(None, {"cpu": "500m"})),
    "rayResources": _keys(["CPU", "own"], _one(None, 0, 1)),
    "rayStartParams": _keys(
        ["num-cpus", "memory", "port", "dashboard-port", "redis-password", "log-color"], _one("1", "6379", None)
    ),
    "setupCommands": st.lists(_one("true", "ray start --head"), max_size=2),
    "installRay": _one(None, "2.60.0", "2.59.0"),
    "sharedMemory": _one(None, "1Gi"),
    "volumes": _keys(["scripts", "shared-mem", "trial", "own"], _one(None, {"mountPath": "/x"})),
    "labels": _LABELS,
    "rayLabels": _LABELS,
    "env": _keys(["RAY_REDIS_ADDRESS", "RAY_enable_autoscaler_v2", "A"], _one("x")),
}
_NUMBERS = st.integers(0, 4)
_TYPE = st.fixed_dictionaries(
    {"maxWorkers": _NUMBERS},
    optional={
        "minWorkers": st.none() | _NUMBERS,
        "replicas": st.none() | _NUMBERS,
        "numOfHosts": _one(None, 1, 3),
        **_RAY_POD,
    },
)
_TIMES = _one("0 6 * * *", "0 6 * * 7", "0 0 31 2 *", "0 0 31 2 MON", "*/0 6 * * *")
_SCHEDULE = st.fixed_dictionaries(
    {"start": _TIMES, "end": _TIMES, "minWorkers": st.dictionaries(_one("one", "two"), _NUMBERS, min_size=1)}
)
_CLUSTER: dict[str, Some] = {
    "rayVersion": _one("2.60.0", "2.51.9"),
    "auth": _some(mode=_one("token", "disabled"), reason=_one("", "a test"), secretName=_one(None, "mine")),
    "autoscaling": _some(
        enabled=st.booleans(),
        version=_one("v1", "v2"),
        env=_keys(["KUBERAY_GEN_AUTOSCALER_START_CMD", "A"], _one("x")),
    ),
    "maxWorkers": st.none() | st.integers(0, 9),
    "upscalingSpeed": _one(1, 1.0, 2.5),
    "schedules": _keys(["one", "main-one", "a-very-long-name-of"], st.none() | _SCHEDULE),
    "faultTolerance": _some(
        enabled=st.booleans(),
        redisAddress=_one("", "redis:6379"),
        passwordSecret=_some(name=_one("", "redis")),
        redis=_some(**_ANY_POD),
    ),
    "queue": _some(
        scheduler=_one(None, "kueue", "volcano", "yunikorn", "kai-scheduler", "scheduler-plugins"),
        name=_one(None, "", "q"),
        gang=_one(None, False, True),
        priorityClass=_one(None, "high"),
    ),
    "labels": _LABELS,
    "annotations": _ANNOTATIONS,
    "headService": _some(type=_one("ClusterIP", "NodePort", "LoadBalancer"), loadBalancerClass=_one(None, "x")),
    "dashboard": _some(
        exposeWithoutAuthentication=st.booleans(),
        ingress=_some(enabled=st.booleans(), path=_one("/", "/ray", "/ray/"), controller=_one(None, "nginx")),
        httpRoute=_some(enabled=st.booleans(), parentRefs=_one([], [{"name": "x"}])),
    ),
    "spec": _keys(_SPEC, _one({}, {"a": "b"})),
    "head": _some(**_RAY_POD),
    "workerTypes": st.dictionaries(_one("one", "two"), st.none() | _TYPE, max_size=2),
}
_OPERATOR = _some(
    enabled=st.booleans(),
    replicas=_NUMBERS,
    podDisruptionBudget=_some(enabled=st.booleans()),
    batchScheduler=_one("", "volcano", "yunikorn"),
    featureGates=_keys(_GATES, _one(True, False, None)),
    labels=_LABELS,
    **_ANY_POD,
)


def _few(parts: dict[str, Some]) -> Some:
    """Return values of a few parts at a time: of many, nearly every example would have every mistake."""
    few = st.lists(st.sampled_from(sorted(parts)), max_size=6, unique=True)
    return few.flatmap(lambda names: st.fixed_dictionaries({name: parts[name] for name in names}))


_NAMES = _one("main", "main-main", "main-schedule", "a" * 35, "a" * 51)
FILES: Some = st.fixed_dictionaries(
    {
        "placements": st.just({"spot": {}, "gone": None}),
        "clusters": st.dictionaries(_NAMES, st.none() | _few(_CLUSTER), max_size=4),
    },
    optional={"operator": _OPERATOR, "podDefaults": _few(_RAY_POD), "clusterDefaults": _few(_CLUSTER)},
)
