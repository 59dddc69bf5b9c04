"""Take the head away, again and again, and measure the longest time that a client which reconnects plainly had no
result: its pod deleted, its GCS killed, its node's container runtime restarted.

Installs this chart in a namespace of its own, on a cluster that runs already.
"""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from kubernetes import client, config
from kubernetes.stream import stream

from raychart import helm
from raychart.chart import find_chart

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
RELEASE, CLIENT, IMAGE = "ray", "steady", "ray-head"
HEAD = "ray.io/cluster=main,ray.io/node-type=head"
RAY = "ray.io/cluster=main"
GAP, QUIET, LEAST, LIMIT = 1.0, 3.0, 15.0, 300.0  # GAP: shorter ones are not told


class Bench:
    """One namespace with the chart's cluster `main` and a client."""

    def __init__(self, kubeconfig: str, layers: list[Path]) -> None:
        self.core = client.CoreV1Api(config.new_client_from_config(kubeconfig))
        self.kubeconfig, self.layers = Path(kubeconfig), layers
        self.namespace = f"head-loss-{secrets.token_hex(3)}"
        self.known = 0

    def up(self) -> None:
        """Install it and wait for the first result."""
        self.core.create_namespace({"metadata": {"name": self.namespace}})
        at = {"release": RELEASE, "namespace": self.namespace, "kubeconfig": self.kubeconfig}
        helm.install(find_chart(), self.layers, **at)
        head = wait("a head pod", lambda: self.pods(HEAD))[0]
        wait("the cluster's token", lambda: self.secret("main"))
        self.core.create_namespaced_pod(self.namespace, client_pod(head.spec.containers[0].image))
        wait("the first result", lambda: any("result" in line for line in self.lines()))

    def down(self) -> None:
        """Remove all of it."""
        helm.uninstall(release=RELEASE, namespace=self.namespace, kubeconfig=self.kubeconfig, missing_ok=True)
        self.core.delete_namespace(self.namespace)

    def measure(self, kind: str) -> tuple[float, str]:
        """Do it, wait until all is well again, and return the longest gap and what happened when."""
        self.new_lines()
        before, began = {pod.metadata.uid for pod in self.pods(HEAD)}, time.time()
        FAULTS[kind](self)
        seen: dict[str, float] = {}
        gaps, bad, good = [GAP], began, 0.0
        while (
            time.time() - began < LEAST
            or time.time() - bad < QUIET
            or time.time() - good > QUIET
            or self.same_head(kind, before)
        ):
            if time.time() - began > LIMIT:
                sys.exit(f"no result {LIMIT:g} s after the fault: {self.lines()[-10:]}")
            self.note(seen, before, began)
            for line in self.new_lines():
                what = {"gap": "result after", "connected": "connected in", "error": "error"}
                for key in what.keys() & line.keys():
                    said = line[key][:60] if key == "error" else f"{line[key]:.1f}"
                    seen.setdefault(f"{what[key]} {said}", line["at"] - began)
                gaps.append(line.get("gap", 0.0))
                bad = line["at"] if {"gap", "error"} & line.keys() else bad
                good = line["at"] if {"gap", "result"} & line.keys() else good
            time.sleep(0.1)
        return max(gaps), ", ".join(f"{what} {at:.1f}" for what, at in seen.items())

    def same_head(self, kind: str, before: set[str]) -> bool:
        """Say whether a head that was deleted is still there."""
        return kind == "delete" and bool(before & {pod.metadata.uid for pod in self.pods(HEAD)})

    def note(self, seen: dict[str, float], before: set[str], began: float) -> None:
        """Write down what is to be seen of the pods, when it is first seen."""
        heads, now = self.pods(HEAD), time.time() - began
        if not before & {pod.metadata.uid for pod in heads}:
            seen.setdefault("old head gone", now)
        for pod in heads:
            if pod.metadata.uid not in before:
                seen.setdefault("new head", now)
                if pod.status.pod_ip:
                    seen.setdefault("new head has an address", now)
            if is_ready(pod) and (pod.metadata.uid not in before or "head not ready" in seen):
                seen.setdefault("head ready", now)
            if pod.metadata.uid in before and not is_ready(pod):
                seen.setdefault("head not ready", now)

    def await_settled(self) -> None:
        """Wait until every Ray pod is ready."""
        wait("all pods ready", lambda: all(map(is_ready, self.pods(RAY))))
        time.sleep(5)
        wait("results again", lambda: any(time.time() - line["at"] < 2 and "result" in line for line in self.lines()))

    def restarts(self) -> dict[str, int]:
        """Return how often the kubelet started each container again."""
        states = [(pod, state) for pod in self.pods(RAY) for state in pod.status.container_statuses or []]
        return {f"{pod.metadata.name}/{state.name}": state.restart_count for pod, state in states}

    def pods(self, selector: str) -> list[Any]:
        """Return pods."""
        found: list[Any] = self.core.list_namespaced_pod(self.namespace, label_selector=selector).items
        return found

    def secret(self, name: str) -> bool:
        """Say whether a Secret is there."""
        return any(item.metadata.name == name for item in self.core.list_namespaced_secret(self.namespace).items)

    def lines(self) -> list[dict[str, Any]]:
        """Return what the client has said."""
        try:
            log = self.core.read_namespaced_pod_log(CLIENT, self.namespace, _preload_content=False).data.decode()
        except client.ApiException:
            return []
        return [json.loads(line) for line in log.splitlines() if line.startswith("{")]

    def new_lines(self) -> list[dict[str, Any]]:
        """Return what it has said since this was last asked."""
        new = self.lines()[self.known :]
        self.known += len(new)
        return new


def delete(bench: Bench) -> None:
    """Delete the head's pod."""
    (head,) = bench.pods(HEAD)
    bench.core.delete_namespaced_pod(head.metadata.name, bench.namespace)


def kill(bench: Bench) -> None:
    """Kill the GCS in the head."""
    (head,) = bench.pods(HEAD)
    command = ["bash", "-c", "kill -9 $(grep -l gcs_server /proc/[0-9]*/comm | cut -d/ -f3)"]
    stream(
        bench_client(bench).connect_get_namespaced_pod_exec,
        head.metadata.name,
        bench.namespace,
        container=IMAGE,
        command=command,
        stdout=True,
        stderr=True,
    )


def bench_client(bench: Bench) -> Any:
    """Return a client of its own: for the time of an exec its requests go over a websocket."""
    return client.CoreV1Api(config.new_client_from_config(str(bench.kubeconfig)))


def restart_runtime(bench: Bench) -> None:
    """Restart the container runtime of the head's node, which is a kind node."""
    (head,) = bench.pods(HEAD)
    docker = ["docker", "exec", head.spec.node_name, "systemctl", "restart", "containerd"]
    subprocess.run(docker, check=True)  # noqa: S603 (our own words)


FAULTS = {"delete": delete, "kill": kill, "runtime": restart_runtime}


def is_ready(pod: Any) -> bool:
    """Say whether a pod is ready."""
    return any(at.type == "Ready" and at.status == "True" for at in pod.status.conditions or [])


def wait(what: str, look: Callable[[], Any]) -> Any:
    """Return what is found, once there is something."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    sys.exit(f"{what}: not there after {LIMIT:g} s")


def client_pod(image: str) -> dict[str, Any]:
    """Return the client's pod."""
    token = {"secretKeyRef": {"name": "main", "key": "auth_token"}}
    container = {
        "name": CLIENT,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-u", "-c", (HERE / "steady.py").read_text()],
        "env": [
            {"name": "HOST", "value": "main-head-svc"},
            {"name": "RAY_AUTH_MODE", "value": "token"},
            {"name": "RAY_AUTH_TOKEN", "valueFrom": token},
        ],
    }
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
    return {"metadata": {"name": CLIENT}, "spec": spec}


def main() -> int:
    """Measure and print each gap, and median and maximum for each kind of loss."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubeconfig", required=True)
    parser.add_argument("--fault", action="append", metavar="KIND=TIMES", help=f"{', '.join(FAULTS)}; default delete=5")
    parser.add_argument("values", nargs="+", type=Path)
    args = parser.parse_args()
    bench = Bench(args.kubeconfig, args.values)
    try:
        bench.up()
        for kind, times in (fault.split("=") for fault in args.fault or ["delete=5"]):
            gaps = []
            for number in range(int(times)):
                bench.await_settled()
                gap, story = bench.measure(kind)
                gaps.append(gap)
                print(f"{kind} {number + 1}: {gap:.1f} s ({story})", file=sys.stderr)
            print(f"{kind:8} median {median(gaps):5.1f} s  ({min(gaps):.1f} to {max(gaps):.1f} over {len(gaps)})")
            print(f"restarts by the kubelet: {bench.restarts()}", file=sys.stderr)
    finally:
        bench.down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
