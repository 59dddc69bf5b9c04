"""Validate what was rendered, those that are alike once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.rendering.run import render_all
from raychart.spread import spread
from raychart.validate.check import Options, checker_for
from raychart.validate.release_size import MOST, release_size
from raychart.validate.run import validate_rendered
from raychart.validate.sources import templates_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from raychart.findings import Finding
    from raychart.rendering.model import Rendered
    from raychart.validate.check import Checker

Findings = tuple["Finding", ...]
# A release of this size is worth a closer look, which validate_rendered takes.
_LARGE = MOST * 9 // 10


class Validator:
    """Validates for one version of Kubernetes; `note` says why it cannot, where nobody asked for it."""

    def __init__(self, kubernetes_version: str | None, engine: str, program: str, *, stored: bool) -> None:
        self.note: str | None = None
        self._engine = engine
        self._program = program
        self._render = partial(render_all, engine=engine, program=program, stored=stored)
        self._checker: Checker | None = None
        try:
            self._checker = checker_for(Options(kubernetes_version))
        except RaychartError as error:
            if kubernetes_version is not None:
                raise
            self.note = f"manifests were not validated: {error.what} ({error.remedy})"

    def findings(self, rendered: Sequence[Rendered]) -> list[Findings]:
        """Return what is wrong with each; of what could not be rendered there is nothing to say."""
        checker = self._checker
        if checker is None:
            return [()] * len(rendered)
        firsts: dict[Hashable, int] = {}
        for number, one in enumerate(rendered):
            firsts.setdefault(one.twins or number, number)

        def is_wrong(number: int) -> bool:
            one = rendered[number]
            if any(True for _ in checker.check(one.manifests)):
                return True
            return bool(one.manifests) and release_size(one, at_least=_LARGE) >= _LARGE

        wrong = dict(zip(firsts.values(), spread(is_wrong, list(firsts.values())), strict=True))
        # Most have nothing wrong; to find what is to blame takes renderings of its own.
        placed: dict[Hashable, tuple[Rendered, Findings]] = {}
        results: list[Findings] = []
        for number, one in enumerate(rendered):
            if not wrong[firsts[one.twins or number]]:
                results.append(())
                continue
            key = (one.twins or number, tuple(layer.content for layer in one.job.layers))
            if key not in placed:
                placed[key] = (one, self._placed(one, checker))
            results.append(_renamed(*placed[key], one))
        return results

    def _placed(self, one: Rendered, checker: Checker) -> Findings:
        sources = partial(templates_of, engine=self._engine, program=self._program)
        (validated,) = validate_rendered([one], checker, render=self._render, sources=sources)
        return validated.findings


def _renamed(first: Rendered, findings: Findings, other: Rendered) -> Findings:
    pairs = zip(first.job.layers, other.job.layers, strict=True)
    names = {one.file: two.file for one, two in pairs} | {first.job.file: other.job.file}
    return tuple(replace(found, file=names.get(found.file or "", found.file)) for found in findings)
