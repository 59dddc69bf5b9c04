"""Go templates as Argo CD has them, put into words that Helm understands; the plainest are filled in here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.review.appsets.model import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

_STRING = r"\"(?:\\.|[^\"\\])*\"|`[^`]*`|'(?:\\.|[^'\\])*'"
_ACTION = re.compile(rf"\{{\{{(?P<trim>-\s)?(?P<inside>(?:{_STRING}|/\*.*?\*/|(?!\}}\}}).)*)\}}\}}", re.DOTALL)
_PIECE = re.compile(rf"{_STRING}|/\*.*?\*/|(?P<word>[^\s()|\"`'{{}}]+)|[()|]|\s+", re.DOTALL)
# A text that only names parameters, or items of lists by their numbers.
_PLAIN = re.compile(r"\{\{ *(?:index +)?\.(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?: +(?P<number>\d+))? *\}\}")
_CHAIN = re.compile(r"(?P<start>\$\w*)?(?P<steps>(?:\.[A-Za-z_]\w*)+)")
_CONTROL = re.compile(r"\s*-?\s*(?:else|end|define|template|block|break|continue)\b")
# What Helm knows and Argo CD does not; env and such are known to neither.
_HELMS = {
    *("include", "tpl", "required", "lookup", "toToml", "mustToToml", "fromToml", "mustToYaml", "toYamlPretty"),
    *("fromJsonArray", "env", "expandenv", "getHostByName"),
}
# After these a dot is not all there is.
_OTHER_DOT = re.compile(r"\b(?:range|with|define|template|block)\b")
_MISSING = object()

PARTIALS = {
    # Argo CD's SanitizeName.
    "normalize": '{{- regexReplaceAll "[^-a-z0-9.]" (lower .) "-" | trunc 253 | trimAll "-." -}}',
    # Its SlugifyName, over github.com/gosimple/slug: at most so many characters, and whether whole words only.
    "slugify": """\
{{- $longest := 50 }}{{ $words := true }}{{ $name := last . }}
{{- if gt (len .) 1 }}{{ $longest = int (first .) }}{{ end }}
{{- if gt (len .) 2 }}{{ $words = index . 1 }}{{ end }}
{{- $name = regexReplaceAll "[^-a-z0-9.]" (lower $name) "-" | trunc 253 | trimAll "-." }}
{{- if not $words }}{{ $name = trunc $longest $name }}{{ end }}
{{- $name = regexReplaceAll "[^a-z0-9-_]" $name "-" }}{{ $name = regexReplaceAll "-+" $name "-" | trimAll "-_" }}
{{- if and $words (gt (len $name) $longest) }}
{{- $cut := trunc (int (add $longest 1)) $name }}
{{- $name = contains "-" $cut | ternary (regexReplaceAll "-[^-]*$" $cut "") (trunc $longest $name) }}
{{- end }}
{{- $name -}}
""",
    # What missingkey=error is to Argo CD, for Helm has no such option.
    "must": """\
{{- $at := first . }}
{{- range rest . }}
{{- if kindIs "map" $at }}
{{- if not (hasKey $at .) }}{{ fail (printf "map has no entry for key %q" .) }}{{ end }}
{{- $at = get $at . }}
{{- else }}{{ $at = "" }}{{ end }}
{{- end -}}
""",
}


def plainly_filled(text: str, params: Mapping[str, Any]) -> str | None:
    """Fill in a text that only names parameters, all of them there and texts; None for any other."""
    if text.count("{{") != len(found := list(_PLAIN.finditer(text))):
        return None
    result, end = "", 0
    for one in found:
        value = _value(params, one["path"].split("."))
        if one["number"] is not None or "index" in one[0].partition(".")[0]:
            number = int(one["number"] or -1)
            value = value[number] if isinstance(value, list) and 0 <= number < len(value) else _MISSING
        if not isinstance(value, str):
            return None
        result, end = result + text[end : one.start()] + value, one.end()
    return result + text[end:]


def missing_in(text: str, params: Mapping[str, Any]) -> str | None:
    """Return a parameter that a text names and that is not there, where that can be told without filling it in."""
    for action in _ACTION.finditer(text):
        for word in _words(action["inside"]):
            chain = _CHAIN.fullmatch(word)
            if chain and chain["start"] in (None, "$"):
                steps = chain["steps"][1:].split(".")
                if _value(params, steps) is _MISSING:
                    return word
    return None


def cut_short(text: str, params: Mapping[str, Any]) -> str:
    """Return a text in which .a.b is .a where there is no a at all, so that Helm takes it as Argo CD does by default.

    Where a dot may stand for something else, as in a range, all stays as it is.
    """
    if _OTHER_DOT.search(text):
        return text

    def word(found: re.Match[str]) -> str:
        chain = _CHAIN.fullmatch(found["word"] or "")
        steps = chain["steps"][1:].split(".") if chain and chain["start"] in (None, "$") else []
        there = next((at for at in range(len(steps)) if _value(params, steps[: at + 1]) is _MISSING), len(steps))
        is_gap = there < len(steps) and isinstance(_value(params, steps[:there]), dict)
        return f"{chain['start'] or ''}.{'.'.join(steps[: there + 1])}" if chain and is_gap else found[0]

    def action(found: re.Match[str]) -> str:
        return f"{{{{{found['trim'] or ''}{_PIECE.sub(word, found['inside'])}}}}}"

    return _ACTION.sub(action, text)


def for_helm(text: str, prefix: str, *, strict: bool) -> str:
    """Return a text for Helm; `prefix` leads to the partials, `strict` makes a parameter that is not there an error.

    What `and` and `or` may not look at is not asked to be there. Raises RefusedError for functions that
    Argo CD has not got.
    """

    def action(found: re.Match[str]) -> str:
        unknown = next((word for word in _words(found["inside"]) if word in _HELMS), None)
        if unknown:
            raise RefusedError(f"function {unknown} is not known to Argo CD", "use one of sprig's functions", text=text)
        inside = _with_partials(found["inside"], prefix)
        trim = found["trim"] or ""
        checks = "".join(_checks(found["inside"], prefix, trim)) if strict else ""
        return f"{checks}{{{{{trim}{inside}}}}}"

    return _ACTION.sub(action, text)


def _words(inside: str) -> list[str]:
    return [piece["word"] for piece in _PIECE.finditer(inside) if piece["word"]]


def _value(params: Any, steps: list[str]) -> Any:
    for step in steps:
        if not isinstance(params, dict) or step not in params:
            return _MISSING
        params = params[step]
    return params


def _checks(inside: str, prefix: str, trim: str) -> list[str]:
    """Return actions that fail where a parameter that an action names is not there; they write nothing."""
    words = _words(inside)
    if _CONTROL.match(inside):
        return []
    deciding = next((at for at, word in enumerate(words) if word in ("and", "or")), len(words))
    # Of what they decide about, the first is always looked at.
    words = words[: deciding + 2]
    checks = []
    for word in dict.fromkeys(words):
        chain = _CHAIN.fullmatch(word)
        if chain:
            steps = " ".join(f'"{step}"' for step in chain["steps"][1:].split("."))
            checks.append(f'{{{{{trim}include "{prefix}must" (list {chain["start"] or "."} {steps}) }}}}')
    return checks


def _with_partials(inside: str, prefix: str) -> str:
    """Put what takes the place of Argo CD's own functions into an action."""
    pieces = list(_PIECE.finditer(inside))
    if "".join(piece[0] for piece in pieces) != inside:
        return inside
    result: list[str] = []
    # Where a function takes a list of arguments, what follows the last of them, by the depth of brackets.
    ends: dict[int, str] = {}
    depth = 0
    for piece in pieces:
        text, word = piece[0], piece["word"]
        if text in ("|", ")") and depth in ends:
            result.append(ends.pop(depth))
        depth += {"(": 1, ")": -1}.get(text, 0)
        if word == "normalize":
            text = f'include "{prefix}normalize"'
        elif word == "slugify":
            text, ends[depth] = "list", f' | include "{prefix}slugify" '
        result.append(text)
    tail = "".join(ends[at] for at in sorted(ends, reverse=True))
    body = "".join(result)
    closing = re.search(r"\s-\s*$", body)
    return f"{body[: closing.start()]}{tail}{closing[0]}" if tail and closing else body + tail
