"""What the tests of NetworkPolicies need: a node that enforces them, pods that connect, and what came of it."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from contract.site import eventually
from kubernetes import client
from pods import Spot, run_in
from smoke_run import setting

from raychart import process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Kube

UNIT = "network-policy"  # of the node image in ci/images/node
PORT = 9999  # what each visitor listens on

# Runs in a pod. A refusal and a silence are the same to an application; a name that is not found proves nothing.
_CONNECT = """
import concurrent.futures, json, socket, sys
def connect(target):
    address = socket.getaddrinfo(target[0], target[1], socket.AF_INET, socket.SOCK_STREAM)[0][4]
    try:
        socket.create_connection(address, timeout=2).close()
    except OSError:
        return False
    return True
targets = json.loads(sys.argv[1])
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    print(json.dumps(list(pool.map(connect, targets))))
"""

# Runs in a pod: the ports that somebody other than the pod itself could connect to.
_LISTENING = """
import json, pathlib
rows = [row.split() for name in ("tcp", "tcp6") for row in pathlib.Path("/proc/net", name).read_text().splitlines()[1:]]
pairs = {tuple(row[1].split(":")) for row in rows if row[3] == "0A"}
print(json.dumps(sorted({int(port, 16) for address, port in pairs if address != "0100007F"})))
"""


class Target(NamedTuple):
    """What to connect to; `name` is for messages."""

    name: str
    host: str
    port: int

    def __str__(self) -> str:
        """Return it as the tests' results name it."""
        return f"{self.name}:{self.port}"


@contextmanager
def engine_running(nodes: list[str]) -> Iterator[str]:
    """Start the node image's policy engine for a while; give the reason where that cannot be done.

    Nodes made from a published image have none: there it is the CNI's own business.
    """
    reason = ""
    started: list[str] = []
    try:
        for node in nodes:
            if not _on(node, "systemctl", "cat", UNIT):
                reason = f"node {node} has no service {UNIT}, and its CNI enforces no NetworkPolicy"
            elif not _on(node, "sh", "-c", "ipset create raychart-trial hash:ip && ipset destroy raychart-trial"):
                reason = (
                    "this machine's kernel has no IP sets, without which kube-router cannot enforce a NetworkPolicy"
                )
            else:
                started.append(node)
                assert _on(node, "systemctl", "start", UNIT), log(node)
        yield reason
        for node in started:
            assert _on(node, "systemctl", "is-active", UNIT), log(node)
    finally:
        for node in started:
            _on(node, "systemctl", "stop", UNIT)


def log(node: str) -> str:
    """Return the end of what the engine wrote."""
    argv = ["docker", "exec", node, "journalctl", "--no-pager", "--lines=30", f"--unit={UNIT}"]
    return process.run(argv, timeout=60, check=False).stdout


def enforced(kube: Kube) -> bool:
    """Say whether the cluster keeps a policy that nobody can misread: one pod that none may connect to."""
    names = [f"trial-{secrets.token_hex(3)}" for _ in range(2)]
    try:
        closed, other = (visitor(kube, name) for name in names)
        target = Target("closed", address(kube, closed), PORT)
        assert eventually(lambda: reach(kube, other, [target]), lambda found: all(found.values())), "no pod can connect"
        body = {"metadata": {"name": "closed"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}
        networking: Any = client.NetworkingV1Api(kube.api_client)
        networking.create_namespaced_network_policy(closed.namespace, body)
        found = eventually(lambda: reach(kube, other, [target]), lambda found: not any(found.values()), seconds=15)
        return not any(found.values())
    finally:
        for name in names:
            kube.core.delete_namespace(name)


def visitor(kube: Kube, namespace: str) -> Spot:
    """Make a pod that listens on PORT and can connect to others, in a namespace that is made if need be."""
    if namespace not in {item.metadata.name for item in kube.core.list_namespace().items}:
        kube.core.create_namespace({"metadata": {"name": namespace}})
    container = {
        "name": "visitor",
        "image": setting("RAY"),
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", "http.server", str(PORT)],
    }
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0, "automountServiceAccountToken": False}
    kube.core.create_namespaced_pod(namespace, {"metadata": {"name": "visitor"}, "spec": spec})
    spot = Spot(namespace, "visitor", "visitor")
    assert eventually(lambda: _running(kube, spot), bool), f"pod {namespace}/visitor does not run"
    return spot


def address(kube: Kube, spot: Spot) -> str:
    """Return a pod's IP."""
    return str(kube.core.read_namespaced_pod(spot.pod, spot.namespace).status.pod_ip)


def reach(kube: Kube, spot: Spot, targets: list[Target]) -> dict[str, bool]:
    """Try each target from inside a container; return which of them accepted a connection."""
    pairs = json.dumps([(target.host, target.port) for target in targets])
    answers = json.loads(run_in(kube, spot, ["python3", "-c", _CONNECT, pairs]))
    return dict(zip(map(str, targets), answers, strict=True))


def listening(kube: Kube, spot: Spot) -> list[int]:
    """Return the ports on which a pod with Python listens."""
    ports: list[int] = json.loads(run_in(kube, spot, ["python3", "-c", _LISTENING]))
    return ports


def _running(kube: Kube, spot: Spot) -> bool:
    return bool(kube.core.read_namespaced_pod(spot.pod, spot.namespace).status.phase == "Running")


def _on(node: str, *command: str) -> bool:
    """Run a command on a kind node and say whether it went well."""
    return process.run(["docker", "exec", node, *command], timeout=60, check=False).code == 0
