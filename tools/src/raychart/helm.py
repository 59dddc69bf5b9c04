"""Render and install through the helm command: the only module that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart import process

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from raychart.process import Completed


def render(
    chart: Path,
    values: Sequence[Path],
    *,
    release: str,
    namespace: str,
    sets: Sequence[str] = (),
    helm: str = "helm",
) -> str:
    """Return the manifests `helm template` makes, as it prints them.

    `values` are laid over each other from left to right; `sets` are Helm's own flags, each one argument, such as
    "--set=a.b=c" or "--set-string=a.b=c". Raises CommandError with Helm's words; helm_errors.py reads them.
    """
    argv = [helm, "template", release, str(chart), "--namespace", namespace, *_values(values, sets)]
    return process.run(argv).stdout


def install(
    chart: Path,
    values: Sequence[Path],
    *,
    release: str,
    namespace: str,
    sets: Sequence[str] = (),
    kubeconfig: Path | None = None,
    context: str | None = None,
    timeout: float | None = None,
    helm: str = "helm",
    upgrade: bool = False,
) -> Completed:
    """Install a release, or upgrade one that is there, without waiting for its pods.

    `timeout` in seconds bounds the helm process. Of an upgrade the values of the revision before do not count.
    """
    verb = "upgrade" if upgrade else "install"
    argv = [helm, verb, release, str(chart), *_cluster(namespace, kubeconfig, context), *_values(values, sets)]
    return process.run(argv, timeout=timeout)


def uninstall(
    *,
    release: str,
    namespace: str,
    kubeconfig: Path | None = None,
    context: str | None = None,
    missing_ok: bool = False,
    timeout: float | None = None,
    helm: str = "helm",
) -> Completed:
    """Uninstall a release without waiting for its pods to end; with `missing_ok` an absent release is fine."""
    argv = [helm, "uninstall", release, *_cluster(namespace, kubeconfig, context)]
    if missing_ok:
        argv.append("--ignore-not-found")
    return process.run(argv, timeout=timeout)


def get_manifest(
    *, release: str, namespace: str, kubeconfig: Path | None = None, context: str | None = None, helm: str = "helm"
) -> str:
    """Return what a release consists of, hooks left out, as it was last installed or upgraded."""
    return process.run([helm, "get", "manifest", release, *_cluster(namespace, kubeconfig, context)]).stdout


def version(helm: str = "helm") -> str:
    """Return Helm's version, such as "v4.3.1"."""
    return process.run([helm, "version", "--template", "{{.Version}}"]).stdout.strip()


def _values(values: Sequence[Path], sets: Sequence[str]) -> list[str]:
    return [argument for path in values for argument in ("--values", str(path))] + list(sets)


def _cluster(namespace: str, kubeconfig: Path | None, context: str | None) -> list[str]:
    argv = ["--namespace", namespace]
    if kubeconfig is not None:
        argv += ["--kubeconfig", str(kubeconfig)]
    if context is not None:
        argv += ["--kube-context", context]
    return argv
