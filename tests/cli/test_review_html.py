"""The page of a review in a real browser."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import reviews
from chromium import chromium
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from raychart.review.model import Review
from raychart.review_report import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium import webdriver

EVIL = "</script><img src=x onerror='window.evil = 1'><!-- \u2028 ${x} \" ' & &lt;b&gt;"
LIMIT_MS = 500


@pytest.fixture(scope="module")
def started() -> Iterator[webdriver.Chrome]:
    with chromium() as driver:
        yield driver


@pytest.fixture
def page(started: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Review], Page]]:
    """Open a review in a window of the usual size."""

    def opened(review: Review) -> Page:
        path = tmp_path_factory.mktemp("page") / "review.html"
        path.write_text(written(review, "html"), encoding="utf-8")
        found = Page(started)
        found.logs()
        started.get(path.as_uri())
        return found

    yield opened
    for setting in ("Emulation.setEmulatedMedia", "Emulation.clearDeviceMetricsOverride"):
        started.execute_cdp_cmd(setting, {})
    started.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


class Page:
    """What people see and do."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def rows(self) -> list[str]:
        """Return the names in the rows that are shown, in their order."""
        found: list[str] = self.run(
            "return [...document.querySelectorAll('#namespaces > tbody:not([hidden]) .open')].map(b => b.textContent)"
        )
        return found

    def shown(self) -> str:
        return self.driver.find_element(By.ID, "shown").text

    def search(self, text: str) -> None:
        box = self.driver.find_element(By.ID, "search")
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(text or Keys.DELETE)

    def click(self, text: str) -> None:
        found = [button for button in self.driver.find_elements(By.TAG_NAME, "button") if button.text.startswith(text)]
        found[0].click()

    def text(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "body").text

    def logs(self) -> tuple[list[str], list[str]]:
        """Return the addresses that were asked for and the complaints since the last look."""
        asked = []
        for entry in self.driver.get_log("performance"):  # type: ignore[no-untyped-call]
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        complaints = [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]
        return asked, complaints


def test_a_page_asks_for_nothing_and_complains_of_nothing(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.three())
    shown.click("Open all")
    asked, complaints = shown.logs()
    assert asked == [shown.driver.current_url]
    assert complaints == []


def test_the_policy_of_a_page_forbids_the_network(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.three())
    refused = shown.driver.execute_async_script(
        "const done = arguments[0], refused = [];"
        "addEventListener('securitypolicyviolation', e => refused.push(e.effectiveDirective));"
        "const image = new Image(); image.src = 'http://127.0.0.1:9/x.png';"
        "fetch('http://127.0.0.1:9/').catch(() => setTimeout(() => done(refused), 100));"
    )
    assert set(refused) == {"img-src", "connect-src"}


def test_a_row_opens_by_keyboard_and_shows_what_differs(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.three())
    button = shown.driver.find_elements(By.CSS_SELECTOR, ".open")[1]
    shown.run("arguments[0].focus()", button)
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-expanded") == "true"
    text = shown.text()
    assert "its pod is deleted and made anew by the operator" in text
    assert "+ spec.workerGroupSpecs[gpu].maxReplicas: 9" in text
    kinds = shown.run("return [...document.querySelectorAll('pre span')].map(s => [s.className, s.textContent[0]])")
    assert {tuple(kind) for kind in kinds} == {("added", "+"), ("removed", "-")}
    button.send_keys(Keys.SPACE)
    assert button.get_attribute("aria-expanded") == "false"
    assert "maxReplicas" not in shown.text()


def test_everything_that_acts_is_reached_with_the_tab_key(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.three())
    wanted = shown.run("return document.querySelectorAll('button, input').length")
    seen = set()
    for _ in range(wanted + 2):
        shown.driver.switch_to.active_element.send_keys(Keys.TAB)
        seen.add(shown.run("const e = document.activeElement; return e.id || e.textContent"))
    assert {"search", "all"} < seen
    assert len(seen - {"\n", ""}) >= wanted


def test_chips_show_the_namespaces_that_have_an_effect(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.many(1000, alike=True))
    assert shown.shown() == "1,000 of 1,000 namespaces shown"
    shown.click("roll 998")
    assert shown.rows() == ["998 namespaces, as team-0002"]
    assert shown.shown() == "998 of 1,000 namespaces shown"
    shown.click("failed 1")
    assert len(shown.rows()) == 2
    shown.click("roll 998")
    assert shown.rows() == ["team-0000"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("team-0733", ["998 namespaces, as team-0002"]),
        ("team-0001", ["team-0001"]),
        ("HEADGROUPSPEC memory", ["team-0001"]),
        ("value: debug", ["998 namespaces, as team-0002"]),
        ("values/team-0000.yaml", ["team-0000"]),
        ("there is no such thing", []),
    ],
)
def test_search_finds_namespaces_paths_and_values(page: Callable[[Review], Page], text: str, found: list[str]) -> None:
    shown = page(reviews.many(1000, alike=True))
    shown.search(text)
    assert shown.rows() == found
    assert ("No namespace has that." in shown.text()) == (not found)
    if text == "team-0733":
        assert "among them team-0733" in shown.text()
    shown.search("")
    assert len(shown.rows()) == 3


def test_columns_sort_by_what_they_mean(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.many(1000, alike=True))
    shown.click("Worst effect")
    assert shown.rows() == ["998 namespaces, as team-0002", "team-0001", "team-0000"]
    shown.click("Worst effect")
    assert shown.rows()[0] == "team-0000"
    shown.click("Capacity")
    assert shown.rows()[-1] == "998 namespaces, as team-0002"
    assert shown.run("return document.querySelectorAll('th[aria-sort]').length") == 1


def test_text_of_values_is_text_on_the_page(page: Callable[[Review], Page]) -> None:
    one = reviews.namespace(
        "team-a", [reviews.cluster("team-a")], [reviews.cluster("team-a", env={"A": EVIL, EVIL: "x"})]
    )
    (placed,) = one.impacts
    impact = replace(placed.impact, subject=f"S{EVIL}", reason=f"R{EVIL}", source=f"O{EVIL}", effect="rejected")
    finding = replace(reviews.WARNING, message=f"M{EVIL}", remedy=f"Y{EVIL}", path=f"P{EVIL}")
    said = replace(
        one,
        namespace=f"N{EVIL}",
        why=f"W{EVIL}",
        impacts=(replace(placed, impact=impact),),
        findings=(finding, replace(finding, severity="error")),
    )
    shown = page(Review(f"B{EVIL}", f"H{EVIL}", reviews.alone(said), notes=(f"T{EVIL}",)))
    shown.click("Open all")
    text = shown.run("return document.body.textContent")
    for mark in "SRMYPNWBHT":
        assert f"{mark}{EVIL}" in text
    assert shown.run("return window.evil") is None
    assert shown.run("return document.querySelectorAll('img').length") == 0
    assert shown.logs()[1] == []


def test_without_javascript_there_is_the_table(page: Callable[[Review], Page], started: webdriver.Chrome) -> None:
    started.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    shown = page(reviews.three())
    text = shown.text()
    assert "team-b" in text
    assert "head-restart" in text
    assert "Without JavaScript there is only this table" in text
    assert not shown.driver.find_element(By.ID, "search").is_displayed()


@pytest.mark.parametrize("width", [360, 800, 1500])
def test_a_page_fits_its_window(page: Callable[[Review], Page], width: int) -> None:
    shown = page(reviews.three())
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    shown.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    shown.click("Open all")
    assert shown.run("return document.documentElement.scrollWidth") <= width


def test_a_page_is_dark_where_people_want_it_and_bare_on_paper(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.three())
    grounds = set()
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        shown.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        grounds.add(shown.run("return getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2
    shown.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not shown.driver.find_element(By.ID, "search").is_displayed()


def test_paper_has_what_differs(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.three())
    shown.driver.execute_cdp_cmd("Page.printToPDF", {})
    assert "+ spec.workerGroupSpecs[gpu].maxReplicas: 9" in shown.text()


def test_a_thousand_namespaces_stay_fast(page: Callable[[Review], Page]) -> None:
    shown = page(reviews.many(1000, alike=False))
    took = shown.run(
        "const before = performance.now(), box = document.getElementById('search');"
        "box.value = 'level-77'; box.dispatchEvent(new Event('input'));"
        "const found = [...document.querySelectorAll('#namespaces > tbody:not([hidden])')];"
        "document.querySelectorAll('th button')[2].click();"
        "found[0].querySelector('.open').click();"
        "return [performance.now() - before, found.length]"
    )
    assert took[1] == 11
    assert took[0] < LIMIT_MS
