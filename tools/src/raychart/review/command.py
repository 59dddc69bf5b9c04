"""`raychart review`: its arguments, and what it does with them."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import arguments
from raychart.findings import SEVERITIES, reaches
from raychart.impact.effects import EFFECTS, rank
from raychart.review_report import FORMATS, markdown_parts, written

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import TextIO

    from raychart.findings import Severity
    from raychart.impact.effects import Effect
    from raychart.report import Output
    from raychart.review.model import Review

EXAMPLES = """\
examples:
  raychart review main                            the working tree against where it left main
  raychart review origin/main HEAD -o markdown=comment.md -o github
  raychart review HEAD^1 HEAD --fail-on roll      a merge commit in CI: what merging does
  raychart review v1.0 v1.1 --values-dir 'envs/prod/*.yaml' --layer envs/base.yaml --layer envs/prod.yaml
  raychart review main --prices prices.yaml -o html=review.html

.raychart.yaml at the repository's top, or in a folder of it, says the same for everybody:
  review:
    values:
      - values/*.yaml
      - {files: envs/prod/*.yaml, layers: [envs/base.yaml, envs/prod.yaml]}
    chart: charts/ray
    prices: prices.yaml

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `raychart review` takes."""
    parser.add_argument(
        "base",
        metavar="BASE",
        help="a branch, tag or commit: HEAD is compared with where it left BASE (A..B: as they are)",
    )
    parser.add_argument("head", metavar="HEAD", nargs="?", help="what is reviewed (default: the working tree)")
    parser.add_argument(
        "--values-dir",
        dest="files",
        metavar="FOLDER|PATTERN",
        action="append",
        default=[],
        help="the namespaces' values files (repeatable; default: .raychart.yaml's, else values/*.yaml)",
    )
    parser.add_argument(
        "--layer",
        dest="below",
        metavar="LAYER",
        action="append",
        default=[],
        help="a shared values file beneath each of them (repeatable, the first one is the weakest)",
    )
    parser.add_argument(
        "-f",
        "--values",
        dest="over",
        metavar="LAYER",
        action="append",
        default=[],
        help="a values file laid over each of them (repeatable, the last one wins)",
    )
    parser.add_argument(
        "--chart",
        metavar="FOLDER",
        help="the chart (default: charts/ray of the repository, else the one raychart brings)",
    )
    parser.add_argument("--release", metavar="NAME", help="the releases' name (default: ray)")
    parser.add_argument(
        "--namespace",
        metavar="NAME",
        help="the namespace, with {name} for the file's name and {folder} for its folder's (default: {name})",
    )
    parser.add_argument("--prices", metavar="FILE", help="a price table, for what capacity costs")
    parser.add_argument("--kubernetes-version", metavar="VERSION", help="the Kubernetes to validate for")
    parser.add_argument("--deployer", choices=("helm", "argocd"), help="what applies the manifests (default: helm)")
    parser.add_argument(
        "--fail-on",
        choices=EFFECTS,
        metavar="EFFECT",
        help=f"exit with 1 for this effect or a graver one (default: for any difference): {', '.join(EFFECTS)}",
    )
    parser.add_argument(
        "--fail-on-findings",
        choices=SEVERITIES,
        default="error",
        help="exit with 1 for new findings of this severity or a graver one (default: %(default)s)",
    )
    parser.add_argument("--helm", default="helm", metavar="PROGRAM", help="the helm to use (default: %(default)s)")
    arguments.add_sets(parser)
    arguments.add_engine(parser)
    arguments.add_outputs(parser, FORMATS)


def run(args: argparse.Namespace, stdout: TextIO, tell: Callable[[str], None]) -> int:
    """Review what the arguments name, write the reports, and return the exit code; `tell` takes progress."""
    from raychart.report import parse_outputs, write
    from raychart.review.run import Request, review
    from raychart.review.settings import Words

    outputs = parse_outputs(args.outputs, FORMATS)
    words = Words(
        files=tuple(args.files),
        below=tuple(args.below),
        over=tuple(args.over),
        chart=args.chart,
        release=args.release,
        namespace=args.namespace,
        sets=tuple(args.sets),
        prices=args.prices,
        kubernetes_version=args.kubernetes_version,
        deployer=args.deployer,
    )
    today = datetime.now(UTC).date()
    request = Request(Path.cwd(), args.base, args.head, words, today, args.engine, args.helm, cache=args.cache)
    result = review(request, tell, tell if sys.stderr.isatty() else None)
    write([output for output in outputs if not _has_parts(output)], _writers(result, stdout), stdout)
    for output in outputs:
        if output.path is not None and _has_parts(output):
            _write_parts(markdown_parts(result), output.path)
    return int(fails(result, args.fail_on, args.fail_on_findings))


def _writers(result: Review, stdout: TextIO) -> dict[str, Callable[[], str]]:
    from raychart.report import wants_colour

    on_terminal = stdout.isatty() and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size().columns if on_terminal else None
    writers: dict[str, Callable[[], str]] = {style: partial(written, result, style) for style in FORMATS}
    return writers | {"text": partial(written, result, "text", colour=wants_colour(stdout), width=width)}


def _has_parts(output: Output) -> bool:
    return output.format == "markdown" and output.path is not None


def _write_parts(parts: list[str], path: Path) -> None:
    """Write what needs several comments to PATH, PATH.2, PATH.3; what an earlier run left beyond them goes."""
    from raychart.report import write_file

    for number, part in enumerate(parts, 1):
        write_file(path if number == 1 else path.with_name(f"{path.name}.{number}"), part)
    number = len(parts) + 1
    while (left := path.with_name(f"{path.name}.{number}")).is_file():
        left.unlink()
        number += 1


def fails(result: Review, effect: Effect | None, severity: Severity) -> bool:
    """Tell whether a review has what it is to fail for: such an effect or finding, or what cannot be rendered.

    Without an effect it is any difference.
    """
    for one in result.namespaces:
        if one.state == "failed" or any(reaches(finding.severity, severity) for finding in one.findings):
            return True
        if one.state != "unchanged" and (effect is None or rank(one.effect) >= rank(effect)):
            return True
    return False
