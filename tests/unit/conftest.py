"""What the tests of lint rules share: values, as text, put through the real check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart.lint.check import check_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.findings import Finding

    FindingsIn = Callable[..., list[Finding]]

pytest.register_assert_rewrite("rule_tables")

CHART = Path(__file__).parents[2] / "charts" / "ray"


@pytest.fixture
def findings_in(tmp_path: Path) -> FindingsIn:
    """Return the findings in values written as YAML, with further files over them."""

    def check(text: str, *above: str, name: str = "team-a.yaml") -> list[Finding]:
        files = [tmp_path / name, *(tmp_path / f"layer-{number}.yaml" for number in range(len(above)))]
        for file, content in zip(files, (text, *above), strict=True):
            file.write_text(content, encoding="utf-8")
        return list(check_files(files[:1], files[1:], CHART)[0].findings)

    return check


@pytest.fixture
def places_of(findings_in: FindingsIn) -> Callable[..., list[str]]:
    """Return the paths in values at which a rule finds something."""

    def places(rule: str, text: str, *above: str, **options: str) -> list[str]:
        return [found.path or "" for found in findings_in(text, *above, **options) if found.rule == rule]

    return places
