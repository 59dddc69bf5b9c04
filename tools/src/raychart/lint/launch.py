"""How long a pod takes from its creation until it works, given or assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from raychart.lint.effective import as_list
from raychart.lint.settings import KEY, lint_settings
from raychart.lint.shell import commands
from raychart.quantities import count

if TYPE_CHECKING:
    from raychart.lint.subject import Pod, Subject

# Scheduling, a container from an image that the node has, and Ray itself: 8 to 11 s on two cores, doubled.
_START, _TRIAL, _INSTALL = 20, 40, 20
_INSTALLERS = {"pip", "pip3", "uv", "conda", "mamba", "apt-get", "apt", "dnf", "yum", "apk"}


class Launch(NamedTuple):
    """Seconds, and in words what they come from."""

    seconds: float
    why: str


def launch(subject: Subject, pod: Pod) -> Launch:
    """Return how long such a pod takes to start."""
    given = lint_settings(subject.values).launch_seconds
    if given is not None:
        return Launch(given, f"{count(given)} s as {KEY}.launchSeconds says")
    installs = sum(is_install(words) for words in commands(as_list(pod.settings.get("setupCommands"))))
    parts = [f"{_START} s with the image on the node"]
    if pod.settings.get("installRay"):
        parts.append(f"{_TRIAL} s for installRay")
    if installs:
        parts.append(f"{installs * _INSTALL} s for {installs} setup commands that install" if installs > 1 else _ONE)
    seconds = _START + _TRIAL * bool(pod.settings.get("installRay")) + installs * _INSTALL
    return Launch(seconds, f"{seconds} s assumed: {' + '.join(parts)}" if len(parts) > 1 else f"assumed: {parts[0]}")


_ONE = f"{_INSTALL} s for a setup command that installs"


def is_install(words: list[str]) -> bool:
    """Tell whether a command installs something."""
    return "install" in words[1:5] and any(word.rpartition("/")[2] in _INSTALLERS for word in words[:4])
