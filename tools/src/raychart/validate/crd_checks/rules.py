"""The rules in CEL and the patterns of a CRD: can they be read, and do they say what is required."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.cel.tree import RULES
from raychart.validate.reach import entries
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_UNREADABLE = "Syntax error"


def rule_problems(schema: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    """Yield what is wrong with the rules that a schema has."""
    for index, rule in enumerate(entries(schema, RULES)):
        if isinstance(rule, dict):
            yield from _rule(rule, (*path, RULES, index))


def _rule(rule: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    said = rule.get("rule")
    expression = said.strip() if isinstance(said, str) else ""
    if not expression:
        yield Problem(path, "the rule is missing", "write a rule, or remove it")
        return
    message = rule.get("message")
    if isinstance(message, str) and message:
        if not message.strip():
            yield Problem((*path, "message"), "is empty", "write a message, or remove it")
        elif "\n" in message.strip() or "\r" in message.strip():
            yield Problem((*path, "message"), "must not contain line breaks", "write one line")
    elif "\n" in expression or "\r" in expression:
        yield Problem((*path, "rule"), "a rule of several lines needs a message", "add a message of one line")
    if rule.get("reason") is not None and rule["reason"] not in _REASONS:
        yield Problem((*path, "reason"), f"{rule['reason']} is not one of {', '.join(_REASONS)}", "choose one of them")
    said = rule.get("messageExpression")
    if isinstance(said, str) and said and not said.strip():
        yield Problem((*path, "messageExpression"), "is empty", "write an expression, or remove it")
    for key in ("rule", "messageExpression"):
        if isinstance(rule.get(key), str) and rule[key].strip() and (why := _unreadable(rule[key])):
            yield Problem((*path, key), f"cannot be compiled ({why})", "mend the expression")


def _unreadable(expression: str) -> str:
    from raychart.validate.cel.program import NotCompiledError, compiled, is_installed

    if not is_installed():
        return ""
    try:
        compiled(expression)
    except NotCompiledError as wrong:
        # Others may be about functions that are not there in this library alone.
        return str(wrong) if str(wrong).startswith(_UNREADABLE) else ""
    return ""
