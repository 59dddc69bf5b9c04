"""Read a spec: the preset, what teams share, the team's own file and --set, each laid over the one before."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.findings import Finding, ordered
from raychart.generate.model import Spec, spec_of
from raychart.generate.presets import preset_file
from raychart.helm_yaml import read_documents
from raychart.paths import dotted
from raychart.schema import check_schema, load_schema
from raychart.values import Layer, load_layer, merge_layers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.values import Values
    from raychart.yaml_nodes import Node

SCHEMA_FILE = Path(__file__).with_name("spec.schema.json")
_NOTHING = Layer("spec", None)


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A spec as it was read: None, and findings that say why, when it cannot be used.

    `data` is what all of its layers say together.
    """

    spec: Spec | None
    data: dict[str, Any]
    findings: tuple[Finding, ...] = ()


def load_spec(file: Path | None, preset: str | None = None, sets: Sequence[str] = ()) -> SpecFile:
    """Read a spec from a file, or from a preset alone; `sets` are KEY=VALUE, laid over both.

    Raises RaychartError when a file is missing or --preset names none.
    """
    own = [] if file is None else [load_layer(file)]
    above = [*own, *(_setting(text) for text in sets)]
    said = _last(above, "preset")
    if preset is not None and said not in {None, preset}:
        what = f"the spec says preset {said}"
        raise RaychartError(f"--preset {preset}", what, "leave --preset out, or change it in the spec")
    wrong = [finding for layer in above for finding in layer.findings]
    if wrong:
        return SpecFile(None, {}, tuple(wrong))
    base, findings = _preset_layer(preset, said, above, named=file is not None)
    shared = _shared(file, _last(above, "shared"))
    findings += [finding for layer in shared for finding in layer.findings]
    if findings:
        return SpecFile(None, {}, tuple(findings))
    values = _merged(base, [*shared, *above])
    schema = load_schema(SCHEMA_FILE.parent, SCHEMA_FILE.name)
    refused = check_schema(values, schema) if schema else []
    if refused:
        return SpecFile(None, values.data, tuple(replace(finding, rule="spec-schema") for finding in refused))
    return _checked(values)


def _checked(values: Values) -> SpecFile:
    from raychart.generate.checks import problems_of

    spec = spec_of(values.data)
    findings = []
    for problem in problems_of(spec):
        at = values.position(problem.path)
        place = (at.file, at.line, at.column, dotted(problem.path))
        findings.append(Finding("spec-check", "error", problem.message, problem.remedy, *place))
    return SpecFile(None if findings else spec, values.data, tuple(ordered(findings)))


def _last(layers: Sequence[Layer], key: str) -> str | None:
    """Return what the last layer that has the key says."""
    said = [layer.data[key] for layer in layers if layer.data.get(key) is not None]
    return str(said[-1]) if said else None


def _setting(text: str) -> Layer:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise RaychartError(f"--set {text}", "is not KEY=VALUE", "write a key of the spec, as in workers.cpu.atMost=20")
    steps = [json.dumps(step) for step in key.split(".")]
    nested = "".join(f"{{{step}: " for step in steps) + value + "}" * len(steps)
    name = f"--set {text}"
    document, *others = read_documents(nested, name)
    if document.findings or others:
        raise RaychartError(name, "the value is not YAML", "put it in quotes, or write a list as [a, b]")
    return Layer(name, document.root)


def _preset_layer(
    flag: str | None, said: str | None, above: list[Layer], *, named: bool
) -> tuple[Layer, list[Finding]]:
    name = flag or said
    if name is None:
        return _NOTHING, []
    place = "--preset" if flag else merge_layers(_NOTHING, above).position(("preset",))
    try:
        layer = load_layer(preset_file(name, "--preset"))
    except RaychartError as wrong:
        if isinstance(place, str):
            raise
        where = (place.file, place.line, place.column, "preset")
        return _NOTHING, [Finding("spec-schema", "error", wrong.what, wrong.remedy, *where)]
    layer = replace(layer, file=f"preset {name}")
    # A spec in a file says for which namespace it is.
    return (_without(layer, ("namespace",)) if named else layer), []


def _shared(file: Path | None, name: str | None) -> list[Layer]:
    if name is None:
        return []
    path = (Path() if file is None or str(file) == "-" else file.parent) / name
    return [load_layer(path)]


def _merged(base: Layer, layers: Sequence[Layer]) -> Values:
    """Merge the layers; labels of a pool belong together, so the last layer that has some decides."""
    every = [base, *layers]
    for index, layer in enumerate(every):
        for pool, settings in (layer.data.get("nodes") or {}).items():
            if isinstance(settings, dict) and "labels" in settings:
                every[:index] = [_without(below, ("nodes", pool, "labels")) for below in every[:index]]
    return merge_layers(every[0], every[1:])


def _without(layer: Layer, path: tuple[str, ...]) -> Layer:
    return replace(layer, root=_pruned(layer.root, path)) if layer.root else layer


def _pruned(node: Node, path: tuple[str, ...]) -> Node:
    if path[0] not in node.children:
        return node
    children = dict(node.children)
    mark, child = children.pop(path[0])
    if len(path) > 1:
        children[path[0]] = (mark, _pruned(child, path[1:]))
    return replace(node, children=children, data={key: of.data for key, (_, of) in children.items()})
