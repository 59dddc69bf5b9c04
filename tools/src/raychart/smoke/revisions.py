"""An older release to upgrade from: the chart, and the values file, as they were at a git revision."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import process
from raychart.errors import RaychartError

if TYPE_CHECKING:
    from raychart.smoke.draft import Draft

_REMEDY = "name a revision with --from REV, or other values with --from-values FILE"


def older_release(draft: Draft) -> Draft:
    """Return the draft to install first.

    With --from-values alone it is the chart at hand with that file; otherwise chart and values file are those of the
    revision, the values at hand where that revision has no such file. Raises RaychartError where there is no git.
    """
    options = draft.options
    if options.from_values and not options.from_revision:
        return draft.on(values=options.from_values)
    top = _top(draft.chart)
    revision = options.from_revision or _default(top)
    chart = _extract(top, revision, draft.chart, draft.folder)
    values = options.from_values or _values_then(top, revision, draft.values, draft.folder)
    return draft.on(values=values, chart=chart)


def _top(chart: Path) -> Path:
    try:
        return Path(process.run(["git", "-C", str(chart), "rev-parse", "--show-toplevel"], timeout=30).stdout.strip())
    except process.CommandError as failed:
        what = "is not in a git repository, so there is no older one to upgrade from"
        raise RaychartError(str(chart), what, _REMEDY.replace("a revision with --from REV, or ", "")) from failed


def _default(top: Path) -> str:
    """Return the newest tag behind HEAD, or the commit before HEAD where there is none."""
    git = ["git", "-C", str(top)]
    for argv in (["describe", "--tags", "--abbrev=0", "HEAD^"], ["rev-parse", "--short", "HEAD^"]):
        done = process.run([*git, *argv], timeout=30, check=False)
        if done.code == 0:
            return done.stdout.strip()
    raise RaychartError(str(top), "has no revision before HEAD", _REMEDY)


def _extract(top: Path, revision: str, chart: Path, folder: Path) -> Path:
    """Write the chart of a revision into a folder of its own and return that."""
    inside = chart.resolve().relative_to(top.resolve())
    into = folder / f"chart-{revision.replace('/', '-')}"
    if not into.exists():
        into.mkdir(parents=True)
        archive = into.with_suffix(".tar")
        try:
            command = ["git", "-C", str(top), "archive", "--format=tar", f"--output={archive}", revision, str(inside)]
            process.run(command, timeout=60)
        except process.CommandError as failed:
            what = f"has no chart {inside} at {revision} ({failed.completed.stderr.strip()[:200]})"
            raise RaychartError(str(top), what, _REMEDY) from failed
        with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as tar:
            # Python before 3.11.4 knows no filters.
            tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            tar.extractall(into)  # noqa: S202 (filtered)
    return into / inside


def _values_then(top: Path, revision: str, values: Path, folder: Path) -> Path:
    path = values.resolve()
    if not path.is_relative_to(top.resolve()):
        return values
    shown = f"{revision}:{path.relative_to(top.resolve())}"
    done = process.run(["git", "-C", str(top), "show", shown], timeout=30, check=False)
    if done.code != 0:
        return values
    then = folder / "values-then" / values.name
    then.parent.mkdir(parents=True, exist_ok=True)
    then.write_text(done.stdout, encoding="utf-8")
    return then
