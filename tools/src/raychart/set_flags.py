"""Read --set, --set-string, --set-json, --set-file and --set-literal as Helm reads them (its package strvals)."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from raychart.errors import RaychartError
from raychart.helm_scalars import as_text
from raychart.paths import one_line
from raychart.yaml_nodes import DEEPEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from raychart.paths import ValuesPath

# Helm applies them by kind, in this order, whatever the order on the command line.
FLAGS = ("--set-json", "--set", "--set-string", "--set-file", "--set-literal")

_WORDS = {"true": True, "false": False, "null": None}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_MOST_DOTS = 30
_LARGEST_INDEX = 65536
_JSON = "quote the value for the shell, such as --set-json 'a.b={\"c\": [1, 2]}'"


class Assignment(NamedTuple):
    """One value that a flag sets; `merges` where a mapping is laid over what is there instead of replacing it."""

    path: ValuesPath
    value: Any
    merges: bool = False


@dataclass(frozen=True, slots=True)
class SetFlag:
    """One flag: how the user wrote it and what it sets, in order."""

    shown: str
    assignments: tuple[Assignment, ...]
    in_json: bool = False
    only_helm4: bool = False

    def replaces(self, path: ValuesPath) -> bool:
        """Tell whether the flag sets a mapping around `path` as a whole, whatever files set in it."""
        return any(
            isinstance(value, dict) and not merges and path[: len(where)] == where
            for where, value, merges in self.assignments
        )


def read_flag(argument: str) -> SetFlag:
    """Read one argument such as "--set=a.b=1,c[0]=x".

    Raises RaychartError where Helm refuses the text, and where it would drop a value without a word.
    """
    flag, _, text = argument.partition("=")
    text = as_text(text.encode("utf-8", "surrogateescape"))
    shown = one_line(f"{flag} {shlex.quote(text)}")
    if flag == "--set-json" and text.strip().startswith("{"):
        whole = Assignment((), _whole_object(text, shown), merges=True)
        return SetFlag(shown, (whole,), in_json=True, only_helm4=True)
    return SetFlag(shown, tuple(_Parser(text, flag, shown).assignments()), in_json=flag == "--set-json")


def in_helms_order(arguments: Sequence[str]) -> list[str]:
    """Sort arguments by the kind of flag, otherwise leaving them in their order."""
    return sorted(arguments, key=lambda argument: FLAGS.index(argument.partition("=")[0]))


class _Parser:
    """Walk through `key.path[0]=value,...` once, from left to right."""

    def __init__(self, text: str, flag: str, shown: str) -> None:
        self.text = text
        self.shown = shown
        self.at = 0
        self.literal = flag == "--set-literal"
        self.json = flag == "--set-json"
        self.convert: Callable[[str], Any] = {"--set": _typed, "--set-file": self._file}.get(flag, str)

    def assignments(self) -> Iterator[Assignment]:
        while self.at < len(self.text):
            path = self._path()
            yield Assignment(path, self._value(path))

    def _refuse(self, what: str, remedy: str) -> NoReturn:
        raise RaychartError(self.shown, what, remedy)

    def _until(self, stops: str) -> tuple[str, str]:
        """Return the text up to one of `stops` and that character, or "" at the end; a backslash takes the next."""
        text = ""
        while self.at < len(self.text):
            character = self.text[self.at]
            self.at += 1
            if character in stops:
                return text, character
            if character == "\\" and not self.literal:
                character = self.text[self.at : self.at + 1]
                self.at += 1
            text += character
        return text, ""

    def _path(self) -> ValuesPath:
        """Read keys and indexes up to and with the = sign."""
        path: list[str | int] = []
        depth = 0
        while True:
            key, stop = self._until("=[." if self.literal else "=[,.")
            if stop in {"", ","}:
                self._refuse(f"the key {key!r} has no value", "write KEY=VALUE, with \\, for a comma in the value")
            if not key:
                self._refuse("a key is empty, and Helm would drop the value", "write a key before each . [ and =")
            path.append(key)
            while stop == "[":
                path.append(self._index())
                rest, stop = self._until("[.=")
                if rest:
                    self._refuse(f"{rest!r} follows an index", "write . or = after ]")
                if not stop:
                    self._refuse("an index has no value, and Helm would ignore it", "write = and a value after ]")
            if stop == "=":
                return tuple(path)
            depth += 1
            if depth > _MOST_DOTS:
                self._refuse(
                    f"the key has more than {_MOST_DOTS} dots, which Helm refuses", "write \\. for a dot in a key"
                )

    def _index(self) -> int:
        text, stop = self._until("]")
        if not stop:
            self._refuse("an index has no end", "write ] after it")
        if not _INTEGER.fullmatch(text) or not 0 <= int(text[:20]) <= _LARGEST_INDEX:
            self._refuse(f"[{text}] is no index of a list", f"write a number from 0 to {_LARGEST_INDEX}")
        return int(text)

    def _value(self, path: ValuesPath) -> Any:
        if self.literal:
            text, self.at = self.text[self.at :], len(self.text)
            return text
        if self.json:
            return self._json_value()
        if self.at == len(self.text):
            if any(isinstance(step, int) for step in path[:-1]):
                self._refuse(
                    "Helm may lose an empty value below an index at the end", "write it in JSON: --set-json 'KEY=\"\"'"
                )
            return ""
        if self.text[self.at] == "{":
            self.at += 1
            return self._list()
        return self.convert(self._until(",")[0])

    def _list(self) -> list[Any]:
        items = []
        stop = ","
        while stop == ",":
            text, stop = self._until(",}")
            if not stop:
                self._refuse("a list has no end", "write } after it, or \\{ if it is text")
            items.append(self.convert(text))
        if self.text[self.at : self.at + 1] == ",":
            self.at += 1
        return items

    def _json_value(self) -> Any:
        if self._json_ends():
            return None
        try:
            value, self.at = _JSON_DECODER.raw_decode(self.text, self.at)
            value = _clean(value)
        except (ValueError, RecursionError) as wrong:
            raise RaychartError(self.shown, f"the value is not JSON ({wrong})", _JSON) from wrong
        if isinstance(value, (int, float)) and self.text[self.at : self.at + 1] in {".", "e", "E"}:
            self._refuse("the value is not JSON (a number breaks off)", _JSON)
        self._json_ends()
        return value

    def _json_ends(self) -> bool:
        """Skip blanks, and the comma after a value; tell whether the value ends here."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        ends = self.text[self.at : self.at + 1] in {"", ","}
        self.at += ends and self.at < len(self.text)
        return ends

    def _file(self, name: str) -> str:
        try:
            return as_text(Path(name).read_bytes())
        except (OSError, ValueError) as refused:
            reason = refused.strerror if isinstance(refused, OSError) else refused
            raise RaychartError(
                self.shown, f"{name} cannot be read ({reason})", "name a file that is there"
            ) from refused


def _typed(text: str) -> Any:
    """Return what --set makes of a value: true, false, null, a whole number without leading zero, or text."""
    word = text.casefold()
    if word in _WORDS:
        return _WORDS[word]
    if text == "0":
        return 0
    if _INTEGER.fullmatch(text) and not text.startswith("0") and len(text) < 40 and -(2**63) <= int(text) < 2**63:
        return int(text)
    return text


def _whole_object(text: str, shown: str) -> dict[str, Any]:
    try:
        whole: dict[str, Any] = _clean(_JSON_DECODER.decode(text.strip()))
    except (ValueError, RecursionError) as wrong:
        raise RaychartError(shown, f"the value is not JSON ({wrong})", _JSON) from wrong
    return whole


def _number(text: str) -> int | float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number is too large")
    return value if "." in text or "e" in text.lower() else int(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


_JSON_DECODER = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_constant)


def _clean(value: Any, depth: int = 0) -> Any:
    """Replace halves of surrogate pairs, as Go does, and refuse what is nested too deeply for those who walk it."""
    if depth > DEEPEST:
        raise ValueError(f"nested more than {DEEPEST} levels deep")
    if isinstance(value, str):
        return _HALF_PAIR.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item, depth + 1) for key, item in value.items()}
    return value
