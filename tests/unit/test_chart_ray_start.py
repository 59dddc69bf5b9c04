"""The chart's files/ray_start.py, the first process of a Ray container: how it ends, and when it starts Ray anew."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILES = Path(__file__).parents[2] / "charts" / "ray" / "files"
SOON = 20.0
HERE = os.getpid()  # other runs of these tests may be at work
TERMINATED = 128 + signal.SIGTERM
# In place of Ray: says that it was started, and runs a process that calls itself as one of Ray's does.
RAY = """#!/bin/bash
echo "$@" >>$FOLDER/starts
(exec -a "$TITLE" sleep 1000) &
trap 'echo drained; $ON_TERM' TERM
while [ ! -e $FOLDER/end ]; do sleep 0.05; done
rm $FOLDER/end
exit 7
"""


class Started:
    """The program at work, with a stand-in for `ray`."""

    def __init__(self, folder: Path, words: list[str], environment: dict[str, str], settings: str = "") -> None:
        self.folder = folder
        program = f"import sys, ray_start; ray_start.CLIENT_PORT = 0; {settings}; sys.exit(ray_start.main())"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *words],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def starts(self) -> list[str]:
        """Return the words of each start."""
        file = self.folder / "starts"
        return file.read_text().splitlines() if file.exists() else []

    def await_starts(self, number: int) -> None:
        """Wait until Ray was started so often."""
        assert until(lambda: len(self.starts()) == number), f"{self.starts()} instead of {number}"

    def end_ray(self) -> None:
        """Let Ray end by itself, with code 7."""
        (self.folder / "end").touch()

    def terminate(self) -> tuple[int, str]:
        """Do what the kubelet does when a pod is deleted; return the code and what was said."""
        self.process.terminate()
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for its end; return the code and what was said."""
        said, _ = self.process.communicate(timeout=SOON)
        return self.process.returncode, said


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    """Return what starts the program."""
    (tmp_path / "ray").write_text(RAY)
    (tmp_path / "ray").chmod(0o755)
    # Where Ray is installed, it is not to be found: ray_head.py then runs the command.
    (tmp_path / "ray.py").write_text("raise ImportError")
    path, modules = f"{tmp_path}:{os.environ['PATH']}", f"{tmp_path}:{FILES}"
    environment = {"PATH": path, "PYTHONPATH": modules, "PYTHONDONTWRITEBYTECODE": "1", "FOLDER": str(tmp_path)}
    running = []

    def run(*words: str, title: str = "ray::IDLE", on_term: str = "", settings: str = "pass") -> Started:
        more = {"TITLE": title, "ON_TERM": on_term}
        running.append(
            Started(
                tmp_path,
                ["--grace", "9", "--service", "no-such-service.invalid", *words],
                {**environment, **more},
                settings,
            )
        )
        return running[-1]

    yield run
    for each in running:
        each.end_ray()  # one that is drained waits for it
        if each.process.poll() is None:
            each.terminate()


class Head:
    """A head's port, which can be closed with its connections and opened again."""

    def __init__(self) -> None:
        self.port = 0
        self.connections: list[socket.socket] = []
        self.open()

    @property
    def words(self) -> list[str]:
        """Return how a worker is started with this head."""
        return ["start", f"--address=localhost:{self.port}", "--block"]

    def open(self) -> None:
        """Listen, on the same port each time."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]

    def accept(self) -> None:
        """Take a connection and greet, as a GCS does."""
        self.listener.settimeout(SOON)
        self.connections.append(self.listener.accept()[0])
        self.connections[-1].sendall(b"\0settings")

    def hang_up(self) -> None:
        """End the connections."""
        while self.connections:
            self.connections.pop().close()

    def die(self) -> None:
        """End everything."""
        self.listener.close()
        self.hang_up()


@pytest.fixture
def head() -> Iterator[Head]:
    """Return a head that answers."""
    made = Head()
    yield made
    made.die()


def until(look: Callable[[], bool]) -> bool:
    """Wait for it; say whether it came."""
    end = time.monotonic() + SOON
    while not look():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def titles() -> list[str]:
    """Return the command lines of the processes here."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(file.read_text(errors="replace"))
        except OSError:
            continue
    return found


def test_a_head_ends_at_once_whatever_ray_does_with_the_signal(start: Callable[..., Started]) -> None:
    started = start("start", "--head", title=f"ray::head-ends-{HERE}")
    started.await_starts(1)
    before = time.monotonic()
    code, said = started.terminate()
    assert time.monotonic() - before < 5
    assert (code, said) == (TERMINATED, "")
    assert started.starts() == ["start --head"]
    assert not any(title.startswith(f"ray::head-ends-{HERE}") for title in titles())


def test_what_runs_beside_ray_is_left_alone(start: Callable[..., Started]) -> None:
    with subprocess.Popen(["sleep", "1000"]) as beside:
        try:
            started = start("start", "--head")
            started.await_starts(1)
            started.terminate()
            assert beside.poll() is None
        finally:
            beside.kill()


def test_clients_that_come_before_ray_wait_until_it_takes_them(start: Callable[..., Started]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        port, health = one.getsockname()[1], other.getsockname()[1]
    start("start", "--head", settings=f"ray_start.CLIENT_PORT = {port}; ray_start.HEALTH = 'http://localhost:{health}'")
    early = connect(port)
    assert waits(early)
    server = http.server.HTTPServer(("127.0.0.1", health), Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert waits(early), "the raylet is there, but nobody listens"
    with socket.create_server(("127.0.0.1", port), reuse_port=True) as ray:
        early.settimeout(SOON)
        with pytest.raises(ConnectionResetError):
            early.recv(1)
        connect(port).close()
        ray.accept()[0].close()
    server.shutdown()
    server.server_close()
    early.close()


class Healthy(http.server.BaseHTTPRequestHandler):
    """Says that all is well."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def connect(port: int) -> socket.socket:
    """Connect as soon as one can."""
    found: list[socket.socket] = []

    def connected() -> bool:
        try:
            found.append(socket.create_connection(("127.0.0.1", port), SOON))
        except OSError:
            return False
        return True

    assert until(connected)
    return found[0]


def waits(client: socket.socket) -> bool:
    """Say whether a client is neither answered nor turned away for a while."""
    client.settimeout(1)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    return False


def test_a_worker_waits_for_the_head(start: Callable[..., Started], head: Head) -> None:
    head.die()
    started = start(*head.words)
    time.sleep(1)
    assert not started.starts()
    head.open()
    started.await_starts(1)
    assert started.starts() == [" ".join(head.words).replace("localhost", "127.0.0.1")]


def test_a_worker_that_waits_ends_at_once(start: Callable[..., Started], head: Head) -> None:
    head.die()
    started = start(*head.words)
    time.sleep(1)
    assert started.terminate() == (TERMINATED, "")


def test_a_worker_starts_again_in_place_when_the_head_is_lost(start: Callable[..., Started], head: Head) -> None:
    started = start(*head.words, title=f"ray::IDLE_lost_with_the_head-{HERE}")
    for number in range(1, 4):
        head.accept()
        started.await_starts(number)
        assert until(lambda: any(title.startswith(f"ray::IDLE_lost_with_the_head-{HERE}") for title in titles()))
        head.die()
        assert until(lambda: not any(title.startswith(f"ray::IDLE_lost_with_the_head-{HERE}") for title in titles()))
        head.open()
    started.await_starts(4)
    code, said = started.terminate()
    assert code == TERMINATED
    assert said.count("the head is lost") == 3


def test_a_connection_that_ends_while_the_head_is_there_is_replaced(start: Callable[..., Started], head: Head) -> None:
    started = start(*head.words)
    for _ in range(3):
        head.accept()
        started.await_starts(1)
        head.hang_up()
    head.accept()
    assert started.terminate() == (TERMINATED, "")
    assert len(started.starts()) == 1


def test_a_connection_that_ends_of_old_age_says_nothing_of_the_head(start: Callable[..., Started], head: Head) -> None:
    """A head that is too busy to be ready takes no new connections; those that it has it keeps."""
    started = start(*head.words, settings="import head_line; head_line.YOUNG = 0")
    head.accept()
    started.await_starts(1)
    head.die()
    time.sleep(2)
    assert started.terminate() == (TERMINATED, "")
    assert len(started.starts()) == 1


def test_a_worker_that_outlives_the_head_does(start: Callable[..., Started], head: Head) -> None:
    started = start("--head-outlived", *head.words)
    head.accept()
    started.await_starts(1)
    head.die()
    time.sleep(2)
    assert started.terminate() == (TERMINATED, "")
    assert len(started.starts()) == 1


def test_an_idle_worker_ends_at_once(start: Callable[..., Started], head: Head) -> None:
    started = start(*head.words)
    head.accept()
    started.await_starts(1)
    assert started.terminate() == (TERMINATED, "")


@pytest.fixture
def draining(start: Callable[..., Started], head: Head) -> Started:
    """Return a worker with a task, which is to end and does not yet."""
    started = start(*head.words, title=f"ray::patient-{HERE}")
    head.accept()
    started.await_starts(1)
    assert until(lambda: any(title.startswith(f"ray::patient-{HERE}") for title in titles()))
    started.process.terminate()
    time.sleep(1)
    assert started.process.poll() is None
    return started


def test_a_worker_with_a_task_is_drained_and_ends_with_it(draining: Started) -> None:
    draining.end_ray()
    code, said = draining.ended()
    assert code == TERMINATED
    assert "drained" in said
    assert not any(title.startswith(f"ray::patient-{HERE}") for title in titles())


def test_a_worker_with_a_task_that_the_head_no_longer_knows_ends_at_once(draining: Started, head: Head) -> None:
    head.die()
    code, _ = draining.ended()
    assert code == TERMINATED


def test_a_worker_that_ends_by_itself_is_left_to_the_kubelet(start: Callable[..., Started], head: Head) -> None:
    started = start(*head.words)
    head.accept()
    started.await_starts(1)
    started.end_ray()
    assert started.ended() == (7, "")


def test_a_head_that_does_not_come_up_is_left_to_the_kubelet(start: Callable[..., Started]) -> None:
    started = start("start", "--head")
    started.await_starts(1)
    started.end_ray()
    assert started.ended() == (7, "")


def test_a_head_that_was_up_is_started_again_in_place_but_not_for_ever(start: Callable[..., Started]) -> None:
    # It takes clients from its second look on.
    started = start("start", "--head", settings="ray_start.STARTED = 0; ray_start.TIMES = 2")
    for number in range(1, 4):
        started.await_starts(number)
        time.sleep(1)
        started.end_ray()
    code, said = started.ended()
    assert code == 7
    assert [line.split("place, ")[1] for line in said.splitlines()] == [
        "1 of 2 times within 600 s",
        "2 of 2 times within 600 s",
    ]


def test_ray_is_given_the_pods_grace_period_unless_it_has_one(start: Callable[..., Started], tmp_path: Path) -> None:
    (tmp_path / "ray").write_text("#!/bin/sh\necho $RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S")
    assert start("start", "--head").ended() == (0, "9.0\n")
