"""No input makes the loader crash: what cannot be read is a finding, what cannot be done a RaychartError."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from yaml_documents import documents

from raychart.errors import RaychartError
from raychart.origins import leaves
from raychart.paths import dotted, parse_path
from raychart.set_flags import FLAGS
from raychart.values import Layer, load_flags, load_layer, merge_layers
from raychart.values_report import as_json, as_text, as_yaml

DEFAULTS = Layer("defaults.yaml", None)
FLAG_TEXTS = st.text("ab.[]=,\\{}01-\"' x\n\0\udcffé", max_size=12)


def layer_of(content: bytes) -> Layer:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(content)
        file.flush()
        return load_layer(Path(file.name))


@given(documents)
def test_any_document_is_read_or_found_wrong(content: bytes) -> None:
    layer = layer_of(content)
    assert layer.root is not None or layer.findings
    for finding in layer.findings:
        assert finding.message
        assert finding.remedy
        assert finding.line
        assert finding.column
        assert "\n" not in finding.headline


@given(documents, documents, st.lists(st.tuples(st.sampled_from(FLAGS), FLAG_TEXTS), max_size=2))
def test_any_layers_are_merged_explained_and_printed(one: bytes, two: bytes, flags: list[tuple[str, str]]) -> None:
    try:
        above = load_flags([f"{kind}={text}" for kind, text in flags])
    except RaychartError:
        above = []
    values = merge_layers(layer_of(one), [layer_of(two), *above])
    for explanation in leaves(values, ()):
        values.position(explanation.path)
        assert parse_path(dotted(explanation.path)) == explanation.path
    as_json(values)
    if not any(layer.findings for layer in values.layers):
        for text in (as_text(values), as_yaml(values)):
            again = layer_of(text.encode())
            assert [finding.rule for finding in again.findings] in ([], ["values-empty"])
            assert again.data == values.data


@given(st.text("ab.\"[]'0 \\\n", max_size=12))
def test_any_path_is_read_or_refused(text: str) -> None:
    with suppress(RaychartError):
        path = parse_path(text)
        assert parse_path(dotted(path)) == path
