"""Write results where the user wants them, in the formats the user wants."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# Of every document that commands write for programs.
API_VERSION = "raychart/v1"
FORMATS = ("text", "json", "junit")


@dataclass(frozen=True, slots=True)
class Output:
    """One report to write: its format and its file, or None for standard output."""

    format: str
    path: Path | None = None


def parse_outputs(options: Sequence[str], formats: Sequence[str] = FORMATS) -> list[Output]:
    """Read the values of `-o FORMAT[=PATH]`; the text goes to standard output unless an option says otherwise."""
    outputs: list[Output] = []
    for option in options:
        name, equals, path = option.partition("=")
        if name not in formats or (equals and not path):
            raise RaychartError(
                f"-o {option}", "is not FORMAT or FORMAT=PATH", f"FORMAT is one of {', '.join(formats)}"
            )
        outputs.append(Output(name, Path(path) if path else None))
    on_stdout = [output.format for output in outputs if output.path is None]
    if len(on_stdout) > 1:
        what = f"{' and '.join(on_stdout)} would be mixed on standard output"
        raise RaychartError(
            " ".join(f"-o {option}" for option in options), what, "give all but one a file: -o FORMAT=PATH"
        )
    if not on_stdout and all(output.format != "text" for output in outputs):
        outputs.append(Output("text"))
    return outputs


def write(outputs: Sequence[Output], formats: Mapping[str, Callable[[], str]], stdout: TextIO) -> None:
    """Make each format that is wanted once and write it to its file or to `stdout`."""
    for output in outputs:
        text = formats[output.format]()
        if output.path is None:
            stdout.write(text)
            continue
        write_file(output.path, text)


def write_file(path: Path, text: str) -> None:
    """Write a text to a file. Raises RaychartError when that is refused."""
    try:
        # File names that are not UTF-8 come escaped, as on standard output.
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as refused:
        what = f"cannot be written ({refused.strerror})"
        raise RaychartError(str(path), what, "choose a file in a folder that exists and is writable") from refused


def wants_colour(stream: TextIO) -> bool:
    """Tell whether text for people should be coloured: on a terminal, as long as nobody asks for none."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
