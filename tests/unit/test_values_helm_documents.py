"""Values are what Helm makes of them: generated documents, put to the real Helm 3 and Helm 4 by the hundred."""

from __future__ import annotations

import base64
import json
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from yaml_documents import collected, documents

from raychart import helm
from raychart.process import CommandError
from raychart.values import load_layer

if TYPE_CHECKING:
    from raychart.values import Layer

FIXTURES = Path(__file__).parents[1] / "fixtures"


@cache
def generated(count: int) -> list[bytes]:
    return collected(documents, count)


@pytest.fixture(params=["helm3", "helm4"])
def program(request: pytest.FixtureRequest) -> str:
    """Each Helm in turn."""
    name: str = request.getfixturevalue(request.param)
    return name


def test_generated_documents_have_helms_values_or_a_finding(program: str, tmp_path: Path) -> None:
    contents, different = generated(1000), []
    for begin in range(0, len(contents), 300):
        batch = contents[begin : begin + 300]
        chart = tmp_path / str(begin)
        shutil.copytree(FIXTURES / "echo-files", chart)
        files = [chart / "documents" / f"d{index}" for index in range(len(batch))]
        files[0].parent.mkdir()
        for file, content in zip(files, batch, strict=True):
            file.write_bytes(content)
        rendered = helm.render(chart, [], release="x", namespace="y", helm=program)
        helms = dict(line.split(": ") for line in rendered.splitlines() if ": " in line)
        for file, content in zip(files, batch, strict=True):
            layer = load_layer(file)
            theirs = json.loads(base64.b64decode(helms[file.name]))
            if not _agree(layer, None if isinstance(theirs.get("Error"), str) else theirs):
                different.append((content, layer.data, theirs))
    assert not different, f"{program} reads (document, raychart, helm): {different[:5]}"


def test_generated_files_have_helms_values_or_a_finding(program: str, tmp_path: Path) -> None:
    # The template function above knows nothing of how Helm 4 cuts and ends files.
    marked = [content for content in generated(1000) if b"---" in content or not content.endswith(b"\n")]
    different = []
    for content in marked[: len(generated(1000)) // 50]:
        file = tmp_path / "values.yaml"
        file.write_bytes(content)
        layer = load_layer(file)
        theirs = _values_of(program, file)
        if not _agree(layer, theirs):
            different.append((content, layer.data, theirs))
    assert not different, f"{program} reads (document, raychart, helm): {different[:5]}"


def _agree(layer: Layer, theirs: dict[str, Any] | None) -> bool:
    if any(finding.rule != "values-empty" for finding in layer.findings):
        return True
    return theirs is not None and _same(layer.data, theirs)


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(_same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    return bool(ours == theirs) and isinstance(ours, bool) == isinstance(theirs, bool)


def _values_of(program: str, file: Path) -> dict[str, Any] | None:
    try:
        text = helm.render(FIXTURES / "echo", [file], release="x", namespace="y", helm=program)
    except CommandError:
        return None
    values: dict[str, Any] = json.loads(base64.b64decode(text.split("encoded: ")[1]))
    return values
