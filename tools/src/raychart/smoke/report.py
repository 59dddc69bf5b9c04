"""A smoke test's results as text, JSON and JUnit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.junit import Case, Suite, document
from raychart.report import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.findings import Finding
    from raychart.smoke.options import Options
    from raychart.smoke.results import Part, Run, StepResult

_MARKS = {"passed": "ok", "failed": "FAILED", "skipped": "-"}
_KEYS = ("rule", "severity", "file", "path", "message", "remedy")


def as_text(run: Run, options: Options) -> str:
    """Return what a person reads: the verdict and the findings first, then each namespace with its steps' seconds."""
    lines = [f"smoke test {'passed' if run.passed else 'FAILED'} in {run.seconds:.0f} s", ""]
    for finding in _findings(run):
        lines += [str(finding), ""]
    for part in run.parts:
        lines += [*_headline(part, options), *_steps(part), ""]
    return "\n".join(lines)


def as_json(run: Run) -> str:
    """Return the documented shape: apiVersion, kind, passed, seconds, and for each part its facts, steps, findings.

    A part of a scenario has its name under `scenario`, the account of its tasks under `work` (ledger.py), and every
    part that was watched has its pods under `timelines`, by namespace (timeline.py).
    """
    body = {
        "apiVersion": API_VERSION,
        "kind": "SmokeTest",
        "passed": run.passed,
        "seconds": run.seconds,
        "parts": [_part(part) for part in run.parts],
        "left": [_finding(finding) for finding in run.left],
    }
    return json.dumps(body, indent=2) + "\n"


def as_junit(run: Run) -> str:
    """Return one suite for each namespace and one for what is done once, with a case for each step."""
    suites = [Suite(part.title, tuple(_case(part, step) for step in part.steps)) for part in run.parts]
    if run.left:
        failures = tuple((finding.headline, str(finding)) for finding in run.left)
        suites.append(Suite("clean-up", (Case("clean-up", "raychart smoke", failures=failures),)))
    return document(suites)


def _findings(run: Run) -> Iterator[Finding]:
    for part in run.parts:
        yield from part.findings
    yield from run.left


def _headline(part: Part, options: Options) -> Iterator[str]:
    facts = part.facts
    if not part.namespace:
        yield f"{facts.get('provider', 'no cluster yet')}, Kubernetes {facts.get('kubernetes', 'unknown')}"
        return
    yield part.title
    if "operator" in facts:
        told = " (stand-in for tests, not KubeRay's own)" if facts["operator"]["standIn"] else ""
        yield f"  operator   {facts['operator']['image']}{told}"
    if "release" in facts:
        yield f"  release    {facts['release']['name']} ({facts['release']['chart']}, {facts['release']['values']})"
    for name, cluster in facts.get("clusters", {}).items():
        yield from _cluster(part.namespace, name, cluster, facts, options)


def _cluster(namespace: str, name: str, cluster: Any, facts: Any, options: Options) -> Iterator[str]:
    workers = f"{cluster['workers']} worker{'' if cluster['workers'] == 1 else 's'}"
    yield f"  cluster    {name}: Ray {cluster['rayVersion']}, head and {workers}, {cluster['image']}"
    yield f"  address    {cluster['address']} in the namespace"
    if options.keep:
        service = cluster["address"].removeprefix("ray://").partition(":")[0]
        config = f" --kubeconfig {_short(options.kubeconfig)}" if options.kubeconfig else ""
        yield f"  dashboard  kubectl{config} -n {namespace} port-forward svc/{service} 8265"
        yield "             then http://localhost:8265"
    if name in facts.get("secondsToFirstTask", {}):
        yield f"  first task {facts['secondsToFirstTask'][name]:.1f} s after helm install began"
    if name in facts.get("latency", {}):
        one = facts["latency"][name]
        yield f"  round trip p50 {one['p50']} ms, p90 {one['p90']} ms, p99 {one['p99']} ms over {one['tasks']} tasks"


def _short(path: Path) -> str:
    """Return a path as a shell takes it, with ~ for the user's home."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _steps(part: Part) -> Iterator[str]:
    width = max(18, *(len(step.name) for step in part.steps)) if part.steps else 0
    for step in part.steps:
        detail = step.outcome.skipped or step.outcome.detail if step.status != "failed" else "see above"
        yield f"  {_MARKS[step.status]:6} {step.seconds:6.1f} s  {step.name:{width}} {detail}".rstrip()


def _part(part: Part) -> dict[str, Any]:
    steps = [
        {
            "name": step.name,
            "status": step.status,
            "seconds": step.seconds,
            "detail": step.outcome.skipped or step.outcome.detail,
        }
        for step in part.steps
    ]
    findings = [_finding(finding) for finding in part.findings]
    return {
        "namespace": part.namespace or None,
        **({"scenario": part.scenario} if part.scenario else {}),
        "passed": part.passed,
        **part.facts,
        "steps": steps,
        "findings": findings,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {key: getattr(finding, key) for key in _KEYS}


def _case(part: Part, step: StepResult) -> Case:
    return Case(
        step.name,
        f"raychart smoke {part.title}",
        seconds=step.seconds,
        failures=tuple((f.headline, str(f)) for f in step.outcome.findings if f.severity == "error"),
        skipped=step.outcome.skipped or None,
    )
