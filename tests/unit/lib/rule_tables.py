"""Tables of values in which a rule finds something at a place, or nothing, as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    PlacesOf = Callable[..., list[str]]


def found_and_fine(
    found: Sequence[tuple[str, str, str]], fine: Sequence[tuple[str, str]]
) -> tuple[Callable[..., None], Callable[..., None]]:
    """Return a test that each rule finds its mistake at its path alone, and one that it finds nothing there.

    `found` has rules with values and the path, `fine` rules with values.
    """

    @pytest.mark.parametrize(("rule", "text", "path"), found)
    def is_found(rule: str, text: str, path: str, places_of: PlacesOf) -> None:
        assert places_of(rule, text) == [path]

    @pytest.mark.parametrize(("rule", "text"), fine)
    def is_not_found(rule: str, text: str, places_of: PlacesOf) -> None:
        assert places_of(rule, text) == []

    return is_found, is_not_found
