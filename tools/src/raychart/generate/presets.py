"""The presets: specs that the package brings, each the start of a team's own."""

from __future__ import annotations

import textwrap
from pathlib import Path

from raychart.errors import RaychartError
from raychart.schema_keys import nearest

_FOLDER = Path(__file__).with_name("presets")


def preset_names() -> list[str]:
    """Return the names of all presets."""
    return sorted(file.stem for file in _FOLDER.glob("*.yaml"))


def preset_file(name: str, where: str) -> Path:
    """Return a preset's spec; raises RaychartError, which names the place `where`, when there is none of that name."""
    names = preset_names()
    if name in names:
        return _FOLDER / f"{name}.yaml"
    guess = nearest(name, names)
    remedy = f"did you mean {guess}?" if guess else f"choose one of {', '.join(names)}"
    raise RaychartError(where, f"there is no preset {name}", remedy)


def listing() -> str:
    """Return each preset's name with the comment that its spec begins with."""
    lines = []
    for name in preset_names():
        text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        comment = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("#")]
        lines.append(textwrap.fill(" ".join(comment), 118, initial_indent=f"  {name:14}", subsequent_indent=" " * 16))
    return "\n".join(lines)
