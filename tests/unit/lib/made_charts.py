"""Charts made of a few templates, and jobs that render them."""

from __future__ import annotations

from pathlib import Path

from raychart.rendering.model import Job
from raychart.values import load_layer

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: {{ .Release.Namespace }}}\n"


def make_chart(folder: Path, files: dict[str, str]) -> Path:
    """Write a chart's files; those without a folder are templates."""
    for path, text in {"Chart.yaml": "apiVersion: v2\nname: made\nversion: 1.0.0\n", **files}.items():
        file = folder / (path if "/" in path or path[0].isupper() or path.startswith("values") else f"templates/{path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def make_job(chart: Path, namespace: str, values: str = "a: 1") -> Job:
    """Return the job of a values file for a namespace."""
    file = Path(f"{namespace}.yaml")
    return Job(str(file), namespace, "ray", chart, (load_layer(file, values),))
