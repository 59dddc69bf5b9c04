"""Say which template of a chart an object comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart import manifests
from raychart.errors import RaychartError
from raychart.rendering.documents import split_template
from raychart.rendering.engine import Request, engine_for
from raychart.values import given_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.rendering.model import Job

Identity = tuple[str, str, str, str]


def templates_of(job: Job, engine: str, program: str) -> dict[Identity, str]:
    """Return the file of the template of each object that a job renders, where it can be told."""
    request = Request(job.chart, given_values(job.layers)[0], job.release, job.namespace)
    texts = engine_for(engine, program, {job.chart}, 1).texts(request)
    return {
        identity: str(job.chart / template.partition("/")[2])
        for template, text in texts.items()
        for identity in _identities(text)
    }


def _identities(text: str) -> Iterator[Identity]:
    for document in split_template(text):
        try:
            yield from (manifest.identity for manifest in manifests.load(document))
        except RaychartError:
            continue
