"""What the reading of an ApplicationSet deals in: parameters, questions to its templates, and what stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from raychart.yaml_nodes import Mark


class Params(dict[str, Any]):
    """One element's parameters; `files` are the repository's files that they come from."""

    def __init__(self, data: Iterable[tuple[str, Any]] | dict[str, Any] = (), files: Iterable[str] = ()) -> None:
        super().__init__(data)
        self.files = tuple(dict.fromkeys(files))


class Ask(NamedTuple):
    """A text with templates in it to be filled in; with `may_wait` it stays as it is where a parameter is missing."""

    text: str
    params: Params
    may_wait: bool = False


class RefusedError(Exception):
    """Argo CD would refuse the ApplicationSet, and leave alone what it has made before.

    `mark` is where, `text` what it refuses there.
    """

    def __init__(self, what: str, remedy: str, mark: Mark | None = None, text: str | None = None) -> None:
        super().__init__(what)
        self.remedy = remedy
        self.mark = mark
        self.text = text


class OutsideError(Exception):
    """What the ApplicationSet makes depends on what is not in the repository; `mark` is where it asks for that."""

    def __init__(self, what: str, remedy: str, mark: Mark) -> None:
        super().__init__(what)
        self.remedy = remedy
        self.mark = mark


def together(
    several: Sequence[Generator[list[Ask], list[str], list[Params]]],
) -> Generator[list[Ask], list[str], list[list[Params]]]:
    """Take several in step, so that what each asks next is asked at once."""
    results: dict[int, list[Params]] = {}
    answers: dict[int, list[str] | None] = dict.fromkeys(range(len(several)))
    while answers:
        asked: dict[int, list[Ask]] = {}
        for number, given in answers.items():
            try:
                asked[number] = next(several[number]) if given is None else several[number].send(given)
            except StopIteration as done:
                results[number] = done.value
        if not asked:
            break
        told = iter((yield [ask for asks in asked.values() for ask in asks]))
        answers = {number: [next(told) for _ in asks] for number, asks in asked.items()}
    return [results[number] for number in range(len(several))]
