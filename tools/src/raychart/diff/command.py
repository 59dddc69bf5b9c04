"""`raychart diff`: its arguments, and what it does with them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import arguments
from raychart.impact.effects import EFFECTS, rank

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import TextIO

    from raychart.diff.result import Compared
    from raychart.diff.sides import Sides

EXAMPLES = """\
examples:
  raychart diff values/team-a.yaml /tmp/team-a.yaml          two values files, for the namespace of the first
  raychart diff main/values/ branch/values/                  folders, file by file
  raychart diff deployed.yaml values/team-a.yaml             what is deployed, and what would be
  helm get manifest ray -n team-a | raychart diff - values/team-a.yaml
  raychart diff old/ new/ -o markdown=summary.md --fail-on head-restart

Lists are compared by what identifies their items, quantities by what they stand for. Secrets, and whatever looks
like one, are shown by digests that hold for one run.

"""
FORMATS = ("text", "json", "markdown")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `raychart diff` takes."""
    what = "a values file, rendered manifests, a folder of either, or - for standard input"
    parser.add_argument("old", metavar="OLD", type=Path, help=what)
    parser.add_argument("new", metavar="NEW", type=Path, help="the same")
    arguments.add_layers(parser)
    arguments.add_release(parser)
    arguments.add_engine(parser)
    arguments.add_outputs(parser, FORMATS)
    parser.add_argument(
        "--fail-on",
        metavar="EFFECT",
        choices=EFFECTS,
        help=f"exit 1 only when something has this effect or a graver one: {', '.join(EFFECTS)}",
    )


def run(args: argparse.Namespace, stdout: TextIO, tell: Callable[[str], None]) -> int:
    """Write what differs and return the exit code: 1 when something does, 2 when something could not be rendered."""
    from raychart.chart import find_chart
    from raychart.diff.sides import Options, sides_of
    from raychart.diff.sources import read_source
    from raychart.errors import RaychartError
    from raychart.report import parse_outputs, write

    outputs = parse_outputs(args.outputs, FORMATS)
    if str(args.old) == str(args.new) == "-":
        raise RaychartError("raychart diff - -", "standard input can be one side only", "name a file for the other")
    options = Options(
        find_chart(args.chart), args.layers, args.sets, args.release, args.namespace, args.engine, args.helm, args.cache
    )
    old, new = read_source(args.old), read_source(args.new)
    for side in (old, new):
        if side.kind == "nothing":
            tell(f"{side.name}: there is nothing in it, so all of the other side counts as added or removed")
    sides, findings = sides_of(old, new, options, tell)
    for finding in dict.fromkeys(findings):
        tell(str(finding))
    counts = Counter(one.namespace for one in sides)
    results = [_compared(one, shared=counts[one.namespace] > 1) for one in sides]
    if results or not findings:
        write(outputs, _writers(results, stdout), stdout)
    return 2 if findings else _code(results, args.fail_on)


def _compared(sides: Sides, *, shared: bool) -> Compared:
    from raychart.diff.compare import compare
    from raychart.diff.result import Compared
    from raychart.impact.judge import judge

    found = compare(sides.old, sides.new, old_again=sides.old_again, new_again=sides.new_again)
    return Compared(sides.file, sides.namespace, found, judge(found), shared)


def _code(results: list[Compared], fail_on: str | None) -> int:
    if fail_on is None:
        return int(any(one.comparison.differs for one in results))
    return int(any(rank(one.effect) >= EFFECTS.index(fail_on) for one in results if one.comparison.differs))


def _writers(results: list[Compared], stdout: TextIO) -> dict[str, Callable[[], str]]:
    def text() -> str:
        from raychart.diff.text import as_text
        from raychart.report import wants_colour

        return as_text(results, colour=wants_colour(stdout))

    def json() -> str:
        from raychart.diff.as_json import as_json

        return as_json(results)

    def markdown() -> str:
        from raychart.diff.markdown import as_markdown

        return as_markdown(results)

    return {"text": text, "json": json, "markdown": markdown}
