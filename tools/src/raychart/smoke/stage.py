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

    from raychart.smoke.api import Api
    from raychart.smoke.cleanup import Cleanup
    from raychart.smoke.client import Client
    from raychart.smoke.inventory import Identity, ResourceType
    from raychart.smoke.options import Options
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.provider import Provider
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.witness import Witness


@dataclass(slots=True)
class Session:
    """A run: what the steps that are taken once find out for the others."""

    options: Options
    provider: Provider
    progress: Callable[[str], None]
    cleanup: Cleanup
    logs: Path
    api: Api | None = None
    plans: tuple[ReleasePlan, ...] = ()

    @property
    def the_api(self) -> Api:
        """Return the API, for the steps that come after the one that finds the cluster."""
        if self.api is None:
            raise RuntimeError("the cluster step comes first")
        return self.api


@dataclass(slots=True)
class Stage:
    """One namespace: what its steps find out for each other."""

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

    def look(self) -> Snapshot:
        """Take a snapshot of the namespace."""
        scope = Scope(self.plan.operator, tuple(c.name for c in self.plan.clusters), self.since)
        endings = self.witness.endings if self.witness else ()
        return take(self.api, self.plan.namespace, scope, endings)
