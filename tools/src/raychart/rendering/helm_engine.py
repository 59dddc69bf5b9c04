"""Render with the helm command."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import helm
from raychart.process import CommandError
from raychart.rendering.documents import sources_in, split_printed
from raychart.rendering.engine import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.rendering.engine import Request

# What YAML does not take in quotes as it is, but JSON does.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class HelmEngine:
    """Starts one process for each rendering."""

    def __init__(self, program: str) -> None:
        self.program = program

    @property
    def identity(self) -> str:
        """Return the program's file as it is now: asking it for its version takes as long as a small rendering."""
        path = shutil.which(self.program)
        if path is None:
            return f"helm {self.program}"
        about = Path(path).stat()
        return f"helm {Path(path).resolve()} {about.st_size} {about.st_mtime_ns}"

    def render(self, request: Request) -> Output:
        """Render one request. Raises CommandError when the program cannot be started."""
        try:
            return Output(tuple(split_printed(self._printed(request))))
        except CommandError as failed:
            if failed.completed.code == -1:
                raise
            return Output((), failed.completed.stderr)

    def render_many(self, requests: Sequence[Request]) -> list[Output]:
        """Render requests one by one."""
        return [self.render(request) for request in requests]

    def texts(self, request: Request) -> dict[str, str]:
        """Return what each template gave, as the comments in what is printed tell it."""
        try:
            return sources_in(self._printed(request))
        except CommandError:
            return {}

    def _printed(self, request: Request) -> str:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="raychart-", suffix=".yaml") as file:
            file.write(as_yaml(request.given))
            file.flush()
            values = [Path(file.name)]
            names = {"release": request.release, "namespace": request.namespace}
            return helm.render(request.chart, values, **names, helm=self.program)


def as_yaml(given: object) -> str:
    """Write values as JSON that every YAML reader takes."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(given, ensure_ascii=False))
