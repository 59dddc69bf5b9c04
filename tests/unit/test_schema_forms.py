"""Text of the wrong form is told with the text that was meant, where that is plain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from raychart.schema_forms import meant

FORMS = json.loads((Path(__file__).parents[2] / "charts" / "ray" / "values.schema.json").read_text())["definitions"]
QUANTITY, VERSION, CRON = (FORMS[name]["pattern"] for name in ("quantity", "rayVersion", "cron"))
BYTES, NAME = r"^[0-9]+$", r"^[a-z]([-a-z0-9]*[a-z0-9])?$"


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("4gi", QUANTITY, "4Gi"),
        ("16GB", QUANTITY, "16G"),
        ("16 GiB", QUANTITY, "16Gi"),
        ("512mb", QUANTITY, "512M"),
        ("1,5Gi", QUANTITY, "1.5Gi"),
        (".5", QUANTITY, "0.5"),
        ("2 ", QUANTITY, "2"),
        ("4 cores", QUANTITY, "4"),
        ("500 millicores", QUANTITY, "500m"),
        ("lots", QUANTITY, None),
        ("four", QUANTITY, None),
        ("4Gi", BYTES, "4294967296"),
        ("2.5k", BYTES, "2560"),
        ("v2.60.0", VERSION, "2.60.0"),
        (" 2.60.0", VERSION, "2.60.0"),
        ("2.60", VERSION, None),
        ("0 30 6 * * 1-5", CRON, "30 6 * * 1-5"),
        ("CRON_TZ=Europe/Berlin 0 6 * * *", CRON, "0 6 * * *"),
        ("30  6 * *  1-5", CRON, "30 6 * * 1-5"),
        ("@daily", CRON, "0 0 * * *"),
        ("06:30", CRON, "30 6 * * *"),
        ("24:30", CRON, None),
        ("every day", CRON, None),
        ("GPU_Workers", NAME, "gpu-workers"),
        ("-x-", NAME, "x"),
        ("1st", NAME, None),
    ],
)
def test_what_was_meant_has_the_form(text: str, pattern: str, expected: str | None) -> None:
    assert meant(text, pattern) == expected
