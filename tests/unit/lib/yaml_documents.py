"""Strategies that write YAML as people, programs and accidents do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]

_SIGNS = [
    "-",
    "- ",
    "- - ",
    "? ",
    ": ",
    ":",
    "::",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    '"',
    "\\",
    "#",
    " #",
    "@",
    "`",
    "%",
    "=",
]
_BLOCKS = ["|", "|-", "|+", "|2", ">", ">-", ">+1", "|\n", "| #c\n"]
_MARKS = [
    "&a ",
    "*a",
    "&b ",
    "*b ",
    "<<: ",
    "<<: *a",
    "{<<: *a}",
    "! ",
    "!x ",
    "!!str ",
    "!!int ",
    "!!binary ",
    "!!null ",
]
_DOCUMENTS = ["---", "--- ", "...", "\n---\n", "\n...\n", "%YAML 1.1\n", "%TAG ! tag:x,2000:\n"]
_SPACES = [
    " ",
    "\n",
    "\n\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\t",
    "\r\n",
    "\r",
    "\x85",
    "\u2028",
    "\ufeff",
    "\u00a0",
    "\x00",
    "\x7f",
]
_SCALARS = [
    "a",
    "b",
    "é",
    "😀",
    "12:30:45",
    "1e3",
    "0o644",
    "0899",
    "2024-01-01",
    "y",
    "on",
    "~",
    "null",
    ".inf",
    ".nan",
]
_SCALARS += [
    "9007199254740993",
    "1_000",
    "0x_1",
    "+1",
    "1.5",
    "http://x/?y",
    "a#b",
    "a:b",
    "x" * 1100,
    "aGVsbG8=",
    "/w==",
]
_ESCAPES = ["\\x41", "\\u00e9", "\\ud800", "\\U0001F600", "\\_", "\\N", "\\/", "\\\n", "\\q", "''", '""']
_PAIRS = [
    "a: b",
    "a: b\n",
    "k: |\n  x\n",
    "a: &a {b: 1}\n",
    "{a: 1}",
    "[1, 2]",
    "{a}",
    "y: 1\n",
    "null: 1\n",
    "1.5: a\n",
]
_FRAGMENTS = st.sampled_from(
    [*_SIGNS, *_BLOCKS, *_MARKS, *_DOCUMENTS, *_SPACES, *_SCALARS, *_ESCAPES, *_PAIRS, "a: ", "b: ", "\n"]
)
_FILES = [
    path.read_bytes() for folder in ("values", "charts/ray", "ci") for path in sorted((ROOT / folder).glob("*.yaml"))
]
_LEAVES = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        1e30,
        1e-7,
        10**18,
        "",
        "x",
        "yes",
        "a: b",
        "#x",
        "é😀",
        " x ",
        "x\n",
        "a\nb",
        "\t",
        "1e3",
        "?",
    ]
)
_KEYS = st.sampled_from(["a", "b", "on", "1", "1.5", "x y", "<<", "a.b/c", "", "~", "é", "a?b"])


def _text(parts: st.SearchStrategy[str], most: int) -> st.SearchStrategy[bytes]:
    return st.lists(parts, min_size=1, max_size=most).map(lambda chosen: "".join(chosen).encode())


@st.composite
def _line(draw: st.DrawFn) -> str:
    indent = " " * draw(st.integers(0, 4))
    begin = draw(st.sampled_from(["a: ", "b: ", "c:", "- ", "- x: ", "? ", ""]))
    return (
        indent + begin + "".join(draw(st.lists(_FRAGMENTS, max_size=2))) + draw(st.sampled_from(["\n", "\n", "\r\n"]))
    )


@st.composite
def _dumped(draw: st.DrawFn) -> bytes:
    data = draw(
        st.dictionaries(
            _KEYS, st.recursive(_LEAVES, lambda of: st.lists(of, max_size=3) | st.dictionaries(_KEYS, of, max_size=3))
        )
    )
    text: str = yaml.safe_dump(
        data,
        default_flow_style=draw(st.sampled_from([None, True, False])),
        default_style=draw(st.sampled_from([None, "'", '"', "|", ">"])),
        allow_unicode=draw(st.booleans()),
        width=draw(st.sampled_from([20, 80])),
        line_break=draw(st.sampled_from(["\n", "\r\n"])),
    )
    return (text.rstrip("\n") if draw(st.booleans()) else text).encode()


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    content = draw(st.sampled_from(_FILES))
    begin = draw(st.integers(0, max(len(content) - 400, 0)))
    content = content[content.rfind(b"\n", 0, begin) + 1 :][: draw(st.sampled_from([100, 400]))]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        gone = draw(st.sampled_from([0, 0, 1, 5]))
        content = content[:at] + draw(_FRAGMENTS).encode() + content[at + gone :]
    return content


documents: st.SearchStrategy[bytes] = st.one_of(
    _text(_FRAGMENTS, 8), _text(_line(), 6), _dumped(), _mutated(), st.binary(max_size=30)
)


def collected(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Draw `count` examples, or as many as a longer profile asks for, to be put to a slow program all at once."""
    examples: list[Any] = []
    most = max(count, settings().max_examples)

    @settings(max_examples=most, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(strategy)
    def collect(example: Any) -> None:
        examples.append(example)

    run: Callable[[], None] = collect
    run()
    return examples
