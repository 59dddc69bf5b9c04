"""Where the cluster comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.smoke.api import Access
    from raychart.smoke.cleanup import Cleanup
    from raychart.smoke.options import Options


class Provider(Protocol):
    """Brings a cluster to use, and takes away what it brought.

    In order: check() before anything is made, up() once, collect() when a step failed. There is no down(): what up()
    makes it adds to the cleanup, so that an interruption takes the same way as the end.
    """

    name: str
    makes_cluster: bool
    """Whether the cluster is this provider's own: then releases found on it are left-overs of earlier runs."""

    def check(self) -> list[Finding]:
        """Say what this machine lacks."""

    def up(self, cleanup: Cleanup, progress: Callable[[str], None]) -> Access:
        """Return access to a cluster, after making it if need be."""

    def describe(self) -> str:
        """Return what a report calls the cluster."""

    def collect(self, folder: Path) -> None:
        """Write what the provider alone can see, such as the nodes' own logs, into a folder."""


def choose_provider(options: Options) -> Provider:
    """Return the provider the user named."""
    from raychart.smoke.existing import Existing
    from raychart.smoke.kind import Kind

    return Kind(options) if options.provider == "kind" else Existing(options)
