"""Manifests of the kinds that the chart renders, and edits such as people make, drawn by hypothesis."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from hypothesis import strategies as st

from raychart.manifests import Manifest

NAMES = st.sampled_from(["a", "b", "c", "main", "gpu", "cpu-large", "DB_PASSWORD", "TOKEN", "x.y/z"])
TEXTS = st.sampled_from(
    [
        "",
        "1",
        "x",
        "on",
        "a\nb\nc\n",
        "a\nc\n",
        '{"a": 1}',
        '{"a": 2, "token": "q"}',
        "--password=k",
        "$(a)/$(b)",
        "1Gi",
    ]
)
QUANTITIES = st.sampled_from([1, 2, "1", "1000m", "2", "1Gi", "1024Mi", "0.5", 1.0])
SCALARS = st.one_of(TEXTS, st.integers(0, 3), st.booleans(), st.none(), st.sampled_from([0.5, 1.0, 2.0]))


def _lists(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, max_size=4) | st.lists(items, min_size=2, max_size=3)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _all(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


_MAPS = st.dictionaries(NAMES, TEXTS, max_size=3)
_AMOUNTS = st.dictionaries(st.sampled_from(["cpu", "memory", "a"]), QUANTITIES, max_size=2)
_ENV = _lists(_all(name=NAMES, value=TEXTS))
_PORTS = _lists(_all(containerPort=st.integers(1, 3), protocol=st.sampled_from(["TCP", "UDP"]), name=NAMES))
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
_TERMS = _lists(_all(matchExpressions=_lists(_all(key=NAMES, operator=NAMES, values=_lists(NAMES)))))
_SOURCES = _lists(
    _some(configMap=_some(name=NAMES), serviceAccountToken=_some(path=NAMES), downwardAPI=_some(items=_lists(_MAPS)))
)
_TEMPLATE = _all(
    metadata=_some(labels=_MAPS, annotations=_MAPS),
    spec=_all(
        containers=_CONTAINERS,
        initContainers=_CONTAINERS,
        volumes=_lists(
            _some(
                name=NAMES,
                secret=_some(secretName=NAMES),
                emptyDir=_some(sizeLimit=QUANTITIES),
                projected=_some(sources=_SOURCES),
            )
        ),
        tolerations=_TOLERATIONS,
        affinity=_some(nodeAffinity=_some(x=_some(nodeSelectorTerms=_TERMS))),
        nodeSelector=_MAPS,
    ),
)
_GROUPS = _lists(_all(groupName=NAMES, minReplicas=st.integers(0, 2), rayStartParams=_MAPS, template=_TEMPLATE))
_RULES = _lists(_some(apiGroups=_lists(NAMES), resources=_lists(NAMES), verbs=_lists(NAMES)))
_PEERS = _lists(_some(podSelector=_some(matchLabels=_MAPS)))
_KINDS: dict[tuple[str, str], st.SearchStrategy[dict[str, Any]]] = {
    ("ray.io/v1", "RayCluster"): _all(
        spec=_all(
            headGroupSpec=_all(template=_TEMPLATE, resources=_MAPS),
            workerGroupSpecs=_GROUPS,
            upgradeStrategy=_some(type=st.sampled_from(["Recreate", "None"])),
        )
    ),
    ("apps/v1", "Deployment"): _all(spec=_all(replicas=st.integers(0, 3), template=_TEMPLATE)),
    ("v1", "ConfigMap"): _all(data=_MAPS),
    ("v1", "Secret"): _some(data=st.dictionaries(NAMES, st.sampled_from(["YQ==", "Yg==", "?"])), stringData=_MAPS),
    ("v1", "Service"): _all(spec=_all(ports=_lists(_some(port=st.integers(1, 3), name=NAMES)), selector=_MAPS)),
    ("rbac.authorization.k8s.io/v1", "Role"): _all(rules=_RULES),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): _all(subjects=_lists(_some(kind=NAMES, name=NAMES))),
    ("networking.k8s.io/v1", "NetworkPolicy"): _all(
        spec=_all(ingress=_lists(_some(ports=_lists(_some(port=st.integers(1, 2))), **{"from": _PEERS})))
    ),
    ("example.com/v1", "Thing"): _all(spec=st.recursive(SCALARS, lambda s: st.one_of(_lists(s), _some(a=s, name=s)))),
}


@st.composite
def objects(draw: st.DrawFn) -> Manifest:
    """Draw one object."""
    (api, kind), bodies = draw(st.sampled_from(list(_KINDS.items())))
    name = draw(st.sampled_from(["main", "main-ab12cd34"]))
    metadata = {"name": name, "labels": draw(_MAPS)}
    body = {"apiVersion": api, "kind": kind, "metadata": metadata, **draw(bodies)}
    group, _, version = api.rpartition("/")
    return Manifest(group, version, kind, "", name, body)


def sets() -> st.SearchStrategy[list[Manifest]]:
    """Draw the objects of a namespace, each identity once."""
    return st.lists(objects(), min_size=1, max_size=3, unique_by=lambda one: one.identity).map(
        lambda found: sorted(found, key=lambda one: one.identity)
    )


def edited(manifests: list[Manifest], most: int = 4) -> st.SearchStrategy[list[Manifest]]:
    """Draw an edited copy of manifests: values changed, added, removed, lists put in another order, objects dropped."""
    return st.integers(0, 2**32).map(lambda seed: _edited(manifests, most, Random(seed)))  # noqa: S311


def _edited(manifests: list[Manifest], most: int, random: Random) -> list[Manifest]:
    found = []
    for manifest in manifests:
        fate = random.choices(["edit", "drop", "rename"], [20, 1, 2])[0]
        if fate == "drop":
            continue
        body = copy.deepcopy(manifest.body)
        for _ in range(random.randint(0, most)):
            _edit(random, body)
        name = manifest.name
        if fate == "rename":
            name = body["metadata"]["name"] = f"{name}-new"
        found.append(Manifest(manifest.group, manifest.version, manifest.kind, manifest.namespace, name, body))
    return sorted(found, key=lambda one: one.identity)


def _edit(random: Random, body: dict[str, Any]) -> None:
    """Change one place, found by going down a random way."""
    node: Any = body
    while True:
        keys = [key for key in node if key not in _IDENTITY] if isinstance(node, dict) else list(range(len(node)))
        inner = [key for key in keys if isinstance(node[key], (dict, list))]
        if not inner or (node is not body and random.random() < 0.1):
            break
        if node is body and len(inner) > 1 and random.random() < 0.9:
            inner.remove("metadata")
        node = node[random.choice(inner)]
    if isinstance(node, list):
        _edit_list(random, node)
    elif node is not body and keys and random.random() < 0.8:
        key = random.choice(keys)
        if random.random() < 0.7:
            node[key] = copy.deepcopy(random.choice([*_VALUES, *node.values()]))
        else:
            del node[key]
    elif node is not body:
        node["added"] = copy.deepcopy(random.choice(_VALUES))


def _edit_list(random: Random, items: list[Any]) -> None:
    what = random.choice(["shuffle", "shuffle", "drop", "double", "add", "move"])
    if what == "shuffle":
        random.shuffle(items)
    elif what == "add" or not items:
        items.insert(random.randint(0, len(items)), copy.deepcopy(random.choice(_VALUES)))
    elif what == "drop":
        del items[random.randrange(len(items))]
    elif what == "move":
        items.append(items.pop(0))
    else:
        items.append(copy.deepcopy(items[0]))


_VALUES: list[Any] = [None, True, 0, 1, 1.0, 2, "", "1", "x", "a\nb\n", '{"a": 1}', "$(HOME)/x", {}, [], {"name": "n"}]
_IDENTITY = frozenset({"apiVersion", "kind"})
