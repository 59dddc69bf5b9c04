"""What identifies the items of a list, and whether their order means anything, as the APIs of Kubernetes and Ray say.

Sources: x-kubernetes-list-type and list-map-keys of the OpenAPI schemas, and for the lists that these call atomic what
the programs make of them (kube-scheduler, kubelet, RBAC, KubeRay).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.diff.model import ChangePath

# Of no meaning, of meaning, only which item is the first, or only what a $(VAR) can refer to.
Order = Literal["none", "all", "first", "references"]


class Rule(NamedTuple):
    """What identifies the items of a list (see Item.key) and what their order means."""

    key: str
    order: Order = "none"


_NAMED = Rule("name")
_VALUES = Rule("value")
_CONTENT = Rule("content")
_BY_FIELD: dict[str, Rule] = {
    # pods
    "containers": _NAMED,
    "initContainers": Rule("name", "all"),
    "ephemeralContainers": _NAMED,
    "env": Rule("name", "references"),
    # A later source wins over an earlier one that has the same key.
    "envFrom": Rule("source", "all"),
    "volumes": _NAMED,
    "volumeMounts": Rule("mountPath"),
    "volumeDevices": Rule("devicePath"),
    "resizePolicy": Rule("resourceName"),
    "claims": _NAMED,
    "resourceClaims": _NAMED,
    "tolerations": Rule("key,operator,value,effect"),
    "topologySpreadConstraints": Rule("topologyKey,whenUnsatisfiable"),
    "hostAliases": Rule("ip"),
    "imagePullSecrets": _NAMED,
    "schedulingGates": _NAMED,
    "readinessGates": Rule("conditionType"),
    "sysctls": _NAMED,
    "supplementalGroups": _VALUES,
    "nodeSelectorTerms": _CONTENT,
    "preferredDuringSchedulingIgnoredDuringExecution": _CONTENT,
    "matchExpressions": Rule("key,operator"),
    "matchFields": Rule("key,operator"),
    "onPodConditions": _CONTENT,
    # every object
    "ownerReferences": Rule("kind,name,uid"),
    "finalizers": _VALUES,
    "conditions": Rule("type"),
    "accessModes": _VALUES,
    "volumeClaimTemplates": Rule("metadata.name"),
    "webhooks": _NAMED,
    # Ray
    "workerGroupSpecs": Rule("groupName"),
    "workersToDelete": _VALUES,
    # Services and routes
    "ports": Rule("port,protocol"),
    "loadBalancerSourceRanges": _VALUES,
    "externalIPs": _VALUES,
    "policyTypes": _VALUES,
    "parentRefs": Rule("group,kind,namespace,name,sectionName,port"),
    "hostnames": _VALUES,
    "listeners": _NAMED,
    "paths": Rule("path,pathType"),
    "tls": Rule("secretName"),
    "taints": Rule("key,effect"),
}
# Fields that mean this only below a certain field.
_BELOW: dict[tuple[str, str], Rule] = {
    ("capabilities", "add"): _VALUES,
    ("capabilities", "drop"): _VALUES,
    ("matchExpressions", "values"): _VALUES,
    ("matchFields", "values"): _VALUES,
    ("podAffinity", "requiredDuringSchedulingIgnoredDuringExecution"): _CONTENT,
    ("podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"): _CONTENT,
    ("labelSelector", "namespaces"): _VALUES,
    ("configMap", "items"): Rule("path"),
    ("secret", "items"): Rule("path"),
    ("downwardAPI", "items"): Rule("path"),
    # As with envFrom, a later file has the place of an earlier one of its path.
    ("projected", "sources"): Rule("source", "all"),
    ("tls", "hosts"): _VALUES,
}
_SETS_OF_ROLES = dict.fromkeys(("verbs", "resources", "apiGroups", "resourceNames", "nonResourceURLs"), _VALUES)
_ROLE = _SETS_OF_ROLES | {"rules": Rule("apiGroups,resources,resourceNames,nonResourceURLs")}
_BINDING = {"subjects": Rule("kind,namespace,name")}
# Fields of certain kinds, over those of every kind.
_BY_KIND: dict[str, dict[str, Rule]] = {
    "NetworkPolicy": dict.fromkeys(("ingress", "egress", "from", "to", "ports", "except"), _CONTENT),
    "Role": _ROLE,
    "ClusterRole": _ROLE,
    "RoleBinding": _BINDING,
    "ClusterRoleBinding": _BINDING,
    "Ingress": {"rules": Rule("host"), "ports": Rule("port,protocol")},
    # Of rules that fit equally well the first one wins.
    "HTTPRoute": {"rules": Rule("matches", "all")},
    "GRPCRoute": {"rules": Rule("matches", "all")},
    "ServiceAccount": {"secrets": _NAMED},
    "LimitRange": {"limits": Rule("type")},
    "HorizontalPodAutoscaler": {"metrics": _CONTENT, "policies": Rule("type")},
    **dict.fromkeys(
        ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
        dict.fromkeys(("operations", "apiGroups", "apiVersions", "resources"), _VALUES),
    ),
    "PrometheusRule": {"rules": Rule("alert,record", "all")},
    "NodePool": {"requirements": Rule("key,operator")},
    "CustomResourceDefinition": {"versions": _NAMED, "required": _VALUES},
}
_CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_RAY = re.compile(r"Ray(Cluster|Job|Service|CronJob)")
_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_.-][\w.-]*)\)")


def rules_for(kind: str, path: ChangePath, items: list[Any]) -> Iterator[Rule]:
    """Yield what may identify the items of the list at `path`, the best first; `items` is one side of it.

    Whoever asks takes the first rule that identifies every item of both sides; there may be none.
    """
    fields = [step for step in path if isinstance(step, str)]
    rule = _rule(kind, fields, path)
    if rule is not None:
        yield rule
        if rule.key == "containerPort,protocol":
            yield Rule("containerPort,protocol,name")
        if rule.key == "port,protocol":
            yield Rule("port,protocol,name")
        if rule.order == "none" and "," in rule.key:
            yield _CONTENT
    elif items and all(isinstance(item, dict) for item in items):
        # What other APIs have in lists is as a rule called something, and atomic.
        yield Rule("name", "all")


def _rule(kind: str, fields: list[str], path: ChangePath) -> Rule | None:
    above, field = (["", "", *fields])[-2:]
    found = _BY_KIND.get(kind, {}).get(field) or _BELOW.get((above, field))
    if found is not None:
        return found
    if field == "ports" and above in _CONTAINERS:
        return Rule("containerPort,protocol")
    found = _BY_FIELD.get(field)
    if found is not None and field == "containers" and _RAY.fullmatch(kind) and _in_group(path):
        # KubeRay takes the first container for Ray's own (ray-operator constant.go: RayContainerIndex).
        return Rule("name", "first")
    return found


def _in_group(path: ChangePath) -> bool:
    return path[-3:-1] == ("template", "spec")


def references(items: list[Any]) -> dict[str, set[str]]:
    """Return by name the variables that environment variables refer to as $(NAME), as far as they are in the list."""
    values = {
        item["name"]: item.get("value")
        for item in items
        if isinstance(item, dict) and isinstance(item.get("name"), str)
    }
    found: dict[str, set[str]] = {}
    for name, value in values.items():
        if isinstance(value, str) and "$(" in value:
            found[name] = {used for used in _REFERENCE.findall(value) if used in values and used != name}
    return found
