"""Make values files from the repository's own, varied, and time `raychart lint` on them beside `helm lint`."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

_ROOT = Path(__file__).parents[2]
# How many of the files helm lint gets, which takes one a process.
_SAMPLE = 20


def main() -> int:
    """Print medians and ranges, and how much longer `helm lint` takes for a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000, help="how many files (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed (default: %(default)s)")
    args = parser.parse_args()
    raychart = [sys.executable, "-m", "raychart", "lint"]
    helm = ["helm", "lint", "--strict", str(_ROOT / "charts" / "ray"), "--values"]
    one, everything, theirs = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        values = Path(folder) / "values"
        size = make_files(values, args.files)
        files = sorted(values.iterdir())
        for _ in range(args.rounds):
            one.append(_seconds([*raychart, str(files[0])]))
            everything.append(_seconds([*raychart, str(values)]))
            theirs.append(sum(_seconds([*helm, str(file)]) for file in files[:_SAMPLE]) / _SAMPLE)
    print(f"{'one file':20} {_shown(one)}, start-up included")
    print(f"{f'{args.files} files':20} {_shown(everything)}, {size / 1e6:.1f} MB on {os.cpu_count()} cores")
    print(f"{'helm lint, a file':20} {_shown(theirs)}, which tells the chart's checks alone")
    print(f"{'ratio':20} {median(theirs) * args.files / median(everything):.0f} times as long with helm lint")
    return 0


def make_files(folder: Path, count: int) -> int:
    """Write the files, a tenth of them with mistakes, no two alike; return how many bytes they are."""
    folder.mkdir()
    chance = random.Random(7)  # noqa: S311 (the same files every time)
    sound = [path.read_text() for path in sorted((_ROOT / "values").glob("*.yaml"))]
    sound += [path.read_text() for path in sorted((_ROOT / "tests/chart/scenarios").glob("*.yaml"))]
    examples = sorted((_ROOT / "tools/src/raychart/lint/examples").glob("*.bad.yaml"))
    broken = [path.read_text() for path in examples if not path.name.startswith("ignore-")]
    size = 0
    for number in range(count):
        text = chance.choice(broken if number % 10 == 9 else sound)
        text = text.replace("maxWorkers: 2", f"maxWorkers: {chance.randint(2, 50)}")
        text = text.replace("  main:", f"  main{number % 7}:")
        size += (folder / f"team-{number}.yaml").write_text(text)
    return size


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 (our own words)
    seconds = time.perf_counter() - start
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")
    return seconds


def _shown(seconds: list[float]) -> str:
    return f"median {median(seconds):5.2f} s  ({min(seconds):.2f} to {max(seconds):.2f} over {len(seconds)})"


if __name__ == "__main__":
    sys.exit(main())
