"""The init container that keeps a worker waiting until the head answers."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from .start import head_address, head_port

if TYPE_CHECKING:
    from .cluster import Group, Object, RayCluster
    from .switches import Switches

NAME = "wait-gcs-ready"
_SCRIPT = """\
until ray health-check --address {address} > /dev/null 2>&1; do
  echo "waiting for the head at {address} ($SECONDS s)"
  sleep 5
done
"""


def wait_container(cluster: RayCluster, group: Group, shell: list[str], switches: Switches) -> Object:
    """Return the container: image, variables, mounts and security context are the Ray container's."""
    ray = copy.deepcopy(group.ray_container)
    amounts = {"cpu": "200m", "memory": "256Mi"}
    container: Object = {
        "name": NAME,
        "command": shell,
        "args": [_SCRIPT.format(address=f"{head_address(cluster, switches)}:{head_port(cluster)}")],
        "resources": {"limits": amounts, "requests": dict(amounts)},
    }
    copied = ("image", "imagePullPolicy", "securityContext", "env", "volumeMounts")
    return container | {key: ray[key] for key in copied if key in ray}
