"""Render with the Helm library in this process (helm-python-sdk), which takes no process for each rendering."""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from raychart.chart import read_about
from raychart.errors import RaychartError
from raychart.rendering.bytes_check import not_utf8
from raychart.rendering.documents import split_template
from raychart.rendering.engine import Output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from raychart.rendering.engine import Request

# The Kubernetes version that the library renders for, below which no chart's demand can fail.
_KUBERNETES = (1, 34)
_AT_LEAST = re.compile(r">=\s*v?(\d+)\.(\d+)(?:\.0)?(?:-0)?")


class SdkEngine:
    """Loads each chart once, where rendering leaves it as it is, and renders it from any thread."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._charts: dict[Path, Any] = {}
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """Return the versions of the library and of the Helm in it."""
        return f"sdk {self._library.helm_c_version()} {self._library.helm_sdk_version()}"

    def render(self, request: Request) -> Output:
        """Render one request. Raises RaychartError when the chart cannot be loaded."""
        try:
            files = self._rendered(request)
        except self._library.HelmError as refused:
            return Output((), str(refused))
        wrong = not_utf8(request, files)
        return output_of(files) if wrong is None else Output((), wrong)

    def render_many(self, requests: Sequence[Request]) -> list[Output]:
        """Render requests one by one."""
        return [self.render(request) for request in requests]

    def texts(self, request: Request) -> dict[str, str]:
        """Return what each template gave."""
        files = self.files(request) or {}
        return {path: text for path, text in files.items() if not _is_left_out(path)}

    def files(self, request: Request) -> dict[str, str] | None:
        """Return what each file that Helm renders gave, the notes too; None where it refuses."""
        try:
            return self._rendered(request)
        except self._library.HelmError:
            return None

    def _rendered(self, request: Request) -> dict[str, str]:
        chart = self.loaded(request.chart)
        files: dict[str, str] = chart.render(request.given, name=request.release, namespace=request.namespace)
        return files

    def loaded(self, path: Path) -> Any:
        """Return a chart as the library has it. Raises RaychartError when it cannot be loaded.

        One with subcharts is loaded each time: what a rendering leaves out, or imports, stays so in the loaded chart.
        """
        if _has_subcharts(path):
            return self._load(path)
        with self._lock:
            if path not in self._charts:
                self._charts[path] = self._load(path)
            return self._charts[path]

    def _load(self, path: Path) -> Any:
        try:
            return self._library.Chart.load(path)
        except self._library.HelmError as refused:
            raise RaychartError(str(path), f"Helm cannot load the chart ({refused})", "mend it") from refused


def output_of(files: dict[str, str]) -> Output:
    """Return the documents in what the files of a chart gave.

    They are in the order of Helm's SortManifests; what no hook or manifest is made of is left out there too.
    """
    texts = [files[path] for path in sorted(files) if not _is_left_out(path)]
    return Output(tuple(document for text in texts for document in split_template(text)))


@cache
def load_engine() -> SdkEngine | None:
    """Return the engine, None where the library is not installed or does not load."""
    try:
        import helm_python
    except Exception:  # noqa: BLE001 (HelmLibraryError, ImportError, OSError: whatever keeps a shared library away)
        return None
    return SdkEngine(helm_python)


def why_not(chart: Path) -> str | None:
    """Say why the library must not render a chart: it leaves out what `helm template` looks at before it renders."""
    about = read_about(chart)
    if about.get("type") == "library":
        return f"{chart} is a library chart"
    demand = about.get("kubeVersion")
    found = _AT_LEAST.fullmatch(str(demand).strip())
    if demand and not (found and (int(found[1]), int(found[2])) <= _KUBERNETES):
        return f"{chart} demands a Kubernetes version ({demand})"
    if any(not _is_there(chart, dependency) for dependency in about.get("dependencies") or ()):
        return f"{chart} lacks a chart that it depends on, or has it by another name"
    return None


def _has_subcharts(chart: Path) -> bool:
    return any((chart / name).exists() for name in ("charts", "requirements.yaml"))


def _is_there(chart: Path, dependency: Any) -> bool:
    name = str(dependency.get("name")) if isinstance(dependency, dict) else ""
    charts = chart / "charts"
    return bool(name) and ((charts / name / "Chart.yaml").is_file() or any(charts.glob(f"{name}-[0-9]*.tgz")))


def _is_left_out(path: str) -> bool:
    return path.endswith("NOTES.txt") or path.rpartition("/")[2].startswith("_")
