"""checks.yaml: every broken combination is told, all at once, with the values path and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from broken_values import BROKEN, OPEN, SCHEDULE, TIMES, WRONG_TIMES, main, scheduled, worker

from raychart.process import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken_values import Values


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_combination_is_refused_with_its_path(
    render_text: Callable[..., str], helm3: str, helm4: str, broken: tuple[Values, str]
) -> None:
    values, message = broken
    for helm in (helm3, helm4):
        with pytest.raises(CommandError) as caught:
            render_text(values, helm=helm)
        found = caught.value.completed.stderr.splitlines()
        at = next((i for i, line in enumerate(found) if line.startswith(message)), None)
        assert at is not None, caught.value.completed.stderr
        assert found[at + 1].startswith("    "), f"no remedy: {found[at + 1]}"


def test_all_problems_are_told_at_once(render_text: Callable[..., str]) -> None:
    values = worker(minWorkers=3, placement=["spot"], labels={"ray.io/group": "x"})
    values["clusters"]["other"] = {"auth": {"mode": "disabled"}}
    values["operator"] = {"podDisruptionBudget": {"enabled": True}}
    with pytest.raises(CommandError) as caught:
        render_text(values)
    for part in (
        "minWorkers: 3 is more",
        '"spot" is not among',
        "ray.io/group is the chart's own",
        "clusters.other.workerTypes: none given",
        "clusters.other.auth.mode: disabled without a reason",
        "operator.podDisruptionBudget.enabled",
    ):
        assert part in caught.value.completed.stderr


def test_an_acknowledged_exposure_is_rendered(render_text: Callable[..., str]) -> None:
    dashboard = {"exposeWithoutAuthentication": True, "ingress": {"enabled": True}}
    assert "kind: Ingress" in render_text(main(auth=OPEN, dashboard=dashboard))


@pytest.mark.parametrize(
    ("cron", "what"),
    WRONG_TIMES,
)
@pytest.mark.parametrize("boundary", ["start", "end"])
def test_a_time_that_kubernetes_would_refuse_or_that_never_comes_is_told(
    render_text: Callable[..., str], boundary: str, cron: str, what: str
) -> None:
    with pytest.raises(CommandError) as caught:
        render_text(main(schedules={"mornings": {**SCHEDULE, boundary: cron}}))
    assert f'clusters.main.schedules.mornings.{boundary}: "{cron}": {what}' in caught.value.completed.stderr


@pytest.mark.parametrize(
    "cron",
    TIMES,
)
def test_a_time_that_kubernetes_takes_is_taken(render_text: Callable[..., str], cron: str) -> None:
    assert "kind: CronJob" in render_text(scheduled(start=cron, end=cron))
