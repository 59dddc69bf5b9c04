"""Run Ray's autoscaler so that it keeps the limits of the values, and leaves others' work alone as they leave its.

autoscaler_limits.py says what the limits are, autoscaler_hooks.py how Ray's autoscaler is made to keep them,
autoscaler_api.py how it reads and writes. Arguments: the autoscaler's version, and the command that KubeRay generates.
"""

import importlib.metadata
import os
import shlex
import socket
import sys
import time

from autoscaler_check import find_misfit
from autoscaler_hooks import Hooks
from autoscaler_patience import say
from follow_head import follow_head

TRIAL = "/opt/trial"  # where a trial's Ray is installed, once the head has done so
KNOWN = ((2, 43), (2, 60))  # first and last of the versions that the check was seen to pass
TERMINATION_LOG = "/dev/termination-log"  # what kubectl describe and `raychart smoke` say of a container that failed


def main(arguments):
    """Wait, see that Ray is as expected, become the autoscaler."""
    follow_head()
    *version, command = arguments
    version = version[0] if version else "v1"  # head pods of charts before this one name none
    os.environ.setdefault("KUBERAY_REQUEST_TIMEOUT_S", "10")  # Ray's own is a minute, and a request is repeated
    if version == "v1" and not os.path.isdir(TRIAL) and not is_known(ray_version()):
        check()  # before the head is ready: it is not to look as if all were well
    await_head()
    if os.path.isdir(TRIAL):
        sys.path.insert(0, TRIAL)
        os.environ["PATH"] = f"{TRIAL}/bin:{os.environ['PATH']}"
        os.environ["PYTHONPATH"] = TRIAL
    hooks = Hooks()
    if version == "v1":
        check()
        hooks.limit()
    hooks.attend(hide_orphans=version == "v1")
    from ray.scripts.scripts import main as ray

    sys.argv = shlex.split(command)
    sys.exit(ray())


def await_head():
    """Wait until the head answers: starting at once would compete with it for the CPU."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", 52365), 1).close()
        except OSError:
            time.sleep(0.5)
        else:
            return


def ray_version():
    """Return the version of the Ray that is installed, without loading it."""
    try:
        return importlib.metadata.version("ray")
    except importlib.metadata.PackageNotFoundError:
        return "none"


def is_known(version):
    """Say whether the check was seen to pass with a version."""
    numbers = version.split(".")[:2]
    return all(number.isdigit() for number in numbers) and KNOWN[0] <= tuple(map(int, numbers)) <= KNOWN[1]


def check():
    """End the container where the limits would not hold."""
    misfit = find_misfit()
    if misfit is None:
        return
    first, last = (".".join(map(str, numbers)) for numbers in KNOWN)
    words = (
        f"ERROR: the autoscaler of Ray {ray_version()} is unlike those known, and would not keep maxWorkers, "
        f"upscalingSpeed, minWorkers of schedules and idleTimeoutMinutes (found: {misfit})\n"
        f"    use a Ray from {first} to {last} or a chart that knows this one; autoscaling.version v2 has no limits"
    )
    say(words)
    try:
        with open(TERMINATION_LOG, "w", encoding="utf-8") as log:
            log.write(words)
    except OSError:
        pass  # the log above has it all
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
