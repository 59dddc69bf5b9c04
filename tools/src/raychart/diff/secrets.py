"""Put digests in the place of whatever must not be shown; in doubt it must not."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from raychart.diff.model import Hidden, Masked
from raychart.diff.secret_arguments import heat_of_argument
from raychart.diff.secret_forms import hints
from raychart.diff.secret_names import Heat, below
from raychart.diff.secret_text import secret_spans
from raychart.lint.secret_words import is_random

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.manifests import Manifest

# Of this run alone: who sees a digest cannot find the value by trying.
_KEY = secrets.token_bytes(32)
# What a name like PASSWORD may have without giving anything away.
_NOTHING = re.compile(r"\s*|\$\([\w.-]+\)|\$\{\w+\}|\$(?-i:[A-Z_][A-Z0-9_]*)|true|false|null|none", re.IGNORECASE)
_CODE = (".py", ".js", ".ts", ".go", ".rb", ".lua", ".sql")
_OF_SECRETS = ("data", "stringData")
# A part of a secret by which it is found in a text that writes it in quotes or on several lines.
_LONG_WORD = re.compile(r"\w{5,}", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
# Texts from here on are read once.
_LONG = 500
# YAML takes its time to read: in longer texts only what stands on one line with its name is found.
_LONGEST_YAML = 100_000
# Of a secret that is looked for in the text it came from: shorter ones would be found anywhere.
_SHORTEST = 3


def hidden(manifest: Manifest) -> dict[str, Any]:
    """Return an object's body as it may be shown: mappings, lists and scalars, some of them Hidden or Masked."""
    return dict(shown(as_stored(manifest)))


def as_stored(manifest: Manifest) -> dict[str, Any]:
    """Return an object's body, of a Secret as the API server keeps it: stringData encoded and laid over data."""
    body = manifest.body
    if manifest.kind != "Secret" or manifest.group or not any(key in body for key in _OF_SECRETS):
        return body
    data, texts = (body.get(key) or {} for key in _OF_SECRETS)
    if not isinstance(data, dict) or not isinstance(texts, dict):
        return body
    stored = {key: _recoded(value) for key, value in data.items()}
    stored |= {key: _encoded(value) for key, value in texts.items() if isinstance(value, str)}
    kept = {key: value for key, value in texts.items() if not isinstance(value, str) and value is not None}
    rest = {key: value for key, value in body.items() if key not in _OF_SECRETS}
    return rest | ({"data": stored} if stored or "data" in body else {}) | ({"stringData": kept} if kept else {})


def shown(value: Any, heat: Heat = Heat.COLD, *, code: bool = False, references: bool = True) -> Any:
    """Return a value as it may be shown.

    `code` says that it is a program's text; without `references` nothing in it is taken for the name of a Secret.
    """
    if isinstance(value, dict):
        return {
            key: shown(item, below(value, key, heat, references=references), code=is_code(key), references=references)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [
            shown(item, max(heat, heat_of_argument(value, index)), references=references)
            for index, item in enumerate(value)
        ]
    if isinstance(value, (Hidden, Masked)) or value is None or isinstance(value, bool):
        return value
    if heat >= Heat.HOT:
        return value if isinstance(value, str) and _NOTHING.fullmatch(value) else Hidden(digest(value))
    if isinstance(value, str):
        # The same scripts and settings are in many objects.
        return (_long_text if len(value) >= _LONG else _text)(value, code=code)
    return value


def digest(value: object) -> str:
    """Return what tells a value from others in this run: 8 characters."""
    text = value if isinstance(value, str) else json.dumps(value)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=_KEY, digest_size=4).hexdigest()


def is_code(key: str) -> bool:
    """Tell whether what is called so is a program's text, in which most values are expressions."""
    return key.endswith(_CODE)


def _text(text: str, *, code: bool) -> Any:
    if is_random(text.strip()):
        return Hidden(digest(text))
    if text.lstrip()[:1] in {"{", "["}:
        masked = _json(text)
        if masked is not None:
            return masked
    if _BASE64.fullmatch(text) and _hides_something(text):
        return Hidden(digest(text))
    masked = _without_spans(text, code=code)
    if not code and "\n" in text and len(text) <= _LONGEST_YAML and hints(text):
        masked = _without_values(text, masked)
    return text if masked == text else Masked(masked)


_long_text = lru_cache(maxsize=128)(_text)


def _hides_something(encoded: str) -> bool:
    """Tell whether there is in a text in base64 what must not be shown."""
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return False
    return _BASE64.fullmatch(text) is None and _text(text, code=False) != text


def _without_spans(text: str, *, code: bool) -> str:
    parts: list[str] = []
    at = 0
    for start, end in secret_spans(text, code=code):
        part = text[start:end]
        parts += [text[at:start], part if _NOTHING.fullmatch(part) else str(Hidden(digest(part)))]
        at = end
    return "".join([*parts, text[at:]])


def _without_values(text: str, masked: str) -> str:
    """Mask what a YAML text holds by what it means; where that is written in another way, write all of it anew."""
    from raychart.helm_yaml import read_documents

    data = [document.data for document in read_documents(text, "") if not document.findings]
    found = [(one, shown(one, references=False)) for one in data if isinstance(one, (dict, list))]
    secrets_in = {value for one, other in found for value in _lost(one, other)}
    lines = {line.strip() for value in secrets_in for line in value.splitlines()}
    for line in sorted((line for line in lines if len(line) >= _SHORTEST), key=lambda line: (-len(line), line)):
        masked = masked.replace(line, str(Hidden(digest(line))))
    if not any(word in masked for value in secrets_in for word in _LONG_WORD.findall(value)):
        return masked
    from raychart.manifest_text import to_yaml

    return to_yaml(printable(other) for _, other in found).removeprefix("---\n")


def _lost(value: Any, masked: Any) -> Iterator[str]:
    """Yield what is hidden in a value that was masked, of a text in it the words."""
    if isinstance(masked, Hidden):
        yield str(value)
    elif isinstance(masked, Masked):
        yield from set(_LONG_WORD.findall(value)) - set(_LONG_WORD.findall(masked))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _lost(item, masked[key])
    elif isinstance(value, list):
        for item, other in zip(value, masked, strict=True):
            yield from _lost(item, other)


def _json(text: str) -> str | None:
    """Mask a JSON text by what it means; None where it is none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    masked = shown(data, references=False)
    if masked == data:
        return text
    compact = (",", ":") if ": " not in text else None
    return Masked(json.dumps(printable(masked), indent=2 if "\n" in text else None, separators=compact))


def printable(value: Any) -> Any:
    """Write as text what is hidden in a value, so that any writer of YAML or JSON can have it."""
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [printable(item) for item in value]
    return str(value) if isinstance(value, (Hidden, Masked)) else value


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _recoded(value: Any) -> Any:
    """Write base64 in the one way that the same bytes have; what is none stays."""
    if not isinstance(value, str):
        return value
    try:
        return base64.b64encode(base64.b64decode("".join(value.split()), validate=True)).decode()
    except (binascii.Error, ValueError):
        return value
