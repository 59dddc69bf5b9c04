"""The chart's autoscaler scripts with Ray's own autoscaler, in the cluster's image, without a cluster."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from smoke_run import ROOT, setting

pytestmark = pytest.mark.cluster

HERE = Path(__file__).parent
FILES = ROOT / "charts" / "ray" / "files"


def run(*command: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a command in the Ray image, with the scripts where pods have them."""
    argv = ["docker", "run", "--rm", "--network", "none", "--volume", f"{FILES}:/etc/raychart:ro"]
    argv += ["--volume", f"{HERE}:/tests:ro", "--env", "PYTHONPATH=/etc/raychart", "--env", "PYTHONDONTWRITEBYTECODE=1"]
    return subprocess.run(
        [*argv, setting("RAY"), *command], capture_output=True, text=True, timeout=seconds, check=False
    )


def test_limits_hold_whatever_happens_in_between() -> None:
    # Seeds with odd numbers also have pods killed, and types removed and added in the middle of a round.
    done = run("python3", "/tests/autoscaler_world.py", *map(str, range(6)), seconds=240)
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["violations"] == []
    rare = {
        "drains refused",
        "requests refused",
        "operator away",
        "pods killed",
        "types added",
        "guarded patches refused",
    }
    assert rare <= seen["happened"].keys(), "these worlds were too quiet to show anything"


def test_the_check_passes_with_the_ray_of_the_image() -> None:
    done = run("python3", "-c", "from autoscaler_check import find_misfit; print(find_misfit())")
    assert done.stdout.splitlines()[-1:] == ["None"], done.stdout + done.stderr[-3000:]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("resource_demand_scheduler.AUTOSCALER_UPSCALING_INITIAL_NUM_NODES = 2", '"value": 4'),
        ("del resource_demand_scheduler.ResourceDemandScheduler.get_nodes_to_launch", "get_nodes_to_launch"),
        ("del _autoscaler.StandardAutoscaler._sort_based_on_last_used", "_sort_based_on_last_used"),
    ],
)
def test_a_ray_that_is_unlike_those_known_ends_the_container_in_words(change: str, found: str) -> None:
    script = f"""
from ray.autoscaler._private import autoscaler as _autoscaler, resource_demand_scheduler
import autoscaler
autoscaler.await_head = lambda: None
{change}
autoscaler.main(["v1", "ray kuberay-autoscaler"])
"""
    done = run("python3", "-c", script)
    assert done.returncode == 1, done.stdout + done.stderr[-3000:]
    assert "raychart: ERROR: the autoscaler of Ray" in done.stdout
    assert found in done.stdout
    assert "use a Ray from 2.43 to 2.60" in done.stdout
