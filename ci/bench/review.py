"""Time `raychart review` beside the script that a team would write, on the same repositories, and draw the ratios."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from review_fleet import CASES, make_fleet
from review_plot import draw
from review_schemas import write_schemas

_HERE = Path(__file__).parent
# As .github/workflows/review-values.yml has it.
_AS_IN_CI = {"GOGC": "400"}
_REVIEW = [
    sys.executable,
    "-m",
    "raychart",
    "review",
    "base",
    "head",
    "-o",
    "markdown=review.md",
    "-o",
    "text=review.txt",
]
# Of the many namespaces the script is run once: that takes minutes.
_ONCE = 500


@dataclass(frozen=True, slots=True)
class Figure:
    """What one way of reviewing took: seconds and the largest process's MB, in the order of the rounds."""

    case: str
    namespaces: int
    way: str
    seconds: tuple[float, ...]
    megabytes: tuple[float, ...]


def main() -> int:
    """Print a table of medians and ratios; write the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--namespaces", type=int, nargs="+", default=[1, 100, 1000], help="how many (default: 1 100 1000)"
    )
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), help="which fleets (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed (default: %(default)s)")
    parser.add_argument("--engine", default="auto", help="as raychart render's (default: %(default)s)")
    parser.add_argument("--plot", type=Path, default=Path("test-results/review-bench.png"), help="default: %(default)s")
    parser.add_argument("--schemas-cache", type=Path, required=True, help="where kubeconform's schemas are put")
    args = parser.parse_args()
    schemas = write_schemas(args.schemas_cache)
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for case in args.cases:
            for count in args.namespaces:
                fleet = Path(folder) / f"{case}-{count}"
                make_fleet(fleet, case, count)
                found = [*_ours(fleet, case, count, args), _script(fleet, case, count, args.rounds, schemas)]
                print(_row(found), flush=True)
                figures += found
    args.plot.parent.mkdir(parents=True, exist_ok=True)
    draw(figures, args.plot)
    print(f"engine {args.engine}, {os.cpu_count()} cores; the plot is {args.plot}")
    return 0


def _ours(fleet: Path, case: str, count: int, args: argparse.Namespace) -> list[Figure]:
    """Time it with an empty cache each time, and with what the run before left there."""
    cold, warm = [], []
    for number in range(args.rounds):
        env = {**os.environ, "XDG_CACHE_HOME": str(fleet.parent / f"cache-{fleet.name}-{number}"), **_AS_IN_CI}
        command = [*_REVIEW, "--engine", args.engine]
        cold.append(_run(command, fleet, env))
        warm.append(_run(command, fleet, env))
    return [_figure(case, count, "raychart", cold), _figure(case, count, "raychart, again", warm)]


def _script(fleet: Path, case: str, count: int, rounds: int, schemas: Path) -> Figure:
    command = [str(_HERE / "review-script"), str(schemas), "base", "head"]
    runs = [_run(command, fleet, dict(os.environ)) for _ in range(1 if count > _ONCE else rounds)]
    return _figure(case, count, "script", runs)


def _figure(case: str, count: int, way: str, runs: list[tuple[float, float]]) -> Figure:
    seconds, megabytes = zip(*runs, strict=True)
    return Figure(case, count, way, seconds, megabytes)


def _run(command: list[str], folder: Path, env: dict[str, str]) -> tuple[float, float]:
    """Return seconds and the MB of the largest process."""
    start = time.perf_counter()
    null = os.open(os.devnull, os.O_RDWR)
    pid = os.fork()
    if pid == 0:
        for descriptor in (0, 1):
            os.dup2(null, descriptor)
        os.chdir(folder)
        os.execvpe(command[0], command, env)  # noqa: S606 (our own words)
    os.close(null)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        raise SystemExit(f"{command[:4]} failed in {folder}")
    return seconds, usage.ru_maxrss / 1024


def _row(figures: list[Figure]) -> str:
    first = figures[0]
    script = figures[-1]
    cells = [
        f"{one.way} {median(one.seconds):.2f} s ({min(one.seconds):.2f} to {max(one.seconds):.2f}), "
        f"{max(one.megabytes):.0f} MB"
        for one in figures
    ]
    ratios = " and ".join(f"{median(script.seconds) / median(one.seconds):.1f}" for one in figures[:-1])
    return f"{first.case:10} {first.namespaces:5}: {'; '.join(cells)}; the script takes {ratios} times as long"


if __name__ == "__main__":
    sys.exit(main())
