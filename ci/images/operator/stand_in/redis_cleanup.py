"""The Job that removes a deleted cluster's state from Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import names
from .pods import head_pod

if TYPE_CHECKING:
    from .cluster import Object, RayCluster
    from .switches import Switches

_SCRIPT = """\
import os, sys
from urllib.parse import urlparse
from ray._private.gcs_utils import cleanup_redis_storage

address = os.environ["RAY_REDIS_ADDRESS"].split(",")[0]
redis = urlparse(address if "://" in address else f"redis://{address}")
login = {"password": os.environ.get("REDIS_PASSWORD", redis.password or "")}
if "REDIS_USERNAME" in os.environ:
    login["username"] = os.environ["REDIS_USERNAME"]
done = cleanup_redis_storage(
    host=redis.hostname,
    port=redis.port,
    use_ssl=redis.scheme == "rediss",
    storage_namespace=os.environ["RAY_external_storage_namespace"],
    **login,
)
sys.exit(0 if done else 1)
"""
_PATIENCE = (
    {"name": "RAY_redis_db_connect_retries", "value": "120"},
    {"name": "RAY_redis_db_connect_wait_milliseconds", "value": "500"},
)


def cleanup_job(cluster: RayCluster, switches: Switches) -> Object:
    """Return the Job: the head's Ray container without its probes, its program replaced, for five minutes at most."""
    pod = head_pod(cluster, switches)
    amounts = {"cpu": "200m", "memory": "256Mi"}
    ray = pod["spec"]["containers"][0]
    for probe in ("livenessProbe", "readinessProbe"):
        ray.pop(probe, None)
    ray |= {
        "command": ["python", "-c"],
        "args": [_SCRIPT],
        "env": [*ray["env"], *_PATIENCE],
        "resources": {"limits": amounts, "requests": dict(amounts)},
    }
    pod["spec"] |= {"containers": [ray], "restartPolicy": "Never"}
    labels = pod["metadata"]["labels"] | {names.Label.NODE_TYPE: "redis-cleanup"}
    annotations = pod["metadata"]["annotations"]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": names.label_value(f"{cluster.name}-redis-cleanup"),
            "namespace": cluster.namespace,
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [cluster.owner_reference()],
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": 300,
            "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": pod["spec"]},
        },
    }


def is_finished(job: Object) -> bool:
    """Say whether the Job ended, well or badly: a failed clean-up does not keep the cluster."""
    conditions = (job.get("status") or {}).get("conditions") or []
    ended = {"Complete", "Failed", "FailureTarget"}
    return any(item["type"] in ended and item["status"] == "True" for item in conditions)
