"""Make values files from the repository's own, varied, and time `raychart lint` on them as a whole process."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ROOT = Path(__file__).parents[2]
# What is promised: seconds for a thousand files and for one.
_LIMITS = {"all": 3.0, "one": 0.4}


def main() -> int:
    """Print the figures; 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000, help="how many files (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed (default: %(default)s)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        values = Path(folder) / "values"
        size = make_files(values, args.files)
        one = _best([next(values.iterdir())], args.rounds)
        everything = _best([values], args.rounds)
    print(f"one file: {one:.2f} s (limit {_LIMITS['one']} s), start-up included")
    print(f"{args.files} files, {size / 1e6:.1f} MB, on {os.cpu_count()} cores: {everything:.2f} s", end="")
    limit = _LIMITS["all"] * args.files / 1000
    print(f" (limit {limit:g} s), {everything / args.files * 1000:.2f} ms a file")
    return int(one > _LIMITS["one"] or everything > limit)


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


def _best(paths: list[Path], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        command = [sys.executable, "-m", "raychart", "lint", *map(str, paths)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 (our own program)
        seconds.append(time.perf_counter() - start)
        if done.returncode not in {0, 1}:
            raise SystemExit("raychart lint failed")
    return min(seconds)


if __name__ == "__main__":
    sys.exit(main())
