"""Keep what explains a failure: events, pods, logs, the RayClusters and the release, in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart import process
from raychart.errors import RaychartError
from raychart.smoke.api import ApiError
from raychart.smoke.snapshot import last_seen

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.smoke.api import Json
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage


def collect(stage: Stage, folder: Path) -> Path:
    """Write the namespace's state into a folder of its own and return it; what cannot be read is left out.

    Secrets are never read. Environment variables are written as the pods have them, references unresolved.
    """
    folder = folder / stage.plan.namespace
    folder.mkdir(parents=True, exist_ok=True)
    for part in (_state, _endings, _release):
        try:
            part(stage, folder)
        except (RaychartError, OSError) as problem:
            stage.progress(f"{stage.plan.namespace}: some evidence could not be kept ({problem})")
    return folder


def _state(stage: Stage, folder: Path) -> None:
    snapshot = stage.look()
    _write(folder / "events.txt", _events(snapshot))
    for pod in snapshot.pods:
        _write_yaml(folder / f"pod-{pod['metadata']['name']}.yaml", pod)
    for cluster in snapshot.rayclusters:
        _write_yaml(folder / f"raycluster-{cluster['metadata']['name']}.yaml", cluster)
    for name in ("deployments", "replicasets", "quotas", "claims", "nodes"):
        items = list(getattr(snapshot, name))
        if items:
            _write_yaml(folder / f"{name}.yaml", {"items": items})
    _logs(stage, snapshot, folder)


def _events(snapshot: Snapshot) -> str:
    lines = []
    for event in sorted(snapshot.events, key=last_seen):
        about = event["involvedObject"]
        count = f" (x{event['count']})" if (event.get("count") or 1) > 1 else ""
        said = " ".join((event.get("message") or "").split())
        where = f"{about.get('kind')}/{about.get('name')}"
        lines.append(f"{last_seen(event):%H:%M:%S} {event.get('type')} {event.get('reason')} {where}: {said}{count}\n")
    return "".join(lines)


def _logs(stage: Stage, snapshot: Snapshot, folder: Path) -> None:
    """Write every container's log, and the one of its life before where it was restarted."""
    pods = f"/api/v1/namespaces/{stage.plan.namespace}/pods"
    for pod in snapshot.pods:
        name = pod["metadata"]["name"]
        for container in _containers(pod):
            for previous in (False, True):
                try:
                    text = stage.api.text(f"{pods}/{name}/log", container=container, previous=str(previous).lower())
                except ApiError:
                    continue  # not started, or no life before
                if text:
                    _write(folder / f"log-{name}-{container}{'-previous' if previous else ''}.txt", text)


def _endings(stage: Stage, folder: Path) -> None:
    """Write what containers said last whose pods may be gone by now."""
    for number, ending in enumerate(stage.witness.endings if stage.witness else ()):
        name = f"{ending.pod['metadata']['name']}-{ending.container}"
        head = f"exit code {ending.code} {ending.reason} at {ending.at:%H:%M:%S} {ending.message}\n"
        _write(folder / f"ended-{number}-{name}.txt", head + ending.log)


def _release(stage: Stage, folder: Path) -> None:
    access, plan = stage.api.access, stage.plan
    argv = ["--namespace", plan.namespace]
    argv += ["--kubeconfig", str(access.kubeconfig)] if access.kubeconfig else []
    argv += ["--kube-context", access.context] if access.context else []
    done = process.run([stage.options.helm, "status", plan.name, *argv], timeout=30, check=False)
    _write(folder / "helm-status.txt", done.stdout or done.stderr)


def _containers(pod: Json) -> list[str]:
    spec = pod["spec"]
    return [one["name"] for one in (*(spec.get("initContainers") or ()), *spec["containers"])]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="replace")


def _write_yaml(path: Path, body: Any) -> None:
    import yaml

    _write(path, yaml.dump(body, Dumper=yaml.CSafeDumper, sort_keys=False))
