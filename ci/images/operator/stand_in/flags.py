"""The command line of the genuine operator."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags that change what the stand-in does; addresses are (host, port)."""

    namespace: str
    leader_election: bool
    leader_namespace: str
    probe_address: tuple[str, int]
    json_log: bool


def parse_flags(arguments: Sequence[str], environment: Mapping[str, str]) -> Flags:
    """Return the flags; exit with status 2 where one is unknown or malformed.

    Known but without effect here: metrics, batch scheduler, feature gates, client limits, the log file.
    """
    parser = argparse.ArgumentParser(prog="/manager", allow_abbrev=False, description=__doc__)
    parser.add_argument("--watch-namespace", required=True, type=_one_namespace)
    parser.add_argument("--enable-leader-election", nargs="?", const=True, default=True, type=_boolean)
    parser.add_argument("--leader-election-namespace", default=environment.get("POD_NAMESPACE", ""))
    parser.add_argument("--health-probe-bind-address", default=":8082", type=_address)
    parser.add_argument("--log-stdout-encoder", default="json", choices=("json", "console"))
    _accept_without_effect(parser)
    found = parser.parse_args(arguments)
    return Flags(
        namespace=found.watch_namespace,
        leader_election=found.enable_leader_election,
        leader_namespace=found.leader_election_namespace or found.watch_namespace,
        probe_address=found.health_probe_bind_address,
        json_log=found.log_stdout_encoder == "json",
    )


def _accept_without_effect(parser: argparse.ArgumentParser) -> None:
    for name, kind in (("reconcile-concurrency", int), ("qps", float), ("burst", int)):
        parser.add_argument(f"--{name}", type=kind)
    for name in (
        "enable-metrics",
        "use-kubernetes-proxy",
        "enable-batch-scheduler",
        "forced-cluster-upgrade",
        "zap-devel",
    ):
        parser.add_argument(f"--{name}", nargs="?", const=True, type=_boolean)
    for name in (
        "metrics-addr",
        "log-file-path",
        "log-file-encoder",
        "batch-scheduler",
        "feature-gates",
        "config",
        "kubeconfig",
        "zap-encoder",
        "zap-log-level",
        "zap-stacktrace-level",
        "zap-time-encoding",
    ):
        parser.add_argument(f"--{name}")


def _one_namespace(text: str) -> str:
    if not text or "," in text:
        raise argparse.ArgumentTypeError(f"the stand-in watches exactly one namespace, found {text!r}")
    return text


def _boolean(text: str) -> bool:
    """Read a boolean as Go's flag package does."""
    words = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}
    if text.lower() not in words:
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")
    return words[text.lower()]


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no address such as :8082")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - the kubelet probes the pod's own address
