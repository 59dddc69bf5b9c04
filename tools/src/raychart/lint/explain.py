"""Say what each rule is about: the list of all rules, or one rule's page."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from raychart.catalogue import all_rules
from raychart.errors import RaychartError
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from raychart.rule_info import RuleInfo

FORMATS = ("text", "markdown")
_WIDTH = 100


def explain(rule_id: str | None = None, style: str = "text") -> str:
    """Return the page of a rule, or the list of rules, in one of FORMATS. Raises RaychartError for an unknown rule."""
    if rule_id is None:
        return _table() if style == "markdown" else _list()
    rules = all_rules()
    if rule_id not in rules:
        guess = nearest(rule_id, list(rules))
        remedy = f"did you mean {guess}?" if guess else "raychart explain lists the rules"
        raise RaychartError(f"raychart explain {rule_id}", "there is no such rule", remedy)
    rule = rules[rule_id]
    return markdown_page(rule) if style == "markdown" else _page(rule)


def markdown_page(rule: RuleInfo) -> str:
    """Return a rule's page as Markdown."""
    return (
        f"## {rule.id}\n\n{rule.summary} ({rule.severity})\n\n{rule.why}\n\n"
        f"Found:\n\n```yaml\n{rule.example('bad')}```\n\n"
        f"Not found:\n\n```yaml\n{rule.example('good')}```\n\n"
        f"Source: {rule.source}\n"
    )


def _list() -> str:
    width = max(map(len, all_rules()))
    lines = [f"{rule.id:{width}}  {rule.severity:7}  {rule.summary}" for rule in all_rules().values()]
    return "\n".join(lines) + "\n"


def _table() -> str:
    rows = [f"| {rule.id} | {rule.severity} | {rule.summary} |".replace("\n", " ") for rule in all_rules().values()]
    return "\n".join(["| rule | severity | what it finds |", "| --- | --- | --- |", *rows]) + "\n"


def _page(rule: RuleInfo) -> str:
    paragraphs = [_filled(paragraph) for paragraph in rule.why.split("\n\n")]
    return "\n\n".join(
        [
            f"{rule.id} ({rule.severity})",
            rule.summary,
            *paragraphs,
            "found:\n" + textwrap.indent(rule.example("bad").rstrip("\n"), "    "),
            "not found:\n" + textwrap.indent(rule.example("good").rstrip("\n"), "    "),
            _filled(f"source: {rule.source}") + "\n",
        ]
    )


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False)
