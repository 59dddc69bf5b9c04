"""What smoke tests ask the API server: a server that is too busy is asked again."""

from __future__ import annotations

import http.server
import json
import threading
from typing import TYPE_CHECKING

import pytest

from raychart.smoke import api
from raychart.smoke.api import Access, Api, ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Busy(http.server.BaseHTTPRequestHandler):
    """Refuses the first requests, as many as the path's end says."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        busy = type(self).asked <= int(self.path.rpartition("/")[2])
        body = json.dumps({"message": "storage is (re)initializing"} if busy else {"kind": "Pod"}).encode()
        self.send_response(429 if busy else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(Busy, "asked", 0)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        cluster = {"name": "c", "cluster": {"server": f"http://127.0.0.1:{served.server_port}"}}
        context = {"name": "c", "context": {"cluster": "c", "user": "u"}}
        config = {
            "clusters": [cluster],
            "contexts": [context],
            "current-context": "c",
            "users": [{"name": "u", "user": {}}],
        }
        (tmp_path / "config").write_text(json.dumps(config))
        made = Api(Access(tmp_path / "config"))
        yield made
        made.client.close()
        served.shutdown()


def test_a_busy_server_is_asked_again(server: Api) -> None:
    assert server.get("/busy/2") == {"kind": "Pod"}
    assert Busy.asked == 3


def test_one_that_stays_busy_is_told(server: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_BUSY", 0.5)
    with pytest.raises(ApiError, match=r"refused with 429 \(storage is \(re\)initializing\)"):
        server.get("/busy/1000")
