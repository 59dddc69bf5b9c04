"""kube-score and checkov over the chart and the pods that come of it: what they find is mended or accepted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .accepted import Accepted, not_accepted, read_accepted, unused
from .conftest import INSECURE
from .scanners import pod_spec

if TYPE_CHECKING:
    from .conftest import Objects
    from .scanners import Finding, Scan

ACCEPTED = Path(__file__).with_name("accepted.yaml")

each_tool = pytest.mark.parametrize("tool", ["kube-score", "checkov"])


@pytest.fixture(scope="module")
def accepted() -> list[Accepted]:
    """The entries of accepted.yaml."""
    return read_accepted(ACCEPTED)


@each_tool
def test_every_finding_is_mended_or_accepted(tool: str, scans: dict[str, Scan], accepted: list[Accepted]) -> None:
    left = not_accepted(_of_the_chart(scans[tool]), accepted)
    told = "\n".join(f"{found.where}: {found.text} [{tool} {found.rule}]" for found in left)
    remedy = "mend it in the chart, or accept it in tests/security/accepted.yaml with the reason"
    assert not left, f"{len(left)} findings:\n{told}\n    {remedy}"


@each_tool
def test_every_accepted_finding_still_occurs(tool: str, scans: dict[str, Scan], accepted: list[Accepted]) -> None:
    entries = [entry for entry in accepted if entry.tool == tool]
    left = unused(_of_the_chart(scans[tool]), entries)
    told = "\n".join(f"tests/security/accepted.yaml: {entry.rule}: {pattern} is not found" for entry, pattern in left)
    assert not left, f"{told}\n    remove it"


def test_every_accepted_finding_has_its_own_entry_and_a_reason(accepted: list[Accepted]) -> None:
    assert {entry.tool for entry in accepted} <= {"kube-score", "checkov"}
    for entry in accepted:
        assert len(entry.reason.split()) > 5, f"{entry.rule}: {entry.reason!r} does not say why"


@each_tool
def test_every_pod_was_looked_at(tool: str, scans: dict[str, Scan], scenarios: Objects) -> None:
    looked_at = {entry[:3] for entry in scans[tool].objects}
    pods = {
        (scenario, body["kind"], body["metadata"]["name"])
        for scenario, objects in scenarios.items()
        for body in objects
        if pod_spec(body) is not None
    }
    assert pods - looked_at == set()


@pytest.mark.parametrize(("tool", "rule"), [("kube-score", "container-image-tag"), ("checkov", "CKV_K8S_14")])
def test_a_careless_container_is_found_beside_a_careful_one(tool: str, rule: str, scans: dict[str, Scan]) -> None:
    found = {found.container for found in _of_the_insecure(scans[tool]) if found.rule == rule}
    assert found == {"careless"}


@pytest.mark.parametrize(
    ("tool", "rule"), [("kube-score", "container-security-context-privileged"), ("checkov", "CKV_K8S_16")]
)
def test_an_annotation_silences_no_scanner(tool: str, rule: str, scans: dict[str, Scan]) -> None:
    assert rule in {found.rule for found in _of_the_insecure(scans[tool])}


def _of_the_chart(scan: Scan) -> list[Finding]:
    return [found for found in scan.findings if found.scenario != INSECURE]


def _of_the_insecure(scan: Scan) -> list[Finding]:
    return [found for found in scan.findings if found.scenario == INSECURE]
