"""Volumes for a namespace on a node that has nobody to provision them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from raychart import process

if TYPE_CHECKING:
    from conftest import Kube

_USER = 10999  # the chart's Redis; a folder of the node takes no part in fsGroup


def on_node(kube: Kube, *command: str) -> None:
    """Run a command on the cluster's node. From the second one on that needs no API server."""
    process.run(["docker", "exec", _node(kube), *command], timeout=60)


@cache
def _node(kube: Kube) -> str:
    return str(kube.core.list_node().items[0].metadata.name)


def make_folder(kube: Kube, namespace: str) -> None:
    """Make the folder on the node that the namespace's volumes are in."""
    on_node(kube, "mkdir", "-p", _folder(namespace))


def make_volume(kube: Kube, namespace: str, claim: str) -> None:
    """Make a volume for one claim and no other, with the right owner."""
    folder = f"{_folder(namespace)}/{claim}"
    on_node(kube, "install", "-d", "-m", "700", "-o", str(_USER), "-g", str(_USER), folder)
    spec = {
        "capacity": {"storage": "64Mi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "",
        "claimRef": {"namespace": namespace, "name": claim},
        "hostPath": {"path": folder, "type": "Directory"},
    }
    body = {"metadata": {"name": f"{namespace}-{claim}", "labels": {"raychart-test": namespace}}, "spec": spec}
    kube.core.create_persistent_volume(body)


def remove_folder(kube: Kube, namespace: str) -> None:
    """Remove the namespace's volumes and what is in them."""
    kube.core.delete_collection_persistent_volume(label_selector=f"raychart-test={namespace}")
    on_node(kube, "rm", "-rf", _folder(namespace))


def _folder(namespace: str) -> str:
    return f"/var/raychart-test/{namespace}"
