"""Quantities of any size are read everywhere without an error."""

from __future__ import annotations

import math
import sys

import pytest

from raychart.diff.meaning import quantity
from raychart.lint.kubernetes import amount_of
from raychart.quantities import exact, number
from raychart.validate.cel import quantities as cel
from raychart.validate.cel.errors import NotHereError

LONG = "9" * 5000
HUGE = ["9" * 400, "1e999", "9" * 400 + "Ei", "1E400"]


@pytest.mark.parametrize("text", HUGE, ids=lambda text: text[-5:])
def test_a_huge_quantity_is_the_largest_number_where_a_float_is_wanted(text: str) -> None:
    assert number(text) == sys.float_info.max
    amount = amount_of(text)
    # A device is counted in whole numbers, and this is one.
    assert amount is not None
    assert amount >= 1e308
    assert amount.is_integer()


@pytest.mark.parametrize("text", ["1e99999999999", "1e-99999999999", "0e99999999999", LONG, f"{LONG}Ei", f"0.{LONG}"])
def test_what_takes_too_long_to_work_out_is_a_text(text: str) -> None:
    assert exact(text) is None
    assert number(text) is None
    assert quantity(text) is None
    amount = amount_of(text)
    assert amount is not None
    assert math.isfinite(amount)
    with pytest.raises(NotHereError):
        cel.quantity(text)


@pytest.mark.parametrize(
    ("text", "amount"), [("1.5", 1.5), ("1500m", 1.5), ("2Ki", 2048), ("1e3", 1000), ("1e-3", 0.001), ("1E", 1e18)]
)
def test_what_fits_is_read_as_ever(text: str, amount: float) -> None:
    assert number(text) == amount
    assert amount_of(text) == pytest.approx(amount)
