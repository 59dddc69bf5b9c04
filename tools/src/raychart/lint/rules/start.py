"""Rules for how Ray starts: installRay, and commands of the container."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.lint.each import dig, per_cluster, per_pod
from raychart.lint.effective import as_list
from raychart.lint.rule import Problem, Rule
from raychart.lint.settings import KEY, lint_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here

_TRIAL = re.compile(r"(^|[^a-z])trial([^a-z]|$)")


def _install_ray(here: Here) -> Iterator[Problem]:
    subject, cluster = here.subject, here.cluster
    trial = _TRIAL.search(cluster.name) or _TRIAL.search(subject.namespace or "")
    if trial or lint_settings(subject.values).is_trial(cluster.name):
        return
    for pod in cluster.pods:
        version = pod.settings.get("installRay")
        if version:
            yield Problem(
                pod.place("installRay"),
                f"Ray {version} is installed from the internet whenever a pod starts, and this is not said to be a "
                "trial",
                f"use an image with Ray {version} and remove installRay; for a trial say {KEY}: {{trial: true}}, "
                "or call the cluster trial",
            )


def _own_start(here: Here) -> Iterator[Problem]:
    cluster, pod = here.cluster, here.pod
    if dig(cluster.settings, "annotations", "ray.io/overwrite-container-cmd") == "true":
        return
    for key in ("command", "args"):
        words = [word for word in as_list(dig(pod.settings, "container", key)) if isinstance(word, str)]
        if "ray start" in " ".join(words):
            yield Problem(
                pod.place("container", key),
                "it calls ray start, so KubeRay adds nothing of its own: no address, no resources, no options",
                "use setupCommands for what runs before, and rayStartParams for options",
            )
            return


RULES = (
    Rule(
        "install-ray",
        "warning",
        "Ray is installed when pods start, and this is not said to be a trial.",
        "installRay is for trying a Ray version before there is an image with it. Each pod then needs the package "
        "index to be there and minutes to start, `helm test` leaves the cluster out and a rollout does not touch it. A "
        "cluster counts as a trial when its name or its namespace has the word trial, or `x-raychart: {trial: true}` "
        "says so, or `trial: [main]` for one of several.",
        "charts/ray/values.yaml, podDefaults.installRay; charts/ray/README.md, Changes of a running cluster",
        per_cluster(_install_ray),
    ),
    Rule(
        "container-ray-start",
        "warning",
        "The container's own command calls ray start.",
        "KubeRay puts its `ray start` behind the container's command unless that has the words in it. Then the address "
        "of the head, resources, ports and all other options are yours to give, and the chart's scripts do not run.",
        "KubeRay v1.7.0, BuildPod",
        per_pod(_own_start),
    ),
)
