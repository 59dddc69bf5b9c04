"""A headless browser that tells what a page asked for and got."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from chromium import chromium
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium import webdriver

T = TypeVar("T")

_PATIENCE = 60.0
_QUIET = 0.5
_TOKEN_FIELD = "[role=dialog] input"


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went over the network: the status of each address, and what did not come at all."""

    status: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


class Browser:
    """One window, signed in nowhere."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self._driver = driver
        self._asked: dict[str, tuple[str, str]] = {}  # by request: the document that asked, the address

    def open(self, address: str) -> None:
        self._driver.get(address)

    @property
    def address(self) -> str:
        return str(self._driver.current_url)

    def type_token(self, token: str) -> None:
        """Type into Ray's own dialog, in place of what is there, and press Enter."""
        self._until(lambda: self._find(_TOKEN_FIELD), "a dialog that asks for the token")
        (box,) = self._find(_TOKEN_FIELD)
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(token, Keys.ENTER)

    def refusal(self) -> str:
        """Return what the dialog says of the token that was typed."""
        return self._until(lambda: self._texts("[role=dialog] [role=alert]"), "what is wrong with the token")[0]

    def rows(self, holding: str) -> list[str]:
        """Return the rows of the page's tables, as soon as one holds the text."""

        def found() -> list[str]:
            rows = self._texts("tbody tr")
            return rows if any(holding in row for row in rows) else []

        return self._until(found, f"a row with {holding}")

    def await_sign_in(self) -> None:
        """Wait until the dialog is gone."""
        self._until(lambda: not self._find("[role=dialog]"), "a page without the dialog")

    def traffic(self) -> Traffic:
        """Return what happened since the last look, once nothing has been under way for half a second."""
        seen, deadline, quiet_since = Traffic(), time.monotonic() + _PATIENCE, time.monotonic()
        while time.monotonic() - quiet_since < _QUIET:
            self._read_log(seen)
            if self._asked and time.monotonic() < deadline:
                quiet_since = time.monotonic()
            time.sleep(0.1)
        seen.failed.extend(f"{address}: no answer in {_PATIENCE:g} s" for _, address in self._asked.values())
        return seen

    def keep_picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        assert self._driver.save_screenshot(str(path))

    def _read_log(self, seen: Traffic) -> None:
        for entry in self._driver.get_log("performance"):  # type: ignore[no-untyped-call]
            message = json.loads(entry["message"])["message"]
            about = message["params"]
            match message["method"]:
                case "Network.requestWillBeSent":
                    address = about["request"]["url"]
                    if address.startswith("http"):  # an empty window is data:
                        self._asked[about["requestId"]] = about["loaderId"], address
                case "Network.responseReceived":
                    if self._asked.pop(about["requestId"], None):
                        seen.status[about["response"]["url"]] = about["response"]["status"]
                case "Network.loadingFailed":
                    _, address = self._asked.pop(about["requestId"], ("", ""))
                    if address and not about.get("canceled"):
                        seen.failed.append(f"{address}: {about['errorText']}")
                case "Page.frameNavigated":  # nothing more is said of what the document before was waiting for
                    document = about["frame"]["loaderId"]
                    self._asked = {key: asked for key, asked in self._asked.items() if asked[0] == document}

    def _find(self, selector: str) -> list[Any]:
        return self._driver.find_elements(By.CSS_SELECTOR, selector)

    def _texts(self, selector: str) -> list[str]:
        # In one call: the page redraws its tables while they are read.
        script = "return [...document.querySelectorAll(arguments[0])].map(found => found.innerText)"
        texts: list[str] = self._driver.execute_script(script, selector)
        return texts

    def _until(self, look: Callable[[], T], what: str) -> T:
        wait = WebDriverWait(self._driver, _PATIENCE, 0.1)
        return wait.until(lambda _: look(), f"the page does not show {what}")


@contextmanager
def browser(names: dict[str, str]) -> Iterator[Browser]:
    """Start one that knows these host names by these addresses."""
    rules = ",".join(f"MAP {name} {address}" for name, address in names.items())
    with chromium(f"host-resolver-rules={rules}") as driver:
        yield Browser(driver)
