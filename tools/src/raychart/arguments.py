"""Arguments that several commands share, each described once."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.report import FORMATS
from raychart.set_flags import FLAGS

if TYPE_CHECKING:
    from collections.abc import Sequence


# chartutil.ValidateReleaseName and action.Install of Helm 3 and 4.
_RELEASE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LONGEST_RELEASE = 53


class _Setting(argparse.Action):
    """Keep a --set flag as the one argument Helm will get, in `sets`, whichever flag it was."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 (argparse calls it so)
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        namespace.sets = [*(namespace.sets or []), f"{option_string}={values}"]


def add_layers(parser: argparse.ArgumentParser) -> None:
    """Add -f and --chart (attributes `layers`, `chart`)."""
    parser.add_argument(
        "-f",
        "--values",
        dest="layers",
        metavar="LAYER",
        type=Path,
        action="append",
        default=[],
        help="a values file laid over each of VALUES (repeatable, the last one wins)",
    )
    parser.add_argument("--chart", type=Path, metavar="FOLDER", help="the chart (default: the one raychart brings)")


def add_release_name(parser: argparse.ArgumentParser) -> None:
    """Add --release (attribute `release`), which has to be a name that Helm takes."""
    parser.add_argument(
        "--release", type=_release, default="ray", metavar="NAME", help="the release's name (default: %(default)s)"
    )


def _release(name: str) -> str:
    if len(name) > _LONGEST_RELEASE:
        what = f"{name} has {len(name)} characters, Helm takes {_LONGEST_RELEASE}"
        raise RaychartError("--release", what, f"shorten it by {len(name) - _LONGEST_RELEASE}")
    if not _RELEASE.fullmatch(name):
        form = "lower-case letters, digits, - and ., with a letter or digit at both ends"
        raise RaychartError("--release", f"helm takes no release called {name!r}", f"use {form}")
    return name


def add_release(parser: argparse.ArgumentParser) -> None:
    """Add what Helm needs to know (attributes `release`, `namespace`, `sets`, `helm`)."""
    add_release_name(parser)
    parser.add_argument("--namespace", metavar="NAME", help="the namespace (default: the values file's name)")
    parser.add_argument("--helm", default="helm", metavar="PROGRAM", help="the helm to use (default: %(default)s)")
    add_sets(parser)


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add how manifests are rendered (attributes `engine`, `cache`)."""
    from raychart.rendering.engine import ENGINES

    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="render with helm-python-sdk, or with the helm command (default: auto, which is sdk where it is installed "
        "and --helm does not name a program)",
    )
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="render everything anew, and keep nothing (for good: RAYCHART_CACHE=off)",
    )


def add_sets(parser: argparse.ArgumentParser) -> None:
    """Add Helm's --set flags (attribute `sets`, for values.load_flags and for Helm)."""
    for flag in FLAGS:
        parser.add_argument(
            flag,
            dest="sets",
            metavar="KEY=VALUE",
            action=_Setting,
            default=[],
            help=f"as Helm's {flag} (repeatable)",
        )


def add_outputs(parser: argparse.ArgumentParser, formats: Sequence[str] = FORMATS) -> None:
    """Add -o (attribute `outputs`, for report.parse_outputs)."""
    parser.add_argument(
        "-o",
        "--output",
        dest="outputs",
        metavar="FORMAT[=PATH]",
        action="append",
        default=[],
        help=f"write {', '.join(formats)}, to a file with =PATH (repeatable; default: text on standard output)",
    )
