"""Run kube-score and checkov over folders of manifests, and read what they found."""

from __future__ import annotations

import copy
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from raychart import process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Object = dict[str, Any]

# On top of the default tests. What is left out wants requests to equal limits, which is no matter of security.
_OPTIONAL_TESTS = ("container-seccomp-profile", "container-ports-check")
_FINE = 10
_CONTAINERS = ("initContainers", "containers")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One rule that one object breaks; `container` is empty where the rule is about the whole object."""

    tool: str
    rule: str
    scenario: str
    kind: str
    name: str
    container: str
    text: str

    @property
    def where(self) -> str:
        """Return scenario/kind/name, and /container where there is one."""
        return "/".join(filter(None, (self.scenario, self.kind, self.name, self.container)))


@dataclass(frozen=True, slots=True)
class Scan:
    """What a tool found, and which objects it looked at (scenario, kind, name, container)."""

    findings: frozenset[Finding]
    objects: frozenset[tuple[str, str, str, str]]


def run_kube_score(scenarios: Mapping[str, list[Object]], folder: Path, kubernetes: str) -> Scan:
    """Run kube-score once; the name of a scenario is the namespace of its objects, so that they do not mix."""
    files = _write(scenarios, folder)
    argv = ["kube-score", "score", "--output-format", "json", "--kubernetes-version", f"v{kubernetes}"]
    argv += ["--disable-ignore-checks-annotations"]
    argv += [word for test in _OPTIONAL_TESTS for word in ("--enable-optional-test", test)]
    done = process.run([*argv, *map(str, files)], timeout=120, check=False)
    # Code 1 says that something was found, and that something went wrong.
    if done.code not in {0, 1} or not done.stdout:
        raise AssertionError(f"kube-score ended with code {done.code}: {done.stderr}")
    scored = json.loads(done.stdout)
    return Scan(frozenset(_kube_score_findings(scored)), frozenset(map(_kube_score_object, scored)))


def run_checkov(scenarios: Mapping[str, list[Object]], folder: Path) -> Scan:
    """Run checkov once, all its checks for Kubernetes, offline.

    It stops at a pod's first container that breaks a rule, so it is given each pod once per container: what is
    accepted of one container must not hide what is wrong with the next.
    """
    by_container = {
        name: [one for body in objects for one in _by_container(body)] for name, objects in scenarios.items()
    }
    _write(by_container, folder)
    argv = ["checkov", "--directory", str(folder), "--framework", "kubernetes", "--output", "json", "--compact"]
    done = process.run([*argv, "--skip-download", "--soft-fail"], timeout=300)
    results = json.loads(done.stdout)["results"]
    if results["parsing_errors"]:
        raise AssertionError(f"checkov cannot read {results['parsing_errors']}")
    # An annotation may skip a check; only accepted.yaml may.
    failed = [*results["failed_checks"], *results["skipped_checks"]]
    looked_at = frozenset(_checkov_object(result) for result in [*failed, *results["passed_checks"]])
    return Scan(frozenset(map(_checkov_finding, failed)), looked_at)


def missing_program() -> str | None:
    """Return the name of a scanner that is not there."""
    return next((name for name in ("kube-score", "checkov") if shutil.which(name) is None), None)


def pod_spec(body: Object) -> Object | None:
    """Return the pod spec of an object, None where it has none."""
    spec: Object = body.get("spec") or {}
    if body["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    pod = spec if body["kind"] == "Pod" else (spec.get("template") or {}).get("spec") or {}
    return pod if "containers" in pod else None


def _write(scenarios: Mapping[str, list[Object]], folder: Path) -> list[Path]:
    folder.mkdir()
    paths = []
    for name, objects in scenarios.items():
        path = folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
        paths.append(path)
    return paths


def _by_container(body: Object) -> Iterator[Object]:
    """Yield the object once per container of its pod, its name then ending in /container."""
    pod = pod_spec(body)
    if pod is None:
        yield body
        return
    for key in _CONTAINERS:
        for container in pod.get(key) or []:
            one = copy.deepcopy(body)
            one["metadata"]["name"] += f"/{container['name']}"
            spec = pod_spec(one)
            assert spec is not None
            spec.update({other: [] for other in _CONTAINERS})
            spec[key] = [container]
            yield one


def _kube_score_findings(scored: list[Object]) -> Iterator[Finding]:
    for entry in scored:
        scenario, kind, name, _ = _kube_score_object(entry)
        for result in entry["checks"]:
            if result["skipped"] or result["grade"] >= _FINE:
                continue
            rule = result["check"]["id"]
            for comment in result["comments"] or [{"path": "", "summary": result["check"]["name"], "description": ""}]:
                text = ". ".join(filter(None, (comment["summary"], comment["description"])))
                yield Finding("kube-score", rule, scenario, kind, name, comment["path"], text)


def _kube_score_object(entry: Object) -> tuple[str, str, str, str]:
    return (Path(entry["file_name"]).stem, entry["type_meta"]["kind"], entry["object_meta"]["name"], "")


def _checkov_finding(result: Object) -> Finding:
    keys = ", ".join(result["check_result"].get("evaluated_keys") or [])
    text = result["check_name"] + (f" ({keys})" if keys else "")
    return Finding("checkov", result["check_id"], *_checkov_object(result), text)


def _checkov_object(result: Object) -> tuple[str, str, str, str]:
    kind, _, name = result["resource"].split(".", 2)
    name, _, container = name.partition("/")
    return (Path(result["file_path"]).stem, kind, name, container)
