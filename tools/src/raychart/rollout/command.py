"""`raychart rollout`: its arguments, and the rollout of one cluster after the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from raychart import arguments
from raychart.errors import RaychartError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("--namespace", required=True, metavar="NAME", help="the namespace")
    arguments.add_release_name(parser)
    add("--cluster", metavar="NAME", help="one of its clusters (default: all)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--watch", action="store_true", help="follow the release's own Job instead of starting another")
    what.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    add("--kubeconfig", type=Path, metavar="FILE", help="the kubeconfig")
    add("--context", metavar="NAME", help="the context (default: the current one)")
    add("--helm", default="helm", metavar="PROGRAM", help="the helm to use (default: %(default)s)")


def run(args: argparse.Namespace, out: Callable[[str], None], progress: Callable[[str], None]) -> bool:
    """Roll out, or follow; return whether nothing is left out of date.

    `out` gets the lines of the Jobs' logs as they come. Raises RaychartError when it could not be done.
    """
    try:
        from raychart.rollout.follow import follow
        from raychart.rollout.jobs import Rollouts
        from raychart.smoke.api import Access, Api
    except ImportError as missing:
        remedy = "install what it needs: pip install 'raychart[cluster]'"
        raise RaychartError("raychart rollout", f"the cluster client is not installed ({missing})", remedy) from missing
    api = Api(Access(args.kubeconfig, args.context))
    rollouts = Rollouts(api, args.namespace, args.release, args.helm)
    done = []
    for cluster in rollouts.clusters(args.cluster):
        job = rollouts.own(cluster)
        if args.watch and "uid" not in job["metadata"]:
            remedy = "start another: the same without --watch"
            raise RaychartError(f"job {job['metadata']['name']}", "it was deleted, there is nothing to watch", remedy)
        if args.watch or (rollouts.is_running(job) and not args.dry_run):
            progress(f"{cluster}: following job {job['metadata']['name']}")
        else:
            job = rollouts.start(job, dry_run=args.dry_run)
            progress(f"{cluster}: started job {job['metadata']['name']}")
        done.append(follow(api, job, out, progress))
    return all(done)
