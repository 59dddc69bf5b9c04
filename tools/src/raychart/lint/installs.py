"""What commands that install packages install: names without a version among it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PIP = {"pip", "pip3"}
_CONDA = {"conda", "mamba", "micromamba"}
_ROOTS = {"apt-get", "apt", "yum", "dnf", "microdnf", "apk", "dpkg", "sudo"}
# Options of pip and conda that have a value behind them.
_VALUED = {
    "-c", "--constraint", "-r", "--requirement", "-e", "--editable", "-t", "--target", "-i", "--index-url",
    "--extra-index-url", "-f", "--find-links", "--prefix", "--root", "--platform", "--python-version", "--no-binary",
    "--only-binary", "--timeout", "--retries", "--cache-dir", "--trusted-host", "-C", "--config-settings", "--src",
    "--progress-bar", "--upgrade-strategy", "--proxy", "--cert", "--client-cert", "--report", "--log", "--python",
    "-p", "-n", "--name", "--channel", "--file", "--abi", "--implementation", "--index", "--default-index",
}  # fmt: skip
_LISTED = {"-c", "--constraint", "--constraints"}
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?")


def pip_words(words: Sequence[str]) -> Sequence[str] | None:
    """Return what stands behind `pip install`; None where the command is another."""
    names = [word.rpartition("/")[2] for word in words]
    for at, name in enumerate(names[:4]):
        if (name in _PIP or re.fullmatch(r"pip3?\.\d+", name)) and names[at + 1 : at + 2] == ["install"]:
            return words[at + 2 :]
    return None


def is_conda(words: Sequence[str]) -> bool:
    """Tell whether the command installs with conda."""
    return words[0].rpartition("/")[2] in _CONDA and "install" in words[1:3]


def needs_root(words: Sequence[str]) -> str | None:
    """Return the program that only root may run; None where there is none."""
    name = words[0].rpartition("/")[2]
    return name if name in _ROOTS and len(words) > 1 else None


def unpinned(words: Sequence[str]) -> list[str]:
    """Return the requirements in a `pip install` that leave the version open."""
    rest = pip_words(words)
    if rest is None or _LISTED & {word.partition("=")[0] for word in rest}:
        return []
    return [name for name in requirements(rest) if _is_open(name)]


def requirements(words: Sequence[str]) -> Iterator[str]:
    """Yield what is installed, without options and their values."""
    is_value = False
    for word in words:
        if not is_value and not word.startswith("-"):
            # A redirection and what follows is no requirement.
            if word[0] in "<>" or re.fullmatch(r"\d?[<>]+.*|[<>&|]+", word):
                return
            yield word
        is_value = not is_value and word in _VALUED


def _is_open(requirement: str) -> bool:
    if "$" in requirement or requirement.startswith((".", "/")) or requirement.endswith((".whl", ".tar.gz", ".zip")):
        return False
    if "://" in requirement:
        # A repository at a commit or tag is one version; a file is what it is.
        return requirement.startswith("git+") and "@" not in requirement.rpartition("://")[2].partition("/")[2]
    name = _NAME.match(requirement)
    rest = requirement[name.end() :].partition(";")[0].strip() if name else ""
    return bool(name) and not rest.startswith(("==", "@", " @")) and "/" not in requirement


def ray_version(words: Sequence[str]) -> str | None:
    """Return the version of Ray that a `pip install` installs; empty where it is open, None where it installs none."""
    for requirement in requirements(pip_words(words) or ()):
        name = _NAME.match(requirement)
        if name and name[1].lower() == "ray":
            return requirement[name.end() :].partition(";")[0].strip().removeprefix("==").strip()
    return None
