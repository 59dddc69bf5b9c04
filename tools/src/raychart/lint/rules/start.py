"""Rules for what runs before Ray starts: setup commands, installRay, and commands of the container."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.lint import installs
from raychart.lint.each import as_list, as_map, dig, per_cluster, per_pod
from raychart.lint.image_tags import same_version
from raychart.lint.rule import Fix, Problem, Rule
from raychart.lint.settings import KEY, lint_settings
from raychart.lint.shell import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from raychart.lint.subject import Cluster, Pod, Subject

    # The words of a command, what ends it, the whole text.
    Look = Callable[[Cluster, Pod, tuple[str, ...], str, str], tuple[str, str] | None]

_TRIAL = re.compile(r"(^|[^a-z])trial([^a-z]|$)")
_PIPED = re.compile(r"\b(curl|wget)\b[^|;&]*\|\s*(sudo\s+)?(\S*/)?(ba|z|da)?sh\b|(ba)?sh\s+(-c\s+)?[\"']?(<\(|\$\()\s*(curl|wget)\b")
_ENDLESS = re.compile(r"\bwhile\s+(true|:|\[\s*1\s*\])\s*(;|\n)")
_SERVERS = {"jupyter", "jupyter-lab", "jupyter-notebook", "tensorboard", "uvicorn", "gunicorn", "nginx", "redis-server"}


def _install_ray(subject: Subject, cluster: Cluster) -> Iterator[Problem]:
    trial = _TRIAL.search(cluster.name) or _TRIAL.search(subject.namespace or "")
    if trial or lint_settings(subject.values).is_trial(cluster.name):
        return
    for pod in cluster.pods:
        version = pod.settings.get("installRay")
        if version:
            yield Problem(
                pod.place("installRay"),
                f"Ray {version} is installed from the internet whenever a pod starts, and this is not said to be a trial",
                f"use an image with Ray {version} and remove installRay; for a trial say {KEY}: {{trial: true}}, "
                "or call the cluster trial",
            )


def _each_command(look: Look) -> Callable[[Subject, Cluster, Pod], Iterator[Problem]]:
    def checks(subject: Subject, cluster: Cluster, pod: Pod) -> Iterator[Problem]:
        for at, text in enumerate(as_list(pod.settings.get("setupCommands"))):
            for words, end in parts(text) if isinstance(text, str) else ():
                found = look(cluster, pod, words, end, text)
                if found:
                    yield Problem(pod.place("setupCommands", at), *found)
                    break

    return checks


def _ray_stop(subject: Subject, cluster: Cluster, pod: Pod) -> Iterator[Problem]:
    for at, text in enumerate(as_list(pod.settings.get("setupCommands"))):
        commands = [words for words, _ in parts(text)] if isinstance(text, str) else []
        if any(words[:2] == ("ray", "stop") for words in commands):
            path = pod.place("setupCommands", at)
            alone = all(words[:2] == ("ray", "stop") or words == ("true",) for words in commands)
            yield Problem(
                path,
                "ray stop before Ray is started stops nothing: each pod is new",
                "remove it",
                Fix("remove", path) if alone else None,
            )


def _unpinned(cluster: Cluster, pod: Pod, words: tuple[str, ...], end: str, text: str) -> tuple[str, str] | None:
    names = installs.unpinned(words)
    if not names:
        return None
    return (
        f"{', '.join(names)}: installed in whatever version there is when a pod starts, so pods of one cluster differ",
        f"name the version, as in {re.split('[<>=!~ ;]', names[0])[0]}==1.2.3, or build it into the image",
    )


def _other_ray(cluster: Cluster, pod: Pod, words: tuple[str, ...], end: str, text: str) -> tuple[str, str] | None:
    version, wanted = installs.ray_version(words), str(cluster.settings.get("rayVersion"))
    if version is None or (version and same_version(version, wanted)):
        return None
    return (
        f"Ray {version or 'in whatever version there is'} is installed over the image's, and rayVersion is {wanted}",
        f"take an image with that Ray and set rayVersion, or install ray=={wanted}",
    )


def _piped(subject: Subject, cluster: Cluster, pod: Pod) -> Iterator[Problem]:
    for at, text in enumerate(as_list(pod.settings.get("setupCommands"))):
        if isinstance(text, str) and _PIPED.search(text):
            yield Problem(
                pod.place("setupCommands", at),
                "a script from the network is run unseen, whatever it is when a pod starts",
                "build what it does into the image, or fetch a version of it, compare its checksum and run that",
            )


def _needs_root(cluster: Cluster, pod: Pod, words: tuple[str, ...], end: str, text: str) -> tuple[str, str] | None:
    program = installs.needs_root(words)
    user = _user(pod)
    if end == "||" or "||" in text:
        return None
    if program and user:
        return (
            f"{program} works for root only, and the container runs as user {user}: the pod fails when it starts",
            "install it into the image",
        )
    if _has_read_only_root(pod) and (program or installs.is_conda(words)):
        return (
            f"{program or words[0]} changes the image's files, which are read-only here: the pod fails when it starts",
            "install it into the image, or set securityContext.readOnlyRootFilesystem to false",
        )
    return None


def _user(pod: Pod) -> int | None:
    """Return the user that the container runs as, where the values tell; None for root too."""
    for keys in (
        ("container", "securityContext", "runAsUser"),
        ("securityContext", "runAsUser"),
        ("pod", "securityContext", "runAsUser"),
        ("podSecurityContext", "runAsUser"),
    ):
        found = dig(pod.settings, *keys)
        if isinstance(found, int):
            return found or None
    return None


def _has_read_only_root(pod: Pod) -> bool:
    for keys in (("container", "securityContext"), ("securityContext",)):
        found = dig(pod.settings, *keys, "readOnlyRootFilesystem")
        if found is not None:
            return found is True
    return False


def _endless(cluster: Cluster, pod: Pod, words: tuple[str, ...], end: str, text: str) -> tuple[str, str] | None:
    name = words[0].rpartition("/")[2]
    never = (
        (name == "sleep" and words[1:2] in {("infinity",), ("inf",)})
        or (name == "tail" and any(word in {"-f", "-F", "--follow"} for word in words))
        or (name in _SERVERS and "--version" not in words and words[1:2] not in {("--help",), ("-h",)})
        or (name.startswith("python") and words[1:3] == ("-m", "http.server"))
    )
    looped = _ENDLESS.search(text) and "break" not in text and not text.rstrip().endswith("&")
    if (never and end != "&" and not text.rstrip().endswith("&")) or looped:
        return (
            f"{name if never else 'the loop'} does not end, and Ray starts only after it",
            "put & behind it to run it beside Ray, or make it a container under sidecars",
        )
    return None


def _slow(cluster: Cluster, pod: Pod, words: tuple[str, ...], end: str, text: str) -> tuple[str, str] | None:
    probe = as_map(pod.settings.get("startupProbe"))
    times, period = probe.get("failureThreshold", 3), probe.get("periodSeconds", 10)
    if not (probe and isinstance(times, int) and isinstance(period, int)):
        return None
    if words[0] == "sleep" and words[1:2] and re.fullmatch(r"\d{1,9}s?", words[1]) and end != "&":
        seconds = int(words[1].rstrip("s"))
        if seconds >= times * period:
            return (
                f"it takes {seconds} s, and the startup probe gives up after {times * period} s: the pod never starts",
                "shorten it, or raise startupProbe.failureThreshold",
            )
    return None


def _own_start(subject: Subject, cluster: Cluster, pod: Pod) -> Iterator[Problem]:
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


def _command_rule(id_: str, summary: str, why: str, source: str, look: Look) -> Rule:
    return Rule(id_, "warning", summary, why, source, per_pod(_each_command(look)))


_SETUP = "charts/ray/values.yaml, podDefaults.setupCommands"
RULES = (
    Rule(
        "install-ray",
        "warning",
        "Ray is installed when pods start, and this is not said to be a trial.",
        "installRay is for trying a Ray version before there is an image with it. Each pod then needs the package index to "
        "be there and minutes to start, `helm test` leaves the cluster out and a rollout does not touch it. A cluster "
        "counts as a trial when its name or its namespace has the word trial, or `x-raychart: {trial: true}` says so, or "
        "`trial: [main]` for one of several.",
        "charts/ray/values.yaml, podDefaults.installRay; charts/ray/README.md, Changes of a running cluster",
        per_cluster(_install_ray),
    ),
    Rule(
        "setup-ray-stop",
        "warning",
        "A setup command calls ray stop.",
        "With older launchers Ray was started on machines that might have one running. Here each container is new.",
        "KubeRay facts, start-command customisation",
        per_pod(_ray_stop),
    ),
    _command_rule(
        "setup-unpinned-install",
        "A setup command installs a package without its version.",
        "Setup commands run whenever a pod starts: tomorrow's worker gets tomorrow's version, and what it pickles the "
        "others cannot read. `==` names one version; ranges do not, nor does `~=`. With a constraints file (-c) pip is "
        "told elsewhere, and requirements files are not read.",
        _SETUP,
        _unpinned,
    ),
    _command_rule(
        "setup-other-ray",
        "A setup command installs another Ray than rayVersion.",
        "A node whose Ray is not the head's ends when it joins, and the chart chooses probes and the autoscaler's rules "
        "by rayVersion.",
        "Ray 2.60.0, utils.check_version_info",
        _other_ray,
    ),
    Rule(
        "setup-piped-script",
        "warning",
        "A setup command runs a script straight from the network.",
        "Whoever can change the script, or the connection, runs code in the cluster with its token and its Secrets; and "
        "what was half transferred is run as well.",
        _SETUP,
        per_pod(_piped),
    ),
    Rule(
        "setup-needs-root",
        "error",
        "A setup command needs rights that the container does not have.",
        "By default containers run as user 1000, gain no rights by sudo and cannot change the image's files. System "
        "packages and conda environments belong into the image; `pip install` goes to /tmp and works.",
        "charts/ray/values.yaml, podDefaults.podSecurityContext, securityContext",
        per_pod(_each_command(_needs_root)),
    ),
    _command_rule(
        "setup-endless",
        "A setup command does not end.",
        "Setup commands run one after the other, and Ray after the last. One that serves or waits forever keeps Ray from "
        "starting until the startup probe has the container killed.",
        _SETUP,
        _endless,
    ),
    _command_rule(
        "setup-too-slow",
        "A setup command takes longer than the startup probe waits.",
        "Setup commands run within the startup probe's time: failureThreshold times periodSeconds, a quarter of an hour by "
        "default.",
        "charts/ray/values.yaml, podDefaults.startupProbe",
        _slow,
    ),
    Rule(
        "container-ray-start",
        "warning",
        "The container's own command calls ray start.",
        "KubeRay puts its `ray start` behind the container's command unless that has the words in it. Then the address of "
        "the head, resources, ports and all other options are yours to give, and the chart's scripts do not run.",
        "KubeRay v1.7.0, BuildPod",
        per_pod(_own_start),
    ),
)
