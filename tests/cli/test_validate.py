"""`raychart validate` as a user runs it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from raychart import findings_report
from raychart.validate.rules import BY_ID as RULES_BY_ID

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

VALUES = """\
clusters:
  main:
    head:
      pod:
        hostNetwrk: true
    workerTypes:
      cpu: {minWorkers: 1, maxWorkers: 2, cpu: 1, memory: 2Gi}
"""
MANIFESTS = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports:
    - prt: 80
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: watched}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "team-x.yaml").write_text(VALUES)
    (tmp_path / "all.yaml").write_text(MANIFESTS)
    return tmp_path


def test_values_are_rendered_and_the_line_is_told_that_causes_it(folder: Path, raychart: Run) -> None:
    done = raychart("validate", folder / "team-x.yaml", "--kubernetes-version", "1.34")
    assert done.returncode == 1
    first, second, last = done.stdout.splitlines()
    assert first.startswith(f"{folder}/team-x.yaml:5: clusters.main.head.pod.hostNetwrk: RayCluster main: spec.head")
    assert first.endswith(".hostNetwrk: is not a known key [kuberay-schema]")
    assert second == "    did you mean hostNetwork?"
    assert last.startswith("1 finding in ")
    assert last.endswith("objects of 1 file for Kubernetes 1.34: 1 error")


def test_manifests_and_values_are_told_apart(folder: Path, raychart: Run) -> None:
    done = raychart("validate", folder)
    assert done.returncode == 1
    assert f"{folder}/all.yaml:6: Service web: spec.ports[0].prt: is not a known key [kubernetes-schema]" in done.stdout
    assert f"{folder}/team-x.yaml:5: clusters.main.head.pod.hostNetwrk: RayCluster main" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("(1 object skipped)")


def test_charts_and_kustomizations_in_a_folder_are_left_out(folder: Path, raychart: Run) -> None:
    (folder / "team-x.yaml").unlink()
    (folder / "kustomization.yaml").write_text("resources: [all.yaml]\n")
    chart = folder / "charts" / "a" / "templates"
    chart.mkdir(parents=True)
    (chart.parent / "Chart.yaml").write_text("name: a\nversion: 1.0.0\n")
    (chart / "a.yaml").write_text("{{ if .Values.a }}\na: 1\n")
    done = raychart("validate", folder)
    assert done.stdout.splitlines()[-1].startswith("2 findings in 1 object of 1 file for")
    alone = raychart("validate", folder / "charts")
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "nothing but a Helm chart or a kustomization" in alone.stderr


def test_a_file_in_a_folder_that_is_neither_values_nor_manifests_is_told(folder: Path, raychart: Run) -> None:
    (folder / "patch_of.yaml").write_text("- op: remove\n")
    done = raychart("validate", folder)
    assert f"{folder}/patch_of.yaml:1: there is no Kubernetes object in it" in done.stdout
    assert f"{folder}/team-x.yaml:5: " in done.stdout
    assert raychart("validate", folder / "patch_of.yaml").returncode == 2


def test_standard_input_is_manifests(raychart: Run) -> None:
    done = raychart("validate", "-", stdin=MANIFESTS)
    assert done.returncode == 1
    assert "stdin:6: Service web: spec.ports[0].prt: is not a known key" in done.stdout


def test_an_unknown_kind_is_skipped_and_not_passed(folder: Path, raychart: Run) -> None:
    junit, data, summary = folder / "v.xml", folder / "v.json", folder / "v.md"
    outputs = (word for one in (f"junit={junit}", f"json={data}", f"markdown={summary}") for word in ("-o", one))
    done = raychart("validate", folder / "all.yaml", *outputs, "-o", "text")
    why = "there is no schema of monitoring.coreos.com/v1 PodMonitor: name its CRD with --crds"
    assert f"{folder}/all.yaml: skipped watched\n    {why}\n" in done.stdout
    (suite,) = ET.fromstring(junit.read_text())  # noqa: S314 (our own)
    assert suite.get("name") == "raychart validate"
    assert suite.get("skipped") == "1"
    (skipped,) = suite.findall("testcase/skipped")
    assert skipped.get("message") == why
    document = json.loads(data.read_text())
    schema = json.loads((Path(findings_report.__file__).parent / "findings.schema.json").read_bytes())
    jsonschema.validate(document, schema)
    assert document["summary"]["objects"] == 1
    assert document["summary"]["skipped"] == 1
    assert document["skipped"][0]["names"] == ["watched"]
    assert "1 object skipped" in summary.read_text()


def test_crds_make_a_kind_known(folder: Path, raychart: Run) -> None:
    (folder / "crds").mkdir()
    (folder / "crds" / "crd.yaml").write_text(
        "{kind: CustomResourceDefinition, spec: {group: monitoring.coreos.com, names: {kind: PodMonitor}, versions: "
        "[{name: v1, served: true, schema: {openAPIV3Schema: {type: object, required: [spec]}}}]}}"
    )
    done = raychart("validate", folder / "all.yaml", "--crds", folder / "crds")
    assert "PodMonitor watched: spec is missing [crd-schema]" in done.stdout
    assert "skipped" not in done.stdout


def test_rules_in_cel_are_applied_and_what_is_not_is_told_once(folder: Path, raychart: Run) -> None:
    crd = """\
kind: CustomResourceDefinition
spec:
  group: example.com
  names: {kind: Shelf}
  versions:
    - {name: v1, served: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-validations: [
        {rule: has(self.a)}, {rule: self.a == oldSelf.a}], properties: {a: {type: integer}}}}}
"""
    (folder / "crd.yaml").write_text(crd)
    shelf = "{apiVersion: example.com/v1, kind: Shelf, metadata: {name: %s}}"
    done = raychart("validate", "-", "--crds", folder / "crd.yaml", stdin=f"{shelf % 'a'}\n---\n{shelf % 'b'}\n")
    assert done.returncode == 1
    assert "stdin:1: Shelf a: Invalid value: failed rule: has(self.a) [crd-rule]" in done.stdout
    assert done.stdout.count("rules about changes (oldSelf) are not applied: 1 of Shelf") == 1
    other = raychart(
        "validate", "-", "--crds", folder / "crd.yaml", stdin="{apiVersion: v1, kind: Secret, metadata: {name: a}}"
    )
    assert "not applied" not in other.stdout


def test_what_a_rule_says_of_a_password_is_not_shown(folder: Path, raychart: Run) -> None:
    crd = RULES_BY_ID["crd-definition"].example("good")
    rule = "{rule: 'self.size > 3', messageExpression: \"'size beside ' + self.password\"}"
    more = f"x-kubernetes-validations: [{rule}]\n              properties:\n                password: {{type: string}}"
    (folder / "crd.yaml").write_text(
        crd.replace("              properties:\n                size", "X", 1).replace(
            "X", f"              {more}\n                size"
        )
    )
    shelf = "{apiVersion: example.com/v1, kind: Shelf, metadata: {name: a}, spec: {password: hunter22}}"
    done = raychart("validate", "-", "--crds", folder / "crd.yaml", stdin=shelf)
    assert "Invalid value: size beside a value that is not shown here [crd-rule]" in done.stdout
    assert "hunter22" not in done.stdout


def test_a_crd_that_would_be_refused_is_told_and_its_objects_are_skipped(folder: Path, raychart: Run) -> None:
    bad = RULES_BY_ID["crd-definition"].example("bad")
    (folder / "crd.yaml").write_text(bad)
    shelf = "{apiVersion: example.com/v1, kind: Shelf, metadata: {name: books}, spec: {size: large}}"
    done = raychart("validate", "-", "--crds", folder / "crd.yaml", stdin=shelf)
    assert done.returncode == 1
    assert f"{folder}/crd.yaml:4: CustomResourceDefinition shelf.example.com: metadata.name: has to be" in done.stdout
    assert f"{folder}/crd.yaml:20: CustomResourceDefinition shelf.example.com: spec.versions[0]" in done.stdout
    why = "the API server would refuse the CRD of example.com/v1 Shelf: mend it first"
    assert f"stdin: skipped books\n    {why}\n" in done.stdout
    assert "crd-schema" not in done.stdout


def test_sarif_has_the_rules_that_explain_tells(folder: Path, raychart: Run) -> None:
    done = raychart("validate", folder / "team-x.yaml", "-o", "sarif")
    (run,) = json.loads(done.stdout)["runs"]
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "kuberay-schema"
    page = raychart("explain", "kuberay-schema").stdout
    assert rule["shortDescription"]["text"] in page


def test_manifests_that_cannot_be_read_are_not_taken_for_values(folder: Path, raychart: Run) -> None:
    (folder / "bad.yaml").write_text("apiVersion: v1\nkind: Service\nmetadata: {name: web\n")
    done = raychart("validate", folder / "bad.yaml")
    assert done.returncode == 1
    assert "not YAML" in done.stdout
    assert "[manifest-yaml]" in done.stdout


def test_what_fails_the_run_is_chosen(folder: Path, raychart: Run) -> None:
    text = "{apiVersion: v1, kind: Endpoints, metadata: {name: e}}"
    assert raychart("validate", "-", stdin=text).returncode == 1
    assert raychart("validate", "-", "--fail-on", "error", stdin=text).returncode == 0


def test_a_number_that_json_has_not_is_a_finding(raychart: Run) -> None:
    done = raychart("validate", "-", stdin="apiVersion: v1\nkind: Thing\nmetadata: {name: a}\nspec: {x: -.inf}\n")
    assert done.returncode == 1
    assert done.stdout.startswith("stdin:4: a number that is infinite or none, ")


def test_a_document_that_is_no_object_is_a_finding(raychart: Run) -> None:
    done = raychart("validate", "-", stdin=f"{MANIFESTS}---\nkind: Foo\n---\n- a\n---\na: [\n")
    assert done.returncode == 1
    assert done.stdout.count("[manifest-yaml]") == 3
    assert "stdin:12: not a Kubernetes object (apiVersion, metadata.name missing or not text)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("gone.yaml",), "gone.yaml: there is no such file"),
        ((".", "--kubernetes-version", "1.2"), "--kubernetes-version 1.2: has no schemas"),
        (("-", "--crds", "gone"), "gone"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], words: str, folder: Path, raychart: Run) -> None:
    done = raychart("validate", *arguments, cwd=folder, env=_environment())
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""


def test_without_the_schemas_the_command_is_told_that_installs_them(folder: Path, raychart: Run) -> None:
    (folder / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'kubernetes_validate' else find(name, *rest)\n"
    )
    done = raychart("validate", folder / "all.yaml", env=_environment(folder))
    assert done.returncode == 2
    assert "pip install 'raychart[validate]'" in done.stderr


def _environment(*folders: Path) -> dict[str, str]:
    """This process's environment, with what it imports from, and folders before it."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (*folders, *filter(None, sys.path))))}
