"""What the user asked of `raychart smoke`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import arguments, chart, report
from raychart.errors import RaychartError
from raychart.smoke.scenario import NAMES, choose_names
from raychart.values import namespace_of

if TYPE_CHECKING:
    import argparse


FORMATS = (*report.FORMATS, "svg")


@dataclass(frozen=True, slots=True)
class Options:
    """The arguments, checked; one values file per namespace in `values`, in the user's order.

    `scenarios` is empty where none is named: then it is the smoke test alone.
    """

    values: dict[str, Path]
    layers: tuple[Path, ...]
    sets: tuple[str, ...]
    chart: Path
    release: str
    helm: str
    provider: str
    kubeconfig: Path | None
    context: str | None
    cluster_name: str
    kind_config: Path | None
    node_image: str | None
    load_images: tuple[str, ...]
    crds: tuple[str, ...]
    timeout: float
    keep: bool
    replace: bool
    logs: Path | None
    scenarios: tuple[str, ...]
    from_revision: str | None
    from_values: Path | None
    long_task: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("values", nargs="*", type=Path, metavar="VALUES", help="a values file, named <namespace>.yaml")
    _add_scenarios(parser)
    parser.add_argument(
        "--provider",
        choices=("kind", "existing"),
        default="kind",
        help="kind makes a cluster and deletes it again; existing uses one (default: %(default)s)",
    )
    _add_cluster(parser)
    arguments.add_layers(parser)
    arguments.add_release(parser)
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS", help="for each step (default: 300)")
    parser.add_argument("--keep", action="store_true", help="leave releases, namespaces and the kind cluster up")
    parser.add_argument("--replace", action="store_true", help="uninstall a release that exists already, then begin")
    parser.add_argument(
        "--logs",
        type=Path,
        metavar="FOLDER",
        help="where evidence of a failure goes (default: raychart-smoke-logs/TIME)",
    )
    arguments.add_outputs(parser, FORMATS)


def read_options(args: argparse.Namespace) -> Options:
    """Check the arguments and return them; raises RaychartError for what cannot be meant."""
    if args.long_task < 1:
        raise RaychartError("--long-task", f"{args.long_task:g} s is not long", "give seconds, such as 60")
    if args.timeout <= 0:
        raise RaychartError("--timeout", f"{args.timeout:g} s is no time at all", "give seconds, such as 300")
    if args.provider == "kind" and args.context:
        raise RaychartError(
            "--context", "a kind cluster has a context of its own", "leave it out, or --provider existing"
        )
    scenarios, values = _scenarios(args)
    if len(scenarios) > 1 and args.keep:
        what = "leaves a release up, in the way of the next scenario"
        raise RaychartError("--keep", what, "name one scenario, or leave --keep out")
    return Options(
        values=_namespaces(values, args.namespace, args.namespace_prefix),
        layers=tuple(map(_file, args.layers)),
        sets=tuple(args.sets),
        chart=chart.find_chart(args.chart),
        release=args.release,
        helm=args.helm,
        provider=args.provider,
        kubeconfig=args.kubeconfig,
        context=args.context,
        cluster_name=args.cluster_name,
        kind_config=args.kind_config and _file(args.kind_config),
        node_image=args.node_image,
        load_images=tuple(args.load_images),
        crds=tuple(args.crds),
        timeout=args.timeout,
        keep=args.keep,
        replace=args.replace,
        logs=args.logs,
        scenarios=scenarios,
        from_revision=args.from_revision,
        from_values=args.from_values and _file(args.from_values),
        long_task=args.long_task,
    )


def _add_cluster(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--kubeconfig", type=Path, metavar="FILE", help="the kubeconfig (kind: where to write it)")
    add("--context", metavar="NAME", help="existing: the context (default: the current one)")
    add("--cluster-name", default="raychart-smoke", metavar="NAME", help="kind: its name (default: %(default)s)")
    add("--kind-config", type=Path, metavar="FILE", help="kind: the cluster's configuration")
    add("--node-image", metavar="IMAGE", help="kind: the node's image")
    add(
        "--load-image",
        dest="load_images",
        metavar="IMAGE",
        action="append",
        default=[],
        help="kind: bring a local image",
    )
    add("--crds", metavar="PATH|URL", action="append", default=[], help="KubeRay's CRDs, applied if missing")


def _add_scenarios(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--scenario",
        dest="scenarios",
        metavar="NAME",
        action="append",
        default=[],
        help="what to play: basic (default), all, or names from --list (repeatable, more names may follow)",
    )
    add("--list", action="store_true", help="list the scenarios with their steps, and do nothing")
    add("--namespace-prefix", default="", metavar="TEXT", help="put before every namespace")
    add("--from", dest="from_revision", metavar="REV", help="upgrade: git revision to start at (default: newest tag)")
    add("--from-values", type=Path, metavar="FILE", help="upgrade: values file to start with")
    add("--long-task", type=float, default=60, metavar="SECONDS", help="how long a long task is (default: 60)")


def _scenarios(args: argparse.Namespace) -> tuple[tuple[str, ...], list[Path]]:
    """Tell the names after --scenario from the values files: a word that names a scenario and no file is one."""
    if not args.scenarios:
        return (), _some(args.values)
    named = [word for word in map(str, args.values) if word in (*NAMES, "all") and not Path(word).exists()]
    words = [word for given in args.scenarios for word in given.split(",")] + named
    return choose_names(words), _some([path for path in args.values if str(path) not in named])


def _some(values: list[Path]) -> list[Path]:
    if not values:
        raise RaychartError("raychart smoke", "no values file is named", "name one, such as values/team-a.yaml")
    return values


def _namespaces(values: list[Path], namespace: str | None, prefix: str) -> dict[str, Path]:
    if namespace and len(values) > 1:
        raise RaychartError("--namespace", "given with several values files", "name the files <namespace>.yaml instead")
    found: dict[str, Path] = {}
    for path in map(_file, values):
        name = namespace_of(path, prefix + (namespace or path.stem) if prefix else namespace)
        if name in found:
            raise RaychartError(str(path), f"namespace {name} has {found[name]} already", "use -f for a further layer")
        found[name] = path
    return found


def _file(path: Path) -> Path:
    if not path.is_file():
        raise RaychartError(str(path), "there is no such file", "check the path")
    return path
