"""Manifests of the kinds that the chart renders, and edits such as people make, drawn by hypothesis."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from raychart.manifests import Manifest

NAMES = st.sampled_from(["a", "b", "c", "main", "gpu", "cpu-large", "DB_PASSWORD", "TOKEN", "x.y/z"])
TEXTS = st.sampled_from(
    ["", "1", "x", "on", "a\nb\nc\n", "a\nc\n", '{"a": 1}', '{"a": 2, "token": "q"}', "--password=k", "$(a)/$(b)", "1Gi"]
)
QUANTITIES = st.sampled_from([1, 2, "1", "1000m", "2", "1Gi", "1024Mi", "0.5", 1.0])
SCALARS = st.one_of(TEXTS, st.integers(0, 3), st.booleans(), st.none(), st.sampled_from([0.5, 1.0, 2.0]))


def _lists(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, max_size=4)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


_MAPS = st.dictionaries(NAMES, TEXTS, max_size=3)
_AMOUNTS = st.dictionaries(st.sampled_from(["cpu", "memory", "a"]), QUANTITIES, max_size=2)
_ENV = _lists(_some(name=NAMES, value=TEXTS))
_PORTS = _lists(_some(containerPort=st.integers(1, 3), protocol=st.sampled_from(["TCP", "UDP"]), name=NAMES))
_CONTAINERS = _lists(
    _some(
        name=NAMES,
        image=TEXTS,
        command=_lists(TEXTS),
        args=_lists(TEXTS),
        env=_ENV,
        envFrom=_lists(_some(configMapRef=_some(name=NAMES), secretRef=_some(name=NAMES), prefix=NAMES)),
        ports=_PORTS,
        resources=_some(limits=_AMOUNTS, requests=_AMOUNTS),
        volumeMounts=_lists(_some(name=NAMES, mountPath=NAMES)),
    )
)
_TOLERATIONS = _lists(_some(key=NAMES, operator=NAMES, value=NAMES, effect=NAMES, tolerationSeconds=st.integers(0, 2)))
_TEMPLATE = _some(
    metadata=_some(labels=_MAPS, annotations=_MAPS),
    spec=_some(
        containers=_CONTAINERS,
        initContainers=_CONTAINERS,
        volumes=_lists(_some(name=NAMES, secret=_some(secretName=NAMES), emptyDir=_some(sizeLimit=QUANTITIES))),
        tolerations=_TOLERATIONS,
        nodeSelector=_MAPS,
    ),
)
_GROUPS = _lists(_some(groupName=NAMES, minReplicas=st.integers(0, 2), rayStartParams=_MAPS, template=_TEMPLATE))
_RULES = _lists(_some(apiGroups=_lists(NAMES), resources=_lists(NAMES), verbs=_lists(NAMES)))
_PEERS = _lists(_some(podSelector=_some(matchLabels=_MAPS)))
_KINDS: dict[tuple[str, str], st.SearchStrategy[dict[str, Any]]] = {
    ("ray.io/v1", "RayCluster"): _some(
        spec=_some(headGroupSpec=_some(template=_TEMPLATE, resources=_MAPS), workerGroupSpecs=_GROUPS)
    ),
    ("apps/v1", "Deployment"): _some(spec=_some(replicas=st.integers(0, 3), template=_TEMPLATE)),
    ("v1", "ConfigMap"): _some(data=_MAPS),
    ("v1", "Secret"): _some(data=st.dictionaries(NAMES, st.sampled_from(["YQ==", "Yg==", "?"])), stringData=_MAPS),
    ("v1", "Service"): _some(spec=_some(ports=_lists(_some(port=st.integers(1, 3), name=NAMES)), selector=_MAPS)),
    ("rbac.authorization.k8s.io/v1", "Role"): _some(rules=_RULES),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): _some(subjects=_lists(_some(kind=NAMES, name=NAMES))),
    ("networking.k8s.io/v1", "NetworkPolicy"): _some(
        spec=_some(ingress=_lists(_some(ports=_lists(_some(port=st.integers(1, 2))), **{"from": _PEERS})))
    ),
    ("example.com/v1", "Thing"): _some(spec=st.recursive(SCALARS, lambda s: st.one_of(_lists(s), _some(a=s, name=s)))),
}


@st.composite
def objects(draw: st.DrawFn) -> Manifest:
    """Draw one object."""
    (api, kind), bodies = draw(st.sampled_from(list(_KINDS.items())))
    metadata = {"name": draw(st.sampled_from(["main", "other", "main-ab12cd34"])), "labels": draw(_MAPS)}
    body = {"apiVersion": api, "kind": kind, "metadata": metadata, **draw(bodies)}
    group, _, version = api.rpartition("/")
    return Manifest(group, version, kind, "", metadata["name"], body)


def sets() -> st.SearchStrategy[list[Manifest]]:
    """Draw the objects of a namespace, each identity once."""
    return st.lists(objects(), max_size=4, unique_by=lambda one: one.identity).map(
        lambda found: sorted(found, key=lambda one: one.identity)
    )


@st.composite
def edited(draw: st.DrawFn, manifests: list[Manifest], most: int = 4) -> list[Manifest]:
    """Draw an edited copy of manifests: values changed, added, removed, lists put in another order, objects dropped."""
    found = []
    for manifest in manifests:
        fate = draw(st.sampled_from(["keep", "edit", "edit", "drop", "rename"])) if len(manifests) < 5 else "edit"
        if fate == "drop":
            continue
        body = copy.deepcopy(manifest.body)
        if fate == "edit":
            for _ in range(draw(st.integers(0, most))):
                _edit(draw, body)
        name = manifest.name
        if fate == "rename":
            name = body["metadata"]["name"] = f"{name}-new"
        found.append(Manifest(manifest.group, manifest.version, manifest.kind, manifest.namespace, name, body))
    return sorted(found, key=lambda one: one.identity)


def _edit(draw: st.DrawFn, body: dict[str, Any]) -> None:
    """Change one place, found by going down a random way."""
    node: Any = body
    while True:
        keys = [key for key in node if key not in _IDENTITY] if isinstance(node, dict) else list(range(len(node)))
        inner = [key for key in keys if isinstance(node[key], (dict, list))]
        if not inner or (node is not body and draw(st.integers(0, 4)) == 0):
            break
        node = node[draw(st.sampled_from(inner))]
    if isinstance(node, list):
        _edit_list(draw, node)
    elif node is not body and keys:
        key = draw(st.sampled_from(keys))
        if draw(st.booleans()):
            node[key] = draw(SCALARS)
        else:
            del node[key]
    elif node is not body:
        node["added"] = draw(SCALARS)


def _edit_list(draw: st.DrawFn, items: list[Any]) -> None:
    what = draw(st.sampled_from(["shuffle", "drop", "double", "add"]))
    if what == "shuffle":
        items[:] = draw(st.permutations(items))
    elif what == "add" or not items:
        items.insert(draw(st.integers(0, len(items))), draw(SCALARS))
    elif what == "drop":
        del items[draw(st.integers(0, len(items) - 1))]
    else:
        items.append(copy.deepcopy(items[0]))


_IDENTITY = frozenset({"apiVersion", "kind"})
