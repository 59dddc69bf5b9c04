"""Find what must not be shown inside of texts: commands, addresses, settings files, code.

Every search is bounded, so that the time grows with the text and no faster.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.diff.secret_names import is_hot, words
from raychart.lint.secret_words import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterator

# A part of a text, from its first character to the one after its last.
Span = tuple[int, int]

_WORDS = r"pass|pwd|secret|token|credential|key|jwt|bearer|hmac|auth|docker|kubeconfig"
_HOT = re.compile(_WORDS, re.IGNORECASE)
# One search says of nearly every text that there is nothing in it.
_HINT = re.compile(
    rf"{_WORDS}|://[^/\s]*@|-----BEGIN|LS0tLS1CRUdJTi|AKIA|ASIA|gh[pousr]_|glpat-|xox|AIza|hf_|sk-|k_live_|eyJ|hooks\."
    r"|\s-u\s|--user\b",
    re.IGNORECASE,
)
# Each hides its first group, or all of it.
_PATTERNS = (
    re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL),
    # The same in base64, unless it is a certificate.
    re.compile(r"LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FUR)[A-Za-z0-9+/=]*"),
    re.compile(r"://[^\s/:@\"']{0,200}:([^\s/\"']{1,500})@"),
    re.compile(r"\bbearer\s{1,8}([A-Za-z0-9._~+/=-]{6,})", re.IGNORECASE),
    re.compile(r"authorization[\"']?\s{0,8}[:=]\s{0,8}[\"']?(?:(?:basic|bearer)\s{1,8})?([^\s\"']{6,})", re.IGNORECASE),
    re.compile(r"(?:^|\s)(?:-u|--user)[ =][\"']?[^\s:\"']{1,100}:([^\s\"']+)"),
    re.compile(r"\bhooks\.slack\.com/(?:services|workflows)/([^\s\"']+)"),
    *(form for what, form in FORMS if what not in {"a private key", "a password in an address"}),
)
_LONGEST_NAME = 64
_LONGEST_QUOTED = 20_000
# Spaces before a key.
_DEEPEST = 200
_BEFORE = re.compile(r"[A-Za-z0-9_.-]*\Z")
_AFTER = re.compile(r"[A-Za-z0-9_.-]*")
_BETWEEN = re.compile(r"""(\\{0,7}["'])?([ \t]{0,8}(?::=|=>|={1,3}|:)[ \t]{0,40}|[ \t]{1,8})(\\{0,7}["'])?""")
_PLAIN = re.compile(r"[^\s;&|\"']+")
_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\n]*[^\s]")
_QUOTED = re.compile(r"\"([^\"\n]+)\"|'([^'\n]+)'")
# A reference, a place to fill in, a switch, or the beginning of a mapping.
_NOTHING = re.compile(
    r"""\$[({]\w+[)}]?|\$(?-i:[A-Z_][A-Z0-9_]*)|\$?\{\{.*|<[^>]*>|true|false|null|none|~|yes|no|on|off|\{.*|bearer|basic""",
    re.IGNORECASE | re.DOTALL,
)
_BLOCK = re.compile(r"[|>][-+0-9]{0,3}[ \t]*(?:#[^\n]*)?")
# An environment variable or header as YAML and JSON say it.
_NAMED = re.compile(
    r"""\b(?:name|key)["']?:\s{0,8}["']?([\w.-]{1,100})["']?[ \t]*,?\s{1,80}["']?value["']?:[ \t]{0,8}([^\n]*[^\s])"""
)


def hints(text: str) -> bool:
    """Tell whether there may be something in a text that must not be shown."""
    return bool(_HINT.search(text))


def secret_spans(text: str, *, code: bool = False) -> list[Span]:
    """Return the parts of a text that must not be shown, in order and apart; of `code` only literals."""
    if not hints(text):
        return []
    spans = [found.span((found.lastindex and 1) or 0) for form in _PATTERNS for found in form.finditer(text)]
    spans += _assigned(text, code=code)
    spans += [found.span(2) for found in _NAMED.finditer(text) if is_hot(found[1])]
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
    between = _BETWEEN.match(text, end)
    if between is None:
        return
    sign = between[2].strip()
    is_flag = name.startswith("-")
    # An image such as token-service:1.2 is not an assignment.
    if (not sign and not is_flag) or (sign == ":" and not between[1] and not between[2].endswith((" ", "\t"))):
        return
    at = between.end()
    if between[3]:
        yield at, _closing(text, at, between[3])
    elif code:
        line = _LINE.match(text, at)
        if line:
            yield from (found.span(found.lastindex or 0) for found in _QUOTED.finditer(text, at, line.end()))
    else:
        yield from _unquoted(text, start, at, between[2], name)


def _unquoted(text: str, start: int, at: int, between: str, name: str) -> Iterator[Span]:
    begins_line = _begins_line(text, start)
    sign = between.strip()
    to_the_end = begins_line and (sign == ":" or (sign and between.startswith((" ", "\t"))))
    found = (_LINE if to_the_end else _WORD if begins_line and sign else _PLAIN).match(text, at)
    if found is None:
        return
    if _BLOCK.fullmatch(found[0]):
        yield from _block(text, start, found.end())
    elif not _NOTHING.fullmatch(found[0]) and not (found[0].isdigit() and words(name)[-1] == "tokens"):
        yield found.span()


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


def _closing(text: str, at: int, quote: str) -> int:
    """Return where a quotation ends; the quote may be escaped itself, as in JSON in a JSON text."""
    escapes = len(quote) - 1
    limit = at + _LONGEST_QUOTED
    found = text.find(quote[-1], at, limit)
    while found >= 0:
        run = found - len(text[at:found].rstrip("\\")) - at
        if (run == escapes) if escapes else run % 2 == 0:
            return found - escapes
        found = text.find(quote[-1], found + 1, limit)
    line = text.find("\n", at)
    return len(text) if line < 0 else line
