"""`raychart values`: its arguments, and what it prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart import arguments
from raychart.chart import find_chart
from raychart.errors import RaychartError
from raychart.paths import dotted, parse_path
from raychart.values import load_defaults, load_layers, merge_layers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from raychart.paths import ValuesPath
    from raychart.values import Values

_FORMATS = ("text", "json", "yaml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "paths", metavar="VALUES", nargs="+", type=Path, help="values files, laid over each other from left to right"
    )
    arguments.add_layers(parser)
    arguments.add_sets(parser)
    parser.add_argument(
        "--explain",
        metavar="PATH",
        action="append",
        default=[],
        help="say where a value comes from, such as clusters.main.head.cpu (repeatable; '' for all)",
    )
    parser.add_argument(
        "-o", "--output", choices=_FORMATS, default="text", help="text, json or yaml (default: %(default)s)"
    )


def run(args: argparse.Namespace, out: Callable[[str], object], complain: Callable[[str], None]) -> int:
    """Print the merged values, or explain some of them; return the exit code."""
    from raychart import values_report

    if args.explain and args.output == "yaml":
        raise RaychartError("-o yaml", "an explanation is no YAML", "use -o json, or text, or leave --explain out")
    paths = [parse_path(text) for text in args.explain]
    chart = _as_seen_from_here(find_chart(args.chart))
    layers = load_layers([*args.paths, *args.layers], args.sets)
    values = merge_layers(load_defaults(chart), layers)
    findings = [*(finding for layer in layers for finding in layer.findings), *values.findings]
    for finding in findings:
        complain(str(finding))
    # What Helm refuses has no values, and of a file that cannot be read to its end they are not known.
    if values.findings or not all(layer.readable for layer in layers):
        return 1
    if args.explain:
        for path in paths:
            _must_be_known(values, path, chart)
        as_text, as_json = values_report.explanations_as_text, values_report.explanations_as_json
        out((as_json if args.output == "json" else as_text)(values, paths))
    else:
        formats = {"text": values_report.as_text, "json": values_report.as_json, "yaml": values_report.as_yaml}
        out(formats[args.output](values))
    return 1 if any(finding.severity == "error" for finding in findings) else 0


def _as_seen_from_here(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _must_be_known(values: Values, path: ValuesPath, chart: Path) -> None:
    """Raise RaychartError for a path that neither the values have nor the schema, with the nearest one that is."""
    from raychart.origins import explain
    from raychart.schema_keys import nearest

    schema = _schema(chart)
    for depth, step in enumerate(path):
        here = path[: depth + 1]
        explanation = explain(values, here)
        is_told = any(origin.path == here or origin.value is None for origin in explanation.origins)
        if explanation.is_set or is_told or _below(schema, here) is not None:
            continue
        parent = explain(values, path[:depth]).value if depth else values.data
        where = dotted(path[:depth]) or "the top level"
        if isinstance(step, int) or not isinstance(parent, (dict, type(None))):
            size = (
                f"a list of {len(parent)}"
                if isinstance(parent, list)
                else "no list"
                if isinstance(step, int)
                else "no mapping"
            )
            raise RaychartError(f"--explain {dotted(path)}", f"{where} is {size}", f"see --explain {where}")
        names = _names(schema, path[:depth])
        close = nearest(step, [*(parent or {}), *names])
        remedy = f"did you mean {dotted([*path[:depth], close])}?" if close else f"see --explain {where}"
        raise RaychartError(f"--explain {dotted(path)}", f"{where} has no key {step}", remedy)


def _schema(chart: Path) -> Any:
    try:
        return json.loads((chart / "values.schema.json").read_bytes())
    except (OSError, ValueError):
        return True


def _below(root: Any, path: ValuesPath) -> Any:
    """Return the schema of a path's value; None where the schema does not know the path."""
    from raychart.schema_keys import resolved

    schema = resolved(root, root)
    for step in path:
        if not isinstance(schema, dict):
            return None
        under = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        if under is None and isinstance(step, str):
            under = schema.get("additionalProperties")
        if under is None or under is False:
            return None
        schema = resolved(under, root)
    return schema


def _names(root: Any, path: ValuesPath) -> list[str]:
    from raychart.schema_keys import keys_of

    return list(keys_of(_below(root, path)).names)
