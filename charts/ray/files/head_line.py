"""A connection to the head on which nothing is said: when it ends, the head's Ray has."""

import socket
import time

CONNECT = 2.0  # what a new connection may take
# The GCS closes one on which nothing is said after two minutes. One that ends younger ended with its process.
RENEWAL, YOUNG = 30.0, 90.0


class Line:
    """A connection that is renewed now and then. `socket` has something to read when it is to be looked at."""

    def __init__(self, address):
        self._address = address
        self._dial()

    def holds(self):
        """Look at it; say whether there is still a head at the other end."""
        age = time.monotonic() - self._since
        ended = self.socket is None or self._ended()
        if not ended and age < RENEWAL:
            return True
        try:
            self._dial()
        except (socket.timeout, TimeoutError):
            pass  # the network's trouble, which Ray bears for a minute
        except OSError:
            if ended and self.socket and age < YOUNG:
                return False
        else:
            return True
        if ended:
            self.socket = None
        return True

    def _dial(self):
        self.socket = socket.create_connection(self._address, CONNECT)
        self.socket.setblocking(False)
        self._since = time.monotonic()

    def _ended(self):
        try:
            return self.socket.recv(4096) == b""  # the GCS greets first
        except BlockingIOError:
            return False
        except OSError:
            return True
