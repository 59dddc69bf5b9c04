"""What is to be rendered, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.manifests import Manifest
    from raychart.values import Layer


@dataclass(frozen=True, slots=True)
class Job:
    """One release to render: what is laid over the chart's defaults, as layers from left to right.

    `file` is what findings and reports call it, the first layer's file as a rule.
    """

    file: str
    namespace: str
    release: str
    chart: Path
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one job became: its manifests, sorted by identity, or the findings that kept it from being rendered.

    `again` is what the same job gave a second time, None where the chart has nothing in it that could tell.
    `twins` is the same for all jobs of a run whose manifests differ in nothing but the namespace, and empty where there
    are none. `warnings` say what another version of Helm would make otherwise. Bodies are shared between manifests, so
    they must not be changed.
    """

    job: Job
    manifests: tuple[Manifest, ...]
    findings: tuple[Finding, ...] = ()
    again: tuple[Manifest, ...] | None = None
    twins: str = ""
    warnings: tuple[Finding, ...] = ()
