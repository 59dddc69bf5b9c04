"""Find the chart: the one named, the one installed with the package, or the checkout's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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

    Raises RaychartError when there is no Chart.yaml in the folder.
    """
    folder = named or (_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT)
    if not (folder / "Chart.yaml").is_file():
        remedy = (
            "name the folder that holds Chart.yaml with --chart" if named else "install raychart again, or use --chart"
        )
        raise RaychartError(str(folder), "is not a chart (it has no Chart.yaml)", remedy)
    return folder


def read_chart(folder: Path) -> Chart:
    """Read name and versions from the chart's Chart.yaml."""
    from raychart.yaml_file import read_file

    document = read_file(folder / "Chart.yaml")
    about = document.data if isinstance(document.data, dict) else {}
    missing = [key for key in ("name", "version") if not isinstance(about.get(key), str)]
    if document.findings or missing:
        problem = document.findings[0].message if document.findings else f"{' and '.join(missing)} missing"
        raise RaychartError(str(folder / "Chart.yaml"), problem, "mend the chart, or name another with --chart")
    return Chart(folder, about["name"], about["version"], str(about.get("appVersion", "")))
