"""`raychart lint` and `raychart explain`: their arguments, and what `lint` does with them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import arguments
from raychart.errors import RaychartError
from raychart.findings import SEVERITIES
from raychart.findings_report import FORMATS, Report, written

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import TextIO

    from raychart.findings import Finding
    from raychart.lint.fix import Change
    from raychart.lint.run import Request, Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `raychart lint` takes."""
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="a values file, a folder of them, or -")
    arguments.add_layers(parser)
    arguments.add_sets(parser)
    arguments.add_release_name(parser)
    parser.add_argument("--namespace", metavar="NAME", help="the namespace (default: each values file's name)")
    parser.add_argument(
        "--fail-on",
        choices=SEVERITIES,
        default="warning",
        help="exit with 1 for findings of this severity or a graver one (default: %(default)s)",
    )
    parser.add_argument(
        "--ignore-file",
        type=Path,
        metavar="FILE",
        help="what to ignore (default: the nearest .raychart-ignore.yaml, in a values file's folder or above)",
    )
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="leave out the findings recorded in FILE")
    parser.add_argument("--write-baseline", action="store_true", help="record all findings in the --baseline FILE")
    parser.add_argument("--fix", action="store_true", help="mend what is mechanical in the files, and report the rest")
    parser.add_argument(
        "--check", action="store_true", help="with --fix: change nothing, print the diff, exit with 1 if there is one"
    )
    arguments.add_outputs(parser, FORMATS)


def add_explain_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `raychart explain` takes."""
    from raychart.lint.explain import FORMATS as STYLES

    parser.add_argument("rule", metavar="RULE", nargs="?", help="a rule's id (default: the list of all rules)")
    parser.add_argument("-o", "--output", choices=STYLES, default="text", help="the format (default: %(default)s)")


def run(args: argparse.Namespace, stdout: TextIO, tell: Callable[[str], None]) -> int:
    """Lint what the arguments name, write the reports, and return the exit code; `tell` takes progress."""
    from raychart.report import Output, parse_outputs, wants_colour, write

    outputs = parse_outputs(args.outputs, FORMATS)
    _check(args)
    request = _request(args)
    if args.check:
        return _show_changes(request, stdout, tell)
    result = _fixed(request, tell) if args.fix else _linted(request)
    if args.write_baseline:
        return _write_baseline(result, args.baseline, tell)
    report = _report(result, args)
    formats = {style: lambda style=style: written(report, style) for style in FORMATS}
    if Output("text") in outputs and wants_colour(stdout):
        from raychart.findings_report.plain import as_text

        outputs = [output for output in outputs if output != Output("text")]
        stdout.write(as_text(report, colour=True))
    write(outputs, formats, stdout)
    return int(any(report.fails(finding) for finding in report.findings))


def _check(args: argparse.Namespace) -> None:
    """Refuse what does not go together."""
    named = [str(path) for path in (*args.paths, *args.layers)]
    if named.count("-") > 1:
        raise RaychartError("raychart lint", "- stands more than once, but there is one standard input", "name it once")
    if args.fix and "-" in named:
        raise RaychartError("raychart lint --fix", "cannot change standard input", "name the file, or leave out --fix")
    if args.check and not args.fix:
        raise RaychartError("raychart lint --check", "goes with --fix", "write raychart lint --fix --check")
    if args.write_baseline and args.baseline is None:
        raise RaychartError("raychart lint --write-baseline", "has no file to write", "name it with --baseline FILE")
    if args.write_baseline and args.fix:
        raise RaychartError("raychart lint --write-baseline", "does not go with --fix", "fix first, then record")


def _request(args: argparse.Namespace) -> Request:
    from raychart.chart import find_chart
    from raychart.lint.run import Request

    return Request(
        paths=tuple(args.paths),
        layers=tuple(args.layers),
        sets=tuple(args.sets),
        chart=find_chart(args.chart),
        today=datetime.now(UTC).date(),
        release=args.release,
        namespace=args.namespace,
        ignore_file=args.ignore_file,
        baseline=None if args.write_baseline else args.baseline,
    )


def _linted(request: Request) -> Result:
    from raychart.lint.run import lint

    return lint(request)


def _show_changes(request: Request, stdout: TextIO, tell: Callable[[str], None]) -> int:
    from raychart.lint.fix import mend

    mended = mend(request)
    stdout.writelines(change.diff for change in mended.changes)
    tell(f"{_problems(mended.count)} would be mended in {_files(mended.changes)}")
    _tell_refused(mended.refused, tell)
    return int(bool(mended.changes))


def _fixed(request: Request, tell: Callable[[str], None]) -> Result:
    from raychart.lint.fix import mend, save

    mended = mend(request)
    for change in mended.changes:
        save(change)
    tell(f"mended {_problems(mended.count)} in {_files(mended.changes)}")
    _tell_refused(mended.refused, tell)
    return mended.result


def _tell_refused(refused: tuple[Finding, ...], tell: Callable[[str], None]) -> None:
    for finding in refused:
        tell(f"{finding.where}: cannot be changed safely as it is written, mend it by hand [{finding.rule}]")


def _write_baseline(result: Result, path: Path, tell: Callable[[str], None]) -> int:
    from raychart.lint.baseline import as_baseline
    from raychart.report import write_file

    write_file(path, as_baseline(result.findings, path))
    tell(f"{path}: recorded {len(result.findings)} findings")
    return 0


def _report(result: Result, args: argparse.Namespace) -> Report:
    from raychart.lint.rules import RULES

    folder = os.getcwd()  # noqa: PTH109 (a name)
    top = os.environ.get("GITHUB_WORKSPACE", "")
    return Report(
        files=tuple(one.file for one in result.linted),
        findings=result.findings,
        rules=RULES,
        ignored=result.ignored,
        known=result.known,
        fail_on=args.fail_on,
        folder=folder,
        root=top if top and Path(folder).is_relative_to(top) else folder,
    )


def _problems(count: int) -> str:
    return "1 problem" if count == 1 else f"{count} problems"


def _files(changes: tuple[Change, ...]) -> str:
    return "1 file" if len(changes) == 1 else f"{len(changes)} files"
