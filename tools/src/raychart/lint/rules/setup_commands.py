"""Rules for setup commands, which run before Ray starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from raychart.lint import installs
from raychart.lint.each import dig, per_pod
from raychart.lint.effective import as_list, as_map
from raychart.lint.image_tags import same_version
from raychart.lint.rule import Problem, Rule
from raychart.lint.shell import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Cluster, Pod

    # What is wrong with a command, and what to do.
    Found = tuple[str, str] | None

_PIPED = re.compile(
    r"\b(curl|wget)\b[^|;&]*\|\s*(sudo\s+(-\S+\s+)*)?(\S*/)?(ba|z|da)?sh\b|(ba)?sh\s+(-c\s+)?[\"']?(<\(|\$\()\s*(curl|wget)\b"
)
_ENDLESS = re.compile(r"\bwhile\s+(true|:|\[\s*1\s*\])\s*(;|\n)")
_SERVERS = {"jupyter", "jupyter-lab", "jupyter-notebook", "tensorboard", "uvicorn", "gunicorn"}
# What a program serves with, where it has other uses.
_SERVING = {"jupyter": {"lab", "notebook", "server"}}
_SLEEP = re.compile(r"sleep (\d{1,9})s?")


class Command(NamedTuple):
    """One command of a setup command's `text`: its words, and what ends it."""

    cluster: Cluster
    pod: Pod
    words: tuple[str, ...]
    end: str
    text: str


def _each_command(look: Callable[[Command], Found]) -> Callable[[Here], Iterator[Problem]]:
    def checks(here: Here) -> Iterator[Problem]:
        for at, text in _texts(here.pod):
            found = (look(Command(here.cluster, here.pod, words, end, text)) for words, end in parts(text))
            yield from (Problem(here.pod.place("setupCommands", at), *one) for one in filter(None, found))

    return checks


def _texts(pod: Pod) -> Iterator[tuple[int, str]]:
    for at, text in enumerate(as_list(pod.settings.get("setupCommands"))):
        if isinstance(text, str):
            yield at, text


def _ray_stop(command: Command) -> Found:
    if command.words[:2] != ("ray", "stop"):
        return None
    return "ray stop before Ray is started stops nothing: each pod is new", "remove it"


def _piped(here: Here) -> Iterator[Problem]:
    for at, text in _texts(here.pod):
        if _PIPED.search(text):
            yield Problem(
                here.pod.place("setupCommands", at),
                "a script from the network is run unseen, whatever it is when a pod starts",
                "build what it does into the image, or fetch a version of it, compare its checksum and run that",
            )


def _unpinned(command: Command) -> Found:
    names = installs.unpinned(command.words)
    if not names:
        return None
    what = "whatever version there is when a pod starts, so that the pods of one cluster differ"
    example = re.split("[<>=!~ ;[]", names[0])[0] if "://" not in names[0] else "git+https://...@v1.2.3, or name"
    return f"{', '.join(names)} in {what}", f"name the version, as in {example}==1.2.3, or build it into the image"


def _other_ray(command: Command) -> Found:
    version, wanted = installs.ray_version(command.words), str(command.cluster.settings.get("rayVersion"))
    if not version or same_version(version, wanted):
        return None
    return (
        f"Ray {version} is installed over the image's, and rayVersion is {wanted}",
        f"take an image with that Ray and set rayVersion, or install ray=={wanted}",
    )


def _needs_root(command: Command) -> Found:
    program, user = installs.needs_root(command.words), _user(command.pod)
    if "||" in command.text:
        return None
    fails = "the pod fails when it starts"
    if program and user:
        what = f"{program} works for root only, and the container runs as user {user}: {fails}"
        return what, "install it into the image"
    if _has_read_only_root(command.pod) and (program or installs.is_conda(command.words)):
        return (
            f"{program or command.words[0]} changes the image's files, which are read-only here: {fails}",
            "install it into the image, or set securityContext.readOnlyRootFilesystem to false",
        )
    return None


def _endless(command: Command) -> Found:
    if "&" in {command.end, command.text.rstrip()[-1:]}:
        return None
    looped = _ENDLESS.search(command.text) and "break" not in command.text
    if not (looped or _never_ends(command.words)):
        return None
    return (
        f"{'the loop' if looped else command.words[0]} does not end, and Ray starts only after it",
        "put & behind it to run it beside Ray, or make it a container under sidecars",
    )


def _never_ends(words: tuple[str, ...]) -> bool:
    name, first = words[0].rpartition("/")[2], words[1] if len(words) > 1 else ""
    if name == "tail":
        return not {"-f", "-F", "--follow"}.isdisjoint(words)
    if name.startswith("python"):
        return words[1:3] == ("-m", "http.server")
    return (name == "sleep" and first in {"infinity", "inf"}) or (
        name in _SERVERS and first in _SERVING.get(name, {first})
    )


def _slow(command: Command) -> Found:
    probe = as_map(command.pod.settings.get("startupProbe"))
    times, period = probe.get("failureThreshold", 3), probe.get("periodSeconds", 10)
    seconds = _SLEEP.fullmatch(" ".join(command.words))
    if not (seconds and probe and isinstance(times, int) and isinstance(period, int) and command.end != "&"):
        return None
    if int(seconds[1]) < times * period:
        return None
    return (
        f"it takes {seconds[1]} s, and the startup probe gives up after {times * period} s: the pod never starts",
        "shorten it, or raise startupProbe.failureThreshold",
    )


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


def _command_rule(id_: str, summary: str, why: str, source: str, look: Callable[[Command], Found]) -> Rule:
    return Rule(id_, "warning", summary, why, source, per_pod(_each_command(look)))


_SETUP = "charts/ray/values.yaml, podDefaults.setupCommands"
RULES = (
    _command_rule(
        "setup-ray-stop",
        "A setup command calls ray stop.",
        "With older launchers Ray was started on machines that might have one running. Here each container is new.",
        "KubeRay facts, start-command customisation",
        _ray_stop,
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
        "A node whose Ray is not the head's ends when it joins, and the chart chooses probes and the autoscaler's "
        "rules by rayVersion.",
        "Ray 2.60.0, utils.check_version_info",
        _other_ray,
    ),
    Rule(
        "setup-piped-script",
        "warning",
        "A setup command runs a script straight from the network.",
        "Whoever can change the script, or the connection, runs code in the cluster with its token and its Secrets; "
        "and what was half transferred is run as well.",
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
        "Setup commands run one after the other, and Ray after the last. One that serves or waits forever keeps Ray "
        "from starting until the startup probe has the container killed.",
        _SETUP,
        _endless,
    ),
    _command_rule(
        "setup-too-slow",
        "A setup command takes longer than the startup probe waits.",
        "Setup commands run within the startup probe's time: failureThreshold times periodSeconds, a quarter of an "
        "hour by default.",
        "charts/ray/values.yaml, podDefaults.startupProbe",
        _slow,
    ),
)
