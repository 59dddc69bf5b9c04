"""The remedy for a value of another type than its field's, written literally, makes the value right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.findings import Finding

    FindingsIn = Callable[..., list[Finding]]

TYPE = "clusters: {main: {workerTypes: {w: {maxWorkers: 2, cpu: 4, memory: 16Gi, %s}}}}"
MAIN = "clusters: {main: {%s, workerTypes: {w: {maxWorkers: 2, cpu: 4, memory: 16Gi}}}}"
OBJECT = "extraObjects: {o: {apiVersion: v1, kind: ConfigMap, metadata: {name: %s}}}"
# What is written, what lint says to write, and what somebody writes who does that.
CASES = [
    ("container: {args: 5}", 'write it as a list: ["5"]', 'container: {args: ["5"]}'),
    (
        "container: {command: sh -c 'sleep 3'}",
        'write it as a list: ["sh", "-c", "sleep 3"]',
        'container: {command: ["sh", "-c", "sleep 3"]}',
    ),
    ("dnsConfig: {searches: a.b}", 'write it as a list: ["a.b"]', 'dnsConfig: {searches: ["a.b"]}'),
    (
        "pod: {containers: 3}",
        "write a list of mappings, each with name",
        "pod: {containers: [{name: log, image: 'log:1.2'}]}",
    ),
    (
        "container: {ports: 8080}",
        "write a list of mappings, each with containerPort",
        "container: {ports: [{containerPort: 8080}]}",
    ),
    (
        "pod: {tolerations: {key: spot, operator: Exists}}",
        "write it as a list: put - before its first key, and the other keys below that",
        "pod: {tolerations: [{key: spot, operator: Exists}]}",
    ),
    (
        "container: {env: {A: b}}",
        "write a list of mappings, each with name",
        "container: {env: [{name: A, value: b}]}",
    ),
    (
        "pod: {dnsConfig: 1.1.1.1}",
        "write a mapping, with keys such as nameservers, options, searches",
        "pod: {dnsConfig: {nameservers: [1.1.1.1]}}",
    ),
    (
        "pod: {nodeSelector: [pool]}",
        "write a mapping, from names to text",
        "pod: {nodeSelector: {pool: large}}",
    ),
    ("container: {env: [{name: A, value: 5}]}", "put it in quotes", 'container: {env: [{name: A, value: "5"}]}'),
    ("pod: {hostNetwork: 'False'}", "write false, without quotes", "pod: {hostNetwork: false}"),
    ("readinessProbe: {periodSeconds: '5'}", "write 5, without quotes", "readinessProbe: {periodSeconds: 5}"),
    ("readinessProbe: {periodSeconds: ten}", "write a whole number", "readinessProbe: {periodSeconds: 10}"),
]


@pytest.mark.parametrize(("wrong", "remedy", "right"), CASES, ids=[wrong for wrong, _, _ in CASES])
def test_a_remedy_that_is_followed_literally_works(
    wrong: str, remedy: str, right: str, findings_in: FindingsIn
) -> None:
    (found,) = errors(findings_in(TYPE % wrong))
    assert (found.rule, found.remedy) == ("field-value", remedy)
    assert errors(findings_in(TYPE % right)) == []


@pytest.mark.parametrize("key", ["haed: ", "haed: {}", "head: {pod: {nodSelector: }}"])
def test_a_misspelt_key_without_a_value_is_told_once(key: str, findings_in: FindingsIn) -> None:
    assert [found.message for found in findings_in(MAIN % key)] in (["is not a known key"], ["is not a known field"])


@pytest.mark.parametrize(
    ("name", "message", "remedy"),
    [
        ("5", "has to be text (found 5)", "put it in quotes"),
        ("true", "has to be text (found true)", "put it in quotes"),
        ("[a, b]", "has to be text (found a list)", "write one name: lower-case letters"),
        ("{a: b}", "has to be text (found a mapping)", "write one name: lower-case letters"),
    ],
)
def test_an_object_s_name_that_is_no_text_is_told(
    name: str, message: str, remedy: str, findings_in: FindingsIn
) -> None:
    (found,) = errors(findings_in(OBJECT % name))
    assert (found.rule, found.path) == ("object-name", "extraObjects.o.metadata.name")
    assert (found.message, found.remedy[: len(remedy)]) == (message, remedy)


def errors(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]
