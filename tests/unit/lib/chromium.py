"""A real browser without a window, and what drives it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def chromium(*arguments: str) -> Iterator[webdriver.Chrome]:
    """Start the one that ci/test found, with further arguments; its logs tell of the network and of the console."""
    options = webdriver.ChromeOptions()
    options.binary_location = _program("BROWSER")
    usual = ["headless=new", "no-proxy-server", "disable-dev-shm-usage", "window-size=1500,900"]
    if os.geteuid() == 0:
        usual.append("no-sandbox")  # the sandbox refuses root
    for argument in [*usual, *arguments]:
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(_program("BROWSER_DRIVER")))
    try:
        yield driver
    finally:
        driver.quit()


def _program(name: str) -> str:
    path = os.environ.get(f"RAYCHART_TEST_{name}")
    if path is None:
        pytest.fail(f"RAYCHART_TEST_{name} is not set: run the tests with ci/test, which finds it", pytrace=False)
    return path
