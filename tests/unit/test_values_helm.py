"""Values are what Helm makes of them: each case is put to the real Helm 3 and Helm 4."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from raychart import helm
from raychart.helm_scalars import resolve
from raychart.process import CommandError
from raychart.values import load_defaults, load_layer, merge_layers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ECHO = Path(__file__).parents[1] / "fixtures" / "echo"

# A process for each example: few, but each of them holds many scalars; the failing message names the culprit.
few = settings(
    max_examples=6,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

SCALARS = """
12:30:45 1e3 0o644 0644 0899 08 0o8 2024-01-01 2024-01-01T10:00:00Z Yes no y n on Off true ~ null Null NULL nULL
9007199254740992 18446744073709551615 18446744073709551616 -9223372036854775809 99999999999999999999 1_000 1__0 _1 1_
0x1F 0X1F 0x 0x_1 +0x1 -0x1f 0b11 0B1 0b12 0b_1 -0b11 0o7 0O7 -0o7 0_7 0_8 0888_0 0x1_0 0x1p4 0x1.8p1 00 -0 +0
.5 5. ._5 .5_0 .5e .1e5 +.5 +.1_0 -.5_0 .. . .0x1 .nan_ 1.0e+2 1e-7 1E5 5.e3 1e400 .1e400 1_000.5 1.2.3 1e 1e+
++1 +-1 - = 4GB 500m 1/2 a yes1 Y1 é 0x1g 1:2 10:20.5 1,000 0.1 -1.5e3 +12 +.e3 2.60 2.60.0
99999999999999999999999999 00000000000000000000000000000017 077777777777777777777777777777 0xfffffffffffffffff
""".split()  # noqa: SIM905 (a hundred quotes and commas would hide them)

DOCUMENTS = {
    "empty": "",
    "only a comment": "# nothing\n",
    "null": "null\n",
    "keys that are booleans": "y: 1\noff: 2\n",
    "keys that are numbers": "1: a\n1.5: b\n0x10: c\n1e3: d\n1e30: e\n100000.0: f\n1e6: g\n0.1: h\n1_0: i\n",
    "keys given twice": "a: 1\na: 2\n",
    "two spellings of one key": "y: 1\nyes: 2\n",
    "a null key": "null: 1\n",
    "a list as a key": "? [1]\n: 2\n",
    "a key beyond 64 bits": "18446744073709551615: 1\n",
    "an integer that is rounded": "a: 9007199254740993\n",
    "infinity": "a: .inf\n",
    "not a number": "a: .nan\n",
    "several documents": "a: 1\n---\nb: 2\n",
    "a separator at the end": "a: 1\n---\n",
    "a separator at the beginning": "---\na: 1\n",
    "an empty first document": "---\n---\na: 1\n",
    "a second document that is broken": "a: 1\n---\nb: [\n",
    "a document end": "a: 1\n...\nb: 2\n",
    "byte order mark and CRLF": "\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n",
    "a list at the top": "- 1\n",
    "text at the top": '"a"\n',
    "an open bracket": "a: [1\n",
    "a tab": "a:\n\tb: 1\n",
    "merge keys in any place": "x: &x {a: 1, b: 2}\nu: {<<: *x, b: 3}\nv: {b: 3, <<: *x}\n",
    "a merge of several": "x: &x {a: 1, b: 2}\nw: {<<: [*x, {c: 4, a: 9}]}\n",
    "a merge at the top": "<<: {a: 1}\nb: 2\n",
    "a quoted merge key": '"<<": {a: 1}\nb: 2\n',
    "a merge of text": "<<: 3\n",
    "an alias before its anchor": "a: *b\nb: &b 1\n",
    "an anchor inside itself": "a: &a {b: *a}\n",
    "an anchor set again": "a: &a 1\nb: *a\nc: &a 2\nd: *a\n",
    "keys near the largest float32": "3.4025000633641588e+38: a\n3.4028234e38: b\n3.5e38: c\n-3.41e38: d\n",
    "tags": 'a: !!str 5\nb: !!int "5"\nc: !!float 3\nd: !own 3\ne: ! yes\nf: !!bool "no"\ng: !!null ""\n',
    "an empty text with a tag": """a: {b: !!null "", c: !!str '', d: [!!str "", 1], e: !!str , f: 1}\n""",
    "a binary value": "a: !!binary aGVsbG8=\n",
    "a binary value that is none": "a: !!binary '*'\n",
    "a tag that does not fit": "a: !!int x\n",
    "a fraction tagged int": "a: !!int 1.5\n",
    "a timestamp tag": "a: !!timestamp 2024-01-01\n",
    "another YAML version": "%YAML 1.2\n---\na: yes\n",
    "a control character": "a: \x01\n",
    "an escaped surrogate": 'a: "\\ud800"\n',
    "block scalars": "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\nc: |+\n  x\n\n",
    "quotes": "a: '''x'\nb: \"\\x41\\u00e9\\n\"\nc: 'x\n  y'\n",
    "empty values": "a:\nb: ''\nc: {}\nd: []\ne: {x}\nf: [a: 1]\n",
    "deep nesting": f"a: {'[' * 60}{']' * 60}\n",
    "nesting beyond reason": f"a: {'[' * 20000}{']' * 20000}\n",
    "an alias bomb": "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)),
}


@pytest.fixture
def helm_values(tmp_path: Path) -> Callable[..., dict[str, Any] | None]:
    """Return the values Helm gives its templates, or None where it refuses a file."""

    def ask(program: str, files: Sequence[Path], chart: Path = ECHO) -> dict[str, Any] | None:
        try:
            text = helm.render(chart, files, release="x", namespace="y", helm=program)
        except CommandError:
            return None
        values: dict[str, Any] = json.loads(yaml.safe_load(text)["values"], parse_int=float)
        return values

    return ask


@pytest.fixture(params=["helm3", "helm4"])
def program(request: pytest.FixtureRequest) -> str:
    """Each Helm in turn."""
    name: str = request.getfixturevalue(request.param)
    return name


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_has_helms_values_or_a_finding(
    helm_values: Callable[..., dict[str, Any] | None], program: str, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "values.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    layer = load_layer(file)
    helms = helm_values(program, [file])
    errors = [finding for finding in layer.findings if finding.severity == "error"]
    if helms is None:
        assert errors, f"{program} refuses what raychart accepts as {layer.data}"
    elif not errors:
        assert layer.data == helms


def test_plain_scalars_have_helms_values(
    helm_values: Callable[..., dict[str, Any] | None], program: str, tmp_path: Path
) -> None:
    scalars = [text for text in SCALARS if text != "-" and _is_kept(text)]
    _same_scalars(helm_values, program, tmp_path, scalars)


@few
@given(st.lists(st.text("0123456789+-._eExXoObBaAfFnN", min_size=1, max_size=8), min_size=200, max_size=200))
def test_scalars_that_look_like_numbers_have_helms_values(
    helm_values: Callable[..., dict[str, Any] | None], program: str, tmp_path: Path, scalars: list[str]
) -> None:
    plain = [text for text in scalars if not text.startswith(("-.", "--", "...")) and text != "-"]
    _same_scalars(helm_values, program, tmp_path, [text for text in plain if _is_kept(text)])


def _values(depth: int, *leaves: object) -> st.SearchStrategy[dict[str, Any]]:
    leaf = st.sampled_from([0, 1, False, True, "", "text", [], [1], {}, *leaves])
    inner = leaf if depth == 0 else st.one_of(leaf, _values(depth - 1, *leaves))
    return st.dictionaries(st.sampled_from("abc"), inner, max_size=3)


# No null among the defaults: Helm 3 hands it to the templates, Helm 4 takes it away.
@settings(few, max_examples=20)
@given(defaults=_values(2), first=_values(2, None), second=_values(2, None))
def test_layers_merge_as_helm_merges_them(
    helm_values: Callable[..., dict[str, Any] | None],
    program: str,
    tmp_path: Path,
    defaults: dict[str, Any],
    first: dict[str, Any],
    second: dict[str, Any],
) -> None:
    chart = tmp_path / "chart"
    shutil.copytree(ECHO, chart, dirs_exist_ok=True)
    (chart / "values.yaml").write_text(yaml.safe_dump(defaults))
    files = [tmp_path / "first.yaml", tmp_path / "second.yaml"]
    for file, values in zip(files, (first, second), strict=True):
        file.write_text(yaml.safe_dump(values))
    merged = merge_layers(load_defaults(chart), [load_layer(file) for file in files])
    assert merged.data == helm_values(program, files, chart)


@pytest.mark.parametrize("given", [{}, {"a": None, "b": {"c": None, "d": None, "new": None}, "new": None}])
def test_a_null_takes_a_default_away_and_a_default_of_null_is_none(
    helm_values: Callable[..., dict[str, Any] | None], helm4: str, tmp_path: Path, given: dict[str, Any]
) -> None:
    chart = tmp_path / "chart"
    shutil.copytree(ECHO, chart)
    (chart / "values.yaml").write_text("a: null\nb: {c: null, d: 1, e: {f: null}}\n")
    file = tmp_path / "values.yaml"
    file.write_text(yaml.safe_dump(given))
    assert merge_layers(load_defaults(chart), [load_layer(file)]).data == helm_values(helm4, [file], chart)


def _is_kept(text: str) -> bool:
    """Leave out what gets a finding: the integers Helm rounds, and what is not finite, which it refuses."""
    value = resolve(text)
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or int(float(value)) == value


def _same_scalars(
    ask: Callable[..., dict[str, Any] | None], program: str, folder: Path, scalars: Sequence[str]
) -> None:
    file = folder / "scalars.yaml"
    file.write_text("scalars:\n" + "".join(f"- {text}\n" for text in scalars), encoding="utf-8")
    helms = ask(program, [file])
    assert helms is not None
    ours = load_layer(file).data["scalars"]
    different = [
        (text, mine, theirs)
        for text, mine, theirs in zip(scalars, ours, helms["scalars"], strict=True)
        if mine != theirs or isinstance(mine, bool) != isinstance(theirs, bool)
    ]
    assert not different, f"{program} reads (text, raychart, helm): {different}"
