"""Read a YAML file of settings that has a schema, or say everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.schema import check_schema, load_schema
from raychart.values import Layer, load_layer, merge_layers

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Finding


def read_settings(path: Path, schema_file: Path, text: bytes | None = None) -> dict[str, Any]:
    """Return a file's settings, which the schema accepts; `text` stands for what is in it.

    Raises RaychartError that names the line of each problem.
    """
    layer = load_layer(path, text)
    wrong = [finding for finding in layer.findings if finding.severity == "error"]
    values = merge_layers(Layer("", None), [layer])
    schema = load_schema(schema_file.parent, schema_file.name)
    if not wrong and schema is not None:
        wrong = check_schema(values, schema)
    if wrong:
        first, *others = wrong
        what = f"{_words(first)}{''.join(f'{chr(10)}{one.where}: {_words(one)}' for one in others)}"
        raise RaychartError(first.where, what, first.remedy)
    return values.data


def _words(finding: Finding) -> str:
    return f"{finding.path}: {finding.message}" if finding.path else finding.message
