"""Run a pod's Ray: end it quickly when the pod ends, and start it again in place when it was the head that was lost.

Becomes the container's first process, in place of the shell that is about to call `ray`. A shell ignores SIGTERM while
its child runs, so that the pod of a head would be there for its whole grace period; and KubeRay makes a new head only
when the old one's pod is gone. And a container that ends with each loss of the head is started again by the kubelet
after a delay that doubles each time.

Arguments: --grace, the pod's grace period in seconds; --service, the name of the head's; --head-outlived where Ray on a
worker outlives the head (GCS fault tolerance); then the words of `ray`.
"""

import argparse
import contextlib
import os
import selectors
import signal
import socket
import sys
import threading
import time

from head_line import Line

LOOK, GLANCE = 3.0, 0.2  # seconds until the next look at what mostly tells by itself, and at what does not
FILES = os.path.dirname(os.path.abspath(__file__))
CLIENT_PORT = 10001
# How long a head waits, at most, until its address is withdrawn. A client that its end sends for an address, and that
# gets this one, does not ask for the next within 30 s.
WITHDRAWAL = 2.0
# A head that ends before it takes clients, or more often than this, is left to the kubelet, which counts and waits.
TIMES, WITHIN = 5, 600.0
# Says that the head's raylet is there. A Ray that has no such thing gets its clients when it should have started.
HEALTH, STARTED = "http://127.0.0.1:52365/api/local_raylet_healthz", 60.0
# The names of Ray's processes where no task runs and no actor lives.
IDLE = ("ray::IDLE", "ray::DashboardAgent", "ray::RuntimeEnvAgent")


class Ended(Exception):  # noqa: N818 (no error)
    """The pod is to end."""


class Signals:
    """Waits for a signal and for sockets alike."""

    def __init__(self):
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._end = False
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, *_):
        self._end = True

    def wait(self, seconds, *sockets):
        """Wait so long, or until there is something to read or a signal; raise once when the pod is to end."""
        with selectors.DefaultSelector() as selector:
            for each in (self._reader, *sockets):
                selector.register(each, selectors.EVENT_READ)
            selector.select(0 if self._end else seconds)
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)
        if self._end:
            self._end = False
            raise Ended


class Door:
    """Takes the connections of clients that come before Ray does, and keeps them until it is ready.

    Turned away a client would come back after 1 s, then after 1.6, 2.6, 4.1 and so on; let in by a Ray Client server
    whose raylet is not there yet it would fail after 30 s.
    """

    def __init__(self):
        self._until = time.monotonic() + STARTED
        self._socket = socket.socket()
        # Ray's own comes to listen on all addresses: this one, on those of one family, goes before it.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._socket.bind(("0.0.0.0", CLIENT_PORT))  # noqa: S104 (clients come from anywhere)
        self._socket.listen(1024)

    def opened(self):
        """Let the clients in if Ray is ready; say whether that is done."""
        import urllib.request  # takes its time, which the door has not

        try:
            urllib.request.urlopen(HEALTH, timeout=GLANCE).close()
            ready = listeners(CLIENT_PORT) > 1
        except OSError:
            ready = False
        if not ready and time.monotonic() < self._until:
            return False
        self._socket.close()  # which turns those away that have waited; they come back at once
        return True


def listeners(port):
    """Return how many sockets listen on a port."""
    count = 0
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError), open(table, encoding="ascii") as file:
            entries = [line.split() for line in file][1:]
            count += sum(entry[1].endswith(f":{port:04X}") and entry[3] == "0A" for entry in entries)
    return count


class Ray:
    """`ray` in a session of its own with all that it starts, apart from what else runs in the container."""

    def __init__(self, words, grace):
        env = {"RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": str(grace), **os.environ}
        self._pid = os.posix_spawnp(words[0], words, env, setsid=True)
        self.started = time.monotonic()
        self.code = None

    def runs(self):
        """Say whether it does. Buries all dead children, as a first process has to."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid == self._pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is None

    def works(self):
        """Say whether a task runs here or an actor lives here."""
        titles = map(title_of, self._pids())
        return any(title.startswith("ray::") and not title.startswith(IDLE) for title in titles)

    def drain(self):
        """Tell it to take no new tasks and to end when those that run have ended."""
        os.kill(self._pid, signal.SIGTERM)

    def kill(self):
        """End all of it now."""
        while pids := self._pids():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(GLANCE / 10)
            self.runs()

    def _pids(self):
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if session_of(pid) == self._pid]


def session_of(pid):
    """Return the session of a process, or None of one that is dead."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            state, _, _, session = file.read().rpartition(")")[2].split()[:4]
    except OSError:
        return None
    return None if state in "ZX" else int(session)


def title_of(pid):
    """Return what a process calls itself."""
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def split_address(words):
    """Return where the words of `ray` say that the head is, as host and port, or None where they do not say both."""
    for word in words:
        name, _, value = word.partition("=")
        host, _, port = value.rpartition(":")
        if name == "--address" and host and port.isdigit():
            return host.strip("[]"), int(port)
    return None


def pin(words, peer):
    """Return the words with the address that the head has now: its name is withdrawn while it is not ready."""
    if os.environ.get("RAY_USE_TLS", "0").lower() in ("1", "true"):
        return words  # the head's certificate is for its name
    host, port = peer[:2]
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [f"--address={where}" if word.startswith("--address=") else word for word in words]


def await_head(address, signals):
    """Return a line to the head, as soon as there is one."""
    while True:
        try:
            return Line(address)
        except OSError:
            signals.wait(GLANCE)


def await_withdrawal(service):
    """Wait until clients that ask for the address of the head are not given this pod's."""

    def ask():
        with contextlib.suppress(OSError):  # there is no such address any more
            while addresses(service) & addresses(socket.gethostname()):
                time.sleep(GLANCE / 4)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(WITHDRAWAL)


def addresses(name):
    """Return what a name stands for."""
    return {entry[4][0] for entry in socket.getaddrinfo(name, None)}


def start_head(options):
    """Start it, and return it with the door that its clients wait at."""
    try:
        door = Door()
    except OSError as taken:
        say(f"clients that come before Ray does will wait longer than they need to: port {CLIENT_PORT}: {taken}")
        door = None
    return Ray(["python3", os.path.join(FILES, "ray_head.py"), *options.words], options.grace), door


def run_head(options, signals, starts):
    """Run a head once. Return the code to end with, or None when it is to start again."""
    ray, door = start_head(options)
    starts.append(ray.started)
    try:
        while ray.runs():
            if door and door.opened():
                door = None
            signals.wait(GLANCE if door else LOOK)
    except Ended:
        await_withdrawal(options.service)
        ray.kill()
        raise
    ray.kill()
    recent = sum(ray.started - start < WITHIN for start in starts)
    if door or recent > TIMES:
        return ray.code
    say(f"Ray ended with {ray.code}: started again in place, {recent} of {TIMES} times within {WITHIN:g} s")
    return None


def run_worker(options, signals):
    """Run a worker once. Return the code to end with, or None when it is to start again."""
    line, words = None, options.words
    if address := split_address(words):
        line = await_head(address, signals)
        if options.head_outlived:
            line = None
        else:
            words = pin(words, line.socket.getpeername())
    ray = Ray(["ray", *words], options.grace)
    try:
        watch(ray, line, signals)
    except Ended:
        if ray.works():
            say("the pod is to end: no new tasks; those that run have the rest of its grace period")
            ray.drain()
            watch(ray, line, signals)
        ray.kill()
        raise
    code = ray.code
    if code is None:
        say("the head is lost, and with it what ran here: waiting for the next")
    ray.kill()
    return code


def watch(ray, line, signals):
    """Wait until Ray has ended or the head is lost."""
    while ray.runs() and (line is None or line.holds()):
        signals.wait(LOOK, *([line.socket] if line and line.socket else []))


def say(what):
    """Say it in the container's log."""
    print(f"raychart: {what}", file=sys.stderr, flush=True)


def main():
    """Run Ray until the pod ends, or Ray for reasons of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--grace", type=float, required=True)
    parser.add_argument("--service", required=True)
    parser.add_argument("--head-outlived", action="store_true")
    parser.add_argument("words", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    signals, starts, code = Signals(), [], None
    try:
        while code is None:
            code = run_head(options, signals, starts) if "--head" in options.words else run_worker(options, signals)
    except Ended:
        code = 128 + signal.SIGTERM
    return code


if __name__ == "__main__":
    sys.exit(main())
