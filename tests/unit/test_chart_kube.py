"""The chart's files/kube.py, what its scripts ask the API server with: when it asks again, and when it gives up."""

from __future__ import annotations

import io
import runpy
import socket
import threading
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "charts" / "ray" / "files" / "kube.py"))
call: Callable[..., Any] = SCRIPT["call"]
ANSWER = {"kind": "RayCluster"}


def refusal(code: int) -> HTTPError:
    return HTTPError("https://kubernetes.default.svc/x", code, "refused", Message(), io.BytesIO())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Have the API server answer so, the last for ever; return the list of what it is asked."""

    def serve(*answers: Any) -> list[Any]:
        requests: list[Any] = []

        def ask(*request: Any) -> Any:
            answer = answers[min(len(requests), len(answers) - 1)]
            requests.append(request)
            if isinstance(answer, OSError):
                raise answer
            return answer

        monkeypatch.setitem(SCRIPT["call"].__globals__, "ask", ask)
        monkeypatch.setattr("time.sleep", lambda _: None)
        return requests

    return serve


def test_an_answer_is_returned(asked: Callable[..., list[Any]]) -> None:
    requests = asked(ANSWER)
    assert call("PATCH", "/x", {"a": 1}, "application/merge-patch+json") == ANSWER
    assert requests == [("PATCH", "/x", {"a": 1}, "application/merge-patch+json")]


def test_what_is_not_there_is_none(asked: Callable[..., list[Any]]) -> None:
    asked(refusal(404))
    assert call("GET", "/x") is None


@pytest.mark.parametrize("problem", [OSError("no route"), TimeoutError(), *map(refusal, (401, 403, 429, 500, 503))])
def test_it_asks_again_where_another_time_may_bring_another_answer(
    asked: Callable[..., list[Any]], problem: OSError, capsys: pytest.CaptureFixture[str]
) -> None:
    requests = asked(problem, problem, ANSWER)
    assert call("GET", "/x") == ANSWER
    assert len(requests) == 3
    assert capsys.readouterr().out.count("GET /x: ") == 2


@pytest.mark.parametrize("code", [400, 409, 422])
def test_it_does_not_ask_again_what_is_refused_for_good(asked: Callable[..., list[Any]], code: int) -> None:
    requests = asked(refusal(code))
    with pytest.raises(HTTPError):
        call("PATCH", "/x", {})
    assert len(requests) == 1


def test_it_gives_up_in_the_end(asked: Callable[..., list[Any]]) -> None:
    requests = asked(OSError("no route"))
    with pytest.raises(OSError, match="no route"):
        call("GET", "/x")
    assert len(requests) == SCRIPT["ATTEMPTS"]


def test_an_answer_that_is_cut_off_is_none(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

        thread = threading.Thread(target=cut)
        thread.start()
        with pytest.raises(OSError, match="ends too soon"):
            SCRIPT["ask"]("GET", "/x", server=f"http://127.0.0.1:{server.getsockname()[1]}", account=str(tmp_path))
        thread.join()
