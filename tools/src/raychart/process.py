"""Run other programs: the only module that does."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_INSTALL = {
    "git": "install git (https://git-scm.com)",
    "helm": "install Helm 3 or 4 (https://helm.sh/docs/intro/install) or name the program with --helm",
    "kind": "install kind (https://kind.sigs.k8s.io) or use a cluster that exists with --provider existing",
    "docker": "install docker, which kind needs, or use a cluster that exists with --provider existing",
    "kubectl": "install kubectl (https://kubernetes.io/docs/tasks/tools)",
}


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that has ended."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str


class CommandError(RaychartError):
    """A program that could not be started, ended with another code than 0, or took too long.

    `completed` holds what it wrote; its code is -1 when it did not end by itself.
    """

    def __init__(self, completed: Completed, what: str, remedy: str) -> None:
        super().__init__(shlex.join(completed.argv), what, remedy)
        self.completed = completed

    def __reduce__(self) -> tuple[type[CommandError], tuple[Completed, str, str]]:
        """Make it again from what it was made of, in another process."""
        return CommandError, (self.completed, self.what, self.remedy)


def run(
    argv: Sequence[str],
    *,
    input: str | None = None,  # noqa: A002 (the name subprocess gives it)
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    check: bool = True,
) -> Completed:
    """Run a program to its end and return what it wrote.

    `env` is added to this process's environment. Output that is not UTF-8 is kept with replacement characters.
    Raises CommandError when the program cannot be started or takes longer than `timeout` seconds, and, with `check`,
    when it ends with a code other than 0.
    """
    command = tuple(argv)
    try:
        ended = subprocess.run(
            command,
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            env=None if env is None else {**os.environ, **env},
            timeout=timeout,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired as late:
        completed = Completed(command, -1, _text(late.stdout), _text(late.stderr))
        what = f"not done after {timeout:g} s{_output(completed)}"
        raise CommandError(completed, what, "see what it waits for, or allow more time") from late
    except (OSError, ValueError) as refused:
        raise _not_started(command, refused) from refused
    completed = Completed(command, ended.returncode, ended.stdout, ended.stderr)
    if check and completed.code != 0:
        what = f"ended with code {completed.code}{_output(completed)}"
        raise CommandError(completed, what, "mend what it says above, or run it by hand to see more")
    return completed


def run_bytes(
    argv: Sequence[str],
    *,
    input: bytes = b"",  # noqa: A002 (the name subprocess gives it)
    env: Mapping[str, str] | None = None,
) -> tuple[int, bytes, str]:
    """Run a program to its end whose output is not all text; return its code, what it wrote, and what it complained.

    `env` is added to this process's environment. Raises CommandError when the program cannot be started.
    """
    command = tuple(argv)
    try:
        ended = subprocess.run(
            command,
            input=input,
            capture_output=True,
            env=None if env is None else {**os.environ, **env},
            check=False,
        )
    except (OSError, ValueError) as refused:
        raise _not_started(command, refused) from refused
    return ended.returncode, ended.stdout, _text(ended.stderr)


def _not_started(command: tuple[str, ...], refused: OSError | ValueError) -> CommandError:
    completed = Completed(command, -1, "", "")
    program = command[0]
    if isinstance(refused, FileNotFoundError):
        name = os.path.basename(program)  # noqa: PTH119 (a command word, not a file of ours)
        return CommandError(completed, f"there is no program {program}", _INSTALL.get(name, f"install {name}"))
    if isinstance(refused, PermissionError):
        return CommandError(completed, f"{program} may not be run", f"make {program} executable, or name another")
    return CommandError(completed, f"could not be started ({refused})", "check the program and its arguments")


def _output(completed: Completed) -> str:
    """Lay out what the program wrote, named by stream, so that the remedy can stand on the last line."""
    streams = (("stdout", completed.stdout), ("stderr", completed.stderr))
    return "".join(
        f"\n  {name}:" + "".join(f"\n    {line}" for line in text.strip().splitlines())
        for name, text in streams
        if text.strip()
    )


def _text(output: str | bytes | None) -> str:
    return output.decode("utf-8", "replace") if isinstance(output, bytes) else output or ""
