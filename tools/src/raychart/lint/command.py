"""`raychart lint` and `raychart explain`: their arguments, and what each does with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from raychart import arguments, findings_report
from raychart.errors import RaychartError
from raychart.findings import SEVERITIES, reaches

if TYPE_CHECKING:
    import argparse
    from typing import TextIO


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `raychart lint` takes."""
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="a values file, a folder of them, or -")
    arguments.add_layers(parser)
    parser.add_argument("--release", default="ray", help="the release's name (default: %(default)s)")
    parser.add_argument("--namespace", metavar="NAME", help="the namespace (default: each values file's name)")
    parser.add_argument(
        "--fail-on",
        choices=SEVERITIES,
        default="warning",
        help="exit with 1 for findings of this severity or a graver one (default: %(default)s)",
    )
    arguments.add_outputs(parser)


def run(args: argparse.Namespace, stdout: TextIO) -> int:
    """Lint what the arguments name, write the reports, and return the exit code."""
    from raychart.chart import find_chart
    from raychart.lint.check import check_files, expand
    from raychart.report import parse_outputs, write

    outputs = parse_outputs(args.outputs)
    if [str(path) for path in (*args.paths, *args.layers)].count("-") > 1:
        raise RaychartError("raychart lint", "- stands more than once, but there is one standard input", "name it once")
    checked = check_files(
        expand(args.paths), args.layers, find_chart(args.chart), release=args.release, namespace=args.namespace
    )
    formats = {
        "text": lambda: findings_report.as_text(checked),
        "json": lambda: findings_report.as_json(checked),
        "junit": lambda: findings_report.as_junit(checked),
    }
    write(outputs, formats, stdout)
    return int(any(reaches(finding.severity, args.fail_on) for one in checked for finding in one.findings))


def add_explain_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `raychart explain` takes."""
    from raychart.lint.explain import FORMATS

    parser.add_argument("rule", metavar="RULE", nargs="?", help="a rule's id (default: the list of all rules)")
    parser.add_argument("-o", "--output", choices=FORMATS, default="text", help="the format (default: %(default)s)")
