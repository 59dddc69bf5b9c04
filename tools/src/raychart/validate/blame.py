"""Find the value that causes what is wrong with a rendered object, by rendering without it.

Nothing is known of the templates: a value is to blame when the object is no longer wrong there without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.validate.alter import altered, leaves, without
from raychart.validate.reach import at
from raychart.values import Layer, given_values
from raychart.yaml_nodes import Mark, node_of

if TYPE_CHECKING:
    from raychart.paths import ValuesPath
    from raychart.rendering.model import Job, Rendered
    from raychart.validate.check import Checker, Found

Render = Callable[[Sequence["Job"]], "Sequence[Rendered]"]

# Renderings for one finding and for a whole run, and how many are made at a time.
_MOST_EACH, _MOST, _AT_ONCE = 40, 400, 8
# Without half of so few something that has to be there would be missing.
_FEW = 8
# Shorter words occur everywhere.
_TELLING = 3
# By these the items of lists are known, whatever their places.
_KEYS = ("name", "groupName", "mountPath", "containerPort", "key")


class Trial(NamedTuple):
    """What became of a finding when values were taken away: is it gone, and is its object still there."""

    gone: bool
    still_there: bool

    @property
    def is_it(self) -> bool:
        """Tell whether the object was mended by it."""
        return self.gone and self.still_there


_NO = Trial(gone=False, still_there=True)


@dataclass(slots=True)
class Blame:
    """Finds causes, each of equal findings' once."""

    checker: Checker
    render: Render
    _left: int = _MOST
    _known: dict[tuple[Any, ...], tuple[ValuesPath, Any] | None] = field(default_factory=dict)

    def cause(self, job: Job, found: Found) -> ValuesPath | None:
        """Return the path of the value that causes a finding; None where it is none that the job sets."""
        given, _ = given_values(job.layers)
        key = (str(job.chart), found.manifest.kind, *_print(found))
        if key not in self._known:
            path = _Search(self, job, given, found).run()
            self._known[key] = None if path is None else (path, at(given, path))
            return path
        known = self._known[key]
        if known is None:
            return None
        if at(given, known[0]) == known[1]:
            return known[0]
        return _Search(self, job, given, found).run()

    def rendered(self, jobs: Sequence[Job]) -> Sequence[Rendered]:
        """Render, as long as there is some left of what may be."""
        jobs = jobs[: max(self._left, 0)]
        self._left -= len(jobs)
        return self.render(jobs) if jobs else []


class _Search:
    """The search for one finding's cause."""

    def __init__(self, blame: Blame, job: Job, given: dict[str, Any], found: Found) -> None:
        self._blame = blame
        self._job = job
        self._given = given
        self._found = found
        self._left = _MOST_EACH
        path = found.problem.path
        self._value = at(found.manifest.body, path)
        self._key = next((step for step in reversed(path) if isinstance(step, str)), None)

    def run(self) -> ValuesPath | None:
        path = self._cause()
        return path if path is None else self._item(path)

    def _item(self, path: ValuesPath) -> ValuesPath:
        """Return the path of the item that is wrong where a list is to blame that has it as it is rendered."""
        items, step = at(self._given, path), self._found.problem.path[-1:]
        if not isinstance(items, list) or not step or not isinstance(step[0], int):
            return path
        same = [index for index, item in enumerate(items) if item == self._value]
        if step[0] in same:
            return (*path, step[0])
        return (*path, same[0]) if len(same) == 1 else path

    def _cause(self) -> ValuesPath | None:
        likely, others = self._sorted()
        weak: ValuesPath | None = None
        # The likeliest is nearly always it.
        while likely:
            count = 1 if self._left == _MOST_EACH else _AT_ONCE
            some, likely = likely[:count], likely[count:]
            for path, trial in zip(some, self._each(some), strict=True):
                if trial.is_it:
                    return path
                # What takes the whole object away is to blame for a name that it has from there, not for the rest.
                if trial.gone and weak is None and self._is_named_by(path):
                    weak = path
        return weak or self._among(others)

    def _sorted(self) -> tuple[list[ValuesPath], list[ValuesPath]]:
        """Return the paths of the values that are likely to be it, the likeliest first, and of the other leaves."""
        ends = list(leaves(self._given))
        inner = dict.fromkeys(path[:length] for path in ends for length in range(1, len(path)))
        scores = {path: self._score(path) for path in (*ends, *inner)}
        likely = sorted((path for path, score in scores.items() if score), key=lambda path: -scores[path])
        return likely, [path for path in ends if not scores[path]]

    def _score(self, path: ValuesPath) -> int:
        """Say how likely a value is to be it: by its key, by itself, or because what is wrong has its name."""
        value, own = self._value, at(self._given, path)
        same_value = own == value and type(own) is type(value) and not isinstance(own, (dict, list))
        is_leaf = not (isinstance(own, (dict, list)) and own)
        below = is_leaf and self._key in path[:-1]
        return 4 * (path[-1] == self._key) + 2 * same_value + 2 * self._is_named_by(path) + below

    def _is_named_by(self, path: ValuesPath) -> bool:
        """Tell whether what is wrong is a text in which the value at a path, or its key, occurs."""
        words = (path[-1], at(self._given, path))
        return isinstance(self._value, str) and any(
            isinstance(word, str) and len(word) >= _TELLING and word in self._value for word in words
        )

    def _among(self, paths: Sequence[ValuesPath]) -> ValuesPath | None:
        """Return one of many paths, by taking away halves of them, and each of a few."""
        while len(paths) > _FEW:
            middle = len(paths) // 2
            halves = paths[:middle], paths[middle:]
            trials = self._trials([without(self._given, half) for half in halves])
            half = next((half for half, trial in zip(halves, trials, strict=True) if trial.is_it), None)
            if half is None:
                return None
            paths = half
        trials = self._each(paths)
        return next((path for path, trial in zip(paths, trials, strict=True) if trial.is_it), None)

    def _each(self, paths: Sequence[ValuesPath]) -> list[Trial]:
        """Try each path by itself: without the value, and where that cannot be, with another one."""
        trials = self._trials([without(self._given, [path]) for path in paths])
        again = [number for number, trial in enumerate(trials) if not trial.gone]
        others = self._trials([altered(self._given, paths[number]) for number in again])
        for number, trial in zip(again, others, strict=True):
            trials[number] = trial
        return trials

    def _trials(self, variants: Sequence[dict[str, Any] | None]) -> list[Trial]:
        wanted = [data for data in variants if data is not None][: max(self._left, 0)]
        self._left -= len(wanted)
        results = iter(self._blame.rendered([self._variant(data) for data in wanted]))
        trials = []
        for data in variants:
            rendered = next(results, None) if data is not None else None
            trials.append(_NO if rendered is None else self._trial(rendered))
        return trials

    def _variant(self, data: dict[str, Any]) -> Job:
        return replace(self._job, layers=(Layer(self._job.file, node_of(data, Mark(1, 1))),))

    def _trial(self, rendered: Rendered) -> Trial:
        if rendered.findings:
            return _NO
        checker, wanted = self._blame.checker, self._found
        same = [one for one in rendered.manifests if one.identity == wanted.manifest.identity]
        found = [one for manifest in same for one in checker.check_object(manifest)]
        if wanted.rule.check_all:
            found += checker.check_together(rendered.manifests)
        known = _print(wanted)
        is_there = any(one.manifest.identity == wanted.manifest.identity and _print(one) == known for one in found)
        return Trial(gone=not is_there, still_there=bool(same))


def _print(found: Found) -> tuple[Any, ...]:
    """Return what tells a finding in an object from others, wherever list items have moved to."""
    return found.rule.id, found.problem.message, tuple(_steps(found.manifest.body, found.problem.path))


def _steps(body: Any, path: ValuesPath) -> Iterator[Any]:
    for step in path:
        body = at(body, (step,))
        key = (
            next((key for key in _KEYS if isinstance(body, dict) and key in body), None)
            if isinstance(step, int)
            else None
        )
        yield step if key is None else (key, str(body[key]))
