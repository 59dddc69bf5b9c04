"""Find the chart: the one named, the one installed with the package, or the checkout's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raychart.errors import RaychartError

_PACKAGED = Path(__file__).parent / "chart"
_CHECKOUT = Path(__file__).parents[3] / "charts" / "ray"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart's folder with what its Chart.yaml says of it."""

    path: Path
    name: str
    version: str
    app_version: str


def find_chart(named: Path | None = None) -> Path:
    """Return the chart's folder; `named` goes before the packaged chart, that before the checkout's.

    Raises RaychartError when it is a packed chart, or there is no Chart.yaml in the folder.
    """
    folder = named or (_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT)
    if folder.is_file():
        raise RaychartError(str(folder), "is a file, and a chart is a folder here", "unpack it, and name the folder")
    if not (folder / "Chart.yaml").is_file():
        remedy = (
            "name the folder that holds Chart.yaml with --chart" if named else "install raychart again, or use --chart"
        )
        raise RaychartError(str(folder), "is not a chart (it has no Chart.yaml)", remedy)
    return folder


def read_chart(folder: Path) -> Chart:
    """Read name and versions from the chart's Chart.yaml."""
    about = read_about(folder)
    missing = [key for key in ("name", "version") if not isinstance(about.get(key), str)]
    if missing:
        what = f"{' and '.join(missing)} missing"
        raise RaychartError(str(folder / "Chart.yaml"), what, "mend the chart, or name another with --chart")
    return Chart(folder, about["name"], about["version"], str(about.get("appVersion", "")))


def read_about(folder: Path) -> dict[str, Any]:
    """Read all that is in the chart's Chart.yaml. Raises RaychartError when it is not YAML."""
    from raychart.yaml_file import read_file

    document = read_file(folder / "Chart.yaml")
    if document.findings:
        what = document.findings[0].message
        raise RaychartError(str(folder / "Chart.yaml"), what, "mend the chart, or name another with --chart")
    return document.data if isinstance(document.data, dict) else {}
