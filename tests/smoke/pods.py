"""Pods as tests look at them: which are ready, and what a command says inside one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kubernetes import client
from kubernetes.stream import stream

if TYPE_CHECKING:
    from conftest import Kube

# Ends a container, a moment later and from a process that nobody waits for: a command that did it would be killed with
# the container, before it could say that it has done so.
_END = """
import subprocess, sys
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
kill = "import os, time; time.sleep(1); os.kill(1, 15)"
subprocess.Popen([sys.executable, "-c", kill], **quiet, start_new_session=True)
"""
END_CONTAINER = ["python3", "-c", _END]


class NotRunningError(Exception):
    """A command did not run to its end, for its container does not run at this moment."""


class Spot(NamedTuple):
    """A container to run a command in."""

    namespace: str
    pod: str
    container: str


def is_ready(pod: Any) -> bool:
    """Say whether a pod is ready."""
    return any(condition.type == "Ready" and condition.status == "True" for condition in pod.status.conditions or [])


def run_in(kube: Kube, spot: Spot, command: list[str], seconds: float = 60) -> str:
    """Run a command in a container and return what it wrote; a code other than 0 fails the test with that.

    Raises NotRunningError where the kubelet has no container to run it in, as while it starts one again.
    """
    # A client of its own: for the time of the call its requests go over a websocket.
    core = client.CoreV1Api(client.ApiClient(kube.api_client.configuration))
    options = {"container": spot.container, "command": command, "stdout": True, "stderr": True, "stdin": False}
    call = stream(
        core.connect_get_namespaced_pod_exec, spot.pod, spot.namespace, **options, tty=False, _preload_content=False
    )
    try:
        call.run_forever(timeout=seconds)
        wrote: tuple[Any, Any] = call.read_stdout(timeout=1), call.read_stderr(timeout=1)
        assert not call.is_open(), f"{command[0]} in {spot} goes on after {seconds} s: {wrote}"
        code = _code_of(call, spot)
        assert code == 0, f"{command[0]} in {spot} ended with {code}: {wrote}"
        return str(wrote[0])
    finally:
        call.sock.shutdown()  # close() leaves the socket open when the server has said goodbye


def _code_of(call: Any, spot: Spot) -> int:
    try:
        return int(call.returncode)
    except (KeyError, TypeError, ValueError) as error:
        # The client takes whatever the kubelet says, such as "container not found", for the code of a command.
        raise NotRunningError(f"{spot}: {error}") from error
