"""What renders: the Helm library in this process, or the helm command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, get_args

from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

EngineName = Literal["auto", "sdk", "helm"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
# From so many jobs on it matters that the library is missing.
_MANY = 20


class Request(NamedTuple):
    """One rendering; `given` are the merged values that are laid over the chart's defaults."""

    chart: Path
    given: dict[str, Any]
    release: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Output:
    """What a rendering gave: the YAML documents, each ended by a line break, or the words in which it was refused."""

    documents: tuple[str, ...]
    refusal: str | None = None


class Engine(Protocol):
    """Renders, from several threads at once; raises RaychartError where it does not work at all."""

    @property
    def identity(self) -> str:
        """Return what tells it from every engine that might give another text."""

    def render(self, request: Request) -> Output:
        """Render one request."""

    def render_many(self, requests: Sequence[Request]) -> list[Output]:
        """Render requests, and return what each gave, in order."""

    def texts(self, request: Request) -> dict[str, str]:
        """Return what each template gave, by its path, which begins with the chart's name; nothing where it refuses."""


def engine_for(
    name: str, program: str, charts: set[Path], jobs: int, tell: Callable[[str], None] | None = None
) -> Engine:
    """Return the engine that is asked for; "auto" is the library, unless it is not there or a program is named.

    Raises RaychartError when it is not there. `tell` is told where many jobs would be rendered faster with it.
    """
    from raychart.rendering.helm_engine import HelmEngine

    if name not in ENGINES:
        raise RaychartError(f"--engine {name}", "is not an engine", f"use one of {', '.join(ENGINES)}")
    if name == "helm" or (name == "auto" and program != "helm"):
        return HelmEngine(program)
    from raychart.rendering.sdk_engine import load_engine, why_not

    engine = load_engine()
    reasons = ["helm-python-sdk is not installed"] if engine is None else [*filter(None, map(why_not, sorted(charts)))]
    if engine is not None and not reasons:
        return engine
    if name == "sdk":
        remedy = "pip install 'raychart[sdk]'" if engine is None else "render it with the command: --engine helm"
        raise RaychartError("--engine sdk", reasons[0], remedy)
    if jobs >= _MANY and tell is not None:
        tell(f"raychart: rendering with the {program} command, which is slower ({reasons[0]})")
    return HelmEngine(program)
