"""What the templates read of the values, found in their text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# How templates come by a part of the values: what stands in their text, and the path it stands for.
SOURCES = {
    r"(?:\$?(?:\.root)?\.Values)": [""],
    r"(?:\(include \"ray\.clusterSettings\" \(list [^)]*\) \| fromJson\)|\$settings|(?<![\w$)}])\.settings)": [
        "clusterDefaults",
        "clusterDefaults.faultTolerance",
    ],
    # ray.podSpec makes the pods of Ray, the operator and Redis alike.
    r"(?:\$pod|\$head|(?<![\w$)}])\.pod)(?=\.)": ["podDefaults", "operator", "clusterDefaults.faultTolerance.redis"],
}
VARIABLE = re.compile(r"(\$\w+) := ([^\s}]+)(?= ?-?}})")
KEYS = r"((?:\.[a-z]\w*)+)"


def reads(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield what each template reads: where, and the paths of which one has to be a key."""
    for file in sorted(folder.rglob("*.*")):
        text = file.read_text()
        sources = SOURCES | dict(_variables(text))
        for source, prefixes in sources.items():
            for found in re.finditer(source + KEYS, text):
                place = f"{file.relative_to(folder)}:{text[: found.start()].count(chr(10)) + 1}: {found[0]}"
                yield place, [f"{prefix}{found[1]}".lstrip(".") for prefix in prefixes]


def _variables(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield variables that hold a part of the values."""
    for variable, value in VARIABLE.findall(text):
        for source, prefixes in SOURCES.items():
            if variable not in source and (found := re.fullmatch(source + KEYS, value)):
                yield re.escape(variable) + r"\b", [f"{prefix}{found[1]}".lstrip(".") for prefix in prefixes]
