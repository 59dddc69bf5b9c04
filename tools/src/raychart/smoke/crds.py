"""See to KubeRay's CRDs: the one thing a release needs and, being cluster-scoped, cannot bring."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError

from raychart import chart, manifests, process
from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.smoke.api import ApiError
from raychart.smoke.diagnosis.helm import crds_command, crds_source
from raychart.smoke.results import Outcome

if TYPE_CHECKING:
    from raychart.smoke.api import Access, Api, Json
    from raychart.smoke.stage import Session

NEEDED = ("rayclusters.ray.io", "rayjobs.ray.io", "rayservices.ray.io")
_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_ESTABLISHED_WITHIN = 30.0


def check_crds(session: Session) -> Outcome:
    """Check that the CRDs are there and served; apply those given, or on a cluster of the run's own the published ones.

    The operator reads RayJobs and RayServices from its start, so it needs those CRDs too.
    """
    api = session.the_api
    missing = _missing(api)
    if not missing:
        return Outcome(detail="present")
    kuberay = chart.read_chart(session.options.chart).app_version
    sources = session.options.crds or ((crds_source(kuberay),) if session.provider.makes_cluster else ())
    if not sources:
        what = f"not there, or not served: {', '.join(missing)}"
        remedy = f"the cluster's administrator installs them: {crds_command(kuberay)}"
        return Outcome((Finding("smoke-crds", "error", what, remedy, file="customresourcedefinitions"),))
    for source in sources:
        session.progress(f"applying {source}")
        apply_crds(api, source)
    left = await_crds(api)
    if left:
        what = f"not served {_ESTABLISHED_WITHIN:g} s after they were applied: {', '.join(left)}"
        remedy = "check that --crds names KubeRay's CRDs: kubectl describe customresourcedefinition"
        return Outcome((Finding("smoke-crds", "error", what, remedy, file=", ".join(sources)),))
    return Outcome(detail=f"applied {', '.join(missing)}", facts={"crdsApplied": list(missing)})


def apply_crds(api: Api, source: str) -> None:
    """Apply the CRDs of a file, a folder, a URL of YAML, or a kustomization (by kubectl), on the server's side."""
    path = Path(source)
    is_url = "://" in source
    if (path / "kustomization.yaml").is_file() or (not path.exists() and not _is_yaml_url(source)):
        if not is_url and "?ref=" not in source:
            raise RaychartError(f"--crds {source}", "there is no such file or folder", "check the path")
        _kustomize(api.access, source)
        return
    texts = [_download(source)] if is_url else [file.read_text(encoding="utf-8") for file in _files(path)]
    for text in texts:
        for manifest in manifests.load(text):
            if manifest.kind == "CustomResourceDefinition":
                api.apply(f"{_CRDS}/{manifest.name}", manifest.body)


def _missing(api: Api) -> list[str]:
    return [name for name in NEEDED if not _established(api.find(f"{_CRDS}/{name}"))]


def _unserved(api: Api) -> list[str]:
    found = []
    for name in NEEDED:
        plural, _, group = name.partition(".")
        try:
            api.get(f"/apis/{group}/v1/{plural}", limit=1)
        except ApiError as refused:
            if refused.status != 403:  # this user may not list all namespaces: an answer all the same
                found.append(name)
    return found


def _established(crd: Json | None) -> bool:
    conditions = (crd or {}).get("status", {}).get("conditions") or []
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)


def await_crds(api: Api) -> list[str]:
    """Wait until the CRDs are served, and return those that are not after 30 s.

    A CRD that is Established may still be answered with 429 for a moment, while the server prepares its storage.
    """
    deadline = time.monotonic() + _ESTABLISHED_WITHIN
    while (missing := _missing(api) or _unserved(api)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return missing


def _kustomize(access: Access, source: str) -> None:
    argv = ["kubectl", "apply", "--server-side", "-k", source]
    argv += ["--kubeconfig", str(access.kubeconfig)] if access.kubeconfig else []
    argv += ["--context", access.context] if access.context else []
    process.run(argv, timeout=120)


def _is_yaml_url(source: str) -> bool:
    return source.startswith(("https://", "http://")) and source.partition("?")[0].endswith((".yaml", ".yml"))


def _download(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 (https or http, checked above)
            text: str = response.read().decode("utf-8")
            return text
    except (URLError, OSError) as refused:
        raise RaychartError(
            url, f"cannot be read ({refused})", "check the URL, or download it and name the file"
        ) from refused


def _files(path: Path) -> list[Path]:
    files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    if not files:
        raise RaychartError(f"--crds {path}", "has no YAML file in it", "name the folder that holds the CRDs")
    return files
