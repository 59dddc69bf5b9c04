"""The command line: parse, dispatch, exit code. Nothing else in the package prints or exits."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from raychart import __version__
from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTION = """\
Lint, render, review, roll out and smoke-test Ray on Kubernetes, one operator per namespace.

A values file is called <namespace>.yaml and describes the release "ray" in that namespace.
"""
_EXIT_CODES = """\
exit codes:
  0 nothing found, 1 findings or differences (that --fail-on counts), failed steps or pods out of date,
  2 could not do it, 130 interrupted
"""
_LINT_EXAMPLES = """\
examples:
  raychart lint values/                           every values file in a folder
  raychart lint values/team-a.yaml -o junit=lint.xml
  cat team-a.yaml | raychart lint -
  raychart lint values/team-a.yaml -f ci/images.yaml   with a layer over it
  raychart lint values/ --fix --check             what --fix would mend
  raychart lint values/ -o github -o sarif=lint.sarif -o markdown=summary.md
  raychart lint values/ --baseline known.json --write-baseline   from now on tell what is new

ignoring:
  a comment on the line or above it: # raychart: ignore[rule-id] reason
  or an entry of .raychart-ignore.yaml, in which all but rule and reason may be left out:
    ignore:
      - {rule: rule-id, path: clusters.*.head, file: values/team-*.yaml, reason: why, expires: 2026-12-31}

"""
_VALUES_EXAMPLES = """\
examples:
  raychart values values/team-a.yaml                                 what Helm makes of it with the chart's defaults
  raychart values values/team-a.yaml --explain clusters.main.head.cpu
  raychart values base.yaml team.yaml --set clusters.main.maxWorkers=9 --explain clusters.main -o json

"""
_EXPLAIN_EXAMPLES = """\
examples:
  raychart explain                    every rule of raychart lint and raychart validate
  raychart explain values-schema      what one finds and why, with a bad and a good example

"""
_SMOKE_EXAMPLES = """\
examples:
  raychart smoke values/team-a.yaml --provider kind
  raychart smoke values/*.yaml --provider existing --context staging -o junit=smoke.xml
  raychart smoke --list                                   scenarios: changes and faults on a cluster at work
  raychart smoke --scenario head-loss upgrade values/team-a.yaml -o text -o svg=timeline.svg
  raychart smoke --scenario all values/team-a.yaml --provider existing --namespace-prefix trial-

"""
_ROLLOUT_EXAMPLES = """\
examples:
  raychart rollout --namespace team-a --dry-run   what is out of date, and what would be done
  raychart rollout --namespace team-a             do it
  raychart rollout --namespace team-a --watch     follow what the last upgrade began

"""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints have the form of every other error."""

    def error(self, message: str) -> NoReturn:
        raise RaychartError(self.prog, message, f"see {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    _tolerate_odd_names()
    try:
        args = _parser(words).parse_args(words)
        code: int = args.run(args)
        sys.stdout.flush()
    except RaychartError as error:
        _complain(str(error))
        return 2
    except KeyboardInterrupt:
        _complain("raychart: interrupted")
        return 130
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; what is left in the buffer must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:
        if os.environ.get("RAYCHART_DEBUG"):
            raise
        what = f"unexpected {type(error).__name__}: {error}"
        _complain(str(RaychartError("raychart", what, "this is a defect: report it with what RAYCHART_DEBUG=1 shows")))
        return 2
    return code


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="raychart", description=_DESCRIPTION, epilog=_EXIT_CODES, **_STYLE)
    parser.add_argument("--version", action="version", version=f"raychart {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    lint = commands.add_parser(
        "lint", help="find mistakes in values files", epilog=_LINT_EXAMPLES + _EXIT_CODES, **_STYLE
    )
    lint.set_defaults(run=_lint)
    explain = commands.add_parser(
        "explain", help="say what a rule of lint or validate is about", epilog=_EXPLAIN_EXAMPLES, **_STYLE
    )
    explain.set_defaults(run=_explain)
    if words[:1] == ["lint"]:
        from raychart.lint import command as linting

        linting.add_arguments(lint)
    elif words[:1] == ["explain"]:
        from raychart.lint import command as linting

        linting.add_explain_arguments(explain)

    values = commands.add_parser(
        "values", help="print merged values and where they come from", epilog=_VALUES_EXAMPLES + _EXIT_CODES, **_STYLE
    )
    values.set_defaults(run=_values)
    if words[:1] == ["values"]:
        from raychart import values_command

        values_command.add_arguments(values)

    smoke = commands.add_parser(
        "smoke", help="deploy on a cluster and submit work", epilog=_SMOKE_EXAMPLES + _EXIT_CODES, **_STYLE
    )
    smoke.set_defaults(run=_smoke)
    if words[:1] == ["smoke"]:
        from raychart.smoke import command

        command.add_arguments(smoke)

    new = commands.add_parser("new", help="make a values file of a short spec", **_STYLE)
    new.set_defaults(run=_new)
    if words[:1] == ["new"]:
        from raychart.generate import command as generating

        new.epilog = generating.EXAMPLES + _EXIT_CODES
        generating.add_arguments(new)

    rollout = commands.add_parser(
        "rollout", help="bring running pods in line with the values", epilog=_ROLLOUT_EXAMPLES + _EXIT_CODES, **_STYLE
    )
    rollout.set_defaults(run=_rollout)
    if words[:1] == ["rollout"]:
        from raychart.rollout import command as rolling

        rolling.add_arguments(rollout)
    for name, about, module in _LATER:
        later = commands.add_parser(name, help=about, **_STYLE)
        later.set_defaults(run=partial(_run, module))
        if words[:1] == [name]:
            code = import_module(module)
            later.epilog = code.EXAMPLES + _EXIT_CODES
            code.add_arguments(later)
    return parser


# Commands whose module has EXAMPLES, add_arguments(parser) and run(args, stdout, tell), imported when it is wanted.
_LATER = (
    ("render", "print the manifests", "raychart.rendering.command"),
    ("validate", "hold manifests against Kubernetes and KubeRay", "raychart.validate.command"),
    ("diff", "say what differs between values or manifests, and what that does", "raychart.diff.command"),
    ("review", "say what a change in a git repository does to running clusters", "raychart.review.command"),
)
_STYLE: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}


def _run(module: str, args: argparse.Namespace) -> int:
    code: int = import_module(module).run(args, sys.stdout, _complain)
    return code


def _lint(args: argparse.Namespace) -> int:
    from raychart.lint import command

    return command.run(args, sys.stdout, _complain)


def _explain(args: argparse.Namespace) -> int:
    from raychart.lint.explain import explain

    sys.stdout.write(explain(args.rule, args.output))
    return 0


def _values(args: argparse.Namespace) -> int:
    from raychart import values_command

    return values_command.run(args, sys.stdout.write, _complain)


def _smoke(args: argparse.Namespace) -> int:
    from raychart.report import parse_outputs, write
    from raychart.smoke import command

    if args.list:
        print(command.listing())
        return 0
    outputs = parse_outputs(args.outputs, command.FORMATS)
    result = command.run(args, _complain)
    write(outputs, result.formats, sys.stdout)
    return 0 if result.passed else 1


def _new(args: argparse.Namespace) -> int:
    from raychart.generate import command

    result = command.run(args)
    sys.stdout.write(result.out)
    sys.stderr.write(result.told)
    return 0 if result.clean else 1


def _rollout(args: argparse.Namespace) -> int:
    from raychart.rollout import command

    def out(line: str) -> None:
        print(line, flush=True)

    return 0 if command.run(args, out, _complain) else 1


def _complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _tolerate_odd_names() -> None:
    """Let a file name that is not UTF-8 be printed, escaped, instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
