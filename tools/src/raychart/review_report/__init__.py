"""A review in every format there is; each writer is a pure function of the review."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.review.model import Review

__all__ = ["FORMATS", "markdown_parts", "written"]

FORMATS = ("text", "json", "markdown", "github", "html", "sarif", "junit")


def written(review: Review, style: str, *, colour: bool = False, width: int | None = None) -> str:
    """Return the review in one of FORMATS; a format's module is imported when it is wanted.

    `colour` and `width` are for text on terminals. Markdown that needs several comments has all parts in one text.
    """
    if style == "text":
        from raychart.review_report.plain import as_text

        return as_text(review, colour=colour, width=width)
    if style == "json":
        from raychart.review_report.data import as_json as writer
    elif style == "markdown":
        return "\n".join(markdown_parts(review))
    elif style == "github":
        from raychart.review_report.github import as_github as writer
    elif style == "html":
        from raychart.review_report.html import as_html as writer
    elif style == "sarif":
        from raychart.review_report.sarif import as_sarif as writer
    elif style == "junit":
        from raychart.review_report.cases import as_junit as writer
    else:
        raise ValueError(style)
    return writer(review)


def markdown_parts(review: Review) -> list[str]:
    """Return the review as Markdown, in parts that each fit into one comment of GitHub and begin with a marker."""
    from raychart.review_report.markdown import as_markdown_parts

    return as_markdown_parts(review)
