"""A review as comments on a pull request."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import cmarkgfm
import pytest
import reviews
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from raychart.impact.model import Impact
from raychart.review.model import Group, Review
from raychart.review_report import markdown_parts
from raychart.review_report.markdown import MARKER
from raychart.review_report.markdown_text import code, fence_for, prose, row
from raychart.review_report.parts import Frame, Piece, divided
from raychart.values import Position

if TYPE_CHECKING:
    from raychart.review.model import NamespaceReview

LIMIT = 65_536
# What text may be in people's values, with all that means something to Markdown, HTML and GitHub.
TEXTS = (st.text(min_size=1, max_size=40) | st.text("`|\\<>&*_[]()~#@!:/$-+. \n\t1aA", min_size=1, max_size=40)).filter(
    lambda text: bool(text.strip())
)
NASTY = (
    "@team-a/everyone look",
    "fixes #123 and GH-9",
    "</details></summary><script>alert(1)</script>",
    "a | b || c \\| d \\",
    "```\n# not a heading\n~~~~",
    "<!-- raychart review --><!-- part 7 of 9 -->",
    "https://example.com www.example.com a@example.com",
    "![x](javascript:alert(1)) [y](//z) <http://z>",
    "$x$ $(HOME) :tada: &lt;b&gt; \u2028 \x00 \ud800",
    "`" * 50,
)


class Skeleton(HTMLParser):
    """The tags of a page, and its text inside and outside of code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.outside = ""
        self.inside = ""
        self._depth = 0
        html = cmarkgfm.cmark.markdown_to_html_with_extensions(
            markdown.encode("utf-8", "replace").decode(),
            options=Options.CMARK_OPT_UNSAFE,
            extensions=["table", "autolink", "tagfilter", "strikethrough", "tasklist"],
        )
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {attrs}")
        self._depth += tag in {"code", "pre"}

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")
        self._depth -= tag in {"code", "pre"}

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"comment {data.split(maxsplit=1)[0]}")

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.inside += data
        else:
            self.outside += data


def review_saying(text: str) -> Review:
    """A review with a text in every place where people's text may be."""
    named = reviews.policy("team-a")
    named["metadata"]["name"] = text
    one = reviews.namespace(
        "team-a",
        [reviews.cluster("team-a", env={"A": "x"})],
        [reviews.cluster("team-a", env={"A": f"y{text}"}), named],
    )
    placed = one.impacts[-1]
    impact = Impact("rejected", text, text, text, placed.impact.object, placed.impact.changes)
    warning = reviews.WARNING
    position = Position(text, 3, 1)
    finding = replace(warning, file=text, message=text, remedy=text, path=text, rule=text)
    said = replace(
        one,
        why=text,
        impacts=(replace(placed, impact=impact, position=position, path=text),),
        findings=(finding, replace(finding, severity="error")),
    )
    other = replace(said, namespace=text)
    return Review(text, text, (Group(said, (said, other)), Group(other, (other,))), notes=(text,))


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_is_shown_and_nothing_else(text: str) -> None:
    check_that_it_is_text(text)


@given(TEXTS)
def test_whatever_text_there_is_the_markup_stays_the_same(text: str) -> None:
    check_that_it_is_text(text)


def check_that_it_is_text(text: str) -> None:
    (markdown,) = markdown_parts(review_saying(text))
    (plain,) = markdown_parts(review_saying("plain"))
    found = Skeleton(markdown)
    assert found.tags == Skeleton(plain).tags, markdown
    assert not re.search(r"@\w|#\d|\bGH-\d|://\w|www\.\w|\$\w|:\w+:", found.outside), found.outside
    assert len(re.findall(f"^{MARKER}", markdown, re.MULTILINE)) == 1


@given(TEXTS)
def test_text_in_a_cell_reads_as_it_was_written(text: str) -> None:
    table = "\n".join([row(["a", "b"]), row(["---", "---"]), row([prose(text), code(text)])])
    found = Skeleton(table)
    assert found.tags.count("td []") == 2
    shown = found.outside.replace("\u200b", "").strip()
    said = " ".join(text.split()).replace("\u200b", "")
    if said.isprintable() and said.isascii():
        assert shown.splitlines()[-1] == said
        assert found.inside == said


def test_the_first_part_says_what_matters_before_what_is_folded() -> None:
    (text,) = markdown_parts(reviews.three())
    lines = text.splitlines()
    assert lines[0] == "<!-- raychart review --><!-- part 1 of 1 -->"
    assert lines[1] == "### raychart review: the head pod is replaced in 2 of 3 namespaces"
    assert "| namespace | state | worst effect | pods touched | capacity | findings |" in lines
    table = text[: text.index("<details>")]
    assert re.search(r"\| \*\*team-a\*\* \| changed \| head-restart \| 1 \| memory .*Gi \| 1 warning \|", table)
    assert re.search(r"\| \*\*team-c\*\* \| new \| access \| 0 \| new: pods 2\.\.13, CPU", table)


def test_blockers_come_before_the_table() -> None:
    text = markdown_parts(reviews.many(4, alike=True))[0]
    assert text.index("**Blockers**") < text.index("| namespace |")
    assert "- **failed**: `values/team-0000.yaml:14: clusters.main.workerTypes.gpu.minWorkers`: 9 is more than" in text


def test_of_many_blockers_all_are_there_and_few_are_in_the_way() -> None:
    groups = reviews.alone(*(reviews.failed(f"team-{number:03}") for number in range(200)))
    parts = markdown_parts(Review("main", "feature", groups))
    check_parts(parts)
    text = "".join(parts)
    assert text.count("- **failed**") == 200
    assert text[: text.index("<details><summary>190 more</summary>")].count("- **failed**") == 10


def test_identical_changes_are_told_once() -> None:
    (text,) = markdown_parts(reviews.many(1000, alike=True))
    assert "the same in 998 namespaces" in text
    assert text.count("spec.workerGroupSpecs[gpu].maxReplicas: 9") == 1
    assert all(f"team-{number:04}" in text for number in range(1000))


def test_a_thousand_distinct_changes_are_all_there() -> None:
    parts = markdown_parts(reviews.many(1000, alike=False))
    check_parts(parts)
    text = "".join(parts)
    for number in range(1000):
        assert f".containers[ray].env[LEVEL]: {{name: LEVEL, value: level-{number}}}" in text
        assert f"| **team-{number:04}** |" in text


def test_a_change_too_long_for_one_part_goes_on_in_the_next() -> None:
    lines = [f"line {number} ``` é {'x' * (number % 90)}" for number in range(6000)]
    long_key = "k" * 200_000
    old = [{**reviews.policy("team-a"), "data": {"text": "none"}}]
    new = [{**reviews.policy("team-a"), "data": {"text": "\n".join(lines), long_key: "v"}}]
    one = reviews.namespace("team-a", old, new)
    parts = markdown_parts(Review("main", "feature", reviews.alone(one)))
    assert len(parts) > 4
    check_parts(parts)
    text = "".join(parts)
    assert all(f"+     {line}" in text for line in lines)
    assert text.count("k") >= len(long_key)


def check_parts(parts: list[str]) -> None:
    """Each part is short enough, says which it is, and opens and closes what it has."""
    for number, part in enumerate(parts, 1):
        assert len(part.encode()) < LIMIT
        assert part.startswith(f"{MARKER}<!-- part {number} of {len(parts)} -->\n")
        assert len(parts) == 1 or part.endswith(f"\npart {number} of {len(parts)}\n")
        tags = Skeleton(part).tags
        for tag in ("details []", "summary []", "pre [('lang', 'diff')]", "table []"):
            closer = f"/{tag.split()[0]}"
            openers = [one for one in tags if one.split()[0] == tag.split()[0]]
            assert len(openers) == tags.count(closer), (number, tag)
        fences = re.findall(r"^(`{3,})(diff)?$", part, re.MULTILINE)
        assert [bool(diff) for _, diff in fences] == [True, False] * (len(fences) // 2)


def test_a_fence_is_longer_than_any_backticks_in_it() -> None:
    assert fence_for(["+ a", "- b"]) == "```"
    assert fence_for(["``` x ````` y", "``"]) == "``````"


PIECES = st.lists(st.tuples(st.text("aé\U0001f600", min_size=1, max_size=60), st.integers(0, 5)), max_size=40)


@given(PIECES)
def test_divided_text_has_every_piece_in_its_frames(pieces: list[tuple[str, int]]) -> None:
    frames = [Frame(f"<{number}>", f"</{number}>", f"<{number} again>") for number in range(3)]
    stacks = [(), (frames[0],), (frames[0], frames[1]), (frames[1],), (frames[2], frames[0]), (frames[2],)]
    parts = divided([Piece(text, stacks[number]) for text, number in pieces], 300)
    assert all(len(part.encode()) <= 300 for part in parts)
    assert re.sub(r"<[^>]*>", "", "".join(parts)) == "".join(text for text, _ in pieces)
    for part in parts:
        depth: list[str] = []
        for closer, number in re.findall(r"<(/?)(\d)[^>]*>", part):
            if closer:
                assert depth.pop() == number
            else:
                depth.append(number)
        assert not depth


def test_nothing_to_review_is_said_in_one_line() -> None:
    (text,) = markdown_parts(Review("main", "feature", ()))
    assert "nothing differs" in text
    assert "|" not in text


def test_a_new_namespace_is_told_by_its_effects() -> None:
    one: NamespaceReview = reviews.namespace("team-c", None, [reviews.cluster("team-c"), reviews.policy("team-c")])
    (text,) = markdown_parts(Review("main", "feature", reviews.alone(one)))
    assert "| live | RayCluster main |" in text
    assert "workerGroupSpecs" not in text
