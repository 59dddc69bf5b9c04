"""The dashboard under a sub-path, through a proxy in the cluster, as a browser and a client of the Jobs API see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from dashboard_browser import Traffic, browser
from dashboard_proxy import proxy
from dashboard_site import GATEWAY, NGINX, SUB_PATH, TRAEFIK, WAYS, Site, site
from smoke_run import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Kube

pytestmark = pytest.mark.cluster

PICTURES = ROOT / "test-results" / "dashboard"
NODES = "nodes?view=summary"

each_way = pytest.mark.parametrize("host", WAYS)
each_redirecting_way = pytest.mark.parametrize("host", [TRAEFIK, GATEWAY])
each_visit = pytest.mark.parametrize("visit", WAYS, indirect=True)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of the dashboard: without the token, with a wrong one, with the right one."""

    base: str
    arrived: str
    before: Traffic
    refusal: str
    after: Traffic
    rows: list[str]


@pytest.fixture(scope="module")
def dashboard(kube: Kube, kube_config: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a Ray cluster behind a proxy."""
    folder: Path = tmp_path_factory.mktemp("dashboard")
    with proxy(kube, kube_config) as front, site(kube, kube_config, front, folder) as found:
        yield found


@pytest.fixture(scope="module")
def visit(request: pytest.FixtureRequest, dashboard: Site) -> Visit:
    """Visit the dashboard under one of its host names, from the address without its slash where that one redirects."""
    host: str = request.param
    base = f"{dashboard.address(host)}/"
    with browser({host: dashboard.proxy.node}) as window:
        window.open(base if host == NGINX else base.rstrip("/"))
        window.type_token("not the token")
        refusal, arrived, before = window.refusal(), window.address, window.traffic()
        window.type_token(dashboard.token)
        window.await_sign_in()
        after = window.traffic()
        window.open(f"{base}#/cluster")
        rows = window.rows(holding=dashboard.head)
        window.keep_picture(PICTURES / f"{host}.png")
        more = window.traffic()
    return Visit(base, arrived, before, refusal, Traffic(after.status | more.status, after.failed + more.failed), rows)


@each_visit
def test_the_page_arrives_with_all_its_files(visit: Visit) -> None:
    assert visit.arrived.startswith(visit.base)
    files = {address: status for address, status in visit.before.status.items() if "/static/" in address}
    assert {address.rpartition(".")[2] for address in files} >= {"js", "css"}
    assert set(files.values()) == {200}, files
    assert not visit.before.failed + visit.after.failed


@each_visit
def test_the_page_asks_for_nothing_outside_its_sub_path(visit: Visit) -> None:
    addresses = [*visit.before.status, *visit.after.status]
    assert [address for address in addresses if not address.startswith(visit.base)] == []


@each_visit
def test_the_api_refuses_the_page_before_the_token_is_typed(visit: Visit) -> None:
    assert visit.before.status[visit.base + NODES] == 401
    assert visit.before.status[visit.base + "api/jobs/"] == 401


@each_visit
def test_a_wrong_token_is_refused_in_words(visit: Visit) -> None:
    assert visit.before.status[visit.base + "api/authenticate"] == 403
    assert "Invalid authentication token" in visit.refusal


@each_visit
def test_the_page_that_has_the_token_shows_the_head(visit: Visit, dashboard: Site) -> None:
    assert visit.after.status[visit.base + NODES] == 200
    (row,) = (row for row in visit.rows if dashboard.head in row)
    assert "ALIVE" in row
    assert "(Head)" in row


@each_visit
def test_the_page_gets_the_answers_that_the_dashboard_gives(visit: Visit, dashboard: Site) -> None:
    """What Ray itself refuses, such as charts where there is no Grafana, is refused without a proxy too."""
    refused = {address: status for address, status in visit.after.status.items() if status != 200}
    direct = {address: dashboard.direct_status("/" + address.removeprefix(visit.base)) for address in refused}
    assert refused == direct
    assert len(refused) < len(visit.after.status) / 2


@each_redirecting_way
def test_an_address_without_its_slash_leads_to_the_page(dashboard: Site, host: str) -> None:
    answer = dashboard.proxy.ask(host, f"{SUB_PATH}?theme=dark")
    assert answer.status == 302
    assert urljoin(dashboard.address(host), answer.headers["location"]) == f"{dashboard.address(host)}/?theme=dark"


def test_the_ingress_redirects_within_whatever_ends_tls_in_front(dashboard: Site) -> None:
    """A balancer that ends TLS speaks plain HTTP to the proxy: a full address would lead the user away from TLS."""
    assert urlsplit(dashboard.proxy.ask(TRAEFIK, SUB_PATH).headers["location"]).netloc == ""


@each_way
def test_the_rest_of_the_host_is_not_the_dashboard(dashboard: Site, host: str) -> None:
    for path in ("/", "/team-a", "/team-a/", "/api/authentication_mode", f"/x{SUB_PATH}/"):
        assert dashboard.proxy.ask(host, path).status == 404, path


@each_way
def test_the_jobs_api_takes_a_job_with_the_token_alone(dashboard: Site, host: str) -> None:
    jobs = f"{SUB_PATH}/api/jobs/"
    job = {"entrypoint": "true", "submission_id": f"through-{host.partition('.')[0]}"}
    refused = {
        "": dashboard.proxy.ask(host, jobs, "POST", job).status,
        "wrong": dashboard.proxy.ask(host, jobs, "POST", job, {"Authorization": "Bearer wrong"}).status,
    }
    assert refused == {"": 401, "wrong": 403}
    token = {"Authorization": f"Bearer {dashboard.token}"}
    assert dashboard.proxy.ask(host, jobs, headers=token).status == 200
    taken = dashboard.proxy.ask(host, jobs, "POST", job, token)
    assert (taken.status, taken.data["submission_id"]) == (200, job["submission_id"])
    assert dashboard.proxy.ask(host, jobs + job["submission_id"], headers=token).data["entrypoint"] == "true"
