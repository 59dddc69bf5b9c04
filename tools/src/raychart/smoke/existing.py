"""A cluster that is there already: nothing of it is made or deleted here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.smoke.api import Access

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.smoke.cleanup import Cleanup
    from raychart.smoke.options import Options


class Existing:
    """The cluster of a context, the current one unless the user names another."""

    name = "existing"
    makes_cluster = False

    def __init__(self, options: Options) -> None:
        self._access = Access(options.kubeconfig, options.context)

    def check(self) -> list[Finding]:
        """Find nothing: whether the context works is seen when it is used."""
        return []

    def up(self, cleanup: Cleanup, progress: Callable[[str], None]) -> Access:  # noqa: ARG002 (nothing is made)
        """Return the context."""
        return self._access

    def describe(self) -> str:
        """Name the context."""
        return f"existing, context {self._access.context or '(current)'}"

    def collect(self, folder: Path) -> None:
        """Write nothing: the nodes belong to somebody else."""
