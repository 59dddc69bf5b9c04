"""Tell which arguments of a command must not be shown."""

from __future__ import annotations

import re
from typing import Any

from raychart.diff.secret_forms import PROGRAMS
from raychart.diff.secret_names import Heat, is_hot

_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)")
_USER_FLAGS = frozenset({"-u", "--user", "--proxy-user"})
# Programs whose password follows a short flag.
_PASSWORD_FLAGS = {"redis-cli": "-a"} | dict.fromkeys(PROGRAMS.split("|"), "-p")


def heat_of_argument(items: list[Any], index: int) -> Heat:
    """Tell whether an argument is the value of a flag before it, such as --password, or of `redis-cli -a`."""
    before, argument = (items[at] if 0 <= at < len(items) else None for at in (index - 1, index))
    if not isinstance(before, str) or not isinstance(argument, str):
        return Heat.COLD
    flag = _FLAG.fullmatch(before)
    follows = (flag is not None and is_hot(flag[1])) or (before in _USER_FLAGS and ":" in argument)
    return Heat.HOT if follows or _follows_program(items[:index], argument) else Heat.COLD


def _follows_program(before: list[Any], argument: str) -> bool:
    """Tell whether a program that takes its password by a short flag finds it in an argument."""
    programs = (item.rpartition("/")[2] for item in before if isinstance(item, str))
    flags = {_PASSWORD_FLAGS[program] for program in programs if program in _PASSWORD_FLAGS}
    return before[-1] in flags or (argument.startswith("-p") and "-p" in flags and argument != "-p")
