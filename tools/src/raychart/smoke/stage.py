"""What the steps of a run share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from raychart.smoke.snapshot import Scope, take

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.smoke.api import Api
    from raychart.smoke.cast import Cast
    from raychart.smoke.cleanup import Cleanup
    from raychart.smoke.client import Client
    from raychart.smoke.draft import Draft
    from raychart.smoke.inventory import Identity, ResourceType
    from raychart.smoke.long_work import LongWork
    from raychart.smoke.options import Options
    from raychart.smoke.plan import ClusterPlan, ReleasePlan
    from raychart.smoke.provider import Provider
    from raychart.smoke.recorder import PodLife, Recorder
    from raychart.smoke.scenario import Scenario
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.witness import Witness


@dataclass(frozen=True, slots=True)
class Role:
    """A release that takes part in a scenario: how to plan it, and what it begins with."""

    draft: Draft
    plan: ReleasePlan
    cast: Cast | None


@dataclass(frozen=True, slots=True)
class Act:
    """One scenario to play on one values file; `obstacle` says why it cannot be played."""

    scenario: Scenario
    namespace: str
    roles: tuple[Role, ...] = ()
    obstacle: str = ""


@dataclass(slots=True)
class Session:
    """A run: what the steps that are taken once find out for the others."""

    options: Options
    provider: Provider
    progress: Callable[[str], None]
    cleanup: Cleanup
    logs: Path
    layers: Path
    api: Api | None = None
    acts: tuple[Act, ...] = ()
    left: list[Finding] = field(default_factory=list)

    @property
    def the_api(self) -> Api:
        """Return the API, for the steps that come after the one that finds the cluster."""
        if self.api is None:
            raise RuntimeError("the cluster step comes first")
        return self.api

    @property
    def plans(self) -> tuple[ReleasePlan, ...]:
        """Return one plan for each namespace."""
        plans = [role.plan for act in self.acts for role in act.roles]
        return tuple({plan.namespace: plan for plan in reversed(plans)}.values())[::-1]


@dataclass(slots=True)
class Stage:
    """One namespace: what its steps find out for each other.

    `plan` is the release as it is meant to be now. `touched` names the worker types, and "head", that the scenario has
    done something to; `before` is what the namespace held when it began, `standing` the pods when the work began.
    """

    role: Role
    plan: ReleasePlan
    api: Api
    options: Options
    progress: Callable[[str], None]
    cleanup: Cleanup
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    install_began: float = 0.0
    made_namespace: bool = False
    witness: Witness | None = None
    types: tuple[ResourceType, ...] = ()
    before: frozenset[Identity] = frozenset()
    clients: dict[str, Client] = field(default_factory=dict)
    news: threading.Event = field(default_factory=threading.Event)
    recorder: Recorder | None = None
    work: LongWork | None = None
    standing: tuple[PodLife, ...] = ()
    touched: set[str] = field(default_factory=set)
    moments: dict[str, float] = field(default_factory=dict)
    neighbour: Stage | None = None

    @property
    def cast(self) -> Cast:
        """Return the parts, for scenarios that have some."""
        if self.role.cast is None:
            raise RuntimeError("this scenario has no parts")
        return self.role.cast

    @property
    def cluster(self) -> ClusterPlan:
        """Return the cluster that the scenario is about."""
        return next(cluster for cluster in self.plan.clusters if cluster.name == self.cast.cluster)

    @property
    def the_work(self) -> LongWork:
        """Return the work, for the steps that come after the one that begins it."""
        if self.work is None:
            raise RuntimeError("the install step comes first")
        return self.work

    @property
    def the_recorder(self) -> Recorder:
        """Return the recorder, for the steps that come after the one that begins to watch."""
        if self.recorder is None:
            raise RuntimeError("the install step comes first")
        return self.recorder

    def look(self) -> Snapshot:
        """Take a snapshot of the namespace."""
        scope = Scope(self.plan.operator, tuple(c.name for c in self.plan.clusters), self.since)
        endings = self.witness.endings if self.witness else ()
        return take(self.api, self.plan.namespace, scope, endings)
