"""The chart rendered: every file in values/ and in scenarios/ is a scenario, and tests may write their own values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart import helm as helm_program
from raychart import manifests

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "ray"
SCENARIOS = [*sorted((ROOT / "values").glob("*.yaml")), *sorted(Path(__file__).with_name("scenarios").glob("*.yaml"))]


@pytest.fixture
def scenarios() -> list[Path]:
    """Return all scenarios."""
    return SCENARIOS


@pytest.fixture(params=SCENARIOS, ids=[path.stem for path in SCENARIOS])
def scenario(request: pytest.FixtureRequest) -> Path:
    """One of the values files."""
    path: Path = request.param
    return path


@pytest.fixture
def render_text(tmp_path: Path, helm4: str) -> Callable[..., str]:
    """Render values, a file or a dict, to the text Helm prints."""

    def render(
        values: Path | dict[str, Any], *, release: str = "ray", namespace: str = "team", helm: str = helm4
    ) -> str:
        if isinstance(values, dict):
            path = tmp_path / "values.yaml"
            path.write_text(yaml.safe_dump(values))
            values = path
        return helm_program.render(CHART, [values], release=release, namespace=namespace, helm=helm)

    return render


@pytest.fixture
def render(render_text: Callable[..., str]) -> Callable[..., list[Manifest]]:
    """Render values, a file or a dict, to objects."""
    return lambda *args, **options: manifests.load(render_text(*args, **options))
