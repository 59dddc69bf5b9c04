"""The recipes of charts/ray/README.md: what each has to bring about."""

from __future__ import annotations

import re

# By title: what is rendered from the recipe.
SHOWS = {
    "Install": "name: main-head-svc",
    "Head on demand, workers on spot": "key: spot",
    "A GPU pool": 'nvidia.com/gpu: "1"',
    "Eight slots on four CPUs": 'CPU: "8"',
    "Setup commands": "pip install --no-cache-dir pandas==2.3.3",
    "A Secret, a ConfigMap and a claim": "claimName: models",
    "A token of your own": "secretName: ray-token",
    "The dashboard under a sub-path, with traefik": "kind: Middleware",
    "The dashboard under a sub-path, with the Gateway API": "kind: HTTPRoute",
    "Fault tolerance with a Redis of the cluster's own": "storage: 2Gi",
    "Fault tolerance with an external Redis": "redisAddress: redis.databases.svc:6379",
    "A Kueue queue": "kueue.x-k8s.io/queue-name: team-a",
    "A Volcano queue": "volcano.sh/queue-name: team-a",
    "Prometheus": "kind: PodMonitor",
    "Restricted egress": "cidr: 10.20.0.0/16",
    "Limits": '"upscalingSpeed":2.5',
    "Pre-warming by the clock": "name: main-weekends-end",
    "The operator only": "kind: Deployment",
    "Clusters only": "kind: RayCluster",
}
ARGO_CD = "Argo CD"


def recipes(text: str) -> dict[str, str]:
    """Return the YAML block under each heading that has one."""
    parts = re.split(r"^##+ (.*)\n", text, flags=re.MULTILINE)
    blocks = {
        title: re.findall(r"```yaml\n(.*?)```", body, re.DOTALL)
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    }
    return {title: found[0] for title, found in blocks.items() if found}
