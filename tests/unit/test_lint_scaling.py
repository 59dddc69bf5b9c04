"""Advice on numbers, times, schedules, rollouts and quotas."""

from __future__ import annotations

import itertools
import runpy
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rule_tables import found_and_fine

from raychart.lint.cron_windows import open_minutes

CHART_FILES = Path(__file__).parents[2] / "charts" / "ray" / "files"
# As it runs in the cluster, where the clock is read through it.
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(CHART_FILES))
    SCHEDULE = runpy.run_path(str(CHART_FILES / "schedule.py"))

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.findings import Finding

    PlacesOf = Callable[..., list[str]]

MAIN = "clusters: {main: {%s, workerTypes: {w: {minWorkers: 1, maxWorkers: 6, cpu: 4, memory: 16Gi}}}}"
TYPE = "clusters: {main: {workerTypes: {w: {maxWorkers: 6, cpu: 4, memory: 16Gi, %s}}}}"
TWO = "clusters: {main: {maxWorkers: %s, workerTypes: {v: {maxWorkers: 6, cpu: 4, memory: 16Gi}, w: {maxWorkers: 4, cpu: 4, memory: 16Gi}}}}"  # noqa: E501
QUOTA = (
    "extraObjects: {q: {apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {%s}%s}}}\n"
    + MAIN % "idleTimeoutMinutes: 6"
)
HARD = "extraObjects.q.spec.hard."
UNLIMITED = TYPE % "container: {resources: {limits: {cpu: null}}}"
WINDOW = MAIN % 'schedules: {s: {start: "0 7 * * *", end: "0 %s * * *", minWorkers: {w: %s}}}'
M = "clusters.main."
W = M + "workerTypes.w."
UNDER_A_CAP = """
x-raychart: {quota: {requests.cpu: %s}}
operator: {enabled: false}
clusters:
  main:
    maxWorkers: 4
    head: {cpu: 1}
    autoscaling: {resources: {requests: {cpu: 1}}}
    workerTypes:
      large: {maxWorkers: 3, cpu: 8, memory: 8Gi}
      small: {maxWorkers: 6, cpu: 2, memory: 8Gi}
"""

FOUND = [
    ("max-workers-shared", TWO % 8, M + "maxWorkers"),
    ("max-workers-unreachable", TWO % 11, M + "maxWorkers"),
    ("max-workers-unreachable", "clusterDefaults: {maxWorkers: 9}\n" + TYPE % "gpu: 0", "clusterDefaults.maxWorkers"),
    ("type-over-cluster", TWO % 5, M + "workerTypes.v.maxWorkers"),
    ("type-over-cluster", MAIN.replace("cpu: 4", "cpu: 4, numOfHosts: 2") % "maxWorkers: 10", W + "maxWorkers"),
    ("worker-type-never-runs", TYPE.replace("6", "0", 1) % "gpu: 0", W + "maxWorkers"),
    ("workers-fixed", MAIN % "autoscaling: {enabled: false}", W + "maxWorkers"),
    ("autoscaling-off", MAIN % "autoscaling: {enabled: false}, upscalingSpeed: 2", M + "upscalingSpeed"),
    ("idle-timeout-short", MAIN % "idleTimeoutMinutes: 1", M + "idleTimeoutMinutes"),
    ("idle-timeout-short", TYPE % "idleTimeoutMinutes: 0.5", W + "idleTimeoutMinutes"),
    (
        "idle-timeout-short",
        "clusterDefaults: {idleTimeoutMinutes: 1}\n" + TYPE % "gpu: 0",
        "clusterDefaults.idleTimeoutMinutes",
    ),
    ("idle-timeout-short", "x-raychart: {launchSeconds: 61}\n" + TYPE % "gpu: 0", M + "idleTimeoutMinutes"),
    (
        "idle-timeout-short",
        "podDefaults: {setupCommands: [pip install a==1]}\n" + MAIN % "idleTimeoutMinutes: 3",
        M + "idleTimeoutMinutes",
    ),
    ("startup-probe-short", TYPE % "startupProbe: {failureThreshold: 10}", W + "startupProbe.failureThreshold"),
    ("schedule-never-closes", WINDOW % (7, 2), M + "schedules.s.end"),
    ("schedule-without-effect", WINDOW % (9, 1), M + "schedules.s.minWorkers"),
    (
        "schedules-overlap",
        MAIN % 'schedules: {a: {start: "0 7 * * *", end: "0 9 * * *", minWorkers: {w: 2}}, '
        'b: {start: "30 8 * * MON", end: "0 10 * * 1", timeZone: UTC, minWorkers: {w: 3}}}',
        M + "schedules.b",
    ),
    ("rollout-never", MAIN % "rollout: {workers: never}", M + "rollout.workers"),
    ("head-restart-loses-work", MAIN % "rollout: {head: restart}", M + "rollout.head"),
    ("head-budget-holds-drains", MAIN % "podDisruptionBudget: {enabled: true}", M + "podDisruptionBudget.enabled"),
    ("cluster-suspended", MAIN % "suspend: true", M + "suspend"),
    ("cluster-suspended", MAIN % "suspend: false, queue: {scheduler: kueue, name: q}", M + "suspend"),
    ("quota-below-minimum", QUOTA % ("pods: 2", ""), HARD + "pods"),
    ("quota-below-minimum", QUOTA % ("requests.memory: 20Gi", ""), HARD + '"requests.memory"'),
    ("quota-below-maximum", QUOTA % ("pods: 7", ""), HARD + "pods"),
    ("quota-below-maximum", QUOTA % ("limits.cpu: 26", ""), HARD + '"limits.cpu"'),
    ("quota-below-maximum", "x-raychart: {quota: {cpu: 20}}\n" + TYPE % "gpu: 0", "x-raychart.quota.cpu"),
    ("quota-below-maximum", UNDER_A_CAP % 27, 'x-raychart.quota."requests.cpu"'),
    ("quota-needs-number", "x-raychart: {quota: {limits.cpu: 99}}\n" + UNLIMITED, 'x-raychart.quota."limits.cpu"'),
    ("lint-settings", "x-raychart: {launchSeconds: soon}\n" + TYPE % "gpu: 0", "x-raychart.launchSeconds"),
    ("lint-settings", "x-raychart: [launchSeconds]\n" + TYPE % "gpu: 0", "x-raychart"),
    ("lint-settings", "x-raychart: {client: {python: 3.12}}\n" + TYPE % "gpu: 0", "x-raychart.client.python"),
    ("lint-settings", "x-raychart: {quota: {pods: few}}\n" + TYPE % "gpu: 0", "x-raychart.quota.pods"),
]

FINE = [
    ("max-workers-shared", TWO % 10),
    ("max-workers-shared", MAIN % "maxWorkers: 3"),
    ("max-workers-unreachable", TWO % 10),
    ("max-workers-unreachable", "clusters: {main: {maxWorkers: 9, autoscaling: {enabled: false}}}"),
    ("type-over-cluster", TWO % 6),
    ("workers-fixed", TYPE.replace("{main: {", "{main: {autoscaling: {enabled: false}, ") % "replicas: 6"),
    ("autoscaling-off", MAIN % "autoscaling: {enabled: false}"),
    ("idle-timeout-short", MAIN % "idleTimeoutMinutes: 2"),
    ("idle-timeout-short", TYPE % "minWorkers: 6, idleTimeoutMinutes: 0.1"),
    ("idle-timeout-short", MAIN % "idleTimeoutMinutes: 1, autoscaling: {enabled: false}"),
    ("idle-timeout-short", "x-raychart: {launchSeconds: 60}\n" + TYPE % "gpu: 0"),
    ("idle-timeout-short", "x-raychart: {launchSeconds: 6}\n" + MAIN % "idleTimeoutMinutes: 0.5"),
    ("startup-probe-short", TYPE % "startupProbe: {failureThreshold: 20}"),
    ("startup-probe-short", TYPE % "startupProbe: {failureThreshold: 4, periodSeconds: 5}"),
    ("startup-probe-short", TYPE % "startupProbe: null"),
    ("schedule-without-effect", WINDOW % (9, 0)),
    (
        "schedules-overlap",
        MAIN % 'schedules: {a: {start: "0 7 * * *", end: "0 9 * * *", minWorkers: {w: 2}}, '
        'b: {start: "0 9 * * *", end: "0 10 * * *", minWorkers: {w: 3}}}',
    ),
    (
        "schedules-overlap",
        MAIN % 'schedules: {a: {start: "0 7 * * *", end: "0 9 * * *", minWorkers: {w: 2}}, '
        'b: {start: "0 8 * * *", end: "0 10 * * *", timeZone: Asia/Tokyo, minWorkers: {w: 3}}}',
    ),
    (
        "head-restart-loses-work",
        MAIN % "rollout: {head: restart}, faultTolerance: {enabled: true, passwordSecret: {name: r}}",
    ),
    ("cluster-suspended", MAIN % "suspend: false"),
    ("quota-below-minimum", QUOTA % ("pods: 3", "")),
    ("quota-below-maximum", QUOTA % ("pods: 8", "")),
    ("quota-below-maximum", QUOTA % ("requests.storage: 1", "")),
    ("quota-below-maximum", QUOTA % ("pods: 4", ", scopes: [BestEffort]")),
    ("quota-below-maximum", QUOTA.replace("{main: {", "{main: {suspend: true, ") % ("pods: 1", "")),
    ("quota-below-maximum", UNDER_A_CAP % 28),
    ("quota-needs-number", "x-raychart: {quota: {limits.cpu: 99}}\n" + TYPE % "gpu: 0"),
    (
        "quota-needs-number",
        "extraObjects: {r: {apiVersion: v1, kind: LimitRange, metadata: {name: r}}}\n"
        "x-raychart: {quota: {limits.cpu: 99}}\n" + UNLIMITED,
    ),
    ("lint-settings", "x-raychart: {launchSeconds: 0.5, trial: [main], client: {ray: 2.60.0}}\n" + TYPE % "gpu: 0"),
]


test_it_is_found_where_it_was_set, test_it_is_not_found_where_all_is_well = found_and_fine(FOUND, FINE)


def test_the_idle_time_that_is_advised_is_long_enough(findings_in: Callable[..., list[Finding]]) -> None:
    (found,) = [one for one in findings_in(MAIN % "idleTimeoutMinutes: 0.5") if one.rule == "idle-timeout-short"]
    minutes = found.remedy.split()[3].rstrip(",")
    assert [one for one in findings_in(MAIN % f"idleTimeoutMinutes: {minutes}") if one.severity != "info"] == []


WINDOWS = [
    ("30 6 * * 1-5", "0 10 * * 1-5"),
    ("0 20 * * FRI", "0 6 * * MON"),
    ("0 22 * * *", "0 6 * * *"),
    ("*/20 8-16/4 * * 0,3", "50 * * * *"),
    ("0 7 * * *", "0 7 * * *"),
    ("0 7,9 * * 6", "0 9 * * *"),
]


@pytest.mark.parametrize(("start", "end"), WINDOWS)
def test_windows_are_open_when_the_chart_says_so(start: str, end: str) -> None:
    """The chart's own script decides in the cluster; a Sunday at midnight is minute 0."""
    sunday = datetime(2026, 6, 7, tzinfo=timezone.utc)  # noqa: UP017 (as the script has it)
    windows = {"w": {"start": start, "end": end, "timeZone": "Etc/UTC"}}
    opened = open_minutes(start, end)
    assert opened is not None
    for minute in itertools.chain(range(0, 7 * 1440, 45), range(6 * 60 + 25, 6 * 60 + 35)):
        now = sunday + timedelta(minutes=minute)
        assert bool(SCHEDULE["open_windows"](windows, now)) is (minute in opened), minute


@pytest.mark.parametrize("start", ["0 7 1 * *", "0 7 * 6 *", "0 25 * * *", "x", "0 7 * * 7"])
def test_of_other_windows_nothing_is_said(start: str) -> None:
    assert open_minutes(start, "0 9 * * *") is None
