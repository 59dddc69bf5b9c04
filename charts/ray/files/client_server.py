"""Run the Ray Client server, with one thing changed: it does not keep a client waiting that it does not know.

A client of a lost head comes to the next one with two streams. Ray refuses the one at once, and lets the other, for
logs, wait 10 s for the first; so long the client hangs in `ray.shutdown`.
"""

import time

from ray.util.client.server import proxier, server

# A new client's stream for logs may come before its other one, but not by much.
AHEAD = 1.0


def refuse_strangers(manager):
    """Refuse the stream of a client that does not announce itself soon."""
    get_channel = manager.get_channel

    def get_known_channel(self, client_id):
        end = time.monotonic() + AHEAD
        while client_id not in self.servers:
            if time.monotonic() > end:
                raise KeyError(f"client {client_id} is unknown")
            time.sleep(AHEAD / 20)
        return get_channel(self, client_id)

    manager.get_channel = get_known_channel


if __name__ == "__main__":
    refuse_strangers(proxier.ProxyManager)
    server.main()
