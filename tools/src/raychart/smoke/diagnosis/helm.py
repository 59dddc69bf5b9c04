"""Read why helm could not install a release."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.diagnosis.refusals import explain_refusal

if TYPE_CHECKING:
    from raychart.process import CommandError

# CRDs are cluster-scoped, so they are not in the chart and helm cannot bring them.
_CRDS = "github.com/ray-project/kuberay/ray-operator/config/crd?ref=v{version}"


def crds_source(kuberay: str) -> str:
    """Return where a version's CRDs are published, as kubectl reads it."""
    return _CRDS.format(version=kuberay)


def crds_command(kuberay: str) -> str:
    """Return the command that installs them."""
    return f'kubectl apply --server-side -k "{crds_source(kuberay)}"'


def diagnose_helm(error: CommandError, release: str, kuberay: str) -> Finding:
    """Turn a failed `helm install` into a finding; `release` is what to name as the object."""
    said = _words(error.completed.stderr) or error.what
    unknown = re.search(r'no matches for kind "(?P<kind>\w+)" in version "(?P<version>[^"]+)"', said)
    if unknown:
        what = f"the cluster does not know {unknown['kind']} in {unknown['version']}: its CRD is missing"
        remedy = f"the cluster's administrator installs it: {crds_command(kuberay)}"
        return Finding("smoke-crds", "error", what, remedy, file=release)
    if "cannot re-use a name that is still in use" in said:
        remedy = "uninstall it first, or let --replace do so"
        return Finding("smoke-release-exists", "error", "a release of this name exists", remedy, file=release)
    known = explain_refusal(said, "the values")
    rule, what, remedy = known or ("smoke-helm", said, "mend what helm says, or run the command by hand to see more")
    return Finding(rule, "error", f"helm could not install it ({what})", remedy, file=release)


def _words(stderr: str) -> str:
    """Return helm's message in one line, without its prefix and its warnings."""
    lines = (line.strip() for line in stderr.splitlines() if not re.match(r"\s*(WARNING|[A-Z]\d{4} |level=)", line))
    text = " ".join(line for line in lines if line)
    return re.sub(r"^Error: (INSTALLATION FAILED: )?", "", text)
