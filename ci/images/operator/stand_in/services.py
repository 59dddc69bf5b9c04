"""Services and the Ingress of a RayCluster."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from . import names
from .names import Label
from .start import head_service_name

if TYPE_CHECKING:
    from .cluster import Object, RayCluster
    from .switches import Switches

_DEFAULT_PORTS = {
    "client": names.CLIENT_PORT,
    "dashboard": names.DASHBOARD_PORT,
    "gcs-server": names.GCS_PORT,
    "metrics": names.METRICS_PORT,
    "serve": names.SERVE_PORT,
}
_INGRESS_CLASS = "kubernetes.io/ingress.class"


def head_service(cluster: RayCluster, switches: Switches) -> Object:
    """Return the Service of the head: headless by default, the user's own with the default ports otherwise."""
    own_name = (cluster.head.template.get("metadata") or {}).get("labels") or {}
    labels = head_labels(cluster)
    labels[Label.APPLICATION] = own_name.get(Label.APPLICATION, labels[Label.APPLICATION])
    numbers = sorted(service_ports(cluster).items())
    ports = [{"name": name, "port": number, "appProtocol": "tcp"} for name, number in numbers]
    given = copy.deepcopy(cluster.head.spec.get("headService") or {})
    metadata, spec = given.get("metadata") or {}, given.get("spec") or {}
    service_type = spec.get("type") or cluster.head.spec.get("serviceType")
    spec |= {"selector": dict(labels), "ports": [*(spec.get("ports") or []), *ports]}
    if service_type:
        spec["type"] = service_type
    if not given and service_type in (None, "", "ClusterIP") and not switches.cluster_ip_service:
        spec |= {"clusterIP": "None", "publishNotReadyAddresses": True}
    annotations = {**(metadata.get("annotations") or {}), **(cluster.spec.get("headServiceAnnotations") or {})}
    service = _service(cluster, head_service_name(cluster), {**(metadata.get("labels") or {}), **labels}, spec)
    if annotations:
        service["metadata"]["annotations"] = annotations
    return service


def head_labels(cluster: RayCluster) -> dict[str, str]:
    """Return the labels of the head Service, which are its selector too."""
    return names.application_labels(cluster.name) | {
        Label.NODE_TYPE: "head",
        Label.IDENTIFIER: names.identifier(cluster.name, "head"),
    }


def head_service_selector(cluster: RayCluster) -> str:
    """Return the label selector by which an existing head Service is found, whoever made it."""
    return names.selector(cluster=cluster.name, node_type="head", identifier=names.identifier(cluster.name, "head"))


def service_ports(cluster: RayCluster) -> dict[str, int]:
    """Return port numbers by name: the head container's, or the defaults where it lists none."""
    ports = cluster.head.ray_container.get("ports") or []
    listed = {port.get("name") or f"{port['containerPort']}-port": port["containerPort"] for port in ports}
    return {"metrics": names.METRICS_PORT, **listed} if listed else dict(_DEFAULT_PORTS)


def headless_service(cluster: RayCluster) -> Object | None:
    """Return the Service by which hosts of one replica find each other, None without multi-host groups."""
    if all(group.hosts == 1 for group in cluster.workers):
        return None
    spec = {
        "clusterIP": "None",
        "type": "ClusterIP",
        "publishNotReadyAddresses": True,
        "selector": {Label.CLUSTER: cluster.name, Label.NODE_TYPE: "worker"},
    }
    return _service(cluster, f"{cluster.name}-headless", {Label.HEADLESS: cluster.name}, spec)


def serve_service(cluster: RayCluster) -> Object | None:
    """Return the Service for Ray Serve, None unless the annotation asks for it.

    A head that lists ports but none for serving makes KubeRay fail here; this returns a Service without ports,
    which the API server refuses alike.
    """
    if cluster.annotations.get(names.Annotation.SERVE_SERVICE) != "true":
        return None
    serving = {name: port for name, port in service_ports(cluster).items() if name.split("-")[0] == "serve"}
    spec: Object = {
        "selector": {Label.CLUSTER: cluster.name},
        "ports": [{"name": name, "port": port} for name, port in sorted(serving.items())],
    }
    if cluster.head.spec.get("serviceType"):
        spec["type"] = cluster.head.spec["serviceType"]
    labels = {
        Label.ORIGIN: "RayCluster",
        Label.ORIGIN_NAME: cluster.name,
        Label.SERVE: f"{cluster.name}-serve",
    }
    return _service(cluster, f"{cluster.name}-serve-svc", labels, spec)


def ingress(cluster: RayCluster) -> Object | None:
    """Return the Ingress of the dashboard, None unless the head group asks for it."""
    if not cluster.head.spec.get("enableIngress"):
        return None
    options = cluster.head.spec.get("ingressOptions") or {}
    port = service_ports(cluster).get("dashboard", names.DASHBOARD_PORT)
    path = {
        "path": options.get("path", "/"),
        "pathType": options.get("pathType", "Prefix"),
        "backend": {"service": {"name": head_service_name(cluster), "port": {"number": port}}},
    }
    rule: Object = {"http": {"paths": [path]}}
    if options.get("host"):
        rule["host"] = options["host"]
    spec: Object = {"rules": [rule]}
    if options.get("tls"):
        spec["tls"] = options["tls"]
    if _INGRESS_CLASS in cluster.annotations:
        spec["ingressClassName"] = cluster.annotations[_INGRESS_CLASS]
    metadata = {
        "name": names.object_name(f"{cluster.name}-head-ingress"),
        "namespace": cluster.namespace,
        "labels": names.application_labels(cluster.name) | {Label.IDENTIFIER: names.identifier(cluster.name, "head")},
        "annotations": {key: text for key, text in cluster.annotations.items() if key != _INGRESS_CLASS},
        "ownerReferences": [cluster.owner_reference()],
    }
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}


def _service(cluster: RayCluster, name: str, labels: dict[str, str], spec: Object) -> Object:
    metadata = {
        "name": name,
        "namespace": cluster.namespace,
        "labels": labels,
        "ownerReferences": [cluster.owner_reference()],
    }
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
