"""How Go writes quantities, and where that alone makes two of them differ."""

from __future__ import annotations

from typing import Any

import pytest
from compared import told

from raychart.diff.quantity_text import as_go_writes

# Read and written again by k8s.io/apimachinery v0.36.0.
WRITTEN: list[tuple[object, str | None]] = [
    ("1Gi", "1Gi"),
    ("1024Mi", "1Gi"),
    ("1073741824", "1073741824"),
    (1073741824, "1073741824"),
    ("1.5Gi", "1536Mi"),
    ("0.5Gi", "512Mi"),
    ("0.1Ki", "102400m"),
    ("1000Ki", "1000Ki"),
    ("512", "512"),
    ("8Ei", "9223372036854775807"),
    ("1000m", "1"),
    (1, "1"),
    (1.0, "1"),
    ("0.5", "500m"),
    ("1.5", "1500m"),
    # What it takes for canonical already it leaves as it is, though it would write it otherwise.
    ("1.500", "1.500"),
    ("01", "01"),
    ("+1", "+1"),
    ("1E3", "1E3"),
    ("1e3", "1e3"),
    ("1k", "1k"),
    ("1000", "1k"),
    ("1e1", "10"),
    ("1.5e4", "1.5e4"),
    ("10e3", "10e3"),
    ("1000e3", "1e6"),
    ("0", "0"),
    ("0Gi", "0"),
    ("0.0", "0"),
    ("-1000m", "-1"),
    ("0.1n", "1n"),
    ("12345678901234567890", "12345678901234567890"),
    ("1Qi", None),
    ("", None),
    ("Gi", None),
    (True, None),
]


@pytest.mark.parametrize(("written", "text"), WRITTEN, ids=repr)
def test_as_go_writes(written: object, text: str | None) -> None:
    assert as_go_writes(written) == text


def cluster(amount: object, **spec: Any) -> dict[str, Any]:
    """Return a RayCluster whose head is limited to an amount of memory."""
    container = {"name": "ray", "resources": {"limits": {"memory": amount}}}
    return {"spec": {"headGroupSpec": {"template": {"spec": {"containers": [container]}}}, **spec}}


def service(amount: object, **spec: Any) -> dict[str, Any]:
    """Return a RayService with such a RayCluster."""
    return {"spec": {"rayClusterConfig": cluster(amount)["spec"], **spec}}


RECREATE = {"upgradeStrategy": {"type": "Recreate"}}
NONE = {"upgradeStrategy": {"type": "None"}}


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("RayCluster", cluster("1Gi", **RECREATE), cluster("1073741824", **RECREATE)),
        ("RayCluster", cluster("1Gi"), cluster(1073741824, **RECREATE)),
        ("RayService", service("1Gi"), service("1073741824")),
    ],
)
def test_where_the_text_is_hashed_another_text_of_a_quantity_is_told(kind: str, old: Any, new: Any) -> None:
    assert any("limits.memory" in line for line in told(kind, old, new))
    assert any("limits.memory" in line for line in told(kind, new, old))


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("RayCluster", cluster("1Gi", **RECREATE), cluster("1024Mi", **RECREATE)),
        ("RayCluster", cluster("1Gi"), cluster("1073741824")),
        ("RayService", service("1Gi"), service("1024Mi")),
        ("RayService", service("1Gi", **NONE), service("1073741824", **NONE)),
        ("RayJob", {"spec": {"rayClusterSpec": cluster("1Gi", **RECREATE)["spec"]}},
         {"spec": {"rayClusterSpec": cluster("1073741824", **RECREATE)["spec"]}}),
    ],
)  # fmt: skip
def test_elsewhere_quantities_are_told_by_what_they_mean(kind: str, old: Any, new: Any) -> None:
    assert told(kind, old, new) == []
    assert told(kind, new, old) == []
