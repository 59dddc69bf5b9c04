"""Rules for times: how long a worker may be idle, and how long a pod takes to start."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from raychart.lint.each import dig, per_pod, per_type
from raychart.lint.effective import as_map
from raychart.lint.launch import launch
from raychart.lint.pods import autoscales
from raychart.lint.rule import Problem, Rule
from raychart.lint.settings import KEY
from raychart.quantities import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here

_TIMES = 5


def _idle_short(here: Here) -> Iterator[Problem]:
    subject, cluster, pod = here
    own = pod.settings.get("idleTimeoutMinutes")
    minutes = cluster.settings.get("idleTimeoutMinutes") if own is None else own
    scales = (pod.settings.get("maxWorkers") or 0) > (pod.settings.get("minWorkers") or 0)
    if not (isinstance(minutes, (int, float)) and autoscales(cluster) and scales):
        return
    start = launch(subject, pod)
    if minutes * 60 < _TIMES * start.seconds:
        enough = count(math.ceil(_TIMES * start.seconds / 6) / 10)
        yield Problem(
            cluster.place("idleTimeoutMinutes") if own is None else pod.place("idleTimeoutMinutes"),
            f"idle workers go after {count(minutes * 60)} s, less than {_TIMES} times the {count(start.seconds)} s "
            f"that one takes to start ({start.why}): pods come and go under steady load",
            f"raise it to {enough}, or say in {KEY}: {{launchSeconds: ...}} how long your pods take",
        )


def _probe_short(here: Here) -> Iterator[Problem]:
    subject, pod = here.subject, here.pod
    probe = "startupProbe" if as_map(pod.settings.get("startupProbe")) else "livenessProbe"
    times, period = (dig(pod.settings, probe, key) for key in ("failureThreshold", "periodSeconds"))
    delay = dig(pod.settings, probe, "initialDelaySeconds") or 0
    if not as_map(pod.settings.get(probe)) or not all(isinstance(x, (int, float, type(None))) for x in (times, period)):
        return
    patience = (3 if times is None else times) * (10 if period is None else period)
    patience += delay if isinstance(delay, (int, float)) else 0
    start = launch(subject, pod)
    if patience < start.seconds:
        yield Problem(
            pod.place(probe, "failureThreshold"),
            f"the {probe} gives up after {count(patience)} s, before the pod has started ({start.why}): "
            "the container is killed and started again, over and over",
            f"raise {probe}.failureThreshold, or leave the default, a quarter of an hour for startupProbe",
        )


RULES = (
    Rule(
        "idle-timeout-short",
        "warning",
        "Idle workers go sooner than five times what one needs to start.",
        "Under steady load there are always moments without a task for a worker. If it goes in one of them, the next "
        "task waits for a new pod: pods come and go, and most of their time is spent starting. Five times the start-up "
        "time is the rule of thumb.\n\n"
        "How long your pods take is best measured: from the pod's creation to its condition Ready, image pulls and new "
        "nodes included, and said under `x-raychart: {launchSeconds: 90}`. Without it 20 s are assumed for a pod whose "
        "image is on its node, 40 s more with installRay, and 20 s for each setup command that installs something.",
        "charts/ray/values.yaml, clusterDefaults.idleTimeoutMinutes; measured: 8 to 11 s with the image on the node",
        per_type(_idle_short),
    ),
    Rule(
        "startup-probe-short",
        "warning",
        "The probe gives up before the pod can have started.",
        "Until a startup probe succeeds nothing else looks at the container; when it gives up the container is killed "
        "and started again. Without a startup probe the liveness probe does the same. Setup commands and installRay "
        "run within that time, and so does a worker's wait for its head.",
        "charts/ray/values.yaml, podDefaults.startupProbe; Kubernetes, failureThreshold x periodSeconds",
        per_pod(_probe_short),
    ),
)
