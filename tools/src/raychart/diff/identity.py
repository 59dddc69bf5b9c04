"""Know the items of lists again: by fields, by value, or by all that they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.diff.meaning import is_quantity, quantity
from raychart.diff.model import Item
from raychart.diff.secret_names import Heat, below
from raychart.diff.secrets import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.diff.model import ChangePath

# What a field that is left out stands for in the API.
_DEFAULTS = {"protocol": "TCP", "operator": "Equal"}
# Fields of which an item has one, as a source of environment variables or of a projected volume does, and by which of
# its own fields such a source is known; one without is the only one of its kind.
_SOURCES: dict[str, str | None] = {
    **dict.fromkeys(("configMapRef", "secretRef", "configMap", "secret"), "name"),
    **dict.fromkeys(("serviceAccountToken", "clusterTrustBundle"), "path"),
    "podCertificate": "credentialBundlePath",
    "downwardAPI": None,
}


def keyed(items: Sequence[Any], key: str) -> dict[Item, int] | None:
    """Return the index of each item by what identifies it; None where an item has no identity or two have the same.

    Items known by their value or their content are numbered when there are several of a kind.
    """
    found: dict[Item, int] = {}
    counts: dict[str, int] = {}
    for index, item in enumerate(items):
        text = identity(item, key)
        if text is None:
            return None
        if key in {"value", "content"}:
            counts[text] = counts.get(text, 0) + 1
            if counts[text] > 1:
                text = f"{text} #{counts[text]}"
        step = Item(key, text)
        if step in found:
            return None
        found[step] = index
    return found


def identity(item: Any, key: str) -> str | None:
    """Return what identifies an item by a key (see Item.key); None where it has no such thing."""
    if key == "value":
        return None if isinstance(item, (dict, list)) or item is None else _scalar(shown(item))
    if key == "content":
        return content(item)
    if not isinstance(item, dict):
        return None
    if key == "source":
        return _source(item)
    if key == "metadata.name":
        metadata = item.get("metadata")
        return _field(metadata, "name") if isinstance(metadata, dict) else None
    fields = key.split(",")
    texts = [_field(item, field) for field in fields]
    if texts[0] is None and len(fields) == 1:
        return None
    return "/".join(text for text in texts if text) or "*"


def content(value: Any) -> str:
    """Write all that a value says, masked, the same for the same meaning: in one order, quantities in one form."""
    return _flow(shown(value), ())


def _flow(value: Any, path: ChangePath) -> str:
    if isinstance(value, dict):
        entries = sorted(f"{key}: {_flow(item, (*path, key))}" for key, item in value.items() if item is not None)
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list):
        return f"[{', '.join(sorted(_flow(item, path) for item in value))}]"
    amount = quantity(value) if is_quantity(path) else None
    return _scalar(value) if amount is None else str(amount)


def _field(item: dict[str, Any], field: str) -> str | None:
    value = item.get(field, _DEFAULTS.get(field))
    if isinstance(value, list):
        # The core group of the API, "", needs no mention.
        return ",".join(sorted(_flow(item, ()) for item in value if item != ""))
    if isinstance(value, dict):
        return content(value)
    # It is read in paths.
    return None if value is None else _scalar(shown(value, below(item, field, Heat.COLD)), plain=True)


def _scalar(value: Any, *, plain: bool = False) -> str:
    if isinstance(value, str) and plain:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    from raychart.diff.values_text import on_one_line

    return on_one_line(value)


def _source(item: dict[str, Any]) -> str | None:
    for source, field in _SOURCES.items():
        about = item.get(source)
        if not isinstance(about, dict):
            continue
        if field is None:
            return source
        if isinstance(about.get(field), str):
            prefix = item.get("prefix")
            return f"{source} {about[field]}" + (f" as {prefix}" if isinstance(prefix, str) and prefix else "")
    return None
