"""Compare the seconds from `helm install` to the first task: this chart, and the same with KubeRay's own defaults.

The two are measured in turns on one cluster, so that a machine that grows slower does so for both.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

VALUES = Path("values/team-a.yaml")
VARIANTS = {"this chart": [], "KubeRay's defaults": ["-f", str(Path(__file__).parent / "kuberay-defaults.yaml")]}


def main() -> int:
    """Measure and print medians, ranges and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("smoke", nargs="*", help="arguments of raychart smoke")
    args = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for number in range(args.rounds):
        for name, layer in VARIANTS.items():
            seconds[name].append(measure([*args.smoke, *layer]))
            print(f"round {number + 1}, {name}: {seconds[name][-1]:.1f} s", file=sys.stderr)
    for name, found in seconds.items():
        print(f"{name:20} median {median(found):5.1f} s  ({min(found):.1f} to {max(found):.1f} over {len(found)} runs)")
    ours, theirs = (median(found) for found in seconds.values())
    print(f"{'ratio':20} {theirs / ours:.2f} times as long with KubeRay's defaults")
    return 0


def measure(words: list[str]) -> float:
    """Run one smoke test and return its figure."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["raychart", "smoke", str(VALUES), *words, "-o", f"text={folder}/text", "-o", f"json={report}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own program)
        if done.returncode != 0:
            sys.exit(f"{done.stderr}\nraychart smoke failed; run it by hand to see why")
        parts = json.loads(report.read_text())["parts"]
        return float(parts[-1]["secondsToFirstTask"]["main"])


if __name__ == "__main__":
    sys.exit(main())
