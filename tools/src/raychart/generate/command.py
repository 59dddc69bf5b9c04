"""`raychart new`: its arguments, and what it does with them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.generate import presets, provenance

if TYPE_CHECKING:
    import argparse

    from raychart.generate.spec import SpecFile

EXAMPLES = f"""\
presets:
{presets.listing()}

a spec:
  # team-a.spec.yaml
  namespace: team-a
  preset: spot-workers
  workers:
    cpu: {{tasks: 8, memoryPerTask: 2Gi, always: 1, atMost: 20}}
  busyHours:
    mornings: {{days: mon-fri, from: "07:00", to: "10:00", workers: {{cpu: 5}}}}
  timeZone: Europe/Berlin

examples:
  raychart new team-a.spec.yaml                             print the values file
  raychart new team-a.spec.yaml -o values/team-a.yaml       write it; made again, it keeps what was edited
  raychart new team-a.spec.yaml -o values/team-a.yaml --check          for CI: does it follow the spec?
  raychart new --preset gpu --namespace team-a --set workers.gpu.atMost=8
  raychart new --preset gpu --print-spec > team-a.spec.yaml            a spec to begin with
  raychart new --schema spec > spec.schema.json             the keys of a spec, for editors

"""


@dataclass(frozen=True, slots=True)
class Result:
    """The text for standard output, the one for standard error, and whether nothing was found."""

    out: str
    told: str
    clean: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("spec", metavar="SPEC", nargs="?", type=Path, help="what the team needs, as YAML (- for standard input)")
    add("--preset", metavar="NAME", help=f"where the rest starts: {', '.join(presets.preset_names())}")
    add("--namespace", metavar="NAME", help="the namespace, as --set namespace=NAME")
    add("--set", dest="sets", metavar="KEY=VALUE", action="append", default=[], help="a key of the spec (repeatable)")
    add("-o", "--output", type=Path, metavar="PATH", help="the values file, or the folder for <namespace>.yaml")
    add("--check", action="store_true", help="write nothing; exit 1 if the file would change")
    add("--diff", action="store_true", help="write nothing; print what would change, and exit 1 if anything")
    add("--overwrite", action="store_true", help="replace a file, whatever is in it")
    add("--chart", type=Path, metavar="FOLDER", help="the chart (default: the one raychart brings)")
    add("--print-spec", action="store_true", help="print the spec that --preset stands for")
    add("--schema", choices=("spec", "values"), help="print the schema of specs, or that of values files, for editors")


def run(args: argparse.Namespace) -> Result:
    """Make a values file of a spec, and print it, write it or compare it with the one that is there."""
    if args.schema:
        return Result(_schema(args.schema, args.chart), "", clean=True)
    if args.print_spec:
        return Result(_preset_spec(args.preset), "", clean=True)
    if args.spec is None and args.preset is None:
        raise RaychartError("raychart new", "nothing says what the team needs", _NEEDS)
    if args.output is None and (args.check or args.diff or args.overwrite):
        flag = "--check" if args.check else "--diff" if args.diff else "--overwrite"
        raise RaychartError(flag, "says nothing without a file", "name the values file with -o")
    from raychart.chart import find_chart
    from raychart.generate.files import find_schema
    from raychart.generate.spec import load_spec

    read = load_spec(args.spec, args.preset, _sets(args))
    if read.spec is None:
        told = "".join(f"{finding}\n" for finding in read.findings)
        return Result(told, "", clean=False) if args.output else Result("", told, clean=False)
    target = _target(args.output, read.spec.namespace)
    chart = find_chart(args.chart)
    modeline = read.spec.modeline or find_schema(target, chart)
    hint = "" if modeline else _NO_SCHEMA.format(file=target, folder=target.parent.as_posix())
    generated = _generate(read, args, target, chart, modeline)
    if args.output is None:
        return Result(provenance.sealed(generated, generated), hint, clean=True)
    return replace(_with_file(target, generated, args), told=hint)


_NEEDS = """\
write a spec into a file, such as
      namespace: team-a
      workers:
        cpu: {tasks: 8, memoryPerTask: 2Gi, atMost: 10}
    and run raychart new team-a.spec.yaml -o values/team-a.yaml
    or begin with a preset: raychart new --preset small --namespace team-a (raychart new --help lists them)"""


_NO_SCHEMA = """\
{file}: there is no values.schema.json for editors beside it or above
    make one: raychart new --schema values > {folder}/values.schema.json; or name one under modeline in the spec
"""


def _sets(args: argparse.Namespace) -> list[str]:
    return [*([f"namespace={args.namespace}"] if args.namespace else []), *args.sets]


def _schema(which: str, chart: Path | None) -> str:
    from raychart.chart import find_chart
    from raychart.generate.files import editor_schema
    from raychart.generate.spec import SCHEMA_FILE

    return SCHEMA_FILE.read_text(encoding="utf-8") if which == "spec" else editor_schema(find_chart(chart))


def _preset_spec(name: str | None) -> str:
    if name is None:
        what = "says nothing without --preset"
        raise RaychartError("--print-spec", what, f"name one: {', '.join(presets.preset_names())}")
    return presets.preset_file(name, "--preset").read_text(encoding="utf-8")


def _target(output: Path | None, namespace: str) -> Path:
    """Return the file to write; what goes to standard output is made as for values/<namespace>.yaml."""
    if output is None:
        return Path("values") / f"{namespace}.yaml"
    return output / f"{namespace}.yaml" if output.is_dir() else output


def _generate(read: SpecFile, args: argparse.Namespace, target: Path, chart: Path, modeline: str | None) -> str:
    from raychart.generate.choose import choose
    from raychart.generate.defaults import without_defaults
    from raychart.generate.write import write_values
    from raychart.values import load_defaults

    if read.spec is None:
        raise AssertionError("a spec with findings is not generated from")
    choices = without_defaults(choose(read.spec), load_defaults(chart).data)
    digest = provenance.digest_of(read.data)
    return provenance.header(read.spec.namespace, _command(args, target), digest, modeline) + write_values(choices)


def _command(args: argparse.Namespace, target: Path) -> str:
    from raychart.generate.files import named_from

    words = ["raychart", "new"]
    if args.spec is not None:
        words.append("-" if str(args.spec) == "-" else named_from(args.spec, target))
    words += ["--preset", args.preset] if args.preset else []
    words += ["--namespace", args.namespace] if args.namespace else []
    words += [word for setting in args.sets for word in ("--set", setting)]
    return shlex.join([*words, "-o", named_from(target, target)])


def _with_file(target: Path, generated: str, args: argparse.Namespace) -> Result:
    from raychart.generate import report
    from raychart.generate.target import Renewed, problems_in, read_target, renew, write_target

    there = read_target(target)
    if there is None or args.overwrite:
        file = Renewed(there or "", provenance.sealed(generated, generated))
    elif problems := problems_in(target, there):
        return Result("".join(f"{finding}\n" for finding in problems), "", clean=False)
    else:
        file = renew(target, there, generated)
    changed = file.before != file.after
    told = [str(finding) for finding in report.conflict_findings(str(target), file.after, file.conflicts)]
    if args.diff:
        out = report.as_diff(str(target), file.before, file.after)
        return Result(out + "".join(f"{line}\n" for line in told), "", clean=not changed)
    if args.check:
        state = "does not follow its spec" if there else "is not there"
        told.append(
            f"{target}: {state}\n    run: {_command(args, target)}" if changed else f"{target}: follows its spec"
        )
        return Result("".join(f"{line}\n" for line in told), "", clean=not changed)
    if changed:
        write_target(target, file.after)
    told.append(f"{target}: {'written' if changed else 'follows its spec already'}")
    return Result("".join(f"{line}\n" for line in told), "", clean=not file.conflicts)
