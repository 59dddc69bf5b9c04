"""Give every scenario its roles: which values file is deployed where, and with which layer over it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from raychart.smoke.draft import Draft, RefusedValuesError
from raychart.smoke.scenarios import BY_NAME
from raychart.smoke.stage import Act, Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.smoke.options import Options
    from raychart.smoke.scenario import Scenario

_NO_CLUSTER = "the values have no cluster that is to run"


def cast_acts(options: Options, folder: Path) -> tuple[list[Act], list[Finding]]:
    """Return what is to be played, scenario by scenario for each namespace, or what the chart refuses."""
    acts: list[Act] = []
    findings: list[Finding] = []
    drafts = [
        Draft(options, namespace, path, folder / namespace, options.chart) for namespace, path in options.values.items()
    ]
    for draft in drafts:
        for name in options.scenarios or ("basic",):
            try:
                acts += _acts(BY_NAME[name], draft, drafts)
            except RefusedValuesError as refused:
                findings += refused.findings
    return acts, list(dict.fromkeys(findings))


def _acts(scenario: Scenario, draft: Draft, drafts: list[Draft]) -> Iterator[Act]:
    if not scenario.plays:
        yield Act(scenario, draft.namespace, (Role(draft, draft.plan(), None),))
        return
    pair = [draft]
    if scenario.neighbour:
        # The files go two by two; the last of an odd number goes with itself, in a namespace beside its own.
        position = drafts.index(draft)
        if position % 2:
            return
        pair.append(drafts[position + 1] if position + 1 < len(drafts) else _beside(draft))
    roles = []
    for one in pair:
        cast = one.cast()
        obstacle = scenario.obstacle(cast) if cast else _NO_CLUSTER
        if cast is None or obstacle:
            yield Act(scenario, draft.namespace, obstacle=obstacle)
            return
        roles.append(Role(one, scenario.begin(one, cast), cast))
    yield Act(scenario, draft.namespace, tuple(roles))


def _beside(draft: Draft) -> Draft:
    namespace = f"{draft.namespace[:54]}-beside"
    return replace(draft, namespace=namespace, folder=draft.folder.with_name(namespace))
