"""--set flags do what Helm's do: each case is put to the real Helm 3 and Helm 4, many in one process."""

from __future__ import annotations

import base64
import json
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from yaml_documents import collected

from raychart import helm
from raychart.errors import RaychartError
from raychart.process import CommandError
from raychart.set_flags import FLAGS
from raychart.values import load_defaults, load_flags, load_layer, merge_layers

if TYPE_CHECKING:
    from collections.abc import Sequence

ECHO = Path(__file__).parents[1] / "fixtures" / "echo"
# What Helm takes without using it, or uses without telling: raychart refuses it.
IGNORED_BY_HELM = ("Helm would", "Helm may", "has no value", "has no end")

_STEPS = st.lists(st.sampled_from([".a", ".b", ".c", "[0]", "[1]", "[2]", "[0][1]", ".a\\.b"]), max_size=3)
_PATHS = st.tuples(st.sampled_from("abc"), _STEPS).map(lambda parts: parts[0] + "".join(parts[1]))
_WORDS = """
1 x true TRUE null 0 007 -5 +3 -012 1.5 1e3 {x,y} {} {1,{a} a\\,b {a\\,b,c} 9223372036854775807 9223372036854775808
'q' \\ \\\\ {x x} é a=b [1] {x}y
""".split()  # noqa: SIM905 (quotes and commas would hide them)
_LONG_S = "fal\u017fe"
_JSON = [
    *(
        "1",
        '{"a": 1}',
        "[1,2]",
        "null",
        '"x"',
        "",
        " ",
        '{"a":{"b":[1]}}',
        "1.",
        "1e",
        "[1",
        "01",
        "1x",
        "NaN",
        "-0",
        "1e999",
    ),
    *('"\\ud800"', ' {"b": null} ', '"a,b"', '[{"a":1},null]', '{"a":1,"a":2}', "\u00a01", "tru", "9007199254740993"),
]
_VALUES = {
    "--set-json": st.sampled_from(_JSON),
    "--set-file": st.sampled_from(["text", "values", "missing", "", "{text,values}"]),
}
_PARTS = st.sampled_from(["a", "b", ".", "[", "]", "=", ",", "\\", "{", "}", "0", "1", "-", "x", " ", "[0]", "=1", '"'])
_LEAF: st.SearchStrategy[Any] = st.sampled_from([0, 1, True, "", "x", [], [1], {}, None])
_DATA = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(_LEAF, lambda of: st.lists(of, max_size=3) | st.dictionaries(st.sampled_from("abc"), of, max_size=3)),
    max_size=3,
)


@st.composite
def _flag(draw: st.DrawFn) -> tuple[str, list[str], str]:
    """Draw a kind of flag, the assignments in it and what follows the last."""
    kind = draw(st.sampled_from(FLAGS))
    most = 1 if kind == "--set-literal" else 3
    values = _VALUES.get(kind, st.sampled_from(["", _LONG_S, *_WORDS]))
    one = st.tuples(_PATHS, values).map("=".join)
    return kind, draw(st.lists(one, min_size=1, max_size=most)), draw(st.sampled_from(["", "", ","]))


@cache
def cases() -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[tuple[str, list[str], str]]]]:
    return collected(st.tuples(_DATA.map(_without_null), _DATA, _DATA, st.lists(_flag(), min_size=1, max_size=3)), 400)


@pytest.fixture(params=["helm3", "helm4"])
def program(request: pytest.FixtureRequest) -> str:
    """Each Helm in turn."""
    name: str = request.getfixturevalue(request.param)
    return name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a chart and the files that --set-file names."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ECHO, "chart")
    Path("text").write_bytes(b"text\xff\n")
    Path("values").write_text("a: 1\n")
    return tmp_path


def test_flags_over_files_over_defaults_give_helms_values(program: str, folder: Path) -> None:
    names = {f"n{number}": case for number, case in enumerate(cases())}
    accepted = {name: case for name, case in names.items() if not _refusal({name: case})}
    assert len(accepted) > len(names) / 4
    for begin in range(0, len(accepted), 100):
        batch = dict(list(accepted.items())[begin : begin + 100])
        files, flags = _written(batch)
        ours = merge_layers(load_defaults(Path("chart")), [*map(load_layer, files), *load_flags(flags)]).data
        theirs = _helms(program, files, flags)
        assert theirs is not None, f"{program} refuses one of {flags}"
        different = [(batch[name], ours[name], theirs[name]) for name in batch if ours.get(name) != theirs.get(name)]
        assert not different, f"{program} makes of it (case, raychart, helm): {different[:3]}"


def test_what_is_refused_is_refused_or_ignored_by_helm(program: str, folder: Path) -> None:
    names = {f"n{number}": case for number, case in enumerate(cases())}
    refused = {name: _refusal({name: case}) for name, case in names.items()}
    for name in [name for name, why in refused.items() if why][: len(names) // 20]:
        if not any(words in refused[name] for words in IGNORED_BY_HELM):
            assert _helms(program, *_written({name: names[name]})) is None, (refused[name], names[name])


def test_any_text_has_helms_values_or_is_refused(program: str, folder: Path) -> None:
    texts = collected(st.tuples(st.sampled_from(FLAGS), st.lists(_PARTS, max_size=8).map("".join)), 40)
    for kind, text in texts[:40]:
        flag = f"{kind}={text}"
        try:
            layers = load_flags([flag])
        except RaychartError:
            continue
        values = merge_layers(load_defaults(Path("chart")), layers)
        if not values.findings and not any(layer.findings for layer in layers):
            assert values.data == _helms(program, [], [flag]), flag


# By kind of flag, not by place on the command line.
@pytest.mark.parametrize("turned", [False, True])
def test_flags_count_in_helms_order(program: str, folder: Path, turned: bool) -> None:
    flags = [f"{kind}=a={json.dumps(kind) if kind == '--set-json' else 'text'}" for kind in FLAGS]
    flags += [f"{kind}=b.{kind[2:]}={json.dumps(kind) if kind == '--set-json' else 'text'}" for kind in FLAGS]
    flags = flags[::-1] if turned else flags
    ours = merge_layers(load_defaults(Path("chart")), load_flags(flags)).data
    assert ours["a"] == "text"
    assert ours == _helms(program, [], flags)


def _refusal(names: dict[str, Any]) -> str:
    files, flags = _written(names)
    try:
        layers = [*map(load_layer, files), *load_flags(flags)]
        values = merge_layers(load_defaults(Path("chart")), layers)
    except RaychartError as refused:
        return refused.what
    return "".join(
        finding.message for finding in [*values.findings, *(one for layer in layers for one in layer.findings)]
    )


def _written(names: dict[str, Any]) -> tuple[list[Path], list[str]]:
    """Write each case below its name, all of them into the same files, and return the flags of all."""
    for place, file in enumerate([Path("chart/values.yaml"), Path("first.yaml"), Path("second.yaml")]):
        file.write_text(json.dumps({name: case[place] for name, case in names.items()}))
    flags = [
        f"{kind}={','.join(f'{name}.{one}' for one in assignments)}{end}"
        for name, case in names.items()
        for kind, assignments, end in case[3]
    ]
    return [Path("first.yaml"), Path("second.yaml")], flags


def _helms(program: str, files: Sequence[Path], flags: Sequence[str]) -> dict[str, Any] | None:
    try:
        text = helm.render(Path("chart"), files, release="x", namespace="y", sets=flags, helm=program)
    except CommandError:
        return None
    values: dict[str, Any] = json.loads(base64.b64decode(text.split("encoded: ")[1]))
    return values


def _without_null(data: Any) -> Any:
    """Helm 3 hands a null among the defaults to the templates, Helm 4 takes it away."""
    if isinstance(data, dict):
        return {key: _without_null(value) for key, value in data.items() if value is not None}
    return data
