"""What was meant by text of the wrong form: the nearest text that has the form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNIT = re.compile(r"([0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)\s*([a-zA-Z]*)")
_BINARY = {f"{letter.lower()}i": f"{letter}i" for letter in "KMGTPE"}
_DECIMAL = {"k": "k"} | {letter.lower(): letter for letter in "MGTPE"}
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_ENDS = {"Seconds": 1, "Minutes": 60}
_CORES = ("core", "cores", "cpu", "cpus", "vcpu", "vcpus")
_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}


def meant(text: str, pattern: str) -> str | None:
    """Return text that matches the pattern and was probably meant; None where nothing comes near."""
    # As Go has it, the end is the very end.
    form = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))
    return next((one for one in _candidates(text) if one != text and form.search(one)), None)


def in_unit_of(key: str, text: str) -> str | None:
    """Return a time such as 5m as the number of the unit that a key's name ends with."""
    unit = next((size for end, size in _ENDS.items() if key.endswith(end)), None)
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?(s|sec|m|min|h)[a-z]*", text.strip())
    if unit is None or found is None:
        return None
    number = float(found[1]) * _SECONDS[found[2][0]] / unit
    return f"{number:g}"


def _candidates(text: str) -> Iterator[str]:
    plain = text.strip().strip("\u201c\u201d\u2018\u2019'\"")
    yield plain
    yield from _quantities(plain)
    yield from _times(plain)
    if re.match(r"v[0-9]", plain):
        yield plain[1:]
    if re.search("[A-Za-z]", plain):
        yield re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")
        yield re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
        yield re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _quantities(text: str) -> Iterator[str]:
    found = _UNIT.fullmatch(text)
    if not found:
        return
    number, unit = found[1].replace(",", "."), found[2].lower()
    number = f"0{number}" if number.startswith(".") else number
    if not unit or unit in _CORES:
        yield number
        return
    short = unit.removesuffix("b")
    known = {"millicores": "m", "mcpu": "m"} | _BINARY | _DECIMAL
    if short in known:
        yield f"{number}{known[short]}"
        yield str(int(float(number) * 1024 ** ("kmgtpe".index(short[0]) + 1))) if short[0] in "kmgtpe" else ""


def _times(text: str) -> Iterator[str]:
    fields = re.sub(r"^(CRON_)?TZ=\S+\s+", "", text).split()
    yield " ".join(fields)
    if len(fields) == 6 and fields[0] in ("0", "*"):
        yield " ".join(fields[1:])
    if text.lower() in _NICKNAMES:
        yield _NICKNAMES[text.lower()]
    clock = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    if clock:
        yield f"{int(clock[2])} {int(clock[1])} * * *"
