"""A generator's selector: which parameters it lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.review.appsets.flatten import as_go_text, flat
from raychart.review.appsets.model import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raychart.yaml_nodes import Node


def lets_through(selector: Node | None, params: Mapping[str, Any]) -> bool:
    """Tell whether parameters have what a selector asks for; without one all do."""
    if selector is None or not isinstance(selector.data, dict):
        return True
    found = {key: as_go_text(value) for key, value in flat(dict(params))}
    labels = selector.data.get("matchLabels") or {}
    if any(found.get(key) != value for key, value in (labels.items() if isinstance(labels, dict) else ())):
        return False
    expressions = selector.data.get("matchExpressions") or []
    return all(_holds(one, found, selector) for one in expressions if isinstance(one, dict))


def _holds(expression: dict[str, Any], found: Mapping[str, str], selector: Node) -> bool:
    key, operator = str(expression.get("key")), expression.get("operator")
    values = expression.get("values") or []
    if operator == "In":
        return found.get(key) in values
    if operator == "NotIn":
        return found.get(key) not in values
    if operator == "Exists":
        return key in found
    if operator == "DoesNotExist":
        return key not in found
    what = f"a selector's operator is none (found {operator})"
    raise RefusedError(what, "use In, NotIn, Exists or DoesNotExist", selector.mark)
