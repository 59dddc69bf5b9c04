"""Make plans of a values file: as it is, and with the layers that a scenario lays over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.rendering.jobs import job_for
from raychart.rendering.run import render_all
from raychart.smoke.cast import read_cast
from raychart.smoke.plan import read_plan
from raychart.values import load_defaults, load_layers, merge_layers

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.smoke.api import Json
    from raychart.smoke.cast import Cast
    from raychart.smoke.options import Options
    from raychart.smoke.plan import ReleasePlan


class RefusedValuesError(RaychartError):
    """The chart refuses values; `findings` say why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].where, findings[0].message, findings[0].remedy)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Draft:
    """One values file for one namespace, with the user's layers and flags; `folder` is for layers made here."""

    options: Options
    namespace: str
    values: Path
    folder: Path
    chart: Path

    def plan(self, layer: Json | None = None) -> ReleasePlan:
        """Return what the values deploy, with a layer over them; raises RefusedValuesError where they are refused."""
        layers = [*self.options.layers, *([self._write(layer)] if layer else [])]
        job = job_for(
            self.values,
            layers,
            chart=self.chart,
            release=self.options.release,
            namespace=self.namespace,
            sets=self.options.sets,
        )
        # What installs it is the command.
        (rendered,) = render_all([job], engine="helm", program=self.options.helm)
        if rendered.findings:
            raise RefusedValuesError(rendered.findings)
        return read_plan(
            rendered.manifests,
            release=self.options.release,
            namespace=self.namespace,
            values=(self.values, *layers),
            chart=self.chart,
        )

    def cast(self) -> Cast | None:
        """Return the parts that clusters and worker types play; None where no cluster is to run."""
        layers = load_layers((self.values, *self.options.layers), self.options.sets)
        return read_cast(self.plan(), merge_layers(load_defaults(self.chart), layers).data)

    def on(self, *, values: Path | None = None, chart: Path | None = None) -> Draft:
        """Return the same for another values file or another chart."""
        return replace(self, values=values or self.values, chart=chart or self.chart)

    def _write(self, layer: Json) -> Path:
        import yaml

        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self.namespace}-{len(list(self.folder.iterdir()))}.yaml"
        path.write_text(yaml.safe_dump(layer, sort_keys=False), encoding="utf-8")
        return path
