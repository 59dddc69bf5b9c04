"""`raychart validate`: its arguments, and what it does with them."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import arguments
from raychart.findings import SEVERITIES, ordered
from raychart.findings_report import FORMATS, Report, Skip, written

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from raychart.findings import Finding
    from raychart.validate.check import Checker
    from raychart.validate.run import Validated

EXAMPLES = """\
examples:
  raychart validate values/                        every values file in a folder, rendered with the chart
  raychart validate values/team-a.yaml --kubernetes-version 1.31
  raychart validate manifests.yaml --crds crds/    objects, and the CRDs of what Kubernetes does not have
  helm template ray charts/ray | raychart validate -
  raychart validate values/ -o github -o sarif=validate.sarif

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `raychart validate` takes."""
    what = "a values file, a file of manifests, a folder of them, or - for manifests on standard input"
    parser.add_argument("paths", metavar="VALUES|MANIFESTS", nargs="+", type=Path, help=what)
    arguments.add_layers(parser)
    arguments.add_release(parser)
    arguments.add_engine(parser)
    parser.add_argument(
        "--kubernetes-version", metavar="VERSION", help="the Kubernetes to validate for (default: the newest there is)"
    )
    parser.add_argument(
        "--crds",
        metavar="FOLDER",
        type=Path,
        action="append",
        default=[],
        help="CRDs of further kinds: a file or a folder (repeatable)",
    )
    parser.add_argument(
        "--fail-on",
        choices=SEVERITIES,
        default="warning",
        help="exit with 1 for findings of this severity or a graver one (default: %(default)s)",
    )
    arguments.add_outputs(parser, FORMATS)


def run(args: argparse.Namespace, stdout: TextIO, tell: Callable[[str], None]) -> int:
    """Validate what the arguments name, write the reports, and return the exit code; `tell` takes progress."""
    from raychart.report import parse_outputs, write
    from raychart.validate.check import Options, checker_for
    from raychart.validate.inputs import sort_out
    from raychart.validate.run import validate_file

    outputs = parse_outputs(args.outputs, FORMATS)
    checker = checker_for(Options(args.kubernetes_version, tuple(args.crds)))
    values, manifests = sort_out(args.paths, args.namespace)
    validated = [validate_file(given, checker) for given in manifests]
    validated += _values(values, args, checker, tell) if values else []
    report = _report(validated, checker, args)
    write(outputs, {style: partial(written, report, style) for style in FORMATS}, stdout)
    return int(any(report.fails(finding) for finding in report.findings))


def _values(
    paths: Sequence[Path], args: argparse.Namespace, checker: Checker, tell: Callable[[str], None]
) -> list[Validated]:
    from dataclasses import replace

    from raychart.chart import find_chart
    from raychart.rendering.jobs import job_for
    from raychart.rendering.run import render_all
    from raychart.validate.run import validate_rendered
    from raychart.validate.sources import templates_of

    chart = find_chart(args.chart)
    jobs = [
        job_for(path, args.layers, chart=chart, release=args.release, namespace=args.namespace, sets=args.sets)
        for path in paths
    ]
    render = partial(render_all, engine=args.engine, program=args.helm, stored=args.cache)
    rendered = render(jobs, tell=tell)
    sources = partial(templates_of, engine=args.engine, program=args.helm)
    validated = validate_rendered(rendered, checker, render=render, sources=sources)
    return [
        replace(one, findings=tuple(ordered((*one.findings, *of.findings, *of.warnings))))
        for one, of in zip(validated, rendered, strict=True)
    ]


def _unapplied(checker: Checker, crds: Sequence[Path]) -> list[Finding]:
    """Say once what of the CRDs is not applied."""
    from raychart.findings import Finding
    from raychart.validate.cel.unapplied import told
    from raychart.validate.rules.schema import CRD_RULE

    where = f"--crds {' '.join(map(str, crds))}"
    return [Finding(CRD_RULE, "info", message, remedy, where) for message, remedy in told(checker.schemas.unapplied)]


def _report(validated: Sequence[Validated], checker: Checker, args: argparse.Namespace) -> Report:
    from raychart.catalogue import all_rules

    findings = ordered((*checker.crds.findings, *(finding for one in validated for finding in one.findings)))
    folder = os.getcwd()  # noqa: PTH109 (a name)
    top = os.environ.get("GITHUB_WORKSPACE", "")
    return Report(
        files=tuple(one.file for one in validated),
        findings=(*findings, *_unapplied(checker, args.crds)),
        rules=tuple(all_rules().values()),
        fail_on=args.fail_on,
        folder=folder,
        root=top if top and Path(folder).is_relative_to(top) else folder,
        command="validate",
        objects=sum(one.objects for one in validated),
        kubernetes=str(checker.schemas.kubernetes),
        skipped=tuple(
            Skip(one.file, f"{skipped.api_version} {skipped.kind}", skipped.names, skipped.refused)
            for one in validated
            for skipped in one.skipped
        ),
    )
