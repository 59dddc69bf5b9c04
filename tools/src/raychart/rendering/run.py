"""Render many jobs, each different content once."""

from __future__ import annotations

import json
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from raychart.rendering.batches import batching
from raychart.rendering.charts import Charts
from raychart.rendering.engine import Request, engine_for
from raychart.rendering.jobs import check_release
from raychart.rendering.model import Rendered
from raychart.rendering.parsed import STAND_IN
from raychart.rendering.refusals import given_of
from raychart.rendering.store import storing
from raychart.rendering.text import Text
from raychart.rendering.twins import WORTH_IT, render_stand_ins
from raychart.spread import cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from raychart.rendering.engine import Engine, Output
    from raychart.rendering.model import Job

Item = TypeVar("Item")
Made = TypeVar("Made")

# Releases rendered at a time, and how many such parts are rendered ahead.
_TOGETHER, _AHEAD = 48, 4


def render_all(
    jobs: Sequence[Job],
    *,
    engine: str = "auto",
    program: str = "helm",
    twice: bool = False,
    tell: Callable[[str], None] | None = None,
    stored: bool = True,
) -> list[Rendered]:
    """Render jobs and return what became of each, in order.

    `engine` is one of engine.ENGINES, `program` the helm command. With `twice`, what templates with random or other
    changing parts give is rendered again. `stored` lets results of earlier runs be used and kept (store.py).
    What is wrong with one job is among its findings and concerns no other. Raises RaychartError when nothing can be
    rendered at all, because the engine is not there.
    """
    for job in jobs:
        check_release(job.release)
    charts = Charts()
    results: dict[int, Rendered] = {}
    contents: dict[tuple[str, str, str], _Content] = {}
    for number, job in enumerate(jobs):
        given, wrong = given_of(job)
        if wrong:
            results[number] = Rendered(job, (), wrong)
            continue
        written = json.dumps(given, sort_keys=True)
        key = (charts.files(job.chart).digest, job.release, written)
        content = contents.setdefault(key, _Content(Request(job.chart, given, job.release, ""), written))
        content.numbers.setdefault(job.namespace, []).append(number)
    if contents:
        paths = {content.request.chart for content in contents.values()}
        source = storing(batching(engine_for(engine, program, paths, len(jobs), tell), charts), charts, stored=stored)
        for content, namespace, text, again in _texts(contents.values(), source, charts, twice=twice):
            request = content.request._replace(namespace=text.namespace)
            warnings = charts.differences(source, request, text.output)
            for number in content.numbers[namespace]:
                results[number] = text.rendered(jobs[number], again, warnings)
    return [results[number] for number in range(len(jobs))]


@dataclass(slots=True)
class _Content:
    """What is rendered alike but for the namespace: for which jobs, by namespace; `written` are the values given."""

    request: Request
    written: str
    numbers: dict[str, list[int]] = field(default_factory=dict)


def _texts(
    contents: Iterable[_Content], engine: Engine, charts: Charts, *, twice: bool
) -> Iterator[tuple[_Content, str, Text, Text | None]]:
    """Yield what was rendered for each namespace of each content, and what was when it was rendered again."""
    single: list[tuple[_Content, str]] = []
    shared: list[tuple[_Content, list[str]]] = []
    for content in contents:
        takes = charts.twins(content.request.chart).takes if len(content.numbers) >= WORTH_IT else None
        fit = [namespace for namespace in content.numbers if takes and takes(namespace, content.written)]
        if len(fit) >= WORTH_IT:
            shared.append((content, fit))
        single += [(content, namespace) for namespace in content.numbers if len(fit) < WORTH_IT or namespace not in fit]
    with ThreadPoolExecutor(cores()) as pool:
        proven = _ahead(pool, lambda chunk: _stand_ins(engine, chunk), _chunks(shared))
        for (content, fit), output in proven:
            if output is None:
                single += [(content, namespace) for namespace in fit]
                continue
            text = Text(output, STAND_IN)
            for namespace in fit:
                yield content, namespace, text, None

        def render(chunk: Sequence[tuple[_Content, str]]) -> list[tuple[Output, Output | None]]:
            requests = [content.request._replace(namespace=namespace) for content, namespace in chunk]
            again = [twice and not charts.is_stable(request.chart) for request in requests]
            return [
                (first, engine.render(request) if changing else None)
                for request, first, changing in zip(requests, engine.render_many(requests), again, strict=True)
            ]

        for (content, namespace), (output, again) in _ahead(pool, render, _chunks(single)):
            text = Text(output, namespace)
            yield content, namespace, text, None if again is None else Text(again, namespace)


def _stand_ins(engine: Engine, chunk: Sequence[tuple[_Content, list[str]]]) -> list[Output | None]:
    return render_stand_ins(engine, [content.request for content, _ in chunk])


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut what there is to render into parts that keep all cores at work."""
    size = min(_TOGETHER, -(-len(items) // (2 * cores())))
    yield from (items[at : at + size] for at in range(0, len(items), size or 1))


def _ahead(
    pool: ThreadPoolExecutor, work: Callable[[Sequence[Item]], list[Made]], chunks: Iterable[Sequence[Item]]
) -> Iterator[tuple[Item, Made]]:
    """Do the work for the items, some ahead of what is asked for: texts are large, so not all at once."""
    pending: deque[tuple[Sequence[Item], Future[list[Made]]]] = deque()
    for chunk in chunks:
        pending.append((chunk, pool.submit(work, chunk)))
        if len(pending) > _AHEAD:
            done, future = pending.popleft()
            yield from zip(done, future.result(), strict=True)
    while pending:
        done, future = pending.popleft()
        yield from zip(done, future.result(), strict=True)
