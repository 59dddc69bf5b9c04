"""`raychart smoke`: its arguments, and its results in every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.smoke.options import FORMATS, add_arguments, read_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

__all__ = ["FORMATS", "Result", "add_arguments", "listing", "run"]

_REMEDY = "install what it needs: pip install 'raychart[cluster]'"


@dataclass(frozen=True, slots=True)
class Result:
    """Whether the test passed, and how to write its report in each format."""

    passed: bool
    formats: Mapping[str, Callable[[], str]]


def run(args: argparse.Namespace, progress: Callable[[str], None]) -> Result:
    """Run the smoke test; raises RaychartError when it could not begin."""
    options = read_options(args)
    try:
        from raychart.smoke import report, timeline_svg
        from raychart.smoke.run import run_smoke
    except ImportError as missing:
        raise _not_installed(missing) from missing
    done = run_smoke(options, progress)
    return Result(
        done.passed,
        {
            "text": lambda: report.as_text(done, options),
            "json": lambda: report.as_json(done),
            "junit": lambda: report.as_junit(done),
            "svg": lambda: timeline_svg.draw(done),
        },
    )


def listing() -> str:
    """Return the scenarios with their steps."""
    try:
        from raychart.smoke import scenarios
    except ImportError as missing:
        raise _not_installed(missing) from missing
    return scenarios.listing()


def _not_installed(missing: ImportError) -> RaychartError:
    return RaychartError("raychart smoke", f"the cluster client is not installed ({missing})", _REMEDY)
