"""Setup commands as a shell would take them apart, as far as reading can tell."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ENDS = {"&&", "||", ";", "|", "&", "|&", ";;"}
_OPENS = {"(", ")", "{", "}", "then", "do", "else", "if", "while", "until", "!", "time", "exec", "nohup", "command"}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)


def commands(texts: Iterable[object]) -> list[list[str]]:
    """Return the simple commands in some texts as their words, without variables set before them."""
    return [list(words) for text in texts if isinstance(text, str) for words, _ in parts(text)]


@lru_cache(maxsize=256)
def parts(text: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return a text's simple commands, each with what ends it (&&, |, & and so on; empty at the end of a line).

    None of them where quotes do not pair, and none after the beginning of a here-document.
    """
    found: list[tuple[tuple[str, ...], str]] = []
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split, lexer.commenters = True, ""
        try:
            found += _split(list(lexer))
        except ValueError:
            return ()
        if "<<" in line:
            break
    return tuple((words, end) for words, end in found if words)


def _split(words: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    current: list[str] = []
    for word in words:
        if word.startswith("#"):
            break
        if word in _ENDS:
            yield _bare(current), word
            current = []
        else:
            current.append(word)
    yield _bare(current), ""


def _bare(words: list[str]) -> tuple[str, ...]:
    start = 0
    while start < len(words) and (words[start] in _OPENS or _ASSIGNMENT.fullmatch(words[start])):
        start += 1
    return tuple(words[start:])
