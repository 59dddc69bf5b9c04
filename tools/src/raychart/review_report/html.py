"""A review as one page that needs nothing else: no network, no fonts, no scripts but its own."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from raychart import __version__
from raychart.findings import SEVERITIES
from raychart.impact.effects import EFFECTS, MEANINGS, rank
from raychart.review_report import wording
from raychart.review_report.amounts import growth, span
from raychart.review_report.lines import diff_lines
from raychart.review_report.view import (
    SHOWN_BLOCKERS,
    blockers_of,
    effects_by_object,
    effects_of,
    gravest_first,
    row_of,
    severity_of,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.findings import Finding
    from raychart.impact.effects import Effect
    from raychart.review.model import Group, Review
    from raychart.review_report.view import Blocker, Told

_FOLDER = Path(__file__).with_name("page")
_HEADS = ("Namespace", "State", "Worst effect", "Pods touched", "Capacity", "Findings")
# What would end the element that data stands in, or begin another.
_IN_SCRIPT = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&"})


def as_html(review: Review) -> str:
    """Return the page: the summary and a table as HTML, what differs as data that its script lays out when wanted."""
    style, script = (_FOLDER.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    verdict = wording.verdict(review)
    return Template(_FOLDER.joinpath("page.html").read_text("utf-8")).substitute(
        policy=_policy(style, script),
        version=__version__,
        title=escape(f"{verdict} - {review.base} to {review.head}"),
        style=style,
        script=script,
        base=escape(review.base),
        head=escape(review.head),
        verdict=escape(verdict),
        facts="".join(f"<li>{escape(fact)}</li>" for fact in _facts(review)),
        notes="\n".join(f'<p class="note">{escape(note)}</p>' for note in review.notes),
        blockers=_blockers(review),
        chips="".join(_chips(review)),
        heads="".join(f'<th scope="col">{head}</th>' for head in _HEADS),
        rows="\n".join(_row(group, number) for number, group in enumerate(review.groups)),
        data=_embedded([_data(group) for group in review.groups]),
    )


def _policy(style: str, script: str) -> str:
    """Return a policy that allows this style and this script and nothing from anywhere."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _facts(review: Review) -> Iterator[str]:
    yield wording.counted_namespaces(review)
    if review.groups:
        yield from wording.totals(review)


def _blockers(review: Review) -> str:
    found = blockers_of(review)
    if not found:
        return ""
    items = [f"<ul>{''.join(map(_blocker, found[:SHOWN_BLOCKERS]))}</ul>"]
    if left := found[SHOWN_BLOCKERS:]:
        items.append(f"<details><summary>{len(left):,} more</summary><ul>{''.join(map(_blocker, left))}</ul></details>")
    return f'<section class="blockers" aria-label="Blockers"><h2>Blockers</h2>{"".join(items)}</section>'


def _blocker(blocker: Blocker) -> str:
    severity, where, text = _finding(blocker.finding)
    extent = f" ({escape(blocker.extent)})" if blocker.extent else ""
    place = f"<code>{escape(where)}</code>: " if where else ""
    return f'<li><span class="effect {severity}">{escape(blocker.label)}</span>{extent} {place}{escape(text)}</li>'


def _chips(review: Review) -> Iterator[str]:
    meanings = {"failed": "cannot be rendered"} | {effect: MEANINGS[effect] for effect in reversed(EFFECTS)}
    counts = dict.fromkeys(meanings, 0)
    for group in review.groups:
        for label in _labels(group):
            counts[label] += len(group.members)
    for label, count in counts.items():
        if count:
            about = f'value="{label}" title="{escape(meanings[label])}"'
            yield f'<button type="button" aria-pressed="false" {about}>{label} {count:,}</button>'


def _labels(group: Group) -> list[str]:
    """Return what a group can be filtered by: all of its effects."""
    failed = ["failed"] if group.first.state == "failed" else []
    return failed + sorted({placed.impact.effect for placed in group.first.impacts})


def _row(group: Group, number: int) -> str:
    one, row = group.first, row_of(group)
    failed = one.state == "failed"
    kind = "error" if failed else _severity(one.effect)
    matches = '<span class="matches"></span>' if len(group.members) > 1 else ""
    weight = sum(10_000 ** (2 - SEVERITIES.index(finding.severity)) for finding in one.findings)
    cells = (
        (one.name, f'<button type="button" class="open" disabled>{escape(row.name)}</button>{matches}'),
        (wording.STATES.index(one.state), escape(row.state)),
        (len(EFFECTS) if failed else rank(one.effect), f'<span class="effect {kind}">{escape(row.effect)}</span>'),
        (one.pods.most, escape(row.pods)),
        (growth(one.before, one.after), _figures(row.capacity)),
        (weight, escape(row.findings)),
    )
    written = "".join(
        f'<td data-key="{escape(str(key))}"{_label(head)}>{text}</td>'
        for (key, text), head in zip(cells, _HEADS, strict=True)
    )
    return f'<tbody data-group="{number}"><tr>{written}</tr></tbody>'


def _figures(capacity: str) -> str:
    """Keep each figure on a line."""
    return ", ".join(f'<span class="figure">{escape(figure)}</span>' for figure in capacity.split(", ") if figure)


def _label(head: str) -> str:
    return "" if head in {"Namespace", "State", "Worst effect"} else f' data-label="{head}"'


def _severity(effect: Effect) -> str:
    return "" if effect == "none" else severity_of(effect)


def _data(group: Group) -> dict[str, Any]:
    one = group.first
    by_object = effects_by_object(one)
    return {
        "members": [member.name for member in group.members],
        "files": [member.file for member in group.members],
        "why": one.why,
        "labels": _labels(group),
        "effects": [_told(told) for told in effects_of(one)],
        "findings": [_finding(finding) for finding in one.findings],
        "known": wording.known(one.known) if one.known else "",
        "objects": [
            {
                "title": title_of(diff),
                "effects": [_badge(effect) for effect in by_object.get(diff.manifest.identity, ())],
                "lines": "\n".join(diff_lines(diff)),
            }
            for diff in gravest_first(one, by_object)
        ],
    }


def _told(told: Told) -> dict[str, Any]:
    return {
        "effect": _badge(told.effect),
        "on": ", ".join(told.subjects),
        "pods": span(told.pods.least, told.pods.most),
        "why": told.reason or MEANINGS[told.effect],
        "source": told.source,
        "place": told.place,
    }


def _badge(effect: Effect) -> dict[str, str]:
    return {"name": effect, "severity": _severity(effect)}


def _finding(finding: Finding) -> tuple[str, str, str]:
    """Return how grave it is, where it is, and what it says."""
    where = ": ".join(filter(None, (finding.where, finding.path)))
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    return finding.severity, where, f"{finding.message}{remedy} [{finding.rule}]"


def _embedded(data: Any) -> str:
    """Write JSON that is text to HTML, whatever is in it; outside of ASCII all is escaped."""
    return json.dumps(data, separators=(",", ":")).translate(_IN_SCRIPT)
