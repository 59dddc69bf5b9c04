"""Find what must not be shown inside of texts: commands, addresses, settings files, code.

Every search is bounded, so that the time grows with the text and no faster.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.diff.secret_forms import WORDS, hints, spans_by_form
from raychart.diff.secret_names import is_hot, words

if TYPE_CHECKING:
    from collections.abc import Iterator

# A part of a text, from its first character to the one after its last.
Span = tuple[int, int]

_HOT = re.compile(WORDS, re.IGNORECASE)
_LONGEST_NAME = 64
_LONGEST_QUOTED = 20_000
# Spaces before a key.
_DEEPEST = 200
_BEFORE = re.compile(r"[A-Za-z0-9_.-]*\Z")
_AFTER = re.compile(r"[A-Za-z0-9_.-]*")
# Two are one in a text that is in single quotes itself, as YAML writes it.
_QUOTE = r"""(\\{0,7}(?:\"{3}|'{3}|'{2}(?=[^"'\s,}\])])|["'`]))?"""
_SIGN = r"""(?::=|=>|={1,3}|:|,(?=[ \t]{0,40}\\{0,7}["'`]))"""
_BETWEEN = re.compile(rf"{_QUOTE}\]?([ \t]{{0,8}}{_SIGN}[ \t]{{0,40}}|[ \t]{{1,8}}(?:\\\n[ \t]{{0,40}})?){_QUOTE}")
# Whatever follows a flag is its value.
_AFTER_FLAG = re.compile(rf"()([ \t]{{1,8}}(?:\\\n[ \t]{{0,40}})?){_QUOTE}")
_PLAIN = re.compile(r"[^\s;&|\"']+")
_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\n]*[^\s]")
_QUOTED = re.compile(r"\"([^\"\n]+)\"|'([^'\n]+)'|`([^`\n]+)`")
# A reference, a place to fill in, a switch, or the beginning of a mapping.
_NOTHING = re.compile(
    r"""\$[({]\w+[)}]?|\$(?-i:[A-Z_][A-Z0-9_]*)|\$?\{\{.*|<[^>]*>|true|false|null|none|~|yes|no|on|off|bearer|basic
    |\{\s*(?:["']?[\w./-]+["']?\s*[:=].*|\}?)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_BLOCK = re.compile(r"[|>][-+0-9]{0,3}[ \t]*(?:#[^\n]*)?")
# The value of a key, below it.
_GOES_ON = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s\"'`,;:)\]}<>]+")
_NEXT_LINE = re.compile(r"[ \t\r]*\n[ \t]+([^\s:#-][^\n:]*)(?=\n|\Z)")
_DIRECTIVE = re.compile(r"(?:\A|\n)[ \t]*(?:[A-Za-z_]+[ \t]+)?\Z")
_ENDS_LINE = re.compile(r"([^\s;]+);?[ \t\r]*(?=\n|\Z)")
_ELEMENT = re.compile(r"<([\w.:-]{1,64})(?:\s[^<>]{0,200})?>([^<]+)</")
# An environment variable or header as YAML and JSON say it, a property as XML does.
_NAMED = re.compile(
    r"""\b(?:name|key)["']?:\s{0,8}["']?([\w.-]{1,100})["']?[ \t]*,?\s{1,80}["']?value["']?:[ \t]{0,8}([^\n]*[^\s])"""
)
_PROPERTY = re.compile(r"<(?:name|key)>([^<]{1,100})</(?:name|key)>\s{0,80}<value>([^<]+)</")


def secret_spans(text: str, *, code: bool = False) -> list[Span]:
    """Return the parts of a text that must not be shown, in order and apart; of `code` only literals."""
    if not hints(text):
        return []
    spans = [*spans_by_form(text), *_assigned(text, code=code)]
    spans += [
        _inside(text, *found.span(2))
        for form in (_NAMED, _ELEMENT, _PROPERTY)
        for found in form.finditer(text)
        if is_hot(found[1])
    ]
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _assigned(text: str, *, code: bool) -> Iterator[Span]:
    """Yield the values of what is called like a credential: `--password x`, `TOKEN=x`, `"apiKey": "x"`."""
    done = 0
    for word in _HOT.finditer(text):
        if word.start() < done:
            continue
        before = _BEFORE.search(text, max(word.start() - _LONGEST_NAME, done), word.start())
        after = _AFTER.match(text, word.end(), word.end() + _LONGEST_NAME)
        start = before.start() if before else word.start()
        done = after.end() if after else word.end()
        name = text[start:done]
        if is_hot(name.strip("-.")):
            yield from _value(text, start, done, name, code=code)


def _value(text: str, start: int, end: int, name: str, *, code: bool) -> Iterator[Span]:
    is_apart = name.startswith("-") and text[end : end + 1] in {" ", "\t"}
    between = (_AFTER_FLAG if is_apart else _BETWEEN).match(text, end)
    if between is None:
        return
    sign = between[2].strip()
    if not (sign or between[3] or name.startswith("-")):
        if not code:
            yield from _last_word(text, start, between.end())
        return
    if sign == "," and not _is_call(text, start, between):
        return
    if sign == ":" and (below := _NEXT_LINE.match(text, between.end())) and _begins_line(text, start):
        yield below.span(1)
        return
    # An image such as token-service:1.2 is not an assignment.
    if sign == ":" and not between[1] and not between[2].endswith((" ", "\t")):
        return
    at = between.end()
    if between[3]:
        yield at, _closing(text, at, between[3], code=code)
    elif code:
        line = _LINE.match(text, at)
        if line:
            yield from (found.span(found.lastindex or 0) for found in _QUOTED.finditer(text, at, line.end()))
    else:
        yield from _unquoted(text, start, at, between[2], name)


def _last_word(text: str, start: int, at: int) -> Iterator[Span]:
    """Yield the one word that follows a name at the beginning of its line, or after a directive such as ENV."""
    before = _DIRECTIVE.search(text, max(start - _DEEPEST, 0), start)
    found = _ENDS_LINE.match(text, at)
    if before and found and not _NOTHING.fullmatch(found[1]):
        yield found.span(1)


def _is_call(text: str, start: int, between: re.Match[str]) -> bool:
    """Tell whether a comma stands between two arguments in quotes, of which a name is the first."""
    quote = between[1]
    return bool(quote and between[3]) and text[: start - len(quote)].endswith("(")


def _unquoted(text: str, start: int, at: int, between: str, name: str) -> Iterator[Span]:
    begins_line = _begins_line(text, start)
    sign = between.strip()
    # NAME=value is a line of settings, or what a shell begins a command with.
    is_setting = sign == ":" or between.startswith((" ", "\t")) or ("\n" in text and not text.startswith("#!"))
    to_the_end = begins_line and sign and is_setting
    found = (_LINE if to_the_end else _WORD if begins_line and sign else _PLAIN).match(text, at)
    if found is None:
        return
    if sign == ":" and _BLOCK.fullmatch(found[0]):
        yield from _block(text, start, found.end())
    elif not _NOTHING.fullmatch(found[0]) and not (found[0].isdigit() and words(name)[-1] == "tokens"):
        yield _inside(text, *found.span())


def _inside(text: str, start: int, end: int) -> Span:
    """Leave to a mapping on one line, as YAML has them in braces, what ends it."""
    line = text.rfind("\n", 0, start) + 1
    if "{" in text[line:start]:
        end = start + len(text[start:end].rstrip("}], "))
    return start, end


def _begins_line(text: str, start: int) -> bool:
    """Tell whether before a name there is nothing on its line but spaces and the dash of a list's item."""
    lowest = max(start - _DEEPEST, 0)
    line = text.rfind("\n", lowest, start)
    if line < 0 < lowest:
        return False
    return not text[line + 1 : start].strip(" \t-")


def _block(text: str, start: int, at: int) -> Iterator[Span]:
    """Yield the lines below a key that are indented more than it."""
    line = text.rfind("\n", 0, start) + 1
    indent = start - line
    end = at + 1
    while end < len(text):
        stop = text.find("\n", end)
        stop = len(text) if stop < 0 else stop
        inner = text[end:stop]
        if inner.strip() and len(inner) - len(inner.lstrip()) <= indent:
            break
        end = stop + 1
    end = min(end - 1, len(text))
    begin = end - len(text[at:end].lstrip())
    if begin < end:
        yield begin, end


def _closing(text: str, at: int, quote: str, *, code: bool) -> int:
    """Return where a quotation ends; the quote may be escaped itself, as in JSON in a JSON text."""
    limit = at + _LONGEST_QUOTED
    if len(quote.lstrip("\\")) > 1:
        found = text.find(quote, at, limit)
        return len(text) if found < 0 else found
    escapes = len(quote) - 1
    found = text.find(quote[-1], at, limit)
    while found >= 0:
        run = found - len(text[at:found].rstrip("\\")) - at
        # To shells and YAML a backslash in single quotes is one like any other letter.
        if (run == escapes) if escapes else (run % 2 == 0 or (quote == "'" and not code)):
            return found - escapes if escapes else _end_of_word(text, found, limit)
        found = text.find(quote[-1], found + 1, limit)
    line = text.find("\n", at)
    return len(text) if line < 0 else line


def _end_of_word(text: str, end: int, limit: int) -> int:
    """Return where a word ends of which a quotation is a part: 'it'"'"'s' in a shell, 'it''s' in YAML."""
    while found := _GOES_ON.match(text, end + 1, limit):
        end = found.end() - 1
    return end
