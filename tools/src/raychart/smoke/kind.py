"""A kind cluster of the run's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import process
from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.smoke.api import Access, Api

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.smoke.cleanup import Cleanup
    from raychart.smoke.options import Options

_HEALTHY_WITHIN = 3.0
_CREATE_TIMEOUT = 300.0


class Kind:
    """Make a cluster with kind and delete it at the end; with --keep, leave it and use it again while it is healthy.

    Its kubeconfig is a file of its own, so the user's current context never changes.
    """

    name = "kind"
    makes_cluster = True

    def __init__(self, options: Options) -> None:
        self._options = options
        self._cluster = options.cluster_name
        self._kubeconfig = options.kubeconfig or _cache() / f"kubeconfig-{self._cluster}"
        self._reused = False

    def check(self) -> list[Finding]:
        """Find programs that are missing, and a docker that does not answer."""
        findings = []
        for program, arguments in (("kind", ("version",)), ("docker", ("version", "--format", "{{.Server.Version}}"))):
            try:
                process.run([program, *arguments], timeout=20)
            except process.CommandError as problem:
                findings.append(Finding("smoke-provider", "error", problem.what, problem.remedy, file=problem.where))
        return findings

    def up(self, cleanup: Cleanup, progress: Callable[[str], None]) -> Access:
        """Use the cluster again if it is healthy, make it otherwise, and load the images."""
        if not self._options.keep:
            delete = f"kind delete cluster --name {self._cluster}"
            cleanup.add(f"kind cluster {self._cluster}", self._delete, by_hand=delete, lasting=True)
        self._kubeconfig.parent.mkdir(parents=True, exist_ok=True)
        self._reused = self._exists() and self._healthy()
        if not self._reused:
            if self._exists():
                progress(f"kind cluster {self._cluster} does not answer: making it anew")
                self._delete()
            progress(f"making kind cluster {self._cluster}")
            self._create()
        for image in self._options.load_images:
            progress(f"loading {image}")
            process.run(["kind", "load", "docker-image", image, "--name", self._cluster], timeout=_CREATE_TIMEOUT)
        return self._access

    def describe(self) -> str:
        """Name the cluster."""
        again = " (used again)" if self._reused else ""
        image = f", node image {self._options.node_image}" if self._options.node_image else ""
        return f"kind cluster {self._cluster}{again}{image}"

    def collect(self, folder: Path) -> None:
        """Write the nodes' logs."""
        process.run(["kind", "export", "logs", str(folder / "kind"), "--name", self._cluster], timeout=120, check=False)

    @property
    def _access(self) -> Access:
        return Access(self._kubeconfig, f"kind-{self._cluster}")

    def _exists(self) -> bool:
        return self._cluster in process.run(["kind", "get", "clusters"], timeout=60).stdout.split()

    def _healthy(self) -> bool:
        """Say whether the API server answers within seconds and every node is Ready."""
        export = ["kind", "export", "kubeconfig", "--name", self._cluster, "--kubeconfig", str(self._kubeconfig)]
        if process.run(export, timeout=60, check=False).code != 0:
            return False
        try:
            nodes = Api(self._access).get("/api/v1/nodes", timeout=_HEALTHY_WITHIN)["items"]
        except RaychartError:
            return False
        conditions = [c for node in nodes for c in node["status"]["conditions"] if c["type"] == "Ready"]
        return bool(nodes) and all(condition["status"] == "True" for condition in conditions)

    def _create(self) -> None:
        argv = ["kind", "create", "cluster", "--name", self._cluster, "--kubeconfig", str(self._kubeconfig)]
        if self._options.kind_config:
            argv += ["--config", str(self._options.kind_config)]
        if self._options.node_image:
            argv += ["--image", self._options.node_image]
        process.run([*argv, "--wait", "120s"], timeout=_CREATE_TIMEOUT)

    def _delete(self) -> None:
        argv = ["kind", "delete", "cluster", "--name", self._cluster, "--kubeconfig", str(self._kubeconfig)]
        process.run(argv, timeout=_CREATE_TIMEOUT)
        if not self._options.kubeconfig:
            self._kubeconfig.unlink(missing_ok=True)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "raychart"
