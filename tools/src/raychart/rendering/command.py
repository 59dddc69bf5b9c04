"""`raychart render`: its arguments, and what it does with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from raychart import arguments, manifests

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import TextIO

    from raychart.rendering.model import Rendered

EXAMPLES = """\
examples:
  raychart render values/team-a.yaml
  raychart render values/*.yaml > all.yaml
  raychart render values/team-a.yaml --set operator.enabled=false --engine helm --helm helm3

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `raychart render` takes."""
    parser.add_argument("paths", metavar="VALUES", nargs="+", type=Path, help="a values file")
    arguments.add_layers(parser)
    arguments.add_release(parser)
    arguments.add_engine(parser)


def run(args: argparse.Namespace, stdout: TextIO, tell: Callable[[str], None]) -> int:
    """Print the manifests of every values file, or else the findings of all, and return the exit code."""
    from raychart.chart import find_chart
    from raychart.rendering.jobs import job_for
    from raychart.rendering.run import render_all

    chart = find_chart(args.chart)
    jobs = [
        job_for(path, args.layers, chart=chart, release=args.release, namespace=args.namespace, sets=args.sets)
        for path in args.paths
    ]
    rendered = render_all(jobs, engine=args.engine, program=args.helm, tell=tell, stored=args.cache)
    for warning in dict.fromkeys(finding for one in rendered for finding in one.warnings):
        tell(str(warning))
    findings = dict.fromkeys(finding for one in rendered for finding in one.findings)
    # Standard output is for whoever applies it: all of the manifests or none.
    if findings:
        for finding in findings:
            tell(str(finding))
        return 1
    stdout.writelines(as_text(one) for one in rendered)
    return 0


def as_text(rendered: Rendered) -> str:
    """Return manifests as YAML documents below a comment that names file and namespace."""
    job = rendered.job
    return f"# {job.file} in namespace {job.namespace}\n{manifests.dump(rendered.manifests)}"
