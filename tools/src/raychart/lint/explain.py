"""Say what each rule is about: the list of all rules, or one rule's page."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.lint.rules import BY_ID, RULES
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from raychart.lint.rule import Rule

FORMATS = ("text", "markdown")
_EXAMPLES = Path(__file__).parent / "examples"
_WIDTH = 100


def explain(rule_id: str | None = None, style: str = "text") -> str:
    """Return the page of a rule, or the list of rules, in one of FORMATS. Raises RaychartError for an unknown rule."""
    if rule_id is None:
        return _table() if style == "markdown" else _list()
    if rule_id not in BY_ID:
        guess = nearest(rule_id, list(BY_ID))
        remedy = f"did you mean {guess}?" if guess else "raychart explain lists the rules"
        raise RaychartError(f"raychart explain {rule_id}", "there is no such rule", remedy)
    rule = BY_ID[rule_id]
    return markdown_page(rule) if style == "markdown" else _page(rule)


def example(rule: Rule, kind: str) -> str:
    """Return a rule's `bad` or `good` example."""
    return (_EXAMPLES / f"{rule.id}.{kind}.yaml").read_text(encoding="utf-8")


def markdown_page(rule: Rule) -> str:
    """Return a rule's page as Markdown."""
    return (
        f"## {rule.id}\n\n{rule.summary} ({rule.severity})\n\n{rule.why}\n\n"
        f"Found:\n\n```yaml\n{example(rule, 'bad')}```\n\n"
        f"Not found:\n\n```yaml\n{example(rule, 'good')}```\n\n"
        f"Source: {rule.source}\n"
    )


def _list() -> str:
    width = max(len(rule.id) for rule in RULES)
    lines = [f"{rule.id:{width}}  {rule.severity:7}  {rule.summary}" for rule in RULES]
    return "\n".join(lines) + "\n"


def _table() -> str:
    rows = [f"| {rule.id} | {rule.severity} | {rule.summary} |".replace("\n", " ") for rule in RULES]
    return "\n".join(["| rule | severity | what it finds |", "| --- | --- | --- |", *rows]) + "\n"


def _page(rule: Rule) -> str:
    paragraphs = [textwrap.fill(paragraph, _WIDTH) for paragraph in rule.why.split("\n\n")]
    return "\n\n".join(
        [
            f"{rule.id} ({rule.severity})",
            rule.summary,
            *paragraphs,
            "found:\n" + textwrap.indent(example(rule, "bad").rstrip("\n"), "    "),
            "not found:\n" + textwrap.indent(example(rule, "good").rstrip("\n"), "    "),
            textwrap.fill(f"source: {rule.source}", _WIDTH) + "\n",
        ]
    )
