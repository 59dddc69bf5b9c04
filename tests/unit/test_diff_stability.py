"""What the templates give anew each time is marked, and is no difference by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compared import manifest

from raychart.diff.compare import compare

if TYPE_CHECKING:
    from raychart.diff.model import Comparison
    from raychart.manifests import Manifest


def drawn(password: str, name: str = "job-11111111", image: str = "a:1") -> list[Manifest]:
    return [
        manifest("Job", {"spec": {"image": image, "sum": password, "list": [{"a": [password]}]}}, name),
        manifest("Secret", {"stringData": {"a": password}}),
    ]


def compared(new: list[Manifest], new_again: list[Manifest]) -> Comparison:
    return compare(drawn("p1"), new, old_again=drawn("p2"), new_again=new_again)


def test_what_is_drawn_each_time_is_no_difference() -> None:
    found = compared(drawn("p3"), drawn("p4"))
    assert [change.unstable for diff in found.objects for change in diff.changes] == [True] * 3
    assert not found.differs


def test_what_differs_besides_is_a_difference() -> None:
    found = compared(drawn("p3", image="a:2"), drawn("p4", image="a:2"))
    stable = [change.path for diff in found.objects for change in diff.changes if not change.unstable]
    assert stable == [("spec", "image")]
    assert found.differs


def test_what_was_fixed_and_is_drawn_from_now_on_is_a_difference() -> None:
    old = drawn("p1")
    found = compare(old, drawn("p2"), old_again=drawn("p1"), new_again=drawn("p3"))
    assert found.differs
    assert not any(change.unstable for diff in found.objects for change in diff.changes)


def test_names_that_are_drawn_each_time_are_no_difference() -> None:
    old, again, new, anew = (drawn("p", f"job-{number}2345678") for number in range(4))
    found = compare(old, new, old_again=again, new_again=anew)
    assert [(diff.kind, diff.unstable, diff.counts) for diff in found.objects] == [("renamed", True, False)]
    assert compare(old, new, old_again=old, new_again=new).differs
